"""Conditions: when a document, a statement, a parameter or a floor applies.

A condition is one boolean expression over the profile, read by `parser` and
evaluated here over plain values. A field that is not filled in reads as false and as null.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, assert_never

from policygen.conditions.parser import ConditionError, parse_expression
from policygen.conditions.tree import (
    And,
    Comparison,
    Expression,
    Field,
    Literal,
    Not,
    Operand,
    Or,
    ParameterName,
    Quantified,
    Question,
    printed,
    with_parents,
)
from policygen.conditions.values import equal, in_order

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from policygen.model.catalogue import Value

__all__ = [
    "ALWAYS",
    "Condition",
    "ConditionContext",
    "ConditionError",
    "UnknownName",
    "evaluate",
    "holds",
    "parse_condition",
    "unknown_names",
    "value_of",
]


@dataclass(frozen=True, slots=True)
class Condition:
    """One parsed condition."""

    source: str
    """The text as written."""

    expression: Expression
    parameters: frozenset[str] = field(compare=False)
    """Parameters it reads, `answered` and `overridden` included."""

    fields: frozenset[str] = field(compare=False)
    """Dotted fields of the profile it reads outside the items of `any` and `all`."""

    roles: frozenset[str] = field(compare=False)
    """Roles it asks for with `answered_role`."""

    def __str__(self) -> str:
        return printed(self.expression)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionContext:
    """What a condition may ask."""

    plain: Mapping[str, Value]
    """The profile as plain values."""

    parameters: Mapping[str, Value]
    """Values of the parameters by name; None where one is not answered."""

    answered: frozenset[str]
    """Parameters that have a value."""

    overridden: frozenset[str]
    """Parameters that the organization sets itself."""

    roles_held: frozenset[str]
    """Roles that a person holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownName:
    """A name in a condition that nothing declares."""

    kind: str
    """`field`, `parameter` or `role`."""

    name: str
    column: int
    """Column within the condition, from 1."""


@dataclass(frozen=True, slots=True)
class _Use:
    kind: str
    name: str
    column: int
    lists: tuple[str, ...]
    """Lists whose items may be at hand where the name stands, innermost first."""


@lru_cache(maxsize=4096)
def parse_condition(text: str) -> Condition:
    """The condition that a text states.

    Raises:
        ConditionError: When the text does not follow the grammar.
    """
    expression = parse_expression(text)
    uses = tuple(_uses(expression, ()))
    return Condition(
        text,
        expression,
        parameters=frozenset(use.name for use in uses if use.kind == "parameter"),
        fields=frozenset(use.name for use in uses if use.kind == "field" and not use.lists),
        roles=frozenset(use.name for use in uses if use.kind == "role"),
    )


ALWAYS = Condition(
    "true", Literal(True), parameters=frozenset(), fields=frozenset(), roles=frozenset()
)
"""The condition that always holds."""


def evaluate(condition: Condition, context: ConditionContext) -> bool:
    """Whether a condition holds.

    A field that is missing or null reads as false; compared with `null` it is equal to it.
    `<` and its like compare numbers, ISO dates, and frequencies by strictness (monthly is less
    than annual); between anything else they are false.
    """
    return holds(condition.expression, context, ())


def unknown_names(
    condition: Condition,
    known_fields: Collection[str],
    known_parameters: Collection[str],
    known_roles: Collection[str],
) -> tuple[UnknownName, ...]:
    """Names in a condition that the schema does not declare, as they stand from left to right.

    Args:
        condition: The condition to look through.
        known_fields: Dotted names of the profile, fields of list items as `systems[].kind`, any
            key of a mapping as `terms.*`. Parents of a known name are known too.
        known_parameters: Parameters of the registries.
        known_roles: Roles of the registries.
    """
    fields = with_parents(frozenset(known_fields))
    known = {"field": fields, "parameter": known_parameters, "role": known_roles}
    return tuple(
        UnknownName(kind=use.kind, name=use.name, column=use.column)
        for use in sorted(_uses(condition.expression, ()), key=lambda use: use.column)
        if not (
            _field_is_known(use, fields) if use.kind == "field" else use.name in known[use.kind]
        )
    )


