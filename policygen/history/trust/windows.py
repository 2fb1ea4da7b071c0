"""Windows of trust: what may change between two snapshots, and what a change says in words.

Nothing is taken back: a person, key, holding or delegation once listed stays listed. A window is
closed or added, never opened again, widened or moved, and never before the snapshot it follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.history.records.canonical import format_time
from policygen.history.trust.entitlement import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from policygen.model.evidence import (
        RoleHolding,
        TrustedDelegation,
        TrustedKey,
        TrustedPerson,
        TrustSnapshot,
    )


def broken_windows(previous: TrustSnapshot, snapshot: TrustSnapshot) -> Iterator[str]:
    """What a snapshot takes back or backdates against the one before, a clause each."""
    for person in previous.people:
        later = snapshot.person(person.id)
        if later is None:
            yield f"it drops the person {person.id}"
            continue
        yield from _broken_keys(person, later, previous)
    for person in snapshot.people:
        yield from _backdated_keys(previous.person(person.id), person, previous)
    first_day = previous.created_at.astimezone(zone_of(previous)).date()
    yield from _broken_days(previous.holdings, snapshot.holdings, first_day)
    yield from _broken_days(previous.delegations, snapshot.delegations, first_day)


def changed_lines(previous: TrustSnapshot | None, snapshot: TrustSnapshot) -> tuple[str, ...]:
    """The redline of a snapshot against the one before, a line each, `+` and `-` first."""
    before = set() if previous is None else set(_lines(previous))
    after = set(_lines(snapshot))
    changes = [(line, "-") for line in before - after] + [(line, "+") for line in after - before]
    return tuple(f"{mark} {line}" for line, mark in sorted(changes))


def _broken_keys(
    person: TrustedPerson, later: TrustedPerson, previous: TrustSnapshot
) -> Iterator[str]:
    for key in person.keys:
        kept = _same_key(key, later.keys)
        if kept is None:
            yield f"it drops or moves the key {key.fingerprint} of {person.id}"
        elif kept.valid_to == key.valid_to:
            continue
        elif kept.valid_to is None or (key.valid_to is not None and kept.valid_to > key.valid_to):
            yield f"it widens the window of the key {key.fingerprint} of {person.id}"
        elif kept.valid_to < previous.created_at:
            yield f"it closes the key {key.fingerprint} of {person.id} in the past"


def _backdated_keys(
    earlier: TrustedPerson | None, person: TrustedPerson, previous: TrustSnapshot
) -> Iterator[str]:
    known = () if earlier is None else earlier.keys
    for key in person.keys:
        if _same_key(key, known) is None and key.valid_from < previous.created_at:
            yield (
                f"it lets the key {key.fingerprint} of {person.id} count from"
                f" {format_time(key.valid_from)}, before the snapshot it follows"
            )


def _same_key(key: TrustedKey, keys: Iterable[TrustedKey]) -> TrustedKey | None:
    return next(
        (
            other
            for other in keys
            if (other.public_key, other.valid_from) == (key.public_key, key.valid_from)
        ),
        None,
    )


def _broken_days(
    before: Iterable[RoleHolding | TrustedDelegation],
    after: Iterable[RoleHolding | TrustedDelegation],
    first_day: date,
) -> Iterator[str]:
    ends: dict[tuple[object, ...], list[date | None]] = {}
    for window in after:
        ends.setdefault(_identity(window), []).append(window.end)
    for window in before:
        said = f"the window of {window.person} as {window.role} from {window.start}"
        kept = ends.get(_identity(window))
        if kept is None:
            yield f"it drops {said}"
        elif window.end in kept:
            continue
        elif not any(end is not None and _is_shorter(end, window.end) for end in kept):
            yield f"it widens {said}"
        elif all(end is not None and end < first_day for end in kept):
            yield f"it closes {said} in the past"


def _identity(window: RoleHolding | TrustedDelegation) -> tuple[object, ...]:
    extra = getattr(window, "acting", None), getattr(window, "acting_for", None)
    return (window.role, window.person, window.start, *extra)


def _is_shorter(end: date, other: date | None) -> bool:
    return other is None or end < other


def _lines(snapshot: TrustSnapshot) -> Iterator[str]:
    yield f"organization: {snapshot.organization}, time zone {snapshot.time_zone}"
    for person in snapshot.people:
        title = f", {person.title}" if person.title else ""
        yield f"person {person.id}: {person.name}{title}"
        for key in person.keys:
            until = "" if key.valid_to is None else f" to {format_time(key.valid_to)}"
            yield (
                f"key of {person.id}: {key.fingerprint} from {format_time(key.valid_from)}{until},"
                f" enrolled by {key.enrolled_by} ({key.method})"
            )
        for host, number, login in person.logins:
            yield f"login of {person.id}: {login} (id {number}) at {host}"
    for holding in snapshot.holdings:
        until = "" if holding.end is None else f" to {holding.end}"
        acting = " (acting)" if holding.acting else ""
        yield f"role {holding.role}: {holding.person}{acting} from {holding.start}{until}"
    for delegation in snapshot.delegations:
        yield (
            f"role {delegation.role}: {delegation.person} for {delegation.acting_for}"
            f" from {delegation.start} to {delegation.end}, signed by {delegation.signed_by}"
        )
