"""What could turn the outcome of a condition: the parameters that decide it as things stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from policygen.conditions.condition import holds, value_of
from policygen.conditions.tree import (
    And,
    Comparison,
    Expression,
    Field,
    Literal,
    Not,
    Or,
    ParameterName,
    Quantified,
    Question,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policygen.conditions.condition import Condition, ConditionContext
    from policygen.model.catalogue import Value

_NONE: frozenset[str] = frozenset()
_Part = tuple[bool, frozenset[str]]
"""Whether a part holds, and what decides it."""


def deciding(condition: Condition, context: ConditionContext) -> frozenset[str]:
    """Parameters of which each alone could turn the outcome, everything else being as it is.

    In `data.customer_content and p.byod_allowed` the parameter decides only where there is
    customer content: where there is none, no value of it makes the whole true.
    """
    if not condition.parameters:
        return _NONE
    return _deciding(condition.expression, context, ())


def _deciding(
    expression: Expression, context: ConditionContext, items: tuple[Value, ...]
) -> frozenset[str]:
    match expression:
        case And() | Or():
            parts = [_part(part, context, items) for part in expression.operands]
            return _of_parts(parts, blocked_by=isinstance(expression, Or))
        case Quantified():
            return _of_items(expression, context, items)
        case Not():
            return _deciding(expression.operand, context, items)
        case Comparison():
            left = _deciding(expression.left, context, items)
            return left | _deciding(expression.right, context, items)
        case Question():
            asks_for_role = expression.function == "answered_role"
            return _NONE if asks_for_role else frozenset({expression.name})
        case ParameterName():
            return frozenset({expression.name})
        case Literal() | Field():
            return _NONE
        case _:
            assert_never(expression)


def _of_items(
    expression: Quantified, context: ConditionContext, items: tuple[Value, ...]
) -> frozenset[str]:
    """`any` is an `or` over the items, and `all` an `and`."""
    found = value_of(expression.items, context, items)
    inside = [(item, *items) for item in (found if isinstance(found, list) else ())]
    parts = [_part(expression.condition, context, one) for one in inside]
    return _of_parts(parts, blocked_by=expression.quantifier == "any")


def _part(expression: Expression, context: ConditionContext, items: tuple[Value, ...]) -> _Part:
    return holds(expression, context, items), _deciding(expression, context, items)


def _of_parts(parts: Sequence[_Part], *, blocked_by: bool) -> frozenset[str]:
    """What decides a whole: every part, unless some settle it; then only what turns all of those.

    Args:
        parts: The parts of the whole.
        blocked_by: The outcome of a part that settles the whole: false for `and`, true for `or`.
    """
    settling = [names for outcome, names in parts if outcome is blocked_by]
    if settling:
        return settling[0].intersection(*settling[1:])
    return _NONE.union(*(names for _, names in parts))
