"""The grammar of conditions: tokens, and the tree they make.

    or     = and { "or" and }
    and    = not { "and" not }
    not    = "not" not | test
    test   = "(" or ")" | call | value [ ("==" | "!=" | "<" | "<=" | ">" | ">=" | "in") value ]
    call   = ("any" | "all") "(" name "," or ")"
           | ("answered" | "overridden" | "answered_role") "(" string ")"
    value  = name | "p." word | string | number | "true" | "false" | "null" | "[" literals "]"

Nothing is ever handed to Python to evaluate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    Scalar,
    printed,
)
from policygen.conditions.values import ORDERS, has_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_LENGTH = 2000
"""Characters in a condition; a longer one is nobody's rule."""

MAX_DEPTH = 24
"""How deep parentheses, `not` and calls may nest."""

_QUANTIFIERS = ("any", "all")
_QUESTIONS = ("answered", "overridden", "answered_role")
_CONSTANTS: dict[str, Scalar] = {"true": True, "false": False, "null": None}
_RESERVED = frozenset({"and", "or", "not", "in", *_QUANTIFIERS, *_QUESTIONS, *_CONSTANTS})
_TOKEN = re.compile(
    r"""[ \t\n]*(?:
        (?P<string>"[^"\n]*"|'[^'\n]*')
      | (?P<number>-?[0-9]{1,15}(?:\.[0-9]{1,15})?(?![0-9.A-Za-z_]))
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)
      | (?P<sign>==|!=|<=|>=|[<>()\[\],])
    )""",
    re.VERBOSE,
)


