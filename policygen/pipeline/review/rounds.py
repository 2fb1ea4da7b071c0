"""Reviewing: what is due, opening it, checking the answers, confirming, and what it came to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from policygen.history.records.checklists import FOLDER, checklist_path, read_checklist
from policygen.history.reviews.calendar import CalendarRules, Interval, planned_days
from policygen.history.reviews.carried_out import (
    events_of,
    last_outcome,
    period_of,
    summarize_reviews,
)
from policygen.model.review import Escalation, NextReview, Reviewer, Standing
from policygen.pipeline.situation import review_rules
from policygen.problems import PolicygenError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from policygen.history.register.register import ReviewRules
    from policygen.model.profile.choices import ReviewCalendar
    from policygen.model.register import Entry, Version
    from policygen.model.review import ReviewSummary
    from policygen.pipeline.situation import Situation

BRANCHES = "review/"
"""Begin of the names of branches on which reviews are open."""


def next_reviews(found: Situation) -> tuple[NextReview, ...]:
    """The next review of every document in force, soonest first, with where it is open."""
    return tuple(_with_openings(found, review_calendar(found)))


def review_calendar(found: Situation) -> tuple[NextReview, ...]:
    """The next review of every document in force, soonest first, from evidence and profile alone.

    Where a review is open is not asked, since that stands in branches.
    """
    rules = review_rules(found.survey.facts, found.zone)
    reviewed = [
        (entry, entry.in_force, entry.last_review, entry.next_review)
        for entry in found.register.entries
        if entry.in_force and entry.last_review and entry.next_review
    ]
    planned = planned_days(
        [
            Interval(
                document=entry.id,
                owner=version.text.header.owner,
                last_review=last,
                due=due,
                months=version.text.header.review_months,
                begun=frozenset(
                    (event.day.year, event.day.month)
                    for event in events_of(entry, found.judgement, rules)
                ),
            )
            for entry, version, last, due in reviewed
        ],
        calendar_rules(found.survey.facts.profile.review_calendar),
    )
    days = _reminder_days(found)
    rows = [
        _next_review(found, entry, version, last, due, planned[entry.id], rules, days)
        for entry, version, last, due in reviewed
    ]
    return tuple(sorted(rows, key=lambda row: (row.planned, row.due, row.document)))


def due_within(reviews: Iterable[NextReview], days: int, as_of: date) -> tuple[NextReview, ...]:
    """The reviews that are planned or due within so many days, late ones included."""
    limit = as_of + timedelta(days=days)
    return tuple(review for review in reviews if review.planned <= limit)


def first_reminder_days(found: Situation) -> int:
    """How many days before its due date the first reminder of a review is sent."""
    return review_rules(found.survey.facts, found.zone).reminder_days


def named(reviews: Sequence[NextReview], documents: Sequence[str]) -> tuple[NextReview, ...]:
    """The reviews of these documents.

    Raises:
        UsageError: One of them is not in force.
    """
    known = {review.document: review for review in reviews}
    unknown = [name for name in documents if name not in known]
    if unknown:
        raise UsageError(
            Problem(
                code="review-nothing-in-force",
                message=f"{', '.join(unknown)} has no version in force to review",
                hint="policygen status shows what is in force.",
            )
        )
    return tuple(known[name] for name in dict.fromkeys(documents))


def summary_of(found: Situation, cycle: str) -> ReviewSummary:
    """What a review cycle came to by the day of the situation's register.

    Raises:
        UsageError: The cycle has no name that says its days.
    """
    rules = review_rules(found.survey.facts, found.zone)
    return summarize_reviews(found.register, found.judgement, period_of(cycle), rules)


def calendar_rules(calendar: ReviewCalendar) -> CalendarRules:
    """When the organization wants its reviews, as the profile says."""
    return CalendarRules(
        anchor_month=calendar.anchor_month,
        spread=calendar.spread,
        blackout=tuple(
            (_month_and_day(span.start), _month_and_day(span.to)) for span in calendar.blackout
        ),
    )


def reviewer(found: Situation, role: str, title: str) -> Reviewer:
    """A role with whoever fills it now."""
    fact = found.survey.facts.roles.get(role)
    holder = fact.holder if fact else None
    person = found.survey.facts.profile.person(holder) if holder else None
    return Reviewer(
        role=role,
        title=fact.title if fact else title,
        person=person.id if person else None,
        name=person.name if person else None,
    )


def approver_of(found: Situation, document: str) -> str | None:
    """Id of the person who fills the role that the text in force requires; None for nobody."""
    entry = found.register.entry(document)
    if entry is None or entry.in_force is None:
        return None
    header = entry.in_force.text.header
    return reviewer(found, header.required_role, header.owner_title).person


def _next_review(
    found: Situation,
    entry: Entry,
    version: Version,
    last: date,
    due: date,
    planned: date,
    rules: ReviewRules,
    days: Sequence[int],
) -> NextReview:
    header = version.text.header
    today = found.register.as_of
    owner = reviewer(found, header.owner, header.owner_title)
    approver = reviewer(found, header.required_role, header.approver_title or header.owner_title)
    standing = Standing.LATER
    if due + timedelta(days=rules.grace_days) < today:
        standing = Standing.OVERDUE
    elif due < today:
        standing = Standing.LATE
    elif planned - timedelta(days=rules.reminder_days) <= today:
        standing = Standing.DUE
    return NextReview(
        document=entry.id,
        title=header.title,
        kind=entry.kind,
        version=version.version,
        owner=owner,
        approver=approver,
        last_review=last,
        last_outcome=last_outcome(entry, found.judgement, rules),
        planned=planned,
        due=due,
        standing=standing,
        opened=None,
        escalation=_escalation(found, entry.id, due, (owner, approver), rules, days),
    )


def _escalation(
    found: Situation,
    document: str,
    due: date,
    people: tuple[Reviewer, Reviewer],
    rules: ReviewRules,
    days: Sequence[int],
) -> Escalation | None:
    """The highest rung reached: owner, then approver, then compliance, then the chief executive."""
    owner, approver = people
    left = (due - found.register.as_of).days
    told = [owner, approver]
    if left < -rules.grace_days:
        rung = f"T+{rules.grace_days}"
        told += [_by_role(found, "compliance_lead"), _by_role(found, "ceo")]
    elif left < 0:
        rung = "T+0"
        told += [_by_role(found, "compliance_lead")]
    else:
        reached = [reminder for reminder in days if left <= reminder]
        if not reached:
            return None
        rung = f"T-{min(reached)}"
        told = [owner, approver] if min(reached) == min(days) else [owner]
    unique = {(one.role, one.person): one for one in told}
    return Escalation(key=f"{document}/{due}/{rung}", rung=rung, told=tuple(unique.values()))


def _by_role(found: Situation, role: str) -> Reviewer:
    fact = found.survey.facts.roles[role]
    filled = found.survey.facts.roles[fact.filled_by]
    return reviewer(found, filled.role.id, filled.title)


def _reminder_days(found: Situation) -> tuple[int, ...]:
    value = found.survey.facts.parameters["review_reminder_days"].value
    days = value if isinstance(value, list) else []
    return tuple(sorted((day for day in days if isinstance(day, int)), reverse=True))


def _with_openings(found: Situation, rows: Sequence[NextReview]) -> Iterable[NextReview]:
    """The rows, each with the place in which its review is open."""
    from dataclasses import replace

    places = _openings(found) if any(row.standing is not Standing.LATER for row in rows) else {}
    for row in rows:
        if row.standing is Standing.LATER:
            yield row
            continue
        candidates = places.get(row.document, ())
        opened = next((where for where, data in candidates if _is_about(row, data)), None)
        yield replace(row, opened=opened)


def _openings(found: Situation) -> Mapping[str, tuple[tuple[str, bytes], ...]]:
    """Checklists by document, each with where it lies: the work tree first, then branches."""
    places: dict[str, tuple[tuple[str, bytes], ...]] = {}
    for path, data in checklists_on_disk(found).items():
        document = path.rpartition("/")[2].removesuffix(".yml")
        places[document] = (*places.get(document, ()), (path, data))
    repository = found.repository
    if repository is None:
        return places
    for branch, commit in repository.branches(BRANCHES).items():
        for path in repository.tree(commit, FOLDER):
            document = path.rpartition("/")[2].removesuffix(".yml")
            content = repository.blob(commit, path)
            if content is not None:
                places[document] = (*places.get(document, ()), (branch, content))
    return places


def checklists_on_disk(found: Situation) -> dict[str, bytes]:
    """Checklists in the work tree by path relative to the workspace, sorted; no links."""
    folder = found.root / FOLDER
    return {
        path.relative_to(found.root).as_posix(): path.read_bytes()
        for path in sorted(folder.glob("*/*.yml"))
        if path.is_file() and not path.is_symlink() and not path.parent.is_symlink()
    }


def _is_about(row: NextReview, data: bytes) -> bool:
    try:
        checklist, _ = read_checklist(data, checklist_path("cycle", row.document))
    except PolicygenError:
        return False
    return (checklist.version, checklist.due) == (row.version, row.due)


def _month_and_day(text: str) -> tuple[int, int]:
    month, _, day = text.partition("-")
    return int(month), int(day)
