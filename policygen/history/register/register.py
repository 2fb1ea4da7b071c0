"""The register: every document's versions, state and next review, as of a date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from policygen.history.consents.judging import judge
from policygen.history.dates import local_day, next_review
from policygen.history.records.evidence import set_head
from policygen.history.records.paths import version_number
from policygen.history.register.versions import fold_versions, in_force, newest_approved
from policygen.model.evidence import Decision
from policygen.model.register import Entry, Flag, Register, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, tzinfo

    from policygen.model.document import RecordText
    from policygen.model.evidence import Evidence
    from policygen.model.judgement import Judgement
    from policygen.model.register import Verdict, Version, Working


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRules:
    """How the organization counts review dates."""

    time_zone: tzinfo
    """Where its days begin."""

    grace_days: int
    """Days after the review date until a document is overdue."""

    reminder_days: int
    """Days before the review date from which it is due."""


def take_register(
    evidence: Evidence, working: Mapping[str, Working], *, as_of: date, rules: ReviewRules
) -> Register:
    """The register of a day: a function of evidence, working text and the day, and nothing else.

    Consents given after the day do not count, so that a register of the past reads as it would
    have read then.

    Args:
        evidence: Everything under `evidence/`.
        working: Working text by document id; a document that is left out now is absent.
        as_of: The day.
        rules: How review dates are counted.
    """
    return register_from(judge(evidence), evidence, working, as_of=as_of, rules=rules)


def register_from(
    judgement: Judgement,
    evidence: Evidence,
    working: Mapping[str, Working],
    *,
    as_of: date,
    rules: ReviewRules,
) -> Register:
    """`take_register` for a caller that has judged the evidence already."""
    given: dict[str, list[Verdict]] = {}
    for verdict in judgement.verdicts:
        if local_day(verdict.consent.at, rules.time_zone) > as_of:
            continue
        if verdict.consent.decision is not Decision.CONFIRMED or verdict.consent.document in given:
            given.setdefault(verdict.consent.document, []).append(verdict)
    bound = {part.id: name for name, text in working.items() for part in text.record.header.parts}
    entries = (
        replace(
            _entry(
                document, given.get(document, []), working.get(document), judgement, as_of, rules
            ),
            bound_into=bound.get(document),
        )
        for document in sorted(given.keys() | working.keys())
    )
    return Register(as_of=as_of, entries=tuple(entries), set_head=set_head(evidence))


def _entry(
    document: str,
    verdicts: list[Verdict],
    working: Working | None,
    judgement: Judgement,
    as_of: date,
    rules: ReviewRules,
) -> Entry:
    versions = fold_versions(verdicts, judgement.texts, as_of)
    current = in_force(versions)
    reviewed = None if current is None else _last_review(versions, current, verdicts, rules)
    text = _text(working, versions)
    due = (
        None
        if current is None or reviewed is None
        else next_review(reviewed, current.text.header.review_months)
    )
    return Entry(
        id=document,
        title=text.header.title,
        kind=text.header.kind.value,
        state=_state(versions),
        flags=frozenset(
            [*_review_flags(due, as_of, rules), *_text_flags(versions, current, working)]
        ),
        versions=versions,
        in_force=current,
        working_sha256=None if working is None else working.digest,
        last_review=reviewed,
        next_review=due,
        approver=text.header.required_role,
        approver_title=text.header.approver_title or text.header.owner_title,
    )


def _text(working: Working | None, versions: tuple[Version, ...]) -> RecordText:
    """The text that names the document: the working text, else the one in force or newest."""
    return (in_force(versions) or versions[-1]).text if working is None else working.record


def _state(versions: tuple[Version, ...]) -> State:
    states = {version.state for version in versions}
    order = (State.EFFECTIVE, State.RETIRED, State.APPROVED, State.IN_REVIEW)
    return next((state for state in order if state in states), State.DRAFT)


def _last_review(
    versions: tuple[Version, ...], current: Version, verdicts: list[Verdict], rules: ReviewRules
) -> date:
    """Day of the latest approval, or of a confirmed review of the version in force or a newer.

    A confirmed review counts when the role that the text requires gave it, as an approval does.
    """
    oldest = version_number(current.version)
    texts = {version.version: version.text for version in versions}
    approvals = (
        version.approved_at
        for version in versions
        if version.approved_at is not None and version.decision is Decision.APPROVED
    )
    reviews = (
        verdict.consent.at
        for verdict in verdicts
        if verdict.consent.decision is Decision.CONFIRMED
        and version_number(verdict.consent.version) >= oldest
        and (text := texts.get(verdict.consent.version)) is not None
        and verdict.consent.role == text.header.required_role
    )
    return local_day(max([*approvals, *reviews]), rules.time_zone)


def _review_flags(due: date | None, as_of: date, rules: ReviewRules) -> Iterable[Flag]:
    if due is None:
        return
    if due + timedelta(days=rules.grace_days) < as_of:
        yield Flag.OVERDUE
    elif due - timedelta(days=rules.reminder_days) <= as_of:
        yield Flag.DUE


def _text_flags(
    versions: tuple[Version, ...], current: Version | None, working: Working | None
) -> Iterable[Flag]:
    newest = newest_approved(versions)
    if working is None:
        if current is not None and newest is not None and newest.decision is not Decision.RETIRED:
            yield Flag.WITHDRAWN
    elif newest is not None and (
        newest.decision is Decision.RETIRED or newest.text_sha256 != working.digest
    ):
        yield Flag.DRIFTED
