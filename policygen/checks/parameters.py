"""Parameters: what is set is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.model.facts import Origin
from policygen.problems import Problem, Severity

if TYPE_CHECKING:
    from policygen.model.document import Rendering
    from policygen.model.facts import Facts


def unused_overrides(rendering: Rendering, facts: Facts) -> list[Problem]:
    """A value in organization.yml that no included document, control or interval reads."""
    used = {name for document in rendering.documents for name in document.parameters}
    used |= {plan.template.front.cadence for plan in rendering.plans if plan.included}
    used |= {control.frequency for control in facts.registries.controls.values()}
    for declaration in rendering.declared:
        used |= {
            name for name in facts.parameters if name in declaration.attributes.get("when", "")
        }
    return [
        Problem(
            code="parameter-unused",
            severity=Severity.WARNING,
            location=value.location,
            message=f"{name} is set, but no document of this set uses it",
            hint="Remove it, or check whether a document you expect is left out.",
        )
        for name, value in facts.parameters.items()
        if value.origin is Origin.ORGANIZATION and name not in used
    ]
