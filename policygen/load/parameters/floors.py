"""Floors: what a law or a standard in force asks of a value, and the value that keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.conditions.condition import evaluate
from policygen.model.catalogue import FREQUENCIES

if TYPE_CHECKING:
    from policygen.conditions.condition import ConditionContext
    from policygen.model.catalogue import Floor, Parameter, Value


def floors_in_force(parameter: Parameter, context: ConditionContext) -> tuple[Floor, ...]:
    """The floors of a parameter whose condition holds."""
    return tuple(floor for floor in parameter.floors if evaluate(floor.when, context))


def keeps(value: Value, floor: Floor) -> bool:
    """Whether a value is at least as strict as a floor asks.

    A word in place of a figure (`idp_managed`) keeps it unless the floor refuses the word.
    """
    if isinstance(value, str):
        return value not in floor.refused and not _looser(value, floor.at_least)
    if floor.equals is not None and value != floor.equals:
        return False
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    return (floor.minimum is None or value >= floor.minimum) and (
        floor.maximum is None or value <= floor.maximum
    )


def tightened(parameter: Parameter, value: Value, floors: tuple[Floor, ...]) -> Value:
    """The value nearest to the given one that keeps all floors."""
    for floor in floors:
        if not keeps(value, floor):
            value = _nearest(parameter, value, floor)
    return value


def binding(value: Value, floors: tuple[Floor, ...]) -> Floor | None:
    """The floor to print beside a value: the first that it breaks, or else the first."""
    broken = (floor for floor in floors if not keeps(value, floor))
    return next(broken, floors[0] if floors else None)


def _looser(frequency: str, at_least: str | None) -> bool:
    if at_least is None:
        return False
    if frequency not in FREQUENCIES:
        return True
    return FREQUENCIES.index(frequency) > FREQUENCIES.index(at_least)


def _nearest(parameter: Parameter, value: Value, floor: Floor) -> Value:
    if floor.at_least is not None:
        return floor.at_least
    if floor.equals is not None:
        return floor.equals
    bound = floor.minimum if floor.minimum is not None else floor.maximum
    if bound is None:
        return parameter.default
    if isinstance(value, int | float) and floor.maximum is not None and value > floor.maximum:
        bound = floor.maximum
    return int(bound) if parameter.type == "int" else bound
