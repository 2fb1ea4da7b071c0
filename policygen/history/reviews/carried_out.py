"""Reviews carried out: each due date with what became of it, from evidence alone."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.history.dates import add_months, local_day, next_review
from policygen.history.records.checklists import bound_checklist
from policygen.history.records.paths import version_number
from policygen.model.evidence import Decision, Significance
from policygen.model.review import Outcome, Period, ReviewedDocument, ReviewSummary
from policygen.problems import Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from policygen.history.register.register import ReviewRules
    from policygen.model.document import RecordText
    from policygen.model.judgement import Judgement
    from policygen.model.register import Entry, Register, Verdict, Version

_CYCLE = re.compile(r"(?P<year>20\d\d)(?:-(?P<part>h[12]|q[1-4]|0[1-9]|1[0-2]))?")
_SIGNIFICANCE = {
    Significance.INITIAL: Outcome.MAJOR,
    Significance.MAJOR: Outcome.MAJOR,
    Significance.MINOR: Outcome.MINOR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewEvent:
    """A day on which a document was approved, confirmed or retired."""

    day: date
    outcome: Outcome
    version: str
    text: RecordText
    verdicts: tuple[Verdict, ...]


def period_of(cycle: str) -> Period:
    """The days of a cycle: `2027`, `2027-h1`, `2027-q3` or `2027-03`.

    Raises:
        UsageError: It is none of these.
    """
    from datetime import date, timedelta

    found = _CYCLE.fullmatch(cycle)
    if found is None:
        raise UsageError(
            Problem(
                code="usage-cycle",
                message=f"{cycle} is not a year, half-year, quarter or month",
                hint="Cycles are named 2027, 2027-h1, 2027-q3 or 2027-03.",
            )
        )
    part = found["part"] or ""
    first_month, months = 1, 12
    if part.startswith("h"):
        first_month, months = 6 * int(part[1]) - 5, 6
    elif part.startswith("q"):
        first_month, months = 3 * int(part[1]) - 2, 3
    elif part:
        first_month, months = int(part), 1
    first = date(int(found["year"]), first_month, 1)
    return Period(name=cycle, first=first, last=add_months(first, months) - timedelta(days=1))


def summarize_reviews(
    register: Register, judgement: Judgement, period: Period, rules: ReviewRules
) -> ReviewSummary:
    """Every review that fell into a period, and what became of it by the register's day.

    A review falls into the period in which it is due or carried out, and stays on the list of
    later periods while it is open. A document that was changed and approved before its review
    was due counts as reviewed then, since whoever approves reads the whole of it.

    Args:
        register: Of the day up to which consents count, the end of the period or today.
        judgement: The evidence it was taken from.
        period: The days.
        rules: How review dates are counted.
    """
    confirmed = _confirmations(register, judgement, rules)
    reviews: list[ReviewedDocument] = []
    not_due: list[str] = []
    for entry in register.entries:
        events = review_events(entry, confirmed.get(entry.id, ()), rules)
        found = [row for row in _rows(entry, events, register.as_of) if _falls_into(row, period)]
        reviews += [row.review for row in found]
        if not found and _was_in_force(entry, period):
            not_due.append(entry.id)
    return ReviewSummary(
        period=period,
        as_of=register.as_of,
        grace_days=rules.grace_days,
        reviews=tuple(sorted(reviews, key=lambda row: (row.due, row.document))),
        not_due=tuple(not_due),
    )


def last_outcome(entry: Entry, judgement: Judgement, rules: ReviewRules) -> Outcome | None:
    """How the latest review of a document ended; None where it was first approved."""
    events = events_of(entry, judgement, rules)
    past = [event for event in events if entry.last_review and event.day <= entry.last_review]
    return past[-1].outcome if len(past) > 1 else None


def events_of(
    entry: Entry, judgement: Judgement, rules: ReviewRules
) -> tuple[ReviewEvent, ...]:  # fmt: skip
    """When a document was approved, confirmed or retired; also after the register's day."""
    confirmed = [
        verdict
        for verdict in judgement.verdicts
        if verdict.consent.decision is Decision.CONFIRMED and verdict.consent.document == entry.id
    ]
    return review_events(entry, confirmed, rules)


