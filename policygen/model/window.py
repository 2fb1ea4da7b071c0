"""The window of an auditor package: a day or a period, and what was in force in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, tzinfo

    from policygen.model.register import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The days that an examination looks at."""

    first: date
    last: date
    """The same as `first` where one day is looked at."""

    is_period: bool
    """Whether it is a period (Type II) rather than one day (Type I)."""

    def __str__(self) -> str:
        if self.is_period:
            return f"{self.first.isoformat()} to {self.last.isoformat()}"
        return f"as of {self.last.isoformat()}"

    @property
    def slug(self) -> str:
        """As file names carry it, e.g. `2025-10-01_2026-09-30`."""
        if self.is_period:
            return f"{self.first.isoformat()}_{self.last.isoformat()}"
        return self.last.isoformat()

    def begins_at(self, zone: tzinfo) -> datetime:
        """Its first moment, where its days begin in `zone`."""
        return datetime.combine(self.first, time(), zone)

    def ends_at(self, zone: tzinfo) -> datetime:
        """The first moment after it, where its days begin in `zone`."""
        return datetime.combine(self.last + timedelta(days=1), time(), zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """The days of a window on which one version was in force."""

    version: Version
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Days of a window on which no version of a document was in force."""

    document: str
    title: str
    kind: str
    first: date
    last: date
    reason: str
    """E.g. `retired from 2026-03-01 on`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """Everything that was in force in a window, and everything that was not."""

    intervals: tuple[Interval, ...]
    """By document, oldest first."""

    gaps: tuple[Gap, ...]
    """By document, oldest first."""
