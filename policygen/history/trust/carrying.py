"""Carrying windows of days from one snapshot to the next: kept, closed or continued."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from policygen.history.trust.entitlement import zone_of
from policygen.model.evidence import RoleHolding, TrustedDelegation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from policygen.model.evidence import TrustSnapshot

Window = TypeVar("Window", bound=RoleHolding | TrustedDelegation)


def carried_holdings(
    before: TrustSnapshot | None, wanted: Sequence[RoleHolding], today: date
) -> tuple[RoleHolding, ...]:
    """The holdings of the next snapshot.

    A holding that the profile no longer names ends the day before its successor starts, or today
    where nobody follows; never before the snapshot that showed it open. One that is prolonged
    stays as it was and is continued by another.

    Args:
        before: The snapshot before; None for the root.
        wanted: What the profile says now.
        today: The day of the next snapshot in the organization's time zone.
    """

    def last_day(window: RoleHolding) -> date:
        starts = [
            other.start
            for other in wanted
            if other.role == window.role and window.start < other.start <= today
        ]
        return min(starts) - timedelta(days=1) if starts else today

    return _carried(before, () if before is None else before.holdings, wanted, last_day)


def carried_delegations(
    before: TrustSnapshot | None, wanted: Sequence[TrustedDelegation], today: date
) -> tuple[TrustedDelegation, ...]:
    """The delegations of the next snapshot; one that is taken back ends today."""
    earlier = () if before is None else before.delegations
    return _carried(before, earlier, wanted, lambda window: max(today, window.start))


def _carried(
    before: TrustSnapshot | None,
    earlier: Sequence[Window],
    wanted: Sequence[Window],
    last_day: Callable[[Window], date],
) -> tuple[Window, ...]:
    if before is None:
        return tuple(wanted)
    floor = before.created_at.astimezone(zone_of(before)).date()
    windows = [window for item in wanted for window in _continued(item, earlier)]
    named = {_identity(window): window for window in windows}
    kept = []
    for window in earlier:
        now = named.pop(_identity(window), None)
        end = last_day(window) if now is None else now.end
        kept.append(_ended(window, end, floor))
    return tuple(kept) + tuple(named.values())


def _ended(window: Window, end: date | None, floor: date) -> Window:
    """The window closed earlier, where the end is earlier; it is never opened again."""
    if end is None or (window.end is not None and window.end <= end):
        return window
    closed = max(end, floor)
    return (
        window if window.end is not None and window.end <= closed else replace(window, end=closed)
    )


def _continued(wanted: Window, earlier: Sequence[Window]) -> list[Window]:
    """A window that is longer than it was, as the old one and what follows it."""
    windows: list[Window] = []
    current = wanted
    while True:
        known = next((item for item in earlier if _identity(item) == _identity(current)), None)
        if known is None or known.end is None:
            break
        if current.end is not None and current.end <= known.end:
            break
        windows.append(known)
        # A window called off before it began ends before its start; the next one starts later.
        current = replace(current, start=max(known.end, known.start) + timedelta(days=1))
    windows.append(current)
    return windows


def _identity(window: RoleHolding | TrustedDelegation) -> tuple[object, ...]:
    extra = window.acting if isinstance(window, RoleHolding) else window.acting_for
    return (window.role, window.person, window.start, extra)
