"""Whether a value fits its parameter: type, range, choice, rows and columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policygen import words
from policygen.conditions.condition import ConditionError, parse_condition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.model.catalogue import Parameter, Registries, Value

COUNTRY_TABLES = frozenset({"background_check_required"})
"""Tables with a row per country, named by its ISO 3166-1 code."""

CLOCKS = "breach_notification_clocks"
"""The table whose cells are spans of time, which may only be shortened."""

_COUNTRY = re.compile(r"[A-Z]{2}|other_countries")
_SPAN = re.compile(r"(\d{1,4}) (hours?|days?|business days?)")


def misfits(
    parameter: Parameter, value: Value, registries: Registries
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Where within a value something does not fit, and what was expected there.

    Yields:
        The path below the value, empty for the value itself, and a clause that continues
        "<parameter> ...", such as `must be a whole number from 1 to 24, not "yearly"`.
    """
    match parameter.type:
        case "table" if isinstance(parameter.default, list):
            yield from _row_misfits(parameter, parameter.default, value)
        case "table":
            yield from _cell_misfits(parameter, value)
        case "list" | "list[int]":
            yield from _item_misfits(parameter, value, registries)
        case "range":
            yield from _range_misfits(parameter, value)
        case _:
            expected = _expected(parameter, value)
            if expected:
                yield (), f"must be {expected}, not {shown(value)}"


def allowed(parameter: Parameter) -> str:
    """What a parameter may be, as a phrase: `a whole number from 1 to 24`."""
    match parameter.type:
        case "bool":
            return "true or false"
        case "enum":
            return _one_of(parameter.choices)
        case "int":
            return _figure(parameter, "a whole number")
        case "range":
            return _figure(parameter, "two numbers").replace(" from", ", the lower first, from")
        case "list" | "list[int]":
            return _allowed_list(parameter)
        case "table":
            return _allowed_table(parameter)
        case _:
            return _figure(parameter, "a number")


def _allowed_list(parameter: Parameter) -> str:
    if parameter.type == "list[int]":
        return _figure(parameter, "a list of whole numbers")
    if parameter.choices:
        return f"a list of {_one_of(parameter.choices)}"
    held = {"roles": "role ids", "severities": "rows of incident_severities"}
    return f"a list of {held.get(parameter.holds or '', 'words')}"


def _allowed_table(parameter: Parameter) -> str:
    if isinstance(parameter.default, list):
        return _figure(parameter, "a table whose number of rows is")
    if parameter.choices:
        return f"a table of {_one_of(parameter.choices)}"
    if parameter.name == CLOCKS:
        return "a table of spans, none longer than the law's"
    return _figure(parameter, "a table of whole numbers")


def shown(value: Value) -> str:
    """A value as a message quotes it."""
    match value:
        case bool():
            return "true" if value else "false"
        case None:
            return "empty"
        case str():
            return f'"{value}"'
        case int() | float():
            return str(value)
        case list():
            return "a list"
        case _:
            return "a group of keys"


def merged(parameter: Parameter, value: Value) -> Value:
    """An override with what it leaves out: keys of a table are added to, rows are replaced."""
    if isinstance(parameter.default, dict) and isinstance(value, dict):
        return {**parameter.default, **value}
    return value


def span(text: Value) -> tuple[int, str] | None:
    """A span such as `72 hours` as figure and unit (plural); None where it is no span."""
    found = _SPAN.fullmatch(text) if isinstance(text, str) else None
    return (int(found[1]), found[2].removesuffix("s") + "s") if found else None


def _expected(parameter: Parameter, value: Value) -> str | None:
    """What a plain value must be; None where it is."""
    if isinstance(value, str) and value in parameter.alternatives:
        return None
    match parameter.type:
        case "bool":
            fits = isinstance(value, bool)
        case "enum":
            fits = value in parameter.choices
        case "int":
            fits = isinstance(value, int) and _inside(parameter, value)
        case _:
            fits = _inside(parameter, value)
    return None if fits else allowed(parameter)


def _inside(parameter: Parameter, value: Value) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return (parameter.minimum is None or value >= parameter.minimum) and (
        parameter.maximum is None or value <= parameter.maximum
    )


def _figure(parameter: Parameter, kind: str) -> str:
    text = kind
    if parameter.minimum is not None:
        text += f" from {words.number(parameter.minimum)}"
    if parameter.maximum is not None:
        text += f" to {words.number(parameter.maximum)}"
    return words.join_words([text, *(f'"{word}"' for word in parameter.alternatives)], "or")


def _one_of(choices: tuple[Value, ...]) -> str:
    return words.join_words([shown(choice) for choice in choices], "or")


