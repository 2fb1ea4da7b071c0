"""Replies: what a forge answered, read field by field, expecting nothing of its shape."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_OFFSET = re.compile(r"(Z|[+-]\d\d:?\d\d)$")


class ReplyError(Exception):
    """An answer is not what the forge documents; says why in a clause."""


class Reply:
    """One JSON value of an answer."""

    def __init__(self, value: object, name: str = "the answer") -> None:
        self._value = value
        self._name = name

    @property
    def is_there(self) -> bool:
        """Whether there is anything but null."""
        return self._value is not None

    def part(self, *keys: str) -> Reply:
        """The value below keys; null where one of them is missing."""
        value, name = self._value, self._name
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
            name = f"{name}.{key}"
        return Reply(value, name)

    def items(self, *keys: str) -> Iterator[Reply]:
        """The items of a list below keys; none where there is no list."""
        found = self.part(*keys)
        values = found._value if isinstance(found._value, list) else []
        for number, value in enumerate(values):
            yield Reply(value, f"{found._name}[{number}]")

    def text(self, *keys: str) -> str:
        """A text; empty where there is none."""
        value = self.part(*keys)._value
        return value if isinstance(value, str) else ""

    def number(self, *keys: str) -> int | None:
        """A whole number; None where there is none."""
        value = self.part(*keys)._value
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def flag(self, *keys: str) -> bool | None:
        """True or false; None where it is neither."""
        value = self.part(*keys)._value
        return value if isinstance(value, bool) else None

    def moment(self, *keys: str) -> datetime | None:
        """A time with offset; None where there is none.

        Raises:
            ReplyError: It is a time without offset, or no time.
        """
        text = self.text(*keys)
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text)
        except ValueError as error:
            raise ReplyError(f"{self.part(*keys)._name} is no time") from error
        if not _OFFSET.search(text) or found.tzinfo is None:
            raise ReplyError(f"{self.part(*keys)._name} is a time without offset")
        return found

    def needed_text(self, *keys: str) -> str:
        """A text that the forge always gives.

        Raises:
            ReplyError: It is missing.
        """
        found = self.text(*keys)
        if not found:
            raise ReplyError(f"{self.part(*keys)._name} is missing")
        return found

    def needed_number(self, *keys: str) -> int:
        """A whole number that the forge always gives.

        Raises:
            ReplyError: It is missing.
        """
        found = self.number(*keys)
        if found is None:
            raise ReplyError(f"{self.part(*keys)._name} is missing")
        return found


def whole_seconds(moment: datetime | None) -> datetime | None:
    """A time as records keep it, in UTC."""
    return None if moment is None else moment.astimezone(UTC).replace(microsecond=0)


def read_json(data: bytes) -> object:
    """The value of JSON bytes in which no key occurs twice.

    Raises:
        ReplyError: They are not JSON, or ambiguous.
    """
    try:
        value: object = json.loads(data.decode(), object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError) as error:
        raise ReplyError("it is not JSON") from error
    return value


def write_json(value: object) -> bytes:
    """A value as recordings store it: sorted keys, two-space indent, LF at the end."""
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ReplyError("a key occurs twice")
    return found
