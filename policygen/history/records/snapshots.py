"""Trust snapshots: from their bytes to values and back, and the same list for ssh-keygen.

`trust/<n>.yml` is canonical JSON, which is valid YAML, with sorted lists, so that one snapshot
has one form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from policygen.crypto.sshkeys import parse_public_line
from policygen.crypto.sshwire import SignatureError
from policygen.history.records import canonical
from policygen.history.records.canonical import (
    DIGEST,
    PERSON,
    ROLE,
    Fields,
    Json,
    RecordFormatError,
    format_time,
)
from policygen.model.evidence import (
    RoleHolding,
    TrustedDelegation,
    TrustedKey,
    TrustedPerson,
    TrustSnapshot,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

APPROVAL_NAMESPACE = "policy-approval"
TRUST_NAMESPACE = "policy-trust"
SNAPSHOT_SCHEMA = "policygen/trust/1"
WORD_SCHEMA = "policygen/trust-word/1"
MAX_SNAPSHOT_BYTES = 4 * 1024 * 1024

_KEYS = (
    "created_at", "delegations", "holdings", "number", "organization", "people",
    "previous_sha256", "schema", "time_zone",
)  # fmt: skip
_PERSON_KEYS = ("id", "keys", "logins", "name", "title")
_KEY_KEYS = (
    "enrolled_at", "enrolled_by", "fingerprint", "method", "public_key", "valid_from", "valid_to",
)  # fmt: skip
_HOLDING_KEYS = ("acting", "end", "person", "role", "start")
_DELEGATION_KEYS = ("acting_for", "end", "person", "role", "signed_by", "start")
_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,40}(/[A-Za-z0-9_+-]{1,40}){0,2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustWord:
    """A person's word for a snapshot, which they sign (format: `policygen/trust-word/1`)."""

    at: datetime
    person: str
    number: int
    snapshot_sha256: str
    tool: str


def write_snapshot(snapshot: TrustSnapshot) -> bytes:
    """The bytes of `trust/<n>.yml`."""
    return canonical.write_canonical(
        {
            "created_at": format_time(snapshot.created_at),
            "delegations": _sorted(_delegation(item) for item in snapshot.delegations),
            "holdings": _sorted(_holding(item) for item in snapshot.holdings),
            "number": snapshot.number,
            "organization": snapshot.organization,
            "people": _sorted(_person(item) for item in snapshot.people),
            "previous_sha256": snapshot.previous_sha256,
            "schema": SNAPSHOT_SCHEMA,
            "time_zone": snapshot.time_zone,
        }
    )


def read_snapshot(data: bytes) -> TrustSnapshot:
    """The snapshot that its bytes say.

    Raises:
        RecordFormatError: They are not the one form of a snapshot, or a key in it is no key.
    """
    fields = Fields(canonical.read_canonical(data, limit=MAX_SNAPSHOT_BYTES), _KEYS)
    fields.exactly("schema", SNAPSHOT_SCHEMA)
    snapshot = TrustSnapshot(
        number=fields.number("number"),
        previous_sha256=fields.optional("previous_sha256", lambda k: fields.matching(k, DIGEST)),
        organization=fields.text("organization"),
        time_zone=_read_zone(fields),
        people=tuple(_read_person(item) for item in fields.parts("people", _PERSON_KEYS)),
        holdings=tuple(_read_holding(item) for item in fields.parts("holdings", _HOLDING_KEYS)),
        delegations=tuple(
            _read_delegation(item) for item in fields.parts("delegations", _DELEGATION_KEYS)
        ),
        created_at=fields.time("created_at"),
    )
    if write_snapshot(snapshot) != data:
        raise RecordFormatError("its lists are not sorted")
    _refuse_duplicates("the person", (person.id for person in snapshot.people))
    return snapshot


def write_word(word: TrustWord) -> bytes:
    """The bytes of `trust/<n>.<person>.json`."""
    return canonical.write_canonical(
        {
            "at": format_time(word.at),
            "number": word.number,
            "person": word.person,
            "schema": WORD_SCHEMA,
            "snapshot_sha256": word.snapshot_sha256,
            "tool": word.tool,
        }
    )


def read_word(data: bytes) -> TrustWord:
    """The word that its bytes say.

    Raises:
        RecordFormatError: They are not the canonical form of one.
    """
    keys = ("at", "number", "person", "schema", "snapshot_sha256", "tool")
    fields = Fields(canonical.read_canonical(data), keys)
    fields.exactly("schema", WORD_SCHEMA)
    return TrustWord(
        at=fields.time("at"),
        person=fields.matching("person", PERSON),
        number=fields.number("number"),
        snapshot_sha256=fields.matching("snapshot_sha256", DIGEST),
        tool=fields.text("tool"),
    )


