"""Intervals: on which days of a window which version was in force, and on which none was."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from policygen.model.evidence import Decision
from policygen.model.window import Gap, InForce, Interval

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from policygen.model.register import Entry, Register, Version
    from policygen.model.window import Window

_DAY = timedelta(days=1)


def in_force_during(register: Register, window: Window) -> InForce:
    """What was in force on each day of a window.

    For every document of the register the intervals and gaps together cover each day of the
    window exactly once. A document that was retired before the window, or never approved, is one
    gap: it is listed, not left out.

    Args:
        register: As of the window's last day.
        window: The days.
    """
    intervals: list[Interval] = []
    gaps: list[Gap] = []
    for entry in register.entries:
        own = sorted(_intervals(entry, window), key=lambda interval: interval.first)
        intervals += own
        gaps += _gaps(entry, own, window)
    return InForce(intervals=tuple(intervals), gaps=tuple(gaps))


def _intervals(entry: Entry, window: Window) -> Iterator[Interval]:
    for version in entry.versions:
        if not version.is_approval:
            continue
        last = window.last if version.until is None else min(version.until - _DAY, window.last)
        first = max(version.effective, window.first)
        if first <= last:
            yield Interval(version=version, first=first, last=last)


def _gaps(entry: Entry, intervals: list[Interval], window: Window) -> Iterator[Gap]:
    day = window.first
    for interval in intervals:
        if day < interval.first:
            yield _gap(entry, day, interval.first - _DAY)
        day = interval.last + _DAY
    if day <= window.last:
        yield _gap(entry, day, window.last)


def _gap(entry: Entry, first: date, last: date) -> Gap:
    return Gap(
        document=entry.id,
        title=entry.title,
        kind=entry.kind,
        first=first,
        last=last,
        reason=_reason(entry, first),
    )


def _reason(entry: Entry, first: date) -> str:
    """Why nothing was in force on the first day of a gap."""
    approved = [version for version in entry.versions if version.approved_at is not None]
    before = [version for version in approved if version.effective <= first]
    if any(version.decision is Decision.RETIRED for version in before):
        retired = max(v.effective for v in before if v.decision is Decision.RETIRED)
        return f"retired from {retired.isoformat()} on"
    if approved:
        return f"first in force on {_first_day(approved).isoformat()}"
    if entry.versions:
        return "in review: a required consent was missing"
    return "never approved"


def _first_day(approved: list[Version]) -> date:
    return min(version.effective for version in approved)
