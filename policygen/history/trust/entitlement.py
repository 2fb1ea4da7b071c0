"""Entitlement: whose key counts, and who may decide under which role, at a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from policygen.history.dates import local_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from policygen.model.document import RecordText
    from policygen.model.evidence import TrustedDelegation, TrustedKey, TrustSnapshot


SECOND_ROLES: Mapping[str, str] = {
    "ceo": "Chief executive",
    "board": "Governing body",
    "outside_adviser": "Outside adviser",
}
"""Who may consent beside the required role, so that a drafter is not alone, with titles."""


def zone_of(snapshot: TrustSnapshot) -> ZoneInfo:
    """The organization's time zone, in which windows of days are counted."""
    return ZoneInfo(snapshot.time_zone)


def keys_of(snapshot: TrustSnapshot, person: str, fingerprint: str) -> tuple[TrustedKey, ...]:
    """The person's entries for a key: several where it was taken out and back in."""
    known = snapshot.person(person)
    if known is None:
        return ()
    return tuple(key for key in known.keys if key.fingerprint == fingerprint)


def shared_keys(snapshot: TrustSnapshot) -> Iterator[tuple[str, str, str]]:
    """Fingerprints that two people have, with both: whose signature it is could not be told."""
    holders: dict[str, str] = {}
    for person in snapshot.people:
        for key in person.keys:
            holder = holders.setdefault(key.fingerprint, person.id)
            if holder != person.id:
                yield key.fingerprint, holder, person.id


def key_at(
    snapshot: TrustSnapshot, person: str, fingerprint: str, moment: datetime
) -> TrustedKey | None:
    """The entry of a person's key whose window holds the moment; None where none does.

    Both ends count, as with `valid-after` and `valid-before` of ssh-keygen.
    """
    for key in keys_of(snapshot, person, fingerprint):
        if key.valid_from <= moment and (key.valid_to is None or moment <= key.valid_to):
            return key
    return None


def allowed_roles(text: RecordText) -> tuple[str, ...]:
    """The roles under which a text may be consented to, the required one first."""
    return (text.header.required_role, text.header.owner, *SECOND_ROLES)


def holds(snapshot: TrustSnapshot, person: str, role: str, day: date) -> bool:
    """Whether a person holds a role on a day, acting holders included."""
    return any(
        holding.person == person
        and holding.role == role
        and holding.start <= day
        and (holding.end is None or day <= holding.end)
        for holding in snapshot.holdings
    )


def holds_any(snapshot: TrustSnapshot, person: str, moment: datetime) -> bool:
    """Whether a person holds any role at a moment; only such people may sign a snapshot."""
    day = local_day(moment, zone_of(snapshot))
    return any(holds(snapshot, person, holding.role, day) for holding in snapshot.holdings)


def why_not_entitled(
    snapshot: TrustSnapshot, person: str, role: str, acting_for: str | None, moment: datetime
) -> str | None:
    """Why a person may not decide under a role at a moment; None where they may.

    Args:
        snapshot: Who is trusted.
        person: Who decides.
        role: Role id under which they decide.
        acting_for: The holder whose delegate they are; None where they decide for themselves.
        moment: When.
    """
    day = local_day(moment, zone_of(snapshot))
    if acting_for is None:
        if holds(snapshot, person, role, day):
            return None
        return f"{person} does not hold the role {role} on {day}"
    if not holds(snapshot, acting_for, role, day):
        return f"{acting_for}, whom {person} acts for, does not hold the role {role} on {day}"
    granted = [
        delegation
        for delegation in snapshot.delegations
        if (delegation.role, delegation.person, delegation.acting_for) == (role, person, acting_for)
    ]
    if not granted:
        return f"{acting_for} has not delegated the role {role} to {person}"
    if not any(_covers(delegation, day) for delegation in granted):
        return f"no delegation of {role} from {acting_for} to {person} covers {day}"
    return None


def _covers(delegation: TrustedDelegation, day: date) -> bool:
    """A delegation that the delegate signed themselves covers nothing."""
    return delegation.signed_by != delegation.person and delegation.start <= day <= delegation.end
