"""Names in lists that travel: whole, as initials, or as words that stand for them."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class People(Enum):
    """How much of names is shown in lists of reviews and acknowledgements."""

    FULL = "full"
    """Names as they are."""

    INITIALS = "initials"
    """First letters."""

    PSEUDONYM = "pseudonym"
    """A word that stands for the same person throughout one package, and in no other."""


def shown_as(people: People, names: Iterable[str]) -> Callable[[str], str]:
    """How each of the names is shown.

    Args:
        people: How much of them.
        names: Every name that may occur; a stand-in is numbered by its place among them.
    """
    if people is People.FULL:
        return lambda name: name
    if people is People.INITIALS:
        return initials
    numbers = {name: number for number, name in enumerate(sorted(set(names)), start=1)}
    return lambda name: f"person {numbers[name]}"


def initials(name: str) -> str:
    """The first letter of each word of a name.

    >>> initials("Dana Whitfield")
    'D. W.'
    """
    return " ".join(f"{word[0].upper()}." for word in name.split())
