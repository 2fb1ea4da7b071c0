"""Trust: the next snapshot from what the profile says, and a person's signed word for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from policygen.crypto.sshkeys import parse_public_line
from policygen.history.records.snapshots import TrustWord, signers_file, write_snapshot, write_word
from policygen.history.trust.carrying import carried_delegations, carried_holdings
from policygen.model.evidence import (
    RoleHolding,
    TrustedDelegation,
    TrustedKey,
    TrustedPerson,
    TrustSnapshot,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date

    from policygen.model.judgement import TrustLink


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPerson:
    """A person as the profile lists them."""

    id: str
    name: str
    title: str
    end_date: date | None
    """Last day; None where they stay."""

    logins: tuple[tuple[str, int, str], ...] = ()
    """Forge logins as (host, numeric id, login)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """What the profile says about people and roles now."""

    organization: str
    time_zone: str
    people: tuple[RosterPerson, ...]
    holdings: tuple[RoleHolding, ...]
    delegations: tuple[TrustedDelegation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrollment:
    """A key that somebody says belongs to a person."""

    person: str
    public_key: str
    """Type and base64; a comment behind is dropped."""

    enrolled_by: str
    """Who made sure; counts as a second person where it is another than `person`, and only
    where they sign the snapshot."""

    method: str
    """How they made sure, e.g. `in person`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotFiles:
    """A snapshot and one person's word for it, ready to be signed."""

    number: int
    person: str
    snapshot: bytes
    signers: bytes
    word: bytes
    """What is signed, in namespace `policy-trust`."""

    def files(self, armored: bytes) -> dict[str, bytes]:
        """All files by path below `evidence/`, in the order in which they are written."""
        word = f"trust/{self.number}.{self.person}.json"
        return {
            f"trust/{self.number}.yml": self.snapshot,
            f"trust/{self.number}.allowed_signers": self.signers,
            word: self.word,
            word + ".sig": armored,
        }


def next_snapshot(
    roster: Roster,
    previous: TrustLink | None,
    *,
    keys: Sequence[Enrollment] = (),
    lost: Collection[str] = (),
    at: datetime,
) -> TrustSnapshot:
    """The snapshot that follows, with every window of the one before kept or closed.

    Args:
        roster: What the profile says now.
        previous: The newest snapshot; None for the root.
        keys: Keys to enroll, or to enroll again by a second person.
        lost: Fingerprints of keys that end now.
        at: The moment; keys count from it on.

    Raises:
        SignatureError: A public key is none that counts.
    """
    at = at.replace(microsecond=0)
    before = None if previous is None else previous.snapshot
    zone = ZoneInfo(roster.time_zone)
    return TrustSnapshot(
        number=1 if before is None else before.number + 1,
        previous_sha256=None if previous is None else previous.sha256,
        organization=roster.organization,
        time_zone=roster.time_zone,
        people=tuple(
            replace(kept, keys=_enrolled(kept, keys, at))
            for kept in (
                replace(person, keys=_closed(person, roster, before, lost, at))
                for person in _people(roster, before)
            )
        ),
        holdings=carried_holdings(before, roster.holdings, at.astimezone(zone).date()),
        delegations=carried_delegations(before, roster.delegations, at.astimezone(zone).date()),
        created_at=at,
    )


def snapshot_files(
    snapshot: TrustSnapshot, *, person: str, at: datetime, tool: str
) -> SnapshotFiles:  # fmt: skip
    """A snapshot with the word of the person who is to sign it.

    Args:
        snapshot: New, or one that another person signed already.
        person: Who signs; trusted by the snapshot before.
        at: When.
        tool: E.g. `policygen 1.0.0`.
    """
    data = write_snapshot(snapshot)
    word = TrustWord(
        at=at,
        person=person,
        number=snapshot.number,
        snapshot_sha256=hashlib.sha256(data).hexdigest(),
        tool=tool,
    )
    return SnapshotFiles(
        number=snapshot.number,
        person=person,
        snapshot=data,
        signers=signers_file(snapshot),
        word=write_word(word),
    )


def _people(roster: Roster, before: TrustSnapshot | None) -> Iterable[TrustedPerson]:
    """Everybody who was ever listed, as the profile calls them now."""
    known = {} if before is None else {person.id: person for person in before.people}
    for person in roster.people:
        earlier = known.pop(person.id, None)
        yield TrustedPerson(
            id=person.id,
            name=person.name,
            title=person.title,
            keys=() if earlier is None else earlier.keys,
            logins=person.logins,
        )
    yield from known.values()


def _closed(
    person: TrustedPerson,
    roster: Roster,
    before: TrustSnapshot | None,
    lost: Collection[str],
    at: datetime,
) -> tuple[TrustedKey, ...]:
    """The keys a person had, ended where they leave or where a key is lost."""
    leaves = _leaves_at(person.id, roster, at)
    keys = []
    for key in person.keys:
        ends = [end for end in (key.valid_to, leaves) if end is not None]
        if key.fingerprint in lost:
            ends.append(at)
        if not ends or min(ends) == key.valid_to:
            keys.append(key)
            continue
        # A window is never closed before the snapshot that still showed it open.
        floor = at if before is None else before.created_at
        keys.append(replace(key, valid_to=max(min(ends), floor)))
    return tuple(keys)


def _leaves_at(person: str, roster: Roster, at: datetime) -> datetime | None:
    """The last second of a person's last day; now where the profile no longer lists them."""
    listed = next((item for item in roster.people if item.id == person), None)
    if listed is None:
        return at
    if listed.end_date is None:
        return None
    zone = ZoneInfo(roster.time_zone)
    midnight = datetime.combine(listed.end_date + timedelta(days=1), time(), zone)
    return midnight - timedelta(seconds=1)


def _enrolled(
    person: TrustedPerson, enrollments: Sequence[Enrollment], at: datetime
) -> tuple[TrustedKey, ...]:
    """The person's keys with new ones added, and old ones vouched for by a second person."""
    keys = list(person.keys)
    for enrollment in enrollments:
        if enrollment.person != person.id:
            continue
        public = parse_public_line(enrollment.public_key)
        known = next((key for key in keys if _is_open(key, public.fingerprint, at)), None)
        if known is None:
            keys.append(
                TrustedKey(
                    fingerprint=public.fingerprint,
                    public_key=public.line,
                    valid_from=at,
                    valid_to=None,
                    enrolled_by=enrollment.enrolled_by,
                    enrolled_at=at,
                    method=enrollment.method,
                )
            )
        else:
            keys[keys.index(known)] = replace(
                known,
                enrolled_by=enrollment.enrolled_by,
                enrolled_at=at,
                method=enrollment.method,
            )
    return tuple(keys)


def _is_open(key: TrustedKey, fingerprint: str, at: datetime) -> bool:
    return key.fingerprint == fingerprint and (key.valid_to is None or at < key.valid_to)
