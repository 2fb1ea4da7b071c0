"""Intervals: how often a sentence says that something is done, and on which days that falls."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from policygen import words
from policygen.model.catalogue import FREQUENCIES

_NAMED: dict[str, tuple[int, str]] = {
    "each_build": (1, "build"),
    "per_batch": (1, "batch"),
    "hourly": (1, "hour"),
    "daily": (1, "day"),
    "weekly": (1, "week"),
    "monthly": (1, "month"),
    "quarterly": (3, "month"),
    "semiannual": (6, "month"),
    "annual": (12, "month"),
    "biennial": (24, "month"),
}
"""Frequencies as a count of units; `continuous` is a state, not something done again."""

BUSINESS_DAYS = 260
"""In a year, holidays not taken off."""

_YEARLY = {
    "hour": 8760, "day": 365, "business day": BUSINESS_DAYS, "week": 52, "month": 12, "year": 1,
}  # fmt: skip
_PHRASES = {words.every(name): name for name in FREQUENCIES if name in _NAMED}
_NAMED_IN_TEXT = re.compile(
    rf"(?<![\w-])(?:{'|'.join(re.escape(phrase) for phrase in _PHRASES)})(?![\w-])"
)
_IN_TEXT = re.compile(
    r"(?<![\w-])every (?:(?P<count>\d{1,3}) )?(?P<unit>business day|hour|day|week|month|year)s?"
    r"(?![\w-])"
)
_FRIDAY = 4
_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Interval:
    """Something done again and again: every `step` units."""

    step: int
    unit: str
    """`hour`, `day`, `business day`, `week`, `month`, `year`, or the work it follows: `build`,
    `batch`."""

    shown: str
    """As a sentence says it."""

    @property
    def times_a_year(self) -> Fraction | None:
        """How often in a year; None where it follows work that nobody can count ahead."""
        yearly = _YEARLY.get(self.unit)
        return None if yearly is None else Fraction(yearly, self.step)

    @property
    def months(self) -> int:
        """In whole months; 0 where it is shorter than one."""
        return self.step * {"month": 1, "year": 12}.get(self.unit, 0)


def named_interval(frequency: str) -> Interval | None:
    """The interval of a frequency such as `quarterly`; None where it is none."""
    if frequency not in _NAMED:
        return None
    step, unit = _NAMED[frequency]
    return Interval(step, unit, words.every(frequency))


def interval_of_months(months: int) -> Interval:
    """An interval of whole calendar months."""
    return Interval(months, "month", f"every {words.quantity(months, 'months')}")


def interval_of_days(days: int) -> Interval:
    """An interval of days."""
    return Interval(days, "day", f"every {words.quantity(days, 'days')}")


def interval_in(text: str) -> Interval | None:
    """The shortest interval that a sentence names, white space folded; None where it names none.

    >>> interval_in("IT SHALL look at it at least once each calendar quarter.").months
    3
    """
    found = [_NAMED[_PHRASES[match[0]]] + (match[0],) for match in _NAMED_IN_TEXT.finditer(text)]
    rest = _NAMED_IN_TEXT.sub("", text)
    found += [
        (int(match["count"] or 1), match["unit"], match[0])
        for match in _IN_TEXT.finditer(rest)
        if match["count"] != "0"
    ]
    intervals = [Interval(step, unit, shown) for step, unit, shown in found]
    return max(intervals, key=lambda each: each.times_a_year or Fraction(10**6), default=None)


def first_due(interval: Interval, year: int, anchor_month: int) -> date | None:
    """The first day in a year by which it has to be done.

    Quarters and halves are those of the calendar, as the policies define them; what is done once in
    a year or more rarely falls at the end of the anchor month.

    Returns:
        None where it has no day: hourly, or after other work.
    """
    match interval.unit:
        case "day":
            return date(year, 1, 1) + timedelta(days=interval.step - 1)
        case "business day":
            return _on_or_after(date(year, 1, 1), weekday=None)
        case "week":
            return _on_or_after(date(year, 1, 1), weekday=_FRIDAY)
        case "month" | "year":
            months = interval.months
            return _month_end(year, months if months < _DECEMBER else anchor_month)
        case _:
            return None


def recurrence(interval: Interval) -> str:
    """The rule of RFC 5545 by which it comes again after `first_due`.

    Raises:
        ValueError: It has no day.
    """
    step = "" if interval.step == 1 else f";INTERVAL={interval.step}"
    match interval.unit:
        case "day":
            return f"FREQ=DAILY{step}"
        case "business day":
            return "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
        case "week":
            return f"FREQ=WEEKLY{step};BYDAY=FR"
        case "month" | "year":
            months = interval.months
            return f"FREQ=MONTHLY{f';INTERVAL={months}' if months > 1 else ''};BYMONTHDAY=-1"
        case _:
            raise ValueError(f"{interval.shown} falls on no day")


def _on_or_after(day: date, weekday: int | None) -> date:
    while not (day.weekday() == weekday or (weekday is None and day.weekday() <= _FRIDAY)):
        day += timedelta(days=1)
    return day


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