def _field_is_known(use: _Use, fields: Collection[str]) -> bool:
    if use.lists and use.name.split(".")[0] == "item":
        rest = use.name.removeprefix("item").removeprefix(".")
        return not rest or any(_declares(fields, f"{name}[].{rest}") for name in use.lists)
    scopes = (*(f"{name}[]." for name in use.lists), "")
    return any(_declares(fields, scope + use.name) for scope in scopes)


def _declares(fields: Collection[str], name: str) -> bool:
    steps = name.split(".")
    return name in fields or any(
        len(known) == len(steps)
        and all(one in (step, f"{step}[]", "*") for one, step in zip(known, steps, strict=True))
        for known in (written.split(".") for written in fields)
    )


def _uses(expression: Expression, lists: tuple[str, ...]) -> Iterator[_Use]:
    match expression:
        case Field():
            yield _Use("field", ".".join(expression.path), expression.column, lists)
        case ParameterName():
            yield _Use("parameter", expression.name, expression.column, lists)
        case Question():
            kind = "role" if expression.function == "answered_role" else "parameter"
            yield _Use(kind, expression.name, expression.column, lists)
        case Quantified():
            yield from _uses(expression.items, lists)
            inner = ".".join(expression.items.path)
            nested = (f"{outer}[].{inner}" for outer in lists)
            yield from _uses(expression.condition, (*nested, inner, *lists))
        case Literal():
            return
        case _:
            for part in _parts(expression):
                yield from _uses(part, lists)


def _parts(expression: Not | And | Or | Comparison) -> tuple[Expression, ...]:
    if isinstance(expression, Not):
        return (expression.operand,)
    if isinstance(expression, Comparison):
        return (expression.left, expression.right)
    return expression.operands


def holds(expression: Expression, context: ConditionContext, items: tuple[Value, ...]) -> bool:
    """Whether a part of a condition holds; `items` are those at hand, innermost first."""
    match expression:
        case And():
            return all(holds(part, context, items) for part in expression.operands)
        case Or():
            return any(holds(part, context, items) for part in expression.operands)
        case Not():
            return not holds(expression.operand, context, items)
        case Comparison():
            return _compares(expression, context, items)
        case Quantified():
            return _quantifies(expression, context, items)
        case Question():
            return _answers(expression, context)
        case Literal() | Field() | ParameterName():
            return bool(value_of(expression, context, items))
        case _:
            assert_never(expression)


def _quantifies(
    expression: Quantified, context: ConditionContext, items: tuple[Value, ...]
) -> bool:
    found = value_of(expression.items, context, items)
    results = (
        holds(expression.condition, context, (item, *items))
        for item in (found if isinstance(found, list) else ())
    )
    return any(results) if expression.quantifier == "any" else all(results)


def _answers(expression: Question, context: ConditionContext) -> bool:
    match expression.function:
        case "answered":
            return expression.name in context.answered
        case "overridden":
            return expression.name in context.overridden
        case _:
            return expression.name in context.roles_held


def value_of(operand: Operand, context: ConditionContext, items: tuple[Value, ...]) -> Value:
    """What an operand is; `items` are those at hand, innermost first."""
    match operand:
        case Literal():
            return list(operand.value) if isinstance(operand.value, tuple) else operand.value
        case ParameterName():
            return context.parameters.get(operand.name)
        case Field():
            first, *rest = operand.path
            value = _start(first, context, items)
            for word in rest:
                value = value.get(word) if isinstance(value, dict) else None
            return value


def _start(first: str, context: ConditionContext, items: tuple[Value, ...]) -> Value:
    """The item at hand, one of its fields, a field of an outer item, or of the profile."""
    if first == "item" and items:
        return items[0]
    for item in items:
        if isinstance(item, dict) and first in item:
            return item[first]
    return context.plain.get(first)


def _compares(expression: Comparison, context: ConditionContext, items: tuple[Value, ...]) -> bool:
    left = value_of(expression.left, context, items)
    right = value_of(expression.right, context, items)
    null = Literal(None)
    exact = null in (expression.left, expression.right)
    match expression.operator:
        case "==":
            return equal(left, right, exact=exact)
        case "!=":
            return not equal(left, right, exact=exact)
        case "in":
            return isinstance(right, list) and any(
                equal(left, item, exact=exact or item is None) for item in right
            )
        case _:
            return in_order(expression.operator, left, right)