def review_events(
    entry: Entry, confirmed: Iterable[Verdict], rules: ReviewRules
) -> tuple[ReviewEvent, ...]:
    """When a document was approved, confirmed or retired, oldest first, the last of each day."""
    events = [
        ReviewEvent(
            day=local_day(version.approved_at, rules.time_zone),
            outcome=_outcome(version),
            version=version.version,
            text=version.text,
            verdicts=version.consents,
        )
        for version in entry.versions
        if version.approved_at is not None
    ]
    approved = {version.version: version for version in entry.versions}
    for verdict in confirmed:
        version = approved.get(verdict.consent.version)
        day = local_day(verdict.consent.at, rules.time_zone)
        if version is not None and counts_as_review(verdict, version, entry.versions, day):
            events.append(
                ReviewEvent(
                    day=day,
                    outcome=Outcome.CONFIRMED,
                    version=version.version,
                    text=version.text,
                    verdicts=(verdict,),
                )
            )
    events.sort(key=lambda event: event.day)
    return tuple({event.day: event for event in events}.values())


def counts_as_review(
    verdict: Verdict, version: Version, versions: Sequence[Version], day: date
) -> bool:
    """Whether a confirmed review completes the review of a document.

    The role that the text requires must have confirmed it, and the version must not have been
    replaced by then.
    """
    if verdict.consent.role != version.text.header.required_role:
        return False
    number = version_number(version.version)
    return not any(
        later.approved_at is not None
        and version_number(later.version) > number
        and later.effective <= day
        for later in versions
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """A review with the day on which its interval began."""

    began: date
    review: ReviewedDocument


def _rows(entry: Entry, events: Sequence[ReviewEvent], as_of: date) -> Iterator[_Row]:
    """Each interval of a document: begun by one event, ended by the next."""
    for begun, done in zip(events, (*events[1:], None), strict=False):
        if begun.outcome is Outcome.RETIRED:
            continue
        due = next_review(begun.day, begun.text.header.review_months)
        last = done or begun
        verdicts = () if done is None else done.verdicts
        yield _Row(
            begun.day,
            ReviewedDocument(
                document=entry.id,
                title=last.text.header.title,
                kind=entry.kind,
                version=last.version,
                due=due,
                done_on=None if done is None else done.day,
                outcome=None if done is None else done.outcome,
                people=tuple(dict.fromkeys(verdict.name for verdict in verdicts)),
                records=tuple(verdict.path for verdict in verdicts),
                checklist_sha256=None if done is None else _checklist(done),
                days_late=max(0, ((as_of if done is None else done.day) - due).days),
            ),
        )


def _falls_into(row: _Row, period: Period) -> bool:
    done, due = row.review.done_on, row.review.due
    was_open = row.began <= period.last and (done is None or done >= period.first)
    return was_open and (due <= period.last or (done is not None and done <= period.last))


def _was_in_force(entry: Entry, period: Period) -> bool:
    return any(
        version.is_approval
        and version.effective <= period.last
        and (version.until is None or version.until > max(period.first, version.effective))
        for version in entry.versions
    )


def _confirmations(
    register: Register, judgement: Judgement, rules: ReviewRules
) -> dict[str, list[Verdict]]:
    found: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in judgement.verdicts:
        given = local_day(verdict.consent.at, rules.time_zone)
        if verdict.consent.decision is Decision.CONFIRMED and given <= register.as_of:
            found[verdict.consent.document].append(verdict)
    return found


def _outcome(version: Version) -> Outcome:
    if version.decision is Decision.RETIRED:
        return Outcome.RETIRED
    return _SIGNIFICANCE[version.significance]


def _checklist(event: ReviewEvent) -> str | None:
    if event.outcome is not Outcome.CONFIRMED:
        return None
    return bound_checklist(event.verdicts[0].consent)