class ConditionError(Exception):
    """A condition that does not follow the grammar."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.column = column
        """Column within the condition, from 1."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    """`string`, `number`, `name`, `sign` or `end`."""

    text: str
    column: int


def parse_expression(text: str) -> Expression:
    """The tree of a condition.

    Raises:
        ConditionError: With the first thing that is wrong and its column.
    """
    if len(text) > MAX_LENGTH:
        raise ConditionError(
            f"a condition has at most {MAX_LENGTH} characters, this one {len(text)}", 1
        )
    parser = _Parser(tuple(_tokens(text)))
    expression = parser.either(0)
    parser.finish()
    return expression


def _tokens(text: str) -> Iterator[_Token]:
    position, end = 0, len(text.rstrip(" \t\n"))
    while position < end:
        found = _TOKEN.match(text, position, end)
        if found is None or found.lastgroup is None:
            raise _unreadable(text, position)
        column = found.start(found.lastgroup) + 1
        yield _Token(found.lastgroup, found[found.lastgroup], column)
        position = found.end()
    yield _Token("end", "", end + 1)


def _unreadable(text: str, position: int) -> ConditionError:
    while text[position] in " \t\n":
        position += 1
    sign = text[position]
    if sign in "\"'":
        return ConditionError("the text in quotes does not end", position + 1)
    if sign == "=":
        return ConditionError('"=" is not a comparison; write "=="', position + 1)
    return ConditionError(f'"{sign}" has no meaning here', position + 1)


class _Parser:
    """Recursive descent over the tokens, one method a rule of the grammar."""

    def __init__(self, tokens: tuple[_Token, ...]) -> None:
        self._tokens = tokens
        self._next = 0

    def finish(self) -> None:
        token = self._peek()
        if token.kind != "end":
            raise _unexpected(token, '"and", "or" or the end')

    def either(self, depth: int) -> Expression:
        parts = self._chain("or", self._both, depth)
        return parts[0] if len(parts) == 1 else Or(parts)

    def _both(self, depth: int) -> Expression:
        parts = self._chain("and", self._negation, depth)
        return parts[0] if len(parts) == 1 else And(parts)

    def _chain(
        self, word: str, rule: Callable[[int], Expression], depth: int
    ) -> tuple[Expression, ...]:
        parts = [rule(depth)]
        while self._skip(word):
            parts.append(rule(depth))
        return tuple(parts)

    def _negation(self, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise ConditionError(
                f"conditions nest at most {MAX_DEPTH} levels deep", self._peek().column
            )
        if self._skip("not"):
            return Not(self._negation(depth + 1))
        return self._test(depth)

    def _test(self, depth: int) -> Expression:
        token = self._peek()
        if self._skip("("):
            inner = self.either(depth + 1)
            self._expect(")")
            return inner
        if token.kind == "name" and token.text in _QUANTIFIERS:
            return self._quantified(depth)
        if token.kind == "name" and token.text in _QUESTIONS:
            return self._question()
        return self._comparison()

    def _quantified(self, depth: int) -> Quantified:
        quantifier = self._take().text
        self._expect("(")
        start = self._peek()
        items = self._operand()
        if not isinstance(items, Field):
            raise ConditionError(f"{quantifier} needs a list of the profile first", start.column)
        self._expect(",")
        condition = self.either(depth + 1)
        self._expect(")")
        return Quantified(quantifier, items, condition)

    def _question(self) -> Question:
        function = self._take().text
        self._expect("(")
        token = self._take()
        if token.kind != "string" or not re.fullmatch(r"\w+", token.text[1:-1], re.ASCII):
            raise _unexpected(token, "a name in quotes")
        self._expect(")")
        return Question(function, token.text[1:-1], token.column)

    def _comparison(self) -> Expression:
        start = self._peek()
        left = self._operand()
        token = self._peek()
        if token.text not in ("==", "!=", *ORDERS, "in") or token.kind == "string":
            if isinstance(left, Literal) and not isinstance(left.value, bool):
                raise ConditionError(
                    f"{printed(left)} alone is neither true nor false", start.column
                )
            return left
        operator = self._take().text
        right = self._operand()
        _refuse_senseless(operator, left, right)
        return Comparison(operator, left, right)

    def _operand(self) -> Operand:
        token = self._take()
        match token.kind:
            case "name" if token.text not in _RESERVED:
                return _named(token)
            case "sign" if token.text == "[":
                return Literal(self._items(), token.column)
            case _:
                return Literal(_scalar(token), token.column)

    def _items(self) -> tuple[Scalar, ...]:
        items: list[Scalar] = []
        while not self._skip("]"):
            if items:
                self._expect(",")
            items.append(_scalar(self._take()))
        return tuple(items)

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token

    def _skip(self, text: str) -> bool:
        token = self._peek()
        if token.text != text or token.kind not in ("name", "sign"):
            return False
        self._take()
        return True

    def _expect(self, text: str) -> None:
        token = self._peek()
        if not self._skip(text):
            raise _unexpected(token, f'"{text}"')


def _named(token: _Token) -> Field | ParameterName:
    first, *rest = token.text.split(".")
    if first in _RESERVED:
        raise ConditionError(f'"{first}" cannot begin a name', token.column)
    if first != "p":
        return Field((first, *rest), token.column)
    if len(rest) != 1:
        raise ConditionError("a parameter is written p.<name>", token.column)
    return ParameterName(rest[0], token.column)


def _scalar(token: _Token) -> Scalar:
    match token.kind:
        case "string":
            return token.text[1:-1]
        case "number":
            return float(token.text) if "." in token.text else int(token.text)
        case "name" if token.text in _CONSTANTS:
            return _CONSTANTS[token.text]
        case _:
            raise _unexpected(token, "a field, a text in quotes, a number, true, false or null")


def _refuse_senseless(operator: str, left: Operand, right: Operand) -> None:
    """Refuses comparisons that could only ever be false."""
    if operator == "in" and isinstance(right, Literal) and not isinstance(right.value, tuple):
        raise ConditionError('"in" needs a list on its right', right.column)
    if operator not in ORDERS:
        return
    for side in (left, right):
        if isinstance(side, Literal) and not has_order(side.value):
            raise ConditionError(
                f'{printed(side)} has no order, so "{operator}" cannot compare it', side.column
            )


def _unexpected(token: _Token, wanted: str) -> ConditionError:
    found = f"found {token.text}" if token.text else "the condition ends"
    return ConditionError(f"expected {wanted}, {found}", token.column)
