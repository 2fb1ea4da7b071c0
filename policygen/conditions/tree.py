"""The tree that a condition parses to, and its printed form."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written out: text, a number, `true`, `false`, `null`, or a list of these."""

    value: Scalar | tuple[Scalar, ...]
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the item at hand or of the profile, e.g. `tsc.privacy`."""

    path: tuple[str, ...]
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class ParameterName:
    """The value of a parameter, written `p.<name>`."""

    name: str
    column: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """True where its operand is false."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class And:
    """True where all operands are."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """True where one operand is."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of two values."""

    operator: str
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Quantified:
    """`any` or `all` over the items of a list."""

    quantifier: str
    items: Field
    condition: Expression


@dataclass(frozen=True, slots=True)
class Question:
    """`answered`, `overridden` or `answered_role` of a name."""

    function: str
    name: str
    column: int = field(default=1, compare=False)


Operand: TypeAlias = Literal | Field | ParameterName
Expression: TypeAlias = Operand | Not | And | Or | Comparison | Quantified | Question


def printed(expression: Expression) -> str:
    """The condition as text that parses to the same tree."""
    match expression:
        case Literal():
            return _printed_literal(expression.value)
        case Field():
            return ".".join(expression.path)
        case ParameterName():
            return f"p.{expression.name}"
        case Question():
            return f'{expression.function}("{expression.name}")'
        case Quantified():
            items, inner = printed(expression.items), printed(expression.condition)
            return f"{expression.quantifier}({items}, {inner})"
        case Comparison():
            left, right = printed(expression.left), printed(expression.right)
            return f"{left} {expression.operator} {right}"
        case _:
            return _printed_combination(expression)


def _printed_combination(expression: Not | And | Or) -> str:
    match expression:
        case Not():
            return f"not {_in_parentheses(expression.operand, (And, Or))}"
        case And():
            return " and ".join(_in_parentheses(part, (And, Or)) for part in expression.operands)
        case Or():
            return " or ".join(_in_parentheses(part, (Or,)) for part in expression.operands)


def _in_parentheses(expression: Expression, weaker: tuple[type, ...]) -> str:
    text = printed(expression)
    return f"({text})" if isinstance(expression, weaker) else text


def _printed_literal(value: Scalar | tuple[Scalar, ...]) -> str:
    match value:
        case tuple():
            return "[" + ", ".join(_printed_literal(item) for item in value) + "]"
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value}'" if '"' in value else f'"{value}"'
        case int():
            return str(value)
        case float():
            return f"{value:.15f}".rstrip("0") + ("0" if value.is_integer() else "")


@lru_cache(maxsize=8)
def with_parents(names: frozenset[str]) -> frozenset[str]:
    """Dotted names of fields, and every field that they are part of."""
    return frozenset(
        name.rsplit(".", depth)[0] for name in names for depth in range(name.count(".") + 1)
    )
