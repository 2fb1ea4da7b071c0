"""Earlier approvals: recorded from minutes, signed PDFs and mails of before this workspace."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING

from policygen.history.approving.earlier import earlier_consent, next_earlier_version, pointing_text
from policygen.history.dates import local_day
from policygen.history.records.consents import write_consent
from policygen.history.records.paths import approval_path, text_path
from policygen.model.evidence import External
from policygen.pipeline.consent.attesting import external_path, read_proof
from policygen.pipeline.judging import record
from policygen.problems import PolicygenError, Problem, UsageError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from policygen.pipeline.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierApproval:
    """An approval that was given before this workspace was kept."""

    document: str
    file: Path
    """The approved document, minutes, or a mail."""

    given: date
    effective: date | None
    """First day of force; None means the day it was given."""

    person: str
    """Who approved; an id of their own where they are not in the profile any more."""

    role: str | None
    """The role they approved under; None means the one that the document requires."""

    version: str | None
    """The number that the document bore; None takes the next below 1.0."""

    attested_by: str
    """Person id of whoever states that the file is what it claims."""

    tool: str


def record_earlier(found: Situation, earlier: EarlierApproval) -> tuple[str, ...]:
    """Store an earlier approval with its source; gives the paths below `evidence/`.

    Raises:
        UsageError: The document or the person who attests is unknown.
        PolicygenError: Approvals were given here already, the day is not before the first trust
            snapshot (`approval-legacy-late`), or verification would refuse the record.
    """
    document = found.survey.document(earlier.document)
    if document is None:
        raise _unknown("usage-unknown-document", earlier.document, "a document of this set")
    if found.survey.facts.profile.person(earlier.attested_by) is None:
        raise _unknown("usage-unknown-person", earlier.attested_by, "a person in organization.yml")
    newest = found.judgement.chain.newest
    if newest is None:
        raise PolicygenError(
            Problem(
                code="approve-trust-missing",
                message="there is no trust snapshot, so nobody could attest anything",
                hint="Make one with policygen trust update.",
            )
        )
    data = read_proof(earlier.file)
    external = External(
        file=external_path(earlier.file, data),
        sha256=hashlib.sha256(data).hexdigest(),
        attested_by=earlier.attested_by,
    )
    header = document.record.header
    entry = found.register.entry(earlier.document)
    versions = entry.versions if entry else ()
    number = next_earlier_version(versions, earlier.version)
    text = pointing_text(header, external, earlier.file.name, earlier.given).encode()
    consent = earlier_consent(
        header,
        external,
        versions[-1] if versions else None,
        version=number,
        person=earlier.person,
        role=earlier.role,
        at=_noon(found, earlier.given),
        effective=earlier.effective or earlier.given,
        text_sha256=hashlib.sha256(text).hexdigest(),
        trust_sha256=newest.sha256,
        tool=earlier.tool,
    )
    return record(
        found,
        {
            external.file: data,
            text_path(header.id, number): text,
            approval_path(header.id, number, earlier.person): write_consent(consent),
        },
    )


def _noon(found: Situation, given: date) -> datetime:
    today = local_day(found.now, found.zone)
    if given > today:
        raise UsageError(
            Problem(
                code="usage-given",
                message=f"{given} is after today, {today}",
                hint="Give the day on which it was approved.",
            )
        )
    return datetime.combine(given, time(12), found.zone).astimezone(found.now.tzinfo)


def _unknown(code: str, name: str, what: str) -> UsageError:
    return UsageError(Problem(code=code, message=f"{name} is not {what}", hint=None))
