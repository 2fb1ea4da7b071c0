"""Parameters: what is set is used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policygen.conditions.condition import ConditionError, parse_condition
from policygen.model.facts import Origin
from policygen.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.document import Rendering
    from policygen.model.facts import Facts

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def unused_overrides(rendering: Rendering, facts: Facts) -> list[Problem]:
    """A value in organization.yml that no included document, condition or interval reads."""
    used = {name for document in rendering.documents for name in document.parameters}
    used |= {plan.template.front.cadence for plan in rendering.plans if plan.included}
    for control in facts.registries.controls.values():
        used |= {control.frequency, *control.when.parameters}
    for text in _conditions(rendering):
        used |= _parameters_of(text)
    for name in tuple(used):
        if name in facts.parameters:
            # Cells of a table may name other parameters.
            used |= set(_PLACEHOLDER.findall(str(facts.parameters[name].value)))
    failed = len(rendering.documents) < sum(plan.included for plan in rendering.plans)
    return [
        Problem(
            code="parameter-unused",
            severity=Severity.WARNING,
            location=value.location,
            message=f"{name} is set, but no document of this set uses it",
            hint="Remove it, or check whether a document you expect is left out.",
        )
        for name, value in facts.parameters.items()
        if value.origin is Origin.ORGANIZATION and name not in used and not failed
    ]


def _conditions(rendering: Rendering) -> Iterator[str]:
    """Every condition of a template: one that is false has been read too."""
    for plan in rendering.plans:
        front = plan.template.front
        yield front.include_when
        yield from front.primary_when.values()
        yield from (row.when for row in (*front.owner_when, *front.approver_when))
        yield from (row.when for row in front.variant)
    for declaration in rendering.declared:
        yield declaration.attributes.get("when", "true")


def _parameters_of(text: str) -> frozenset[str]:
    try:
        return parse_condition(text).parameters
    except ConditionError:
        return frozenset()  # told where the condition stands
