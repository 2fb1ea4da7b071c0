"""Approving: which version a text becomes, under which role, and why it may not become one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from policygen import words
from policygen.history.approving.numbering import next_version, open_version
from policygen.history.approving.plans import ApprovalPlan, PlannedConsent, Sitting, planned_each
from policygen.history.approving.significance import suggested_significance
from policygen.history.records.canonical import RecordFormatError, problem_of
from policygen.history.records.consents import read_consent, write_consent
from policygen.history.records.paths import (
    approval_path,
    in_workspace,
    observation_path,
    text_path,
)
from policygen.history.trust.entitlement import allowed_roles
from policygen.history.trust.standing import standing_of
from policygen.model.evidence import Consent, Decision, Method, Previous, Significance
from policygen.problems import Location, PolicygenError, Problem, refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from policygen.history.approving.renames import Names
    from policygen.history.trust.standing import Standing
    from policygen.model.document import RecordText
    from policygen.model.register import Version


class Approvable(Protocol):
    """A rendered document; `model.document.Document` is one."""

    @property
    def record(self) -> RecordText:
        """Header, body and statements."""

    @property
    def text(self) -> str:
        """The whole text of record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the approver chose; None leaves it to the suggestion."""

    significance: Significance | None = None
    reason: str | None = None
    """Required for minor where major is suggested."""


def plan_approval(
    sitting: Sitting, documents: Sequence[Approvable], choice: Choice | None = None
) -> ApprovalPlan:
    """The consents of one person to the texts of documents, ready to be signed.

    A text that another person approved already joins that version. A consent that was broken off
    before its signature is taken up as it is. Whether a text equals what the sources render is
    for the caller to check.

    Args:
        sitting: Who approves, when, and what is known.
        documents: The texts.
        choice: Significance and reason, where the approver chose them.
    """
    chosen = choice or Choice()
    return planned_each(documents, lambda document: _plan(sitting, document, chosen))


def check_effective(sitting: Sitting) -> date:
    """The first day of force.

    Raises:
        PolicygenError: It lies before today (`approval-effective-early`).
    """
    effective = sitting.effective or sitting.today
    if effective < sitting.today:
        raise refusal(
            "approval-effective-early",
            f"{effective} is before today, {sitting.today}",
            "An approval takes effect on the day it is given or later.",
        )
    return effective


def check_standing(sitting: Sitting, text: RecordText) -> Standing:
    """The role that the person decides under.

    Raises:
        PolicygenError: None that counts for this text.
    """
    roles = allowed_roles(text)
    if sitting.role is not None:
        if sitting.role not in roles:
            raise refusal(
                "approval-role-not-required",
                f"{text.header.id} is approved by the role {roles[0]}, not by {sitting.role}",
                f"Decide under the role {words.join_words(roles, 'or')}.",
            )
        roles = (sitting.role,)
    return standing_of(sitting.trust.snapshot, sitting.person, roles, sitting.at)


def take_up(sitting: Sitting, path: str) -> Consent | None:
    """The person's own record that still lacks its proof; None where there is no record.

    Raises:
        PolicygenError: The record has its proof (`approve-nothing-changed`), is another's
            (`record-in-the-way`) or is none (`record-format`).
    """
    data = sitting.evidence.files.get(path)
    if data is None:
        return None
    proof = observation_path(path) if sitting.method is Method.FORGE else path + ".sig"
    if proof in sitting.evidence.files:
        raise PolicygenError(
            Problem(
                code="approve-nothing-changed",
                location=Location(in_workspace(path)),
                message=f"{sitting.person} has decided already",
            )
        )
    try:
        consent = read_consent(data)
    except RecordFormatError as error:
        raise PolicygenError(problem_of(error, in_workspace(path))) from error
    if (consent.person, consent.method) != (sitting.person, sitting.method):
        raise PolicygenError(
            Problem(
                code="record-in-the-way",
                location=Location(in_workspace(path)),
                message=f"another record without its proof is where that of {sitting.person} goes",
                hint="If it was never committed, delete it and run the command again.",
            )
        )
    return consent


def _plan(sitting: Sitting, document: Approvable, choice: Choice) -> PlannedConsent:
    text, data = document.record, document.text.encode()
    digest = hashlib.sha256(data).hexdigest()
    newest = sitting.newest(text.header.id)
    standing = check_standing(sitting, text)
    effective = check_effective(sitting)
    joined = open_version(sitting, text.header.id, digest)
    suggested, reasons = _suggestion(newest, text, sitting.names)
    if joined is None:
        significance = _significance(suggested, reasons, choice, text.header.id)
        version = next_version(sitting.stored(text.header.id), newest, significance)
        previous = _previous(newest)
    else:
        version, previous, significance = joined.version, joined.previous, joined.significance
    path = approval_path(text.header.id, version, sitting.person)
    consent = take_up(sitting, path) or Consent(
        acting_for=standing.acting_for,
        at=sitting.at,
        decision=Decision.APPROVED,
        document=text.header.id,
        effective=effective,
        external=None,
        kind=text.header.kind.value,
        method=sitting.method,
        person=sitting.person,
        previous=previous,
        reason=choice.reason,
        role=standing.role,
        significance=significance,
        text_sha256=digest,
        tool=sitting.tool,
        trust_sha256=sitting.trust.sha256,
        version=version,
    )
    _refuse_lone_drafter(sitting, consent)
    return PlannedConsent(
        consent=consent,
        path=path,
        data=write_consent(consent),
        text_path=text_path(text.header.id, version),
        text=data,
        reasons=reasons,
        joins=joined is not None,
        is_rename=suggested is Significance.MINOR and bool(reasons),
    )


def _suggestion(
    newest: Version | None, text: RecordText, names: Names
) -> tuple[Significance, tuple[str, ...]]:
    if newest is not None and newest.decision is Decision.RETIRED:
        return Significance.MAJOR, ("the document was retired",)
    return suggested_significance(None if newest is None else newest.text, text, names)


def _previous(newest: Version | None) -> Previous | None:
    if newest is None:
        return None
    return Previous(version=newest.version, text_sha256=newest.text_sha256)


def _significance(
    suggested: Significance, reasons: tuple[str, ...], choice: Choice, document: str
) -> Significance:
    if suggested is Significance.INITIAL:
        return suggested
    chosen = choice.significance or suggested
    if chosen is Significance.MINOR and suggested is Significance.MAJOR and not choice.reason:
        raise refusal(
            "approve-reason-needed",
            f"{document} looks like a major change ({'; '.join(reasons)}), minor was chosen",
            "Say with --reason why nobody is bound to anything new, or leave --minor out.",
        )
    return chosen


def _refuse_lone_drafter(sitting: Sitting, consent: Consent) -> None:
    if consent.kind == "register":
        return
    drafters: set[str] = set()
    for mail in sorted(sitting.drafters.get(consent.document, frozenset())):
        person = sitting.people_by_mail.get(mail.lower())
        if person is None:
            raise refusal(
                "approval-author-unknown",
                f"{mail} changed {consent.document} and is nobody in the profile",
                "Add the address to the person's emails in organization.yml.",
            )
        drafters.add(person)
    others = {
        verdict.consent.person
        for verdict in sitting.judgement.verdicts
        if (verdict.consent.document, verdict.consent.version)
        == (consent.document, consent.version)
    }
    together = {sitting.person, *others}
    waived = any(
        waiver.covers(together, consent.document, sitting.today)
        for waiver in sitting.lone_approvals
    )
    if together <= drafters and not waived:
        raise refusal(
            "approval-drafter-alone",
            f"{sitting.person} changed {consent.document} and would approve it alone",
            "Let the owner, the chief executive or the governing body consent first.",
        )
