"""Parameters and roles of a workspace as the site's reference pages list them."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from policygen.model.facts import Origin
from policygen.model.uses import reach
from policygen.publish.site.reference import ParameterRow, RoleRow
from policygen.value_words import value_words

if TYPE_CHECKING:
    from policygen.model.facts import Facts, ParameterValue, RoleFact
    from policygen.model.uses import Reach
    from policygen.pipeline.sources.survey import Survey

_ORDER = (Origin.COMMITMENT, Origin.ORGANIZATION, Origin.FLOOR, Origin.DEFAULT)


def parameter_rows(found: Survey) -> tuple[ParameterRow, ...]:
    """Every answered parameter, those that somebody decided first."""
    facts = found.facts
    answered = [row for row in facts.parameters.values() if row.origin in _ORDER]
    answered.sort(key=lambda row: (_ORDER.index(row.origin), row.parameter.name))
    return tuple(
        _parameter(facts, row, reach(found.rendering, row.parameter.name)) for row in answered
    )


def _parameter(facts: Facts, row: ParameterValue, there: Reach) -> ParameterRow:
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
        stated=there.stated,
        decided=there.decided,
        paced=there.paced,
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
