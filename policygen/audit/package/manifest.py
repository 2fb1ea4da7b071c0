"""The manifest of a package: every file with its digest, twice, and what the package claims.

`MANIFEST.sha256` is what `sha256sum -c` reads and what is signed. `MANIFEST.json` is an in-toto
statement over the same files, with the claims that a verification holds against evidence.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"

SUMS = "MANIFEST.sha256"
STATEMENT = "MANIFEST.json"
SIGNATURE = f"{SUMS}.sig"
TIMESTAMP = f"{SUMS}.tsr"
SIGNERS = "MANIFEST.allowed_signers"
ROOTS = "timestamp-roots.pem"
"""Root certificates of time-stamping authorities, as the organization names them."""

NAMESPACE = "policy-package"
"""The namespace of the signature; one made for a consent is none here."""

UNLISTED = frozenset({SUMS, SIGNATURE, TIMESTAMP})
"""What `MANIFEST.sha256` cannot name: itself, and what is put over it."""

SCHEMA = "policygen/package/1"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:policygen:package:1"
MAX_MANIFEST_BYTES = 64 * 1024 * 1024

_MAY_BE_MISSING = frozenset({"root_of_trust", "signer", "file", "file_sha256"})
_LINE = re.compile(r"([0-9a-f]{64})  ([^\n]+)")


class ManifestError(Exception):
    """Bytes are not a manifest; says why in a clause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexLine:
    """One version in force in the window, as the package indexes it."""

    document: str
    title: str
    kind: str
    version: str
    effective: str
    """First day in force."""

    first: str
    """First day of the window on which it was in force."""

    last: str
    file: str | None
    """Path of its sealed PDF in the package; None where it was never sealed."""

    file_sha256: str | None
    text_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GapLine:
    """Days on which no version of a document was in force."""

    document: str
    first: str
    last: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a package says about itself."""

    organization: str
    first: str
    last: str
    is_period: bool
    time_zone: str
    commit: str
    """Newest commit of the default branch in the window."""

    set_head: str
    """Of the evidence in the package."""

    root_of_trust: str | None
    tool: str
    people: str
    """How much of names is shown: `full`, `initials` or `pseudonym`."""

    signer: str | None
    """Person id of whoever signs the manifest; None where nobody does."""

    documents: tuple[IndexLine, ...]
    gaps: tuple[GapLine, ...]
    left_out: tuple[tuple[str, str], ...]
    """Path below `evidence/` and digest of raw responses that were kept back."""

    problems: tuple[tuple[str, str], ...]
    """Code and sentence of what did not verify when the package was made."""


def sums(files: Mapping[str, bytes]) -> bytes:
    """`sha256sum` lines of all files, sorted by path as bytes."""
    return "".join(
        f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n"
        for path in sorted(files, key=lambda name: name.encode())
    ).encode()


def read_sums(data: bytes) -> dict[str, str]:
    """Digest by path.

    Raises:
        ManifestError: A line is none of `sha256sum`, or they are not sorted, each path once.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise ManifestError("it is not UTF-8") from error
    if not text.endswith("\n"):
        raise ManifestError("its last line is cut off")
    found: dict[str, str] = {}
    for number, line in enumerate(text[:-1].split("\n"), start=1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise ManifestError(f"line {number} is not a digest, two blanks and a path")
        if match[2] in found:
            raise ManifestError(f"line {number} names {match[2]} again")
        found[match[2]] = match[1]
    if list(found) != sorted(found, key=lambda name: name.encode()):
        raise ManifestError("its lines are not sorted")
    return found


def statement(files: Mapping[str, bytes], claims: Claims) -> bytes:
    """The in-toto statement over all files, with the claims."""
    subject: list[Json] = [
        {"digest": {"sha256": hashlib.sha256(files[path]).hexdigest()}, "name": path}
        for path in sorted(files, key=lambda name: name.encode())
    ]
    plain: dict[str, Json] = json.loads(json.dumps(asdict(claims)))
    value: dict[str, Json] = {
        "_type": STATEMENT_TYPE,
        "predicate": plain | {"schema": SCHEMA},
        "predicateType": PREDICATE_TYPE,
        "subject": subject,
    }
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    return (text + "\n").encode()


def read_statement(data: bytes) -> tuple[Claims, dict[str, str]]:
    """The claims of a statement, and digest by path of what it is over.

    Raises:
        ManifestError: It is no statement about a package, or one of another format.
    """
    if len(data) > MAX_MANIFEST_BYTES:
        raise ManifestError(f"it has more than {MAX_MANIFEST_BYTES} bytes")
    try:
        value = json.loads(data, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ManifestError("it is not JSON") from error
    if not isinstance(value, dict):
        raise ManifestError("it is no object")
    if value.get("_type") != STATEMENT_TYPE or value.get("predicateType") != PREDICATE_TYPE:
        raise ManifestError("it is no statement about a package of policygen")
    predicate = value.get("predicate")
    if not isinstance(predicate, dict) or predicate.pop("schema", None) != SCHEMA:
        raise ManifestError(f"its schema is not {SCHEMA}")
    try:
        return _claims(predicate), _subject(value.get("subject"))
    except (TypeError, KeyError, ValueError) as error:
        raise ManifestError("a field is missing, unknown or of the wrong kind") from error


def _claims(predicate: dict[str, object]) -> Claims:
    lists = {"documents": IndexLine, "gaps": GapLine}
    found = {
        name: tuple(kind(**_texts(row)) for row in _list(predicate.pop(name)))
        for name, kind in lists.items()
    }
    pairs = {name: _pairs(predicate.pop(name)) for name in ("left_out", "problems")}
    is_period = predicate.pop("is_period")
    if not isinstance(is_period, bool):
        raise TypeError("is_period")
    return Claims(**_texts(predicate), **found, **pairs, is_period=is_period)  # type: ignore[arg-type]


def _texts(value: object) -> dict[str, str | None]:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    for name, item in value.items():
        if item is None and name in _MAY_BE_MISSING:
            continue
        if not isinstance(item, str):
            raise TypeError("not a text")
        item.encode()  # half a character cannot be printed, nor stand in a path
    return value


def _pairs(value: object) -> tuple[tuple[str, str], ...]:
    pairs = [tuple(row) for row in _list(value) if isinstance(row, list)]
    if any(len(pair) != 2 or not all(isinstance(part, str) for part in pair) for pair in pairs):
        raise TypeError("not pairs of texts")
    return tuple((str(first), str(second)) for first, second in pairs)


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def _subject(value: object) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in _list(value):
        if not isinstance(row, dict) or set(row) != {"digest", "name"}:
            raise ValueError("not a subject")
        name, digest = row["name"], row["digest"]
        if not isinstance(name, str) or not isinstance(digest, dict) or name in found:
            raise ValueError("not a subject")
        found[name] = str(digest["sha256"])
    return found


def _once(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key} occurs twice")
        found[key] = value
    return found


def _no_constant(text: str) -> object:
    raise ValueError(f"{text} is not a value of JSON")
