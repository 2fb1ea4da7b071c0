"""Values of parameters in words, outside any document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policygen.model.catalogue import Parameter, Value
    from policygen.model.facts import Facts


def value_words(facts: Facts, parameter: Parameter, value: Value) -> str:
    """A value as a reader expects it: with its unit or label; a whole table only by its size."""
    match value:
        case dict():
            cells = ((key, _cell(facts, parameter, cell)) for key, cell in value.items())
            return "; ".join(f"{key.replace('_', ' ')}: {cell}" for key, cell in cells)
        case list() if parameter.type == "table":
            return f"{words.count(len(value))} rows, which the documents print"
        case list() if parameter.type == "range":
            low, high = (cell if isinstance(cell, int | float) else 0 for cell in value)
            return f"{words.number(low)} to {_figure(high, parameter.unit)}"
        case list() if parameter.type == "list[int]":
            figures = [words.number(cell) for cell in value if isinstance(cell, int | float)]
            return f"{words.join_words(figures, 'and')} {parameter.unit or ''}".strip()
        case list():
            return ", ".join(_cell(facts, parameter, item) for item in value)
        case _:
            return _cell(facts, parameter, value)


def _cell(facts: Facts, parameter: Parameter, value: Value) -> str:
    match value:
        case bool():
            return parameter.labels.get(str(value).lower(), "yes" if value else "no")
        case int() | float():
            return _figure(value, parameter.unit)
        case str() if parameter.holds == "roles" and value in facts.roles:
            return facts.roles[value].title
        case str():
            return _phrase(parameter.labels, value)
        case _:
            return ""


def _phrase(labels: Mapping[str, str], value: str) -> str:
    if value in labels:
        return labels[value]
    return words.every(value) if words.is_frequency(value) else value.replace("_", " ")


def _figure(value: float, unit: str | None) -> str:
    return words.quantity(value, unit) if unit else words.number(value)
