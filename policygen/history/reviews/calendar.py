"""The review calendar: a day for each review that spreads them over the months."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from policygen.history.dates import add_months

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SATURDAY = 5
_CROWDED = 2
"""A month counts as crowded from this many times its fair share of reviews on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRules:
    """When an organization wants its reviews."""

    anchor_month: int
    """Month in which its round of reviews begins, 1 to 12."""

    spread: bool
    """Whether a crowd of reviews spreads over the months; else all are in the anchor month."""

    blackout: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()
    """First and last day, as (month, day), of spans in which none is planned; a span may reach
    over the new year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """What a planned day depends on."""

    document: str
    owner: str
    """Role id; reviews of one owner are planned next to each other."""

    last_review: date
    due: date
    months: int
    """Review interval of the text in force."""

    begun: frozenset[tuple[int, int]]
    """Years and months in which the document was ever approved or reviewed."""


def planned_days(intervals: Sequence[Interval], rules: CalendarRules) -> Mapping[str, date]:
    """A day for the next review of each document.

    Usually the due date. Where more than twice a fair share of the documents began their interval
    in one month, as in the first year when everything was approved in one week, they are spread:
    by owner and id over the time from a third of the interval (or from the anchor month, where
    that is later) until it ends. Once reviewed on those days they are due apart, and stay so.
    Membership of such a crowd does not end with a review, so that the plan of the others stands.

    Returns:
        By document a day after its latest review and not after its due date.
    """
    ordered = sorted(intervals, key=lambda item: (item.owner, item.document))
    fair = max(1, -(-len(ordered) // 12))
    crowds: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    for interval in ordered:
        for month in interval.begun:
            crowds[month][interval.document] = len(crowds[month])
    planned = {}
    for interval in ordered:
        crowd = crowds[interval.last_review.year, interval.last_review.month]
        place = None
        if rules.spread and len(crowd) > _CROWDED * fair and interval.document in crowd:
            place = Fraction(crowd[interval.document], len(crowd))
        planned[interval.document] = _planned(interval, place, rules)
    return planned


def _planned(interval: Interval, place: Fraction | None, rules: CalendarRules) -> date:
    due = interval.due
    if interval.months == 1:
        return _on_a_working_day(due, interval, rules)
    earliest = add_months(interval.last_review, interval.months // 3)
    anchor = date(due.year - (due.month < rules.anchor_month), rules.anchor_month, 1)
    day = due
    if not rules.spread and anchor >= earliest:
        day = anchor
    elif place is not None:
        start = max(earliest, anchor)
        day = start + timedelta(days=int(place * (due - start).days))
    return _on_a_working_day(day, interval, rules)


def _on_a_working_day(day: date, interval: Interval, rules: CalendarRules) -> date:
    """The day, or the last one before it that is no weekend and in no blackout.

    Where that leads back to the latest review, the due date itself.
    """
    while day > interval.last_review:
        if day.weekday() < SATURDAY and not _is_blacked_out(day, rules):
            return day
        day -= timedelta(days=1)
    return interval.due


def _is_blacked_out(day: date, rules: CalendarRules) -> bool:
    here = (day.month, day.day)
    return any(
        start <= here <= end if start <= end else (here >= start or here <= end)
        for start, end in rules.blackout
    )
