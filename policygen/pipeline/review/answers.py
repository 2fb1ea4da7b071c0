"""Answers of reviews: whether the checklists of the work tree are filled and true of the text."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.history.approving.significance import suggested_significance
from policygen.history.records.checklists import bound_checklist, missing_answers, read_checklist
from policygen.history.records.paths import version_number
from policygen.model.evidence import Decision, Significance
from policygen.model.review import Outcome
from policygen.pipeline.review.rounds import approver_of, checklists_on_disk
from policygen.problems import (
    Location,
    PolicygenError,
    Problem,
    Severity,
    in_reading_order,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policygen.model.checklist import Checklist
    from policygen.model.register import Entry, Version
    from policygen.pipeline.situation import Situation
    from policygen.yaml.yamlfile import YamlFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """One checklist of the work tree, and what is wrong with it."""

    path: str
    data: bytes
    checklist: Checklist | None
    """None where the file cannot be read."""

    done: bool
    """Whether the review it belongs to is over: confirmed, changed or retired."""

    problems: tuple[Problem, ...]


def check_answers(found: Situation, cycle: str | None = None) -> tuple[Answers, ...]:
    """Every checklist of the work tree, checked against the text in force and the working text.

    Args:
        found: The workspace.
        cycle: Only those of this cycle; None means all.
    """
    return tuple(
        _check(found, path, data)
        for path, data in checklists_on_disk(found).items()
        if cycle is None or path.split("/")[1] == cycle
    )


def _check(found: Situation, path: str, data: bytes) -> Answers:
    try:
        checklist, file = read_checklist(data, path)
    except PolicygenError as error:
        return Answers(path=path, data=data, checklist=None, done=False, problems=error.problems)
    _, cycle, name = path.split("/")
    entry = found.register.entry(checklist.document)
    problems: list[Problem] = []
    if (cycle, name) != (checklist.cycle, f"{checklist.document}.yml"):
        problems.append(
            Problem(
                code="review-format",
                location=file.location(("document",)),
                message=f"the file says cycle {checklist.cycle} and {checklist.document}, which"
                " does not belong here",
                hint="Open the review anew with policygen review open.",
            )
        )
    elif entry is None or not entry.versions:
        problems.append(
            Problem(
                code="review-nothing-in-force",
                location=file.location(("document",)),
                message=f"{checklist.document} has no approved version to review",
                hint="Remove the file; documents are approved before they are reviewed.",
            )
        )
    elif _signed(found, checklist, path):
        problems += _changed_after(found, checklist, path, data)
        return _answers(path, data, checklist, problems, done=True)
    elif _is_over(entry, checklist):
        return _answers(path, data, checklist, problems, done=True)
    else:
        problems += _open_faults(found, entry, checklist, file)
    return _answers(path, data, checklist, problems, done=False)


def _answers(
    path: str, data: bytes, checklist: Checklist, problems: Sequence[Problem], *, done: bool
) -> Answers:
    ordered = in_reading_order(problems)
    return Answers(path=path, data=data, checklist=checklist, done=done, problems=ordered)


def _signed(found: Situation, checklist: Checklist, path: str) -> tuple[str | None, ...]:
    """Digests of the checklists that confirmed reviews of this cycle are bound to."""
    prefix = f"evidence/{path.removesuffix('.yml')}."
    return tuple(
        bound_checklist(verdict.consent)
        for verdict in found.judgement.verdicts
        if verdict.consent.decision is Decision.CONFIRMED
        and verdict.consent.document == checklist.document
        and verdict.path.startswith(prefix)
    )


def _changed_after(
    found: Situation, checklist: Checklist, path: str, data: bytes
) -> Iterator[Problem]:
    if hashlib.sha256(data).hexdigest() not in _signed(found, checklist, path):
        yield Problem(
            code="review-checklist-changed",
            location=Location(path),
            message="the file was changed after the review was confirmed",
            hint="Put it back as it was; the signed copy lies in evidence/external/.",
        )


def _is_over(entry: Entry, checklist: Checklist) -> bool:
    """Whether a newer version or a retirement was approved since it was opened."""
    reviewed = next(
        (
            version_number(version.version)
            for version in entry.versions
            if (version.version, version.text_sha256) == (checklist.version, checklist.text_sha256)
        ),
        None,
    )
    return reviewed is not None and any(
        version.approved_at is not None and version_number(version.version) > reviewed
        for version in entry.versions
    )


def _open_faults(
    found: Situation, entry: Entry, checklist: Checklist, file: YamlFile
) -> Iterator[Problem]:
    current = entry.in_force
    if current is None or (current.version, current.text_sha256) != (
        checklist.version,
        checklist.text_sha256,
    ):
        number = current.version if current else "no version"
        yield Problem(
            code="review-version-passed",
            location=file.location(("version",)),
            message=f"the review is about version {checklist.version}, in force is {number}",
            hint="Remove the file and open the review again.",
        )
        return
    yield from missing_answers(checklist, file)
    yield from _wrong_people(found, current, checklist, file)
    yield from _wrong_outcome(found, entry, current, checklist, file)


def _wrong_people(
    found: Situation, current: Version, checklist: Checklist, file: YamlFile
) -> Iterator[Problem]:
    person = checklist.answered_by
    if person is None:
        return
    place = file.location(("answered_by",))
    if found.survey.facts.profile.person(person) is None:
        people = ", ".join(one.id for one in found.survey.facts.profile.people)
        yield Problem(
            code="review-person-unknown",
            location=place,
            message=f"answered_by {person} is not a person in organization.yml",
            hint=f"Known: {people}.",
        )
    elif current.text.header.approver is not None and person == approver_of(
        found, checklist.document
    ):
        yield Problem(
            code="review-same-person",
            severity=Severity.WARNING,
            location=place,
            message=f"{person} answers the review and is also its approver",
            hint="Let somebody who works with the document answer, so that two people look at it.",
        )


def _wrong_outcome(
    found: Situation, entry: Entry, current: Version, checklist: Checklist, file: YamlFile
) -> Iterator[Problem]:
    working = found.survey.document(entry.id)
    changed = working is not None and working.digest != current.text_sha256
    place = file.location(("outcome",))
    outcome = checklist.outcome
    if outcome is Outcome.CONFIRMED and (working is None or changed):
        yield Problem(
            code="review-text-drifted",
            location=place,
            message=f"the working text is not version {current.version}, which is in force",
            hint="Choose minor or major, or take the change back and render.",
        )
    elif outcome in (Outcome.MAJOR, Outcome.MINOR) and not changed:
        yield Problem(
            code="review-text-unchanged",
            location=place,
            message=f"the outcome is {outcome.value}, but no word of the text has changed",
            hint="Change the template or organization.yml and render, or choose confirmed.",
        )
    elif outcome is Outcome.MINOR and working is not None and not checklist.significance_reason:
        suggested, reasons = suggested_significance(current.text, working.record)
        if suggested is Significance.MAJOR:
            yield Problem(
                code="review-significance",
                location=file.location(("outcome",)),
                message=f"this looks major: {'; '.join(reasons)}",
                hint="Choose major, or say in significance_reason why nobody is bound to"
                " anything new.",
            )
