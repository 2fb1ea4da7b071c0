"""Importing: reviews on a forge become consents, each with an observation beside it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.history.approving.approve import Choice, plan_approval
from policygen.history.approving.plans import Sitting
from policygen.history.consents.forge_reviews import (
    fault_of_review,
    fault_of_text,
    faults_of_objections,
    first_day,
    has_say,
    person_of,
)
from policygen.history.records.canonical import RecordFormatError
from policygen.history.records.consents import read_observation, write_observation
from policygen.history.records.paths import Shelf, in_workspace, observation_path, place_of
from policygen.history.records.selection import answers_of
from policygen.history.trust.entitlement import allowed_roles, zone_of
from policygen.model.document import text_digest
from policygen.model.evidence import Method, Observation, Significance
from policygen.problems import Location, Problem, Severity
from policygen.text.record import read_record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from policygen.history.approving.plans import PlannedConsent
    from policygen.history.records.paths import Place
    from policygen.model.document import RecordText
    from policygen.model.evidence import Evidence, TrustSnapshot
    from policygen.model.forge import ForgeChange, ForgeReview
    from policygen.model.judgement import Judgement


@dataclass(frozen=True, slots=True)
class MergedText:
    """The text of record that a change left behind."""

    path: str
    """Below `rendered/`."""

    text: str
    record: RecordText


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """Who imports, when, with what."""

    person: str
    at: datetime
    tool: str
    """E.g. `policygen 1.0.0`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedConsent:
    """A consent that a review carries, with everything that is to be written."""

    planned: PlannedConsent
    change: int
    login: str
    files: Mapping[str, bytes]
    """Text, consent and observation by path below `evidence/`, in the order of writing."""


def merged_text(path: str, data: bytes) -> MergedText:
    """A text of record from its bytes.

    Raises:
        RecordFormatError: It is none, or not in UTF-8.
    """
    text = data.decode()
    return MergedText(path, text, read_record(text, f"rendered/{path}"))


def plan_import(
    evidence: Evidence,
    judgement: Judgement,
    change: ForgeChange,
    review: ForgeReview,
    texts: Sequence[MergedText],
    importer: Importer,
) -> tuple[tuple[ImportedConsent, ...], tuple[Problem, ...]]:
    """The consents that one review of a merged change carries, and why it carries no others.

    What an earlier import recorded is passed over, and so are texts that the reviewer has no say
    in and texts that a later version has replaced.

    Args:
        evidence: With everything planned so far.
        judgement: What verification says of it.
        change: The change.
        review: What an account's reviews come to.
        texts: What the change left of the documents it touches.
        importer: Who imports.
    """
    fault = fault_of_review(change, review)
    if fault is not None:
        return (), (warning_of(change, fault.code, fault.message),)
    moment = review.submitted_at
    assert moment is not None, "an approval without a time is unbound"
    assert review.user_id is not None, "an approval by nobody is none"
    link = judgement.chain.at(moment)
    person = None if link is None else person_of(link.snapshot, change.host, review.user_id)
    if link is None or person is None:
        message = (
            f"account {review.login} (id {review.user_id}) at {change.host} was nobody's in the"
            f" trust snapshot of {moment.date()}"
        )
        return (), (warning_of(change, "forge-account-unknown", message, _UNKNOWN_HINT),)
    done = recorded_reviews(evidence)
    sitting = Sitting(
        evidence=evidence,
        judgement=judgement,
        person=person,
        at=moment,
        tool=importer.tool,
        effective=first_day(change, review, zone_of(link.snapshot)),
        method=Method.FORGE,
        is_record=True,
    )
    consents: list[ImportedConsent] = []
    problems: list[Problem] = []
    for text in texts:
        key = (text.record.header.id, person, change.host, change.repository, change.number)
        if key in done or not has_say(link.snapshot, person, allowed_roles(text.record), moment):
            continue
        faults = list(_text_faults(change, review, text, link.snapshot, moment))
        problems += faults
        if not faults and not _is_superseded(sitting, text, moment):
            found, refused = _consent(sitting, change, review, text, importer)
            consents += found
            problems += refused
    return tuple(consents), tuple(problems)


def recorded_reviews(evidence: Evidence) -> frozenset[tuple[str, str, str, str, int]]:
    """Document, person, host, repository and change of every observation there is."""
    return frozenset(
        (place.document, place.person, found.host, found.repository, found.change)
        for _, place, found in observations(evidence)
    )


