"""Conflicts between values: how a rule that is broken is told, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.load.parameters.values import shown
from policygen.model.catalogue import FREQUENCIES
from policygen.model.facts import Origin
from policygen.problems import Location, Problem

if TYPE_CHECKING:
    from policygen.model.catalogue import Value
    from policygen.model.facts import ParameterValue
    from policygen.yaml.yamlfile import YamlFile


def conflict(
    file: YamlFile, first: ParameterValue, second: ParameterValue, rule: str, reason: str
) -> Problem:
    """The problem that one value breaks a rule about another."""
    place = place_of(file, first, second)
    return Problem(
        code="parameter-conflict",
        location=place,
        message=f"{first.parameter.name} is {shown(first.value)}{_set_by(first, place)}, which "
        f"{rule} ({shown(second.value)}{_set_by(second, place)})",
        hint=f"{reason[0].upper()}{reason[1:]}.",
    )


def _set_by(value: ParameterValue, place: Location) -> str:
    """Who set a value, where that is not plain from the problem's own place."""
    match value.origin:
        case Origin.FLOOR:
            return f" by {value.floor.source}" if value.floor else ""
        case Origin.DEFAULT:
            return " by default"
        case _:
            return f", set at {value.location}" if value.location not in (None, place) else ""


def also_at(first: ParameterValue, second: ParameterValue) -> str:
    """The place of the second value in parentheses, where both are set in the file."""
    return f" ({second.location})" if first.location and second.location else ""


def place_of(file: YamlFile, *values: ParameterValue) -> Location:
    """Where the first of the values is set; the section where the registry sets them all."""
    for value in values:
        if value.location is not None:
            return value.location
    return file.location(["parameters"])


def figure_of(value: Value) -> float | None:
    """A value as a number; None where it is none."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def rank_of(value: Value) -> int:
    """Place among frequencies, strictest first; before all of them where it is none."""
    return FREQUENCIES.index(value) if isinstance(value, str) and value in FREQUENCIES else -1


def items_of(value: Value) -> list[Value]:
    """The items of a list; none where it is no list."""
    return value if isinstance(value, list) else []
