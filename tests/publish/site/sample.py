"""A small organization whose site is looked at, built and attacked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from policygen.conditions.condition import parse_condition
from policygen.model.catalogue import Control, Criterion
from policygen.model.document import Header, Kind, RecordText, Statement
from policygen.model.evidence import Consent, Decision, Method, Significance, Strength
from policygen.model.matrix import ControlRow, Coverage, CriterionRow, Matrix, StatementRow
from policygen.model.publication import ApprovalLine, Brand, Edition, HistoryLine
from policygen.model.register import Entry, Flag, Register, State, Verdict, Version
from policygen.model.review import NextReview, Reviewer, Standing
from policygen.problems import Location
from policygen.publish.site.content import Contacts, SiteContent
from policygen.text.record import read_record, write_record
from tests.publish.site.sample_reference import PARAMETERS, ROLE_ROWS

ROOT = Path(__file__).parents[3]
TEXTS = Path(__file__).parent / "texts"
AS_OF = date(2026, 11, 23)
MAIL_CANARY = "dana.whitfield@people.northwind.example"
HIDDEN_SENTENCE = "Unreleased sentence about zebras"
RESTRICTED_CANARY = "okapi-5151"

_STATEMENTS = {
    "AC-05": ("ACC-01", "CC6.2 CC6.3", "system owner", "ticket with the approval before the grant"),
    "AC-06": ("ACC-01", "CC6.2", "IT lead", "tickets of the kind access"),
    "AC-03": ("ACC-02", "CC6.1 CC6.2", "IT lead", "list of accounts without a person"),
    "AU-02": ("ACC-06", "CC6.1", "security officer", "settings of the identity provider"),
    "AU-07": ("ACC-07", "CC6.1", "security officer", "password settings"),
    "AC-19": ("ACC-04", "CC6.2 CC6.3", "system owner", "signed review with both extracts"),
    "AC-12": ("ACC-05", "CC6.2", "IT lead", "time of the case and time of disabling"),
    "AC-35": ("ACC-04", "CC6.2 CC6.3", "system owner", "date of the signed review"),
    "AC-36": ("ACC-04", "CC6.3", "IT lead", "removal tickets"),
    "AC-29": ("ACC-01", "CC6.2", "IT lead", "tickets"),
    "IR-01": ("COM-01", "CC2.2 CC7.3", "everybody", "reports in the channel"),
    "IR-03": ("INC-01", "CC7.3", "security officer", "time stamps of the case"),
}
_NOT_APPLICABLE = {"AC-40": ("ACC-04", "CC6.3", "system owner", "no vendor has an account of ours")}
_CRITERIA = {
    "CC2.2": ("Staff are told what is aimed at and what they owe", "security"),
    "CC6.1": ("Only known and authorized users reach systems and data", "security"),
    "CC6.2": ("Accounts begin with an approval and end with the need", "security"),
    "CC6.3": ("Rights stay within the job, and nobody checks their own work", "security"),
    "CC6.4": ("Entry to buildings and equipment areas is limited", "security"),
    "CC7.3": ("Alerts are judged: incident or not", "security"),
    "A1.2": ("Copies, spare systems and safe surroundings stand ready", "availability"),
}
_CONTROLS = {
    "COM-01": ("Staff can report incidents and concerns", "CC2.2 CC7.3"),
    "ACC-01": ("Access is approved before it is granted", "CC6.2 CC6.3"),
    "ACC-02": ("People have their own identity", "CC6.1 CC6.2"),
    "ACC-04": ("User access is reviewed", "CC6.2 CC6.3"),
    "ACC-05": ("Leavers lose access in time", "CC6.2 CC6.3"),
    "ACC-06": ("Multi-factor authentication is enforced", "CC6.1"),
    "ACC-07": ("Passwords and sessions follow settings", "CC6.1"),
    "INC-01": ("Incidents are declared and classified", "CC7.3"),
    "BKP-01": ("Backups run, are isolated and watched", "A1.2"),
}


@dataclass(frozen=True)
class Plan:
    """One document of the sample."""

    id: str
    title: str
    kind: Kind
    audience: str = "all workforce"
    acknowledge: bool = False
    classification: str = "internal"
    version: str | None = "1.0"
    effective: date = date(2026, 3, 2)
    flags: frozenset[Flag] = frozenset()
    criteria: str = ""
    related: tuple[str, ...] = ()
    owner_title: str = "security officer"
    approver_title: str = "engineering lead"
    body: str | None = None
    extra: tuple[str, ...] = ()


PLANS = (
    Plan(
        "access-control-policy", "Access Control Policy", Kind.POLICY, acknowledge=True,
        version="2.0", effective=date(2026, 11, 2), criteria="CC6.1 CC6.2 CC6.3",
        related=("access-review-procedure", "customer-access-policy", "systems-register",
                 "incident-contacts-register"),
        flags=frozenset({Flag.DRIFTED}), extra=("AC-40",),
    ),
    Plan(
        "access-review-procedure", "Access Review Procedure", Kind.PROCEDURE,
        audience="system owners, IT", criteria="CC6.2 CC6.3", effective=date(2025, 9, 1),
        flags=frozenset({Flag.OVERDUE}),
    ),
    Plan(
        "user-access-provisioning-procedure", "User Access Provisioning Procedure",
        Kind.PROCEDURE, audience="IT, managers", criteria="CC6.2",
    ),
    Plan(
        "incident-handling-procedure", "Incident Handling Procedure", Kind.PROCEDURE,
        audience="engineering, IT", criteria="CC7.3 CC2.2", acknowledge=True,
        effective=date(2025, 12, 8), flags=frozenset({Flag.DUE}),
    ),
    Plan("systems-register", "Systems Register", Kind.REGISTER, effective=date(2026, 10, 12)),
    Plan("vendors-register", "Vendors Register", Kind.REGISTER, audience="buyers, finance"),
    Plan("incident-contacts-register", "Incident Contacts Register", Kind.REGISTER,
         audience=f"crisis team {RESTRICTED_CANARY}", classification="restricted",
         criteria="CC7.3", extra=("IC-01",), owner_title="incident lead",
         body=f"## Contacts\n\n**IC-01** The lead SHALL call {RESTRICTED_CANARY} first.\n"),
    Plan("customer-access-policy", "Customer Access Policy", Kind.POLICY, version=None,
         criteria="CC6.1", body=f"## Scope\n\n{HIDDEN_SENTENCE}.\n\n"
         f"**CA-01** Support SHALL {HIDDEN_SENTENCE.lower()}.\n", extra=("CA-01",)),
)  # fmt: skip


def record_of(plan: Plan, title: str | None = None) -> tuple[RecordText, str]:
    header = Header(
        id=plan.id, title=title or plan.title, kind=plan.kind, organization="Northwind Traders Ltd",
        short_name="Northwind", owner="security_officer", owner_title=plan.owner_title,
        approver=None if plan.kind is Kind.REGISTER else "engineering_lead",
        approver_title=None if plan.kind is Kind.REGISTER else plan.approver_title,
        classification=plan.classification, review_months=12, audience=plan.audience,
        acknowledge=plan.acknowledge, criteria=tuple(plan.criteria.split()),
        primary=tuple(plan.criteria.split()[:2]), related=plan.related,
    )  # fmt: skip
    body = plan.body if plan.body is not None else (TEXTS / f"{plan.id}.md").read_text()
    named = [name for name in _STATEMENTS if f"**{name}** " in body]
    named.sort(key=body.index)
    rows = [statement(plan.id, name) for name in [*named, *plan.extra]]
    text = write_record(header, body, rows)
    return read_record(text, header.path), text


def statement(document: str, name: str) -> Statement:
    if name in _NOT_APPLICABLE:
        control, criteria, owner, reason = _NOT_APPLICABLE[name]
        return Statement(
            id=name, document=document, text="", control=control, criteria=tuple(criteria.split()),
            owner=owner, evidence="", not_applicable=reason,
        )  # fmt: skip
    default = ("ACC-02", "CC6.1", "support lead", "zebra evidence")
    control, criteria, owner, evidence = _STATEMENTS.get(name, default)
    return Statement(
        id=name, document=document, text="", control=control, criteria=tuple(criteria.split()),
        owner=owner, evidence=evidence,
    )  # fmt: skip


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def next_review_of(plan: Plan) -> date:
    return plan.effective.replace(year=plan.effective.year + 1)


def edition_of(plan: Plan, *, preview: bool = False) -> Edition:
    record, text = record_of(plan)
    version = None if preview else plan.version
    history = [
        HistoryLine(
            version="1.0", approved=date(2025, 8, 28), effective=date(2025, 9, 1),
            significance="initial", approved_by="Dana Whitfield", summary="",
        ),
        HistoryLine(
            version=plan.version or "", approved=plan.effective - timedelta(days=5),
            effective=plan.effective, significance="major", approved_by="Dana Whitfield",
            summary="Leavers lose access within 24 hours, not 48",
        ),
    ]  # fmt: skip
    return Edition(
        record=record, text=text, text_sha256=digest_of(text), version=version,
        approved=None if preview else plan.effective - timedelta(days=5),
        effective=None if preview else plan.effective,
        next_review=None if preview else next_review_of(plan),
        approvals=() if preview else (
            ApprovalLine(name="Dana Whitfield", role="Engineering lead",
                         at="2026-10-28 16:04 CET", strength="A3",
                         note="own enrolled key, time unattested"),
        ),
        history=() if preview else tuple(history if plan.version != "1.0" else history[1:]),
        brand=Brand(),
    )  # fmt: skip


def entry_of(plan: Plan) -> Entry:
    record, text = record_of(plan)
    versions = () if plan.version is None else (_version(plan, record, text),)
    if plan.version == "2.0":
        before = replace(record, body=record.body.replace("within 24 hours", "within 48 hours"))
        versions = (_version(replace(plan, version="1.0"), before, text), *versions)
    return Entry(
        id=plan.id, title=plan.title, kind=plan.kind.value,
        state=State.DRAFT if plan.version is None else State.EFFECTIVE, flags=plan.flags,
        versions=versions, in_force=versions[-1] if versions else None,
        working_sha256=digest_of(text), last_review=plan.effective if versions else None,
        next_review=next_review_of(plan) if versions else None,
        approver="engineering_lead", approver_title=plan.approver_title,
    )  # fmt: skip


def _version(plan: Plan, record: RecordText, text: str) -> Version:
    moment = datetime(2026, 2, 27, 15, 4, tzinfo=UTC)
    consent = Consent(
        acting_for=None, at=moment, decision=Decision.APPROVED, document=plan.id,
        effective=plan.effective, external=None, kind=plan.kind.value, method=Method.SSH,
        person="dana-whitfield", previous=None, reason=None, role="engineering_lead",
        significance=Significance.MAJOR, text_sha256=digest_of(text), tool=MAIL_CANARY,
        trust_sha256="0" * 64, version=plan.version or "",
    )  # fmt: skip
    verdict = Verdict(
        consent=consent, path=f"evidence/approvals/{MAIL_CANARY}", strength=Strength.A3,
        time_attested=False, name="Dana Whitfield", role_title="Engineering lead",
        fingerprint=MAIL_CANARY, note="own enrolled key",
    )  # fmt: skip
    return Version(
        document=plan.id, version=plan.version or "", decision=Decision.APPROVED,
        text=record, text_sha256=digest_of(text),
        text_path="", significance=Significance.MAJOR, reason=None, consents=(verdict,),
        approved_at=moment, effective=plan.effective, until=None, state=State.EFFECTIVE,
    )  # fmt: skip


def matrix_of(plans: tuple[Plan, ...]) -> Matrix:
    """Working text included, as the matrix of a workspace knows it."""
    rows = []
    for plan in plans:
        record, _ = record_of(plan)
        coverage = Coverage.MAPPED if plan.version is None else Coverage.CURRENT
        rows += [
            StatementRow(
                statement=row, document_title=plan.title, version=plan.version,
                coverage=coverage if row.applies else Coverage.NOT_APPLICABLE,
            )
            for row in record.statements
        ]  # fmt: skip
    controls = [_control_row(name, rows) for name in _CONTROLS]
    criteria = [_criterion_row(name, controls, plans) for name in _CRITERIA]
    return Matrix(criteria=tuple(criteria), controls=tuple(controls), statements=tuple(rows))


def _control_row(name: str, rows: list[StatementRow]) -> ControlRow:
    title, criteria = _CONTROLS[name]
    control = Control(
        id=name, title=title, description=f"{title}, and a record shows it.",
        owner="security_officer", frequency="event", key=True, nature="preventive", mode="manual",
        criteria=tuple(criteria.split()), optional=False, when=parse_condition("true"),
        population="all", attribute="approved", location=Location("controls.yml"),
    )  # fmt: skip
    beneath = tuple(row for row in rows if row.statement.control == name)
    found = any(row.coverage is Coverage.CURRENT for row in beneath)
    outside = name == "BKP-01"
    coverage = Coverage.CURRENT if found else Coverage.GAP
    return ControlRow(
        control=control, owner_title="security officer", frequency="each time it occurs",
        statements=beneath, coverage=Coverage.OUT_OF_SCOPE if outside else coverage,
        reason="its criteria are not examined" if outside else None,
    )  # fmt: skip


def _criterion_row(name: str, controls: list[ControlRow], plans: tuple[Plan, ...]) -> CriterionRow:
    title, category = _CRITERIA[name]
    primary = tuple(plan.id for plan in plans if name in plan.criteria.split())
    special = {
        "CC6.1": (Coverage.IN_FORCE, None),
        "CC6.4": (Coverage.SUBSERVICE, "Harbour Cloud, report reviewed on 2026-05-04"),
        "CC7.3": (Coverage.GAP, "no policy has it as a main criterion"),
        "A1.2": (Coverage.OUT_OF_SCOPE, "availability is not examined"),
    }
    coverage, reason = special.get(name, (Coverage.CURRENT, None))
    return CriterionRow(
        criterion=Criterion(id=name, title=title, category=category),
        controls=tuple(row.control.id for row in controls if name in row.control.criteria),
        primary=primary, secondary=(), coverage=coverage, reason=reason,
    )  # fmt: skip


def sample_content(plans: tuple[Plan, ...] = PLANS, *, preview: bool = False) -> SiteContent:
    shown = [plan for plan in plans if preview or plan.version is not None]
    return SiteContent(
        organization="Northwind Traders Ltd", short_name="Northwind", brand=Brand(), as_of=AS_OF,
        time_zone="Europe/Berlin",
        register=Register(
            as_of=AS_OF, entries=tuple(entry_of(plan) for plan in plans), set_head="5e" * 32
        ),
        editions={plan.id: edition_of(plan, preview=preview) for plan in shown},
        matrix=matrix_of(plans),
        contacts=Contacts(
            incident_channel="#security-incidents", security_mail="security@northwind.example"
        ),
        glossary={"MFA": "multi-factor authentication: a second proof beside the password"},
        pdfs={} if preview else {plan.id: f"pdf/{plan.id}-{plan.version}.pdf" for plan in shown},
        roles=("security officer", "engineering lead", "IT lead", "system owner"),
        preview=preview, tool_version="1.0.0", parameters=PARAMETERS, role_rows=ROLE_ROWS,
        reviews=reviews_of(tuple(entry_of(plan) for plan in plans)),
    )  # fmt: skip


def reviews_of(entries: tuple[Entry, ...]) -> tuple[NextReview, ...]:
    """The next review of each entry in force, planned for the day on which it is due."""
    found = []
    for entry in entries:
        if entry.in_force is None or entry.next_review is None:
            continue
        header = entry.in_force.text.header
        found.append(
            NextReview(
                document=entry.id, title=entry.title, kind=entry.kind,
                version=entry.in_force.version,
                owner=Reviewer(
                    role=header.owner, title=header.owner_title, person="x", name="Xaver Xylander"
                ),
                approver=Reviewer(
                    role=entry.approver, title=entry.approver_title, person=None, name=None
                ),
                last_review=entry.last_review or AS_OF, last_outcome=None,
                planned=entry.next_review, due=entry.next_review,
                standing=Standing.OVERDUE if Flag.OVERDUE in entry.flags else Standing.LATER,
                opened=None, escalation=None,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda review: (review.planned, review.document)))
