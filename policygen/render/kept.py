"""What templates gave last time, kept for as long as nothing they depend on is different."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from policygen.model.document import Declaration, Document
    from policygen.model.facts import Facts
    from policygen.model.template import DocumentPlan
    from policygen.problems import Problem


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one template gives for one organization."""

    document: Document | None
    """None where it is left out or cannot be filled in."""

    declared: tuple[Declaration, ...]
    problems: tuple[Problem, ...]


class Kept:
    """Outcomes by template, of the latest rendering.

    A document depends on its own template, on the facts, and on what every plan says beside its
    text: titles, folders, owners and whether it is included.
    """

    def __init__(self) -> None:
        self._basis: tuple[Facts, tuple[DocumentPlan, ...]] | None = None
        self._outcomes: dict[str, tuple[DocumentPlan, Outcome]] = {}

    def outcomes(
        self,
        plans: Sequence[DocumentPlan],
        facts: Facts,
        render: Callable[[DocumentPlan], Outcome],
    ) -> tuple[Outcome, ...]:
        """The outcome of each plan, in their order; only what may differ is rendered."""
        basis = (facts, tuple(_without_text(plan) for plan in plans))
        if basis != self._basis:
            self._outcomes = {}
        fresh: dict[str, tuple[DocumentPlan, Outcome]] = {}
        for plan in plans:
            known = self._outcomes.get(plan.template.path)
            if known is None or known[0] != plan:
                known = (plan, render(plan))
            fresh[plan.template.path] = known
        self._basis, self._outcomes = basis, fresh
        return tuple(fresh[plan.template.path][1] for plan in plans)


def _without_text(plan: DocumentPlan) -> DocumentPlan:
    return replace(plan, template=replace(plan.template, text="", body_line=0, places={}))
