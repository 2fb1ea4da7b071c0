"""What stands behind a parameter: others on which its value hangs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.conditions.condition import ConditionError, parse_condition
from policygen.model.facts import Origin

if TYPE_CHECKING:
    from policygen.model.facts import Facts, ParameterValue


def behind(value: ParameterValue, facts: Facts) -> frozenset[str]:
    """The parameter and every other one that, changed, gives it another value.

    A bound or a row of a table may hold only while another has a certain value. What a cell names
    as `{log_retention_days}` stands behind that cell alone.
    """
    names = {value.parameter.name}
    if value.origin is not Origin.COMMITMENT:
        names |= _asked_by_rows(value, facts)
    if value.origin in (Origin.DEFAULT, Origin.FLOOR):
        for floor in value.parameter.floors:
            names |= floor.when.parameters
    return frozenset(names)


def _asked_by_rows(value: ParameterValue, facts: Facts) -> frozenset[str]:
    """The parameters of `when` in the rows as written, those out of force included."""
    rows = value.parameter.default
    own = facts.plain["parameters"]
    if value.origin is Origin.ORGANIZATION and isinstance(own, dict):
        rows = own.get(value.parameter.name)
    found: frozenset[str] = frozenset()
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and "when" in row:
            found |= _asked(str(row["when"]))
    return found


def _asked(text: str) -> frozenset[str]:
    try:
        return parse_condition(text).parameters
    except ConditionError:
        return frozenset()  # told where the row stands
