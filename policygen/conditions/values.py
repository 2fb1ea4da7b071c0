"""How the values in a condition compare."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policygen.model.catalogue import FREQUENCIES

if TYPE_CHECKING:
    from policygen.model.catalogue import Value

ORDERS = ("<", "<=", ">", ">=")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def equal(left: Value, right: Value, *, exact: bool) -> bool:
    """Equality where `true` is not 1; what is not filled in is false, save beside `null`."""
    if not exact:
        left, right = (False if value is None else value for value in (left, right))
    if isinstance(left, bool) is not isinstance(right, bool):
        return False
    return left == right


def in_order(operator: str, left: Value, right: Value) -> bool:
    """Whether two values stand in an order; false where they have none in common."""
    a, b = _rank(left), _rank(right)
    if a is None or b is None or a[0] != b[0]:
        return False
    match operator:
        case "<":
            return a < b
        case "<=":
            return a <= b
        case ">":
            return a > b
        case _:
            return a >= b


def _rank(value: Value) -> tuple[str, float] | None:
    """Where a value stands among its kind; None where its kind has no order."""
    match value:
        case bool():
            return None
        case int() | float():
            return ("number", value)
        case str() if value in FREQUENCIES:
            return ("frequency", FREQUENCIES.index(value))
        case str() if _ISO_DATE.fullmatch(value):
            return ("date", int(value.replace("-", "")))
        case _:
            return None


def has_order(value: object) -> bool:
    """Whether a value can be smaller than another: numbers, frequencies and ISO dates."""
    return isinstance(value, str | int | float) and _rank(value) is not None