def unsigned_observations(evidence: Evidence, person: str) -> tuple[str, ...]:
    """Paths of the observations that a person imported and has not signed."""
    return tuple(
        path
        for path, _, found in observations(evidence)
        if path + ".sig" not in evidence.files and found.imported_by == person
    )


def observations(evidence: Evidence) -> Iterator[tuple[str, Place, Observation]]:
    """Every observation that can be read, with its path below `evidence/` and what that claims."""
    for path, data in evidence.files.items():
        place = place_of(path) if path.endswith(".forge.json") else None
        if place is None or place.shelf is not Shelf.OBSERVATION:
            continue
        try:
            yield path, place, read_observation(data)
        except RecordFormatError:
            continue  # told where consents are judged


def forge_paths(evidence: Evidence, consent: str) -> set[str]:
    """Paths of what a consent by review rests on: observation, its signature, recorded answers.

    Args:
        evidence: Where they lie.
        consent: Path of a consent that holds, below `evidence/`.
    """
    path = observation_path(consent)
    found = {path, path + ".sig"}
    for index in read_observation(evidence.files[path]).raw:
        found |= {index.file, *answers_of(evidence, index.file)}
    return found & evidence.files.keys()


def _text_faults(
    change: ForgeChange,
    review: ForgeReview,
    text: MergedText,
    snapshot: TrustSnapshot,
    moment: datetime,
) -> Iterator[Problem]:
    stale = fault_of_text(change, review, text.path, text.text.encode())
    objections = faults_of_objections(change, snapshot, allowed_roles(text.record), moment)
    for fault in (*([stale] if stale else []), *objections):
        yield warning_of(change, fault.code, f"{text.record.header.id}: {fault.message}")


def _is_superseded(sitting: Sitting, text: MergedText, moment: datetime) -> bool:
    """Whether another text was approved after the review, so that this one is history by now."""
    newest = sitting.newest(text.record.header.id)
    return (
        newest is not None
        and newest.text_sha256 != text_digest(text.text)
        and all(verdict.consent.at > moment for verdict in newest.consents)
    )


def _consent(
    sitting: Sitting,
    change: ForgeChange,
    review: ForgeReview,
    text: MergedText,
    importer: Importer,
) -> tuple[list[ImportedConsent], list[Problem]]:
    choice = Choice(
        significance=Significance.MINOR if review.words.minor else None,
        reason=review.words.reason,
    )
    plan = plan_approval(sitting, [text], choice)
    refused = [
        warning_of(change, problem.code, problem.message, problem.hint)
        for problem in plan.problems
        if problem.code != "approve-nothing-changed"
    ]
    return [_imported(planned, change, review, importer) for planned in plan.consents], refused


def _imported(
    planned: PlannedConsent, change: ForgeChange, review: ForgeReview, importer: Importer
) -> ImportedConsent:
    assert review.user_id is not None, "an approval by nobody is none"
    observation = Observation(
        binding=review.binding,
        consent_sha256=hashlib.sha256(planned.data).hexdigest(),
        host=change.host,
        repository=change.repository,
        change=change.number,
        review=review.review,
        user_id=review.user_id,
        login=review.login,
        commit=review.commit,
        submitted_at=planned.consent.at,
        merged_at=change.merged_at,
        imported_at=importer.at,
        imported_by=importer.person,
        raw=change.raw,
    )
    text = {} if planned.text_path is None else {planned.text_path: planned.text}
    return ImportedConsent(
        planned=planned,
        change=change.number,
        login=review.login,
        # The observation comes last: without it the consent counts for nothing, and importing
        # again takes it up.
        files={
            **text,
            planned.path: planned.data,
            observation_path(planned.path): write_observation(observation),
        },
    )


_UNKNOWN_HINT = (
    "Add the account with its numeric id under people, forge in organization.yml and run policygen"
    " trust update; approvals given after that count."
)


def warning_of(change: ForgeChange, code: str, message: str, hint: str | None = None) -> Problem:
    """What is odd about a change, told at its recording; it stops nothing."""
    return Problem(
        code=code,
        severity=Severity.WARNING,
        location=Location(in_workspace(change.recording)),
        message=message,
        hint=hint,
    )
