"""Canonical JSON: one way to write a value, and a reader that takes nothing else.

UTF-8, sorted keys, two-space indent, LF at the end, no floats, no duplicate keys. A record whose
bytes differ from the canonical form of what they say is refused, so that a signature covers
exactly one reading and nothing can be smuggled in behind, between or beneath it.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from policygen.problems import Location, PolicygenError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from enum import Enum
    from typing import TypeVar

    Choice = TypeVar("Choice", bound=Enum)
    Item = TypeVar("Item")

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"
"""A value of canonical JSON; there are no floats."""

MAX_RECORD_BYTES = 64 * 1024
"""More than any consent needs; a larger file is not read."""

MAX_TEXT_CHARACTERS = 2000
DIGEST = re.compile(r"[0-9a-f]{64}")
PERSON = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
DOCUMENT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
ROLE = re.compile(r"[a-z][a-z0-9_]{0,63}")
VERSION = re.compile(r"(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})")

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# C0, DEL, C1, line separators and the marks that reorder or hide text on a terminal or page.
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


class RecordFormatError(Exception):
    """Bytes are not a record; says why in a clause."""


def write_canonical(value: Json) -> bytes:
    """The one way to write a value."""
    text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    return (text + "\n").encode()


def read_canonical(data: bytes, *, limit: int = MAX_RECORD_BYTES) -> Json:
    """The value that canonical bytes say.

    Raises:
        RecordFormatError: They are too many, not JSON, or not the canonical form of what they say.
    """
    if len(data) > limit:
        raise RecordFormatError(f"it has {len(data)} bytes, the limit is {limit}")
    try:
        value: Json = json.loads(
            data.decode(),
            object_pairs_hook=_without_duplicates,
            parse_float=_no_float,
            parse_constant=_no_float,
        )
        canonical = write_canonical(value)
    except UnicodeError as error:
        raise RecordFormatError("it is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise RecordFormatError("it is not JSON") from error
    if canonical != data:
        raise RecordFormatError(
            "its bytes are not canonical: sorted keys, two-space indent, LF at the end, no more"
        )
    return value


def format_time(moment: datetime) -> str:
    """RFC 3339 with offset in whole seconds; UTC is written `Z`."""
    text = moment.replace(microsecond=0).isoformat()
    return text.removesuffix("+00:00") + "Z" if moment.utcoffset() == timedelta(0) else text


def problem_of(error: RecordFormatError, path: str) -> Problem:
    """The problem that a refused record is."""
    return Problem(
        code="record-format",
        location=Location(path),
        message=f"not a record as policygen writes it: {error}",
        hint="Records are written once by policygen; restore the committed file.",
    )


def _without_duplicates(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for key, value in pairs:
        if key in found:
            raise RecordFormatError(f'the key "{key}" occurs twice')
        found[key] = value
    return found


def _no_float(text: str) -> NoReturn:
    raise RecordFormatError(f"{text} is not a whole number")


class Fields:
    """The fields of one JSON object, each read once with its type; unknown ones are refused."""

    def __init__(self, value: Json, keys: Iterable[str], name: str = "the record") -> None:
        """Take an object that has exactly these keys.

        Raises:
            RecordFormatError: It is no object, or keys are missing or unknown.
        """
        if not isinstance(value, dict):
            raise RecordFormatError(f"{name} is not an object")
        expected = frozenset(keys)
        unknown = sorted(value.keys() - expected)
        missing = sorted(expected - value.keys())
        if unknown:
            raise RecordFormatError(f"{name} has the unknown field {unknown[0]}")
        if missing:
            raise RecordFormatError(f"{name} lacks the field {missing[0]}")
        self._values: Mapping[str, Json] = value

    def text(self, key: str) -> str:
        """A text without control characters, not empty."""
        value = self.text_or_nothing(key)
        if not value.strip():
            raise RecordFormatError(f"{key} is empty")
        return value

    def text_or_nothing(self, key: str) -> str:
        """A text without control characters; may be empty."""
        value = self._values[key]
        if not isinstance(value, str) or len(value) > MAX_TEXT_CHARACTERS:
            raise RecordFormatError(
                f"{key} is not a text of up to {MAX_TEXT_CHARACTERS} characters"
            )
        if _HIDDEN.search(value):
            raise RecordFormatError(f"{key} holds control or hidden characters")
        return value

    def matching(self, key: str, pattern: re.Pattern[str]) -> str:
        """A text of a fixed shape."""
        value = self.text(key)
        if not pattern.fullmatch(value):
            raise RecordFormatError(f'{key} "{value[:80]}" does not have the expected shape')
        return value

    def exactly(self, key: str, expected: str) -> None:
        """A field with one allowed value."""
        if self._values[key] != expected:
            raise RecordFormatError(f'{key} is not "{expected}"')

    def number(self, key: str) -> int:
        """A whole number from 0."""
        value = self._values[key]
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise RecordFormatError(f"{key} is not a whole number from 0")
        return value

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self._values[key]
        if not isinstance(value, bool):
            raise RecordFormatError(f"{key} is not true or false")
        return value

    def choice(self, key: str, choices: type[Choice]) -> Choice:
        """A member of a closed set, by its value."""
        value = self._values[key]
        for member in choices:
            if member.value == value and isinstance(value, str):
                return member
        raise RecordFormatError(f"{key} is not one of {', '.join(m.value for m in choices)}")

    def day(self, key: str) -> date:
        """An ISO date."""
        value = self.matching(key, _DAY)
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise RecordFormatError(f"{key} {value} is not a day of the calendar") from error

    def time(self, key: str) -> datetime:
        """RFC 3339 with offset, in whole seconds, written as `format_time` writes it."""
        value = self.matching(key, _TIME)
        try:
            moment = datetime.fromisoformat(value)
        except ValueError as error:
            raise RecordFormatError(f"{key} {value} is not a time") from error
        if format_time(moment) != value:
            raise RecordFormatError(f"{key} {value} is not written as {format_time(moment)}")
        return moment

    def optional(self, key: str, read: Callable[[str], Item]) -> Item | None:
        """What `read` gives for the key, or None for null."""
        return None if self._values[key] is None else read(key)

    def part(self, key: str, keys: Iterable[str]) -> Fields:
        """The fields of an object within."""
        return Fields(self._values[key], keys, key)

    def parts(self, key: str, keys: Iterable[str]) -> tuple[Fields, ...]:
        """The fields of each object of a list within."""
        value = self._values[key]
        if not isinstance(value, list):
            raise RecordFormatError(f"{key} is not a list")
        expected = tuple(keys)
        return tuple(Fields(item, expected, f"an item of {key}") for item in value)


def refuse(error: RecordFormatError, path: str) -> PolicygenError:
    """The error that stops a stage which needs this record."""
    return PolicygenError(problem_of(error, path))
