"""Exceptions end: one past its last day is told until it is taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from policygen.model.profile.root import Profile
    from policygen.problems import Location


def ended_exceptions(
    profile: Profile, *, today: date, place: Callable[[int], Location]
) -> list[Problem]:
    """Exceptions whose last day has passed.

    Args:
        profile: The profile with its exceptions.
        today: The day, in the organization's time zone.
        place: Where an exception stands, by its index.
    """
    return [
        Problem(
            code="exception-expired",
            severity=Severity.WARNING,
            location=place(index),
            message=f"exception {row.id} from {row.statement} ended on {row.expires}",
            hint="Take it out: the statement binds again, and earlier versions keep the entry.",
        )
        for index, row in enumerate(profile.exceptions)
        if row.expires < today
    ]
