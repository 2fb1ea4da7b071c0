"""Quantities: the times and intervals that a sentence names, made comparable."""

from __future__ import annotations

import re
from dataclasses import dataclass

from policygen import words
from policygen.model.catalogue import FREQUENCIES

_MINUTES = {
    "minute": 1, "hour": 60, "day": 1440, "week": 10_080, "month": 43_800, "year": 525_600,
}  # fmt: skip
_QUANTITY = re.compile(
    r"(?<![\w.,-])(?P<figure>\d[\d,]*(?:\.\d+)?) (?P<kind>business |calendar |working )?"
    r"(?P<unit>minute|hour|day|week|month|year)s?(?![\w-])"
)
_FREQUENCY = re.compile(
    rf"(?<![\w-])(?:{'|'.join(re.escape(words.every(name)) for name in FREQUENCIES)})(?![\w-])"
)
_RANKS = {words.every(name): rank for rank, name in enumerate(FREQUENCIES)}
_LIMITING = re.compile(
    r"(?:within|in|at most|no later than|not later than|by|every|after) (?:the first |the next )?$"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A time or an interval as a text prints it."""

    kind: str
    """`time`, `business` (working days cannot be turned into hours) or `frequency`."""

    size: float
    """Minutes; of a frequency its place from the strictest to the loosest."""

    shown: str
    limits: bool
    """Whether it is the latest time allowed: `within 24 hours`, not `for 90 days`."""


def quantities(text: str) -> tuple[Quantity, ...]:
    """Every time and interval in a text whose white space is single spaces."""
    found = [
        Quantity("frequency", float(_RANKS[match[0]]), match[0], limits=True)
        for match in _FREQUENCY.finditer(text)
    ]
    rest = _FREQUENCY.sub(lambda match: " " * len(match[0]), text)
    for match in _QUANTITY.finditer(rest):
        business = match["kind"] in ("business ", "working ")
        size = float(match["figure"].replace(",", "")) * _MINUTES[match["unit"]]
        limits = bool(_LIMITING.search(rest, 0, match.start()))
        found.append(Quantity("business" if business else "time", size, match[0], limits))
    return tuple(found)
