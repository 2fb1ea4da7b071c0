"""Values as templates see them: figures that know their unit, choices that know their phrase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.model.catalogue import Value
    from policygen.model.facts import ParameterValue


Names = frozenset[str]
NOTHING: Names = frozenset()


class Record:
    """Named parts, read with a dot; nothing else can be done to it."""

    __slots__ = ("_parts",)

    def __init__(self, parts: Mapping[str, object]) -> None:
        self._parts = dict(parts)

    def __getattr__(self, name: str) -> object:
        try:
            return self._parts[name]
        except KeyError as error:
            raise AttributeError(name) from error

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)


class Whole(int):
    """A whole number with its unit; prints as "24 hours"."""

    unit: str | None
    of: Names
    """Parameters that it comes from; so with every value here."""

    def __new__(cls, value: int, unit: str | None, of: Names = NOTHING) -> Whole:
        """A whole number that remembers what it counts."""
        made = super().__new__(cls, value)
        made.unit = unit
        made.of = of
        return made


class Decimal(float):
    """A number with its unit; prints as "99.9 percent"."""

    unit: str | None
    of: Names

    def __new__(cls, value: float, unit: str | None, of: Names = NOTHING) -> Decimal:
        """A number that remembers what it counts."""
        made = super().__new__(cls, value)
        made.unit = unit
        made.of = of
        return made


class Choice(str):
    """One of several allowed words; prints as its phrase."""

    __slots__ = ("of", "phrase")

    phrase: str
    of: Names

    def __new__(cls, value: str, phrase: str, of: Names = NOTHING) -> Choice:
        """A choice that remembers how it reads in a sentence."""
        made = super().__new__(cls, value)
        made.phrase = phrase
        made.of = of
        return made


class Cell(str):
    """A text in a table of a parameter; prints as it is."""

    __slots__ = ("of",)

    of: Names

    def __new__(cls, value: str, of: Names) -> Cell:
        """A text that remembers which parameters it comes from."""
        made = super().__new__(cls, value)
        made.of = of
        return made


class RoleName(str):
    """A role id that prints as the title of whoever carries the role."""

    __slots__ = ("of", "running", "title_as_listed")

    running: str
    """As it reads inside a sentence."""

    title_as_listed: str
    of: Names

    def __new__(cls, role: str, *, title: str, running: str, of: Names = NOTHING) -> RoleName:
        """A role that remembers its title."""
        made = super().__new__(cls, role)
        made.running = running
        made.title_as_listed = title
        made.of = of
        return made

    def named_by(self, of: Names) -> RoleName:
        """The same role as a parameter names it."""
        return RoleName(self, title=self.title_as_listed, running=self.running, of=of)


class KindOfSystem:
    """The systems of one kind: prints what they are, `name` gives the products."""

    __slots__ = ("name", "phrase")

    def __init__(self, phrase: str, name: str) -> None:
        self.phrase = phrase
        self.name = name

    def __bool__(self) -> bool:
        return bool(self.name)


class Unanswered:
    """A value nobody has given; false in a condition, a problem where it is printed."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __bool__(self) -> bool:
        return False


def parameter_view(value: ParameterValue, placeholders: Mapping[str, str]) -> object:
    """What `p.<name>` is in a template.

    Args:
        value: The parameter with its value.
        placeholders: Printed values of other parameters, for cells of tables that name them.
    """
    parameter = value.parameter
    of = frozenset({parameter.name})
    if value.value is None:
        return Unanswered(f"p.{parameter.name}")
    if isinstance(value.value, dict):
        return Record(
            {
                part_name(key): _plain_view(cell, parameter.unit, {}, of)
                if isinstance(cell, int | float)
                else table_view(cell, placeholders, of)
                for key, cell in value.value.items()
            }
        )
    if parameter.type == "table":
        return table_view(value.value, placeholders, of)
    return _plain_view(value.value, parameter.unit, parameter.labels, of)


def part_name(key: str) -> str:
    """The name templates use for a row of a table; Jinja knows none that starts with a digit.

    >>> part_name("critical"), part_name("5x5")
    ('critical', 'row_5x5')
    """
    return f"row_{key}" if key[:1].isdigit() else key


def _plain_view(value: Value, unit: str | None, labels: Mapping[str, str], of: Names) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return Whole(value, unit, of)
    if isinstance(value, float):
        return Decimal(value, unit, of)
    if isinstance(value, str):
        return Choice(value, labels.get(value, value), of)
    if isinstance(value, list):
        return tuple(_plain_view(item, None, labels, of) for item in value)
    return value


def table_view(value: Value, placeholders: Mapping[str, str], of: Names = NOTHING) -> object:
    """A table: rows as records, cells as text with `{parameter}` filled in.

    Args:
        value: The table, a row or a cell.
        placeholders: Printed values of parameters by name.
        of: The parameters it comes from; none where it stands in the profile.
    """
    if isinstance(value, dict):
        return Record({key: table_view(cell, placeholders, of) for key, cell in value.items()})
    if isinstance(value, list):
        return tuple(table_view(row, placeholders, of) for row in value)
    if isinstance(value, str):
        named = [name for name in placeholders if "{" + name + "}" in value]
        filled = value
        for name in named:
            filled = filled.replace("{" + name + "}", placeholders[name])
        return Cell(filled, of.union(named)) if of else filled
    return _plain_view(value, None, {}, of) if of else value


def sources_of(value: object) -> Names:
    """The parameters that a value comes from; none where it comes from the profile."""
    return value.of if isinstance(value, Whole | Decimal | Choice | Cell | RoleName) else NOTHING


def printed(value: object) -> str | None:
    """The text a value prints as; None where it must not be printed."""
    match value:
        case bool() | None | Unanswered():
            return None
        case Whole() | Decimal():
            return _number_with_unit(value)
        case Choice():
            return value.phrase or None
        case RoleName():
            return value.running
        case KindOfSystem():
            return value.phrase if value.name else None
        case int() | float():
            return words.number(value)
        case str():
            return value if value.strip() else None
        case _:
            return None


def _number_with_unit(value: Whole | Decimal) -> str:
    return words.quantity(value, value.unit) if value.unit else words.number(value)
