"""Parameters: what is set is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.model.facts import Origin
from policygen.problems import Problem, Severity

if TYPE_CHECKING:
    from policygen.model.document import Rendering
    from policygen.model.facts import Facts


def unused_overrides(rendering: Rendering, facts: Facts) -> list[Problem]:
    """A value in organization.yml with which no document of the set changes, and no control."""
    used = {name for document in rendering.documents for name in document.uses.names}
    used |= {name for plan in rendering.plans for name in plan.presence}
    for control in facts.registries.controls.values():
        used |= {control.frequency, *control.when.parameters}
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
