"""Lookalikes: names that a reader takes for one another."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FOREIGN = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u051b\u043a\u043c\u0442\u0432\u043d\u0261"
    "\u03b1\u03bf\u03c1\u03bd\u03b9\u03ba\u03c5\u03c7\u03c4\u0131",
    "aeopcyxijsdqkmtbhgaopvikyxti",
)
"""Small Cyrillic and Greek letters and the Latin ones that they look like."""


def skeleton(name: str) -> str:
    """The name without what a reader passes over: case, accents, spacing, foreign letters."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(mark for mark in plain if not unicodedata.combining(mark))
    return "".join(mark for mark in letters.translate(_FOREIGN) if mark.isalnum())


def lookalikes(named: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Pairs of ids whose names read alike, the earlier id first.

    Args:
        named: Ids with names.
    """
    seen: dict[str, str] = {}
    for key, name in sorted(named):
        other = seen.setdefault(skeleton(name), key)
        if other != key:
            yield other, key
