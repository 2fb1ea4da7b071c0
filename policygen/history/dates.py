"""Calendar arithmetic of reviews: whole months, in the organization's time zone."""

from __future__ import annotations

import calendar
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, tzinfo


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day.

    31 January plus one month is the last day of February; 29 February plus twelve is the 28th.
    """
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def next_review(last_review: date, review_months: int) -> date:
    """The last day on which a document still counts as reviewed.

    Args:
        last_review: Day of the latest approval or confirmed review.
        review_months: Interval between reviews, in months.

    Returns:
        The day itself still counts; what follows is grace, then overdue.

    Source: AICPA TSC 2017 CC5.3 (policies are reassessed periodically); 12 months is usual, not
    prescribed.
    """
    return add_months(last_review, review_months)


def local_day(moment: datetime, zone: tzinfo) -> date:
    """The day on the organization's calendar."""
    return moment.astimezone(zone).date()
