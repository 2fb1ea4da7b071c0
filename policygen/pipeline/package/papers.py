"""The papers of a package: its first page, its method, and the policy manual in one file."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from policygen.audit.description.system_description import TITLE
from policygen.audit.package.readme import Front, front_page
from policygen.model.evidence import Strength
from policygen.model.matrix import Coverage
from policygen.model.register import Flag
from policygen.pipeline.package.answers import description_of
from policygen.pipeline.package.lists import reviews_in
from policygen.pipeline.publication.editions import brand_of, edition_of_version
from policygen.publish.pdf.facts import CLASSES
from policygen.words import long_date

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from policygen.audit.package.manifest import Claims
    from policygen.model.matrix import Matrix
    from policygen.model.publication import Edition
    from policygen.pipeline.package.examined import Examined
    from policygen.publish.pdf.typeset import Typesetter

MANUAL = "policy-manual.pdf"
README = "README.pdf"
DESCRIPTION = "system/system-description-draft.pdf"
_CONTACT_ROLE = "compliance_lead"


def readme_pdf(
    examined: Examined,
    typesetter: Typesetter,
    *,
    claims: Claims,
    matrix: Matrix,
    paths: Collection[str],
    signer: str | None,
) -> bytes:
    """The first page.

    Args:
        examined: The window.
        typesetter: The running pandoc.
        claims: What the package says about itself.
        matrix: As of the last day.
        paths: Everything in the package.
        signer: Who signs the manifest, and with which key.
    """
    from policygen.publish.pdf.handout import Handout, Part, handout_pdf

    front = Front(
        window=examined.window,
        problems=claims.problems,
        documents=claims.documents,
        gaps=claims.gaps,
        notes=tuple(_notes(examined, matrix)),
        root_of_trust=claims.root_of_trust,
        certificates=tuple(sorted({each.certificate for each in examined.sealed.values()})),
        signer=signer,
        people=claims.people,
        contact=_contact(examined),
        paths=paths,
    )
    profile = examined.past.facts.profile
    window = examined.window
    days = f"{long_date(window.first)} to {long_date(window.last)}"
    handout = Handout(
        title="Policies of a period" if window.is_period else "Policies as of a day",
        kind="Package for the auditor",
        organization=profile.organization.legal_name,
        foot=f"{days if window.is_period else long_date(window.last)} · confidential",
        day=window.last,
        brand=brand_of(profile),
        parts=(Part(title="", line="", body=front_page(front)),),
        rows=(
            ("Window", days if window.is_period else f"as of {long_date(window.last)}"),
            ("Days begin in", examined.zone.key),
            ("Commit", examined.past.commit.id),
            ("Made by", claims.tool),
        ),
    )
    return handout_pdf(
        handout,
        typesetter=typesetter,
        theme=examined.past.theme,
        workspace=examined.past.folder,
    )


def description_pdf(examined: Examined, matrix: Matrix, typesetter: Typesetter) -> bytes:
    """The draft of the system description, as it stands in the DOCX."""
    from policygen.publish.pdf.handout import Handout, Part, handout_pdf

    profile = examined.past.facts.profile
    handout = Handout(
        title=TITLE,
        kind="For management to complete",
        organization=profile.organization.legal_name,
        foot=f"Draft, {examined.window}; not an opinion of an auditor",
        day=examined.window.last,
        brand=brand_of(profile),
        parts=(Part(title="", line="", body=description_of(examined, matrix)),),
    )
    return handout_pdf(
        handout,
        typesetter=typesetter,
        theme=examined.past.theme,
        workspace=examined.past.folder,
    )


def manual_pdf(examined: Examined, typesetter: Typesetter) -> bytes | None:
    """All documents in force on the last day as one file; None where there are none."""
    from policygen.publish.pdf.handout import Handout, Part, handout_pdf

    editions = list(_editions(examined))
    if not editions:
        return None
    profile = examined.past.facts.profile
    day = long_date(examined.window.last)
    handout = Handout(
        title="Policy manual",
        kind="All documents in force",
        organization=profile.organization.legal_name,
        foot=f"In force on {day} · not sealed; the sealed PDFs count",
        day=examined.window.last,
        brand=brand_of(profile),
        parts=tuple(
            Part(
                title=edition.record.header.title,
                line=_facts_line(edition),
                body=edition.record.body,
                edition=edition,
            )
            for edition in editions
        ),
        rows=(("As of", day), ("Documents", str(len(editions)))),
    )
    return handout_pdf(
        handout,
        typesetter=typesetter,
        theme=examined.past.theme,
        workspace=examined.past.folder,
    )


def _editions(examined: Examined) -> Iterator[Edition]:
    """Policies first, then procedures and registers, each by title."""
    order = ("policy", "procedure", "register")
    brand = brand_of(examined.past.facts.profile)
    entries = [entry for entry in examined.register.entries if entry.in_force is not None]
    for entry in sorted(
        entries, key=lambda each: (order.index(each.kind), each.title.casefold(), each.id)
    ):
        if entry.in_force is not None:
            yield edition_of_version(
                entry, entry.in_force, examined.found.evidence, brand, examined.zone
            )


def _facts_line(edition: Edition) -> str:
    header = edition.record.header
    approvers = ", ".join(f"{line.name} ({line.role})" for line in edition.approvals)
    effective = long_date(edition.effective) if edition.effective else ""
    classification = CLASSES.get(header.classification, header.classification)
    return (
        f"Version {edition.version} · effective {effective} · approved by {approvers} · "
        f"{classification} · text sha256 {edition.text_sha256[:12]}"
    )


def _contact(examined: Examined) -> str | None:
    facts = examined.past.facts
    role = facts.roles.get(_CONTACT_ROLE)
    person = facts.profile.person(role.holder) if role and role.holder else None
    if role is None or person is None:
        return None
    return f"{person.name}, {role.title}" + (f", {person.email}" if person.email else "")


def _notes(examined: Examined, matrix: Matrix) -> Iterator[str]:
    yield from _review_notes(examined)
    strengths = Counter(row.version.strength for row in examined.in_force.intervals)
    weak = strengths[Strength.A0]
    if weak:
        yield (
            f"{weak} of {sum(strengths.values())} versions rest on an assertion alone (strength "
            "A0): see approvals."
        )
    claimed = sum(
        not all(verdict.time_attested for verdict in row.version.consents)
        for row in examined.in_force.intervals
    )
    if claimed:
        yield (
            f"The time of approval of {claimed} of {sum(strengths.values())} versions is the "
            "signer's own claim; approvals name when git first had each record."
        )
    running = [
        waiver
        for waiver in examined.past.facts.profile.waivers
        if waiver.start <= examined.window.last <= waiver.expires
    ]
    if running:
        ids = ", ".join(waiver.id for waiver in running)
        yield f"Waivers running on the last day: {ids}; see exceptions."
    states = Counter(row.coverage for row in matrix.criteria)
    told = ", ".join(f"{states[state]} {state.value}" for state in Coverage if states[state])
    yield f"Criteria by state of their documents on the last day: {told}."


def _review_notes(examined: Examined) -> Iterator[str]:
    summary = reviews_in(examined)
    overdue = ", ".join(sorted({row.document for row in summary.overdue}))
    if summary.population:
        told = (
            f"Reviews that were due or carried out: {summary.population}; on time "
            f"{len(summary.on_time)}, late {len(summary.late)}, not done by the end of the window "
            f"{len(summary.open)}"
        )
        yield f"{told}, of these overdue: {overdue}." if overdue else f"{told}."
    withdrawn = [entry.id for entry in examined.register.entries if Flag.WITHDRAWN in entry.flags]
    if withdrawn:
        yield f"Withdrawn and not retired on the last day: {', '.join(withdrawn)}."
