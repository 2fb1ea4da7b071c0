"""Packs: what somebody without clone or key reads and signs, as a folder to send them.

Every file follows from the workspace and the planned consents, so that what comes back is held
against the same pack made again, byte for byte.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from policygen import atomic
from policygen.history.consents.judging import TOLERANCE
from policygen.history.records.lists import write_list
from policygen.history.records.paths import in_workspace
from policygen.model.evidence import Decision
from policygen.pipeline.publication.comparison import comparison_of, comparison_pdf
from policygen.pipeline.publication.editions import brand_of, edition_of_draft, printed_time
from policygen.problems import Location, PolicygenError, Problem, UsageError
from policygen.text.record import read_record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from policygen.history.approving.plans import ApprovalPlan, PlannedConsent
    from policygen.pipeline.situation import Situation

LIST = "pack.sha256"
"""Digests of everything else in a pack; what a key signs."""

SIGNATURE = f"{LIST}.sig"
RESOLUTION = "resolution.txt"
README = "READ-ME.txt"


def make_pack(found: Situation, planned: ApprovalPlan) -> dict[str, bytes]:
    """The files of a pack by their path in it, the list last.

    Raises:
        PolicygenError: A document cannot be printed.
    """
    planned = replace(planned, consents=tuple(sorted(planned.consents, key=_name)))
    files: dict[str, bytes] = {}
    for consent in planned.consents:
        files[in_workspace(consent.path)] = consent.data
        if consent.text_path is not None:
            files[in_workspace(consent.text_path)] = consent.text
        files |= _changes(found, consent)
    files |= _documents(found, planned)
    files[RESOLUTION] = _resolution(found, planned).encode()
    files[README] = _readme(found, planned).encode()
    files[LIST] = write_list(files)
    return files


def write_pack(folder: Path, files: dict[str, bytes]) -> None:
    """Put a pack into a new folder.

    Raises:
        UsageError: Something is there already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            Problem(
                code="pack-occupied",
                location=Location(str(folder)),
                message="there is something already, and a pack gets a folder of its own",
                hint="Name a new folder.",
            )
        )
    for path, data in files.items():
        atomic.write_bytes(folder / path, data)


def refused(code: str, place: str, message: str, hint: str | None = None) -> PolicygenError:
    """Why a pack, or what came back with it, is not taken."""
    return PolicygenError(Problem(code=code, location=Location(place), message=message, hint=hint))


def _documents(found: Situation, planned: ApprovalPlan) -> Iterator[tuple[str, bytes]]:
    """Each new text as it is going to be printed, marked as a draft."""
    from policygen.publish.pdf.pool import Job, make_pdfs
    from policygen.publish.worker import cores

    brand = brand_of(found.survey.facts.profile)
    pairs = [
        (consent, document)
        for consent in planned.consents
        if consent.consent.decision is Decision.APPROVED
        and (document := found.survey.document(consent.consent.document)) is not None
    ]
    jobs = [Job(edition=edition_of_draft(document, brand), attachments=()) for _, document in pairs]
    theme = found.root / "overrides" / "pdf"
    made = make_pdfs(jobs, theme=theme, workspace=found.root, workers=cores())
    for (consent, _), outcome in zip(pairs, made, strict=True):
        if outcome.pdf is None:
            raise PolicygenError(*outcome.problems)
        yield f"documents/{_name(consent)}.pdf", outcome.pdf


def _changes(found: Situation, planned: PlannedConsent) -> Iterator[tuple[str, bytes]]:
    """The redline against the version before; none of a first version or a retirement."""
    consent = planned.consent
    if consent.previous is None or consent.decision is not Decision.APPROVED:
        return
    entry = found.register.entry(consent.document)
    row = next(
        (
            row
            for row in (entry.versions if entry else ())
            if row.version == consent.previous.version
        ),
        None,
    )
    if row is None:
        return
    old = found.evidence.files[row.text_path.removeprefix("evidence/")].decode()
    compared = comparison_of(consent.document, (row.version, old), (None, planned.text.decode()))
    yield f"changes/{_name(planned)}.pdf", comparison_pdf(found, compared)


def _name(planned: PlannedConsent) -> str:
    return f"{planned.consent.document}-{planned.consent.version}"


def _resolution(found: Situation, planned: ApprovalPlan) -> str:
    first = planned.consents[0]
    header = read_record(first.text.decode(), first.path).header
    titles = {header.owner: header.owner_title, header.approver: header.approver_title}
    role = titles.get(first.consent.role) or first.consent.role.replace("_", " ")
    person = found.survey.facts.profile.person(first.consent.person)
    name = person.name if person else first.consent.person
    deputy = f" for {first.consent.acting_for}" if first.consent.acting_for else ""
    lines = [
        "RESOLUTION",
        "",
        found.survey.facts.profile.organization.legal_name,
        "",
        f"I, {name}, deciding as {role}{deputy}, give my consent to what is stated below, text by "
        "text.",
        "A text is the one with the digest stated, and no other.",
    ]
    for number, consent in enumerate(planned.consents, start=1):
        lines += ["", *_item(number, consent)]
    lines += [
        "",
        "",
        "Place and date: ____________________________",
        "",
        "Signature:      ____________________________",
        "",
    ]
    return "\n".join(lines)


def _item(number: int, planned: PlannedConsent) -> Iterator[str]:
    consent = planned.consent
    title = read_record(planned.text.decode(), planned.path).header.title
    yield f"{number}. {title} ({consent.document})"
    day = consent.effective.isoformat()
    match consent.decision:
        case Decision.RETIRED:
            yield f"   is taken out of force on {day}. Reason: {consent.reason}"
        case _:
            follows = f", replaces {consent.previous.version}" if consent.previous else ""
            kind = f"{consent.significance.value}{follows}"
            yield f"   is approved as version {consent.version} ({kind})"
            yield f"   and takes effect on {day}."
            if consent.reason:
                yield f"   Reason: {consent.reason}"
    yield f"   SHA-256 of the text: {consent.text_sha256}"


def _readme(found: Situation, planned: ApprovalPlan) -> str:
    at = planned.consents[0].consent.at
    until = printed_time(at + TOLERANCE, found.zone)
    return f"""\
What this is

  {RESOLUTION}    what you are asked to consent to
  documents/        the texts as they will be printed
  changes/          what changes in them, word by word
  evidence/         the same texts as plain files, and the records of your consent
  {LIST}       digests of all these files

Read {RESOLUTION} and the PDFs. Whether the files are as they were sent is shown by

  sha256sum --check {LIST}          (on a Mac: shasum -a 256 --check {LIST})

If you agree, do one of these and send back this whole folder.

1. With your SSH key, until {until}:

  ssh-keygen -Y sign -n policy-approval -f ~/.ssh/id_ed25519 {LIST}

   It writes {SIGNATURE}.

2. Without a key: sign {RESOLUTION}, on paper or in an e-signature service, or have the decision
   minuted with the digests that stand in it. Send back what was signed with this folder. Somebody
   else will attest where it comes from.

If one file here is changed, what comes back is refused.
Made by {planned.consents[0].consent.tool} on {printed_time(at, found.zone)}.
"""