def signers_file(snapshot: TrustSnapshot) -> bytes:
    """`trust/<n>.allowed_signers`: the keys with their windows, as ssh-keygen reads them.

    `ssh-keygen -Y verify -f 2.allowed_signers -I <person> -n policy-approval -s x.json.sig
    -Overify-time=<when> < x.json` then judges a consent without us.
    """
    lines = [
        f'{person.id} namespaces="{APPROVAL_NAMESPACE},{TRUST_NAMESPACE}",{_window(key)}'
        f" {key.public_key}\n"
        for person in snapshot.people
        for key in person.keys
    ]
    return "".join(sorted(lines)).encode()


def _window(key: TrustedKey) -> str:
    window = f'valid-after="{_compact(key.valid_from)}"'
    if key.valid_to is not None:
        window += f',valid-before="{_compact(key.valid_to)}"'
    return window


def _compact(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")


def _sorted(items: Iterable[dict[str, Json]]) -> list[Json]:
    return [*sorted(items, key=canonical.write_canonical)]


def _person(person: TrustedPerson) -> dict[str, Json]:
    logins: list[Json] = [
        {"host": host, "id": number, "login": login}
        for host, number, login in sorted(person.logins)
    ]
    return {
        "id": person.id,
        "keys": _sorted(_key(key) for key in person.keys),
        "logins": logins,
        "name": person.name,
        "title": person.title,
    }


def _key(key: TrustedKey) -> dict[str, Json]:
    return {
        "enrolled_at": format_time(key.enrolled_at),
        "enrolled_by": key.enrolled_by,
        "fingerprint": key.fingerprint,
        "method": key.method,
        "public_key": key.public_key,
        "valid_from": format_time(key.valid_from),
        "valid_to": None if key.valid_to is None else format_time(key.valid_to),
    }


def _holding(holding: RoleHolding) -> dict[str, Json]:
    return {
        "acting": holding.acting,
        "end": None if holding.end is None else holding.end.isoformat(),
        "person": holding.person,
        "role": holding.role,
        "start": holding.start.isoformat(),
    }


def _delegation(delegation: TrustedDelegation) -> dict[str, Json]:
    return {
        "acting_for": delegation.acting_for,
        "end": delegation.end.isoformat(),
        "person": delegation.person,
        "role": delegation.role,
        "signed_by": delegation.signed_by,
        "start": delegation.start.isoformat(),
    }


def _read_zone(fields: Fields) -> str:
    name = fields.matching("time_zone", _ZONE)
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise RecordFormatError(f"time_zone {name} is not a known time zone") from error
    return name


def _read_person(fields: Fields) -> TrustedPerson:
    return TrustedPerson(
        id=fields.matching("id", PERSON),
        name=fields.text("name"),
        title=fields.text_or_nothing("title"),
        keys=tuple(_read_key(item) for item in fields.parts("keys", _KEY_KEYS)),
        logins=tuple(
            (item.text("host"), item.number("id"), item.text("login"))
            for item in fields.parts("logins", ("host", "id", "login"))
        ),
    )


def _read_key(fields: Fields) -> TrustedKey:
    public_key = fields.text("public_key")
    try:
        key = parse_public_line(public_key)
    except SignatureError as error:
        raise RecordFormatError(f"public_key is not a key that counts: {error}") from error
    if key.line != public_key or key.fingerprint != fields.text("fingerprint"):
        raise RecordFormatError("fingerprint is not that of public_key")
    return TrustedKey(
        fingerprint=key.fingerprint,
        public_key=public_key,
        valid_from=fields.time("valid_from"),
        valid_to=fields.optional("valid_to", fields.time),
        enrolled_by=fields.matching("enrolled_by", PERSON),
        enrolled_at=fields.time("enrolled_at"),
        method=fields.text("method"),
    )


def _read_holding(fields: Fields) -> RoleHolding:
    return RoleHolding(
        role=fields.matching("role", ROLE),
        person=fields.matching("person", PERSON),
        start=fields.day("start"),
        end=fields.optional("end", fields.day),
        acting=fields.flag("acting"),
    )


def _read_delegation(fields: Fields) -> TrustedDelegation:
    return TrustedDelegation(
        role=fields.matching("role", ROLE),
        person=fields.matching("person", PERSON),
        acting_for=fields.matching("acting_for", PERSON),
        start=fields.day("start"),
        end=fields.day("end"),
        signed_by=fields.matching("signed_by", PERSON),
    )


def _refuse_duplicates(what: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for item in ids:
        if item in seen:
            raise RecordFormatError(f"{what} {item} occurs twice")
        seen.add(item)