def _item_misfits(
    parameter: Parameter, value: Value, registries: Registries
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if not isinstance(value, list) or not value:
        yield (), f"must be a list with at least one item, not {shown(value)}"
        return
    for index, item in enumerate(value):
        expected = _expected_item(parameter, item, registries)
        if expected:
            yield (index,), f"must list {expected}, not {shown(item)}"
        elif item in value[:index]:
            yield (index,), f"lists {shown(item)} twice"


def _expected_item(parameter: Parameter, item: Value, registries: Registries) -> str | None:
    if parameter.type == "list[int]":
        fits = isinstance(item, int) and _inside(parameter, item)
        return None if fits else _figure(parameter, "whole numbers")
    if not isinstance(item, str) or not item.strip():
        return "words"
    if parameter.holds == "roles" and (item not in registries.roles or item == "user"):
        near = words.nearest(item, set(registries.roles) - {"user"})
        return f"role ids (did you mean {near}?)" if near else "role ids"
    if parameter.choices and item not in parameter.choices:
        return _one_of(parameter.choices)
    return None


def _range_misfits(
    parameter: Parameter, value: Value
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    match value:
        case [int() | float() as low, int() | float() as high] if (
            _inside(parameter, low) and _inside(parameter, high) and low < high
        ):
            return
        case _:
            yield (), f"must be {allowed(parameter)}, not {shown(value)}"


def _cell_misfits(
    parameter: Parameter, value: Value
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if not isinstance(value, dict):
        yield (), f"must be a table of keys with values, not {shown(value)}"
        return
    default = parameter.default if isinstance(parameter.default, dict) else {}
    for key, cell in value.items():
        fixed = bool(default) and parameter.name not in COUNTRY_TABLES
        if fixed and key not in default:
            yield (key,), f"has the rows {words.join_words(list(default), 'and')}, not {key}"
        elif parameter.name in COUNTRY_TABLES and not _COUNTRY.fullmatch(key):
            yield (key,), f"has a row per country code such as DE or other_countries, not {key}"
        else:
            expected = _expected_cell(parameter, default.get(key), cell)
            if expected:
                yield (key,), f"row {key} must be {expected}, not {shown(cell)}"


def _expected_cell(parameter: Parameter, default: Value, cell: Value) -> str | None:
    if parameter.choices:
        return None if cell in parameter.choices else _one_of(parameter.choices)
    if parameter.name == CLOCKS:
        return _expected_clock(default, cell)
    fits = isinstance(cell, int) and _inside(parameter, cell)
    return None if fits else _figure(parameter, "a whole number")


def _expected_clock(default: Value, cell: Value) -> str | None:
    """The law's own span may be shortened, never stretched."""
    limit, given = span(default), span(cell)
    if limit is None:
        return None if given else "a span such as 72 hours"
    if given and given[1] == limit[1] and 0 < given[0] <= limit[0]:
        return None
    return f"a span in {limit[1]} of at most {limit[0]}"


def _row_misfits(
    parameter: Parameter, default: list[Value], value: Value
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if not isinstance(value, list) or not _inside(parameter, len(value)):
        found = f"{len(value)}" if isinstance(value, list) else shown(value)
        yield (), f"must be a list with {_figure(parameter, 'a number of rows')}, not {found}"
        return
    samples = [row for row in default if isinstance(row, dict)]
    for index, row in enumerate(value):
        if not isinstance(row, dict):
            yield (index,), f"has rows of keys with values, not {shown(row)}"
            continue
        for key, clause in _column_misfits(samples, row):
            yield (index, key) if key in row else (index,), clause


def _column_misfits(
    samples: list[dict[str, Value]], row: Mapping[str, Value]
) -> Iterator[tuple[str, str]]:
    """Columns that a row lacks, that no row has, and cells of another kind than ours."""
    columns: dict[str, list[Value]] = {}
    for sample in samples:
        for key, cell in sample.items():
            if key != "when":
                columns.setdefault(key, []).append(cell)
    for key in (name for name in columns if name not in row):
        yield key, f"has the column {key}, which this row lacks"
    for key, cell in row.items():
        if key == "when":
            yield from _when_misfits(cell)
        elif key not in columns:
            near = words.nearest(key, columns)
            yield key, f"has no column {key}" + (f" (did you mean {near}?)" if near else "")
        elif not any(_same_kind(cell, ours) for ours in columns[key]):
            kind = _kind(next(ours for ours in columns[key] if ours is not None))
            yield key, f"column {key} must be {kind}, not {shown(cell)}"


def _when_misfits(cell: Value) -> Iterator[tuple[str, str]]:
    try:
        parse_condition(cell if isinstance(cell, str) else "")
    except ConditionError as error:
        yield "when", f"column when is not a condition: {error.message}"


def _same_kind(cell: Value, ours: Value) -> bool:
    if isinstance(cell, str):
        return isinstance(ours, str) and bool(cell.strip())
    if isinstance(cell, int) and not isinstance(cell, bool):
        return type(ours) is int and cell > 0
    return type(cell) is type(ours)


def _kind(ours: Value) -> str:
    match ours:
        case bool():
            return "true or false"
        case int():
            return "a whole number above 0"
        case _:
            return "text"
