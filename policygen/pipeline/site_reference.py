"""Parameters and roles of a workspace as the site's reference pages list them."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from policygen import words
from policygen.model.facts import Origin
from policygen.publish.site.reference import ParameterRow, RoleRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policygen.model.catalogue import Parameter, Value
    from policygen.model.facts import Facts, ParameterValue, RoleFact
    from policygen.pipeline.survey import Survey

_ORDER = (Origin.COMMITMENT, Origin.ORGANIZATION, Origin.FLOOR, Origin.DEFAULT)


def parameter_rows(found: Survey) -> tuple[ParameterRow, ...]:
    """Every answered parameter, those that somebody decided first."""
    facts = found.facts
    users = {
        name: tuple(doc.id for doc in found.rendering.documents if name in doc.parameters)
        for name in facts.parameters
    }
    answered = [row for row in facts.parameters.values() if row.origin in _ORDER]
    answered.sort(key=lambda row: (_ORDER.index(row.origin), row.parameter.name))
    return tuple(_parameter(facts, row, users[row.parameter.name]) for row in answered)


def _parameter(facts: Facts, row: ParameterValue, users: tuple[str, ...]) -> ParameterRow:
    parameter, floor = row.parameter, row.floor
    value = value_words(facts, parameter, row.value)
    default = None
    if parameter.default is not None and row.origin is not Origin.DEFAULT:
        default = value_words(facts, parameter, parameter.default)
    return ParameterRow(
        name=parameter.name,
        value=value,
        default=default if default != value else None,
        origin=_heading(row.origin),
        source=row.source,
        bound=f"{floor.note} ({floor.source})" if floor is not None else None,
        rationale=facts.profile.parameter_rationale.get(parameter.name),
        documents=users,
    )


def _heading(origin: Origin) -> str:
    match origin:
        case Origin.COMMITMENT:
            return "Promised to customers"
        case Origin.ORGANIZATION:
            return "Set by the organization"
        case Origin.FLOOR:
            return "Tightened by a law or standard"
        case Origin.DEFAULT:
            return "As the library suggests"
        case Origin.UNANSWERED:
            return "Not answered"
        case _:
            assert_never(origin)


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


def role_rows(found: Survey) -> tuple[RoleRow, ...]:
    """Every role in the order of the registry."""
    return tuple(_role(found.facts, fact) for fact in found.facts.roles.values())


def _role(facts: Facts, fact: RoleFact) -> RoleRow:
    person = facts.profile.person(fact.holder) if fact.holder else None
    return RoleRow(
        id=fact.role.id,
        title=fact.title,
        holder=person.name if person else None,
        remark=_remark(facts, fact),
    )


def _remark(facts: Facts, fact: RoleFact) -> str | None:
    if fact.role.pseudo:
        return fact.role.resolves
    if fact.holder is None and fact.filled_by != fact.role.id:
        return f"carried by the role {facts.roles[fact.filled_by].title}"
    return f"vacant since {fact.vacant_since}" if fact.vacant_since else None
