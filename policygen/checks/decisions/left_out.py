"""Statements that are left out by decision: each exists, would apply, and what is lost is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen import words
from policygen.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.document import Declaration, Rendering, Statement
    from policygen.model.facts import Facts
    from policygen.problems import Location


def unknown_statements(rendering: Rendering, facts: Facts) -> list[Problem]:
    """A statement that is left out and that no template states."""
    stated = {declaration.id for declaration in rendering.declared}
    return [
        Problem(
            code="statement-left-out-unknown",
            location=place,
            message=f"documents.statements_left_out names {name}, which no template states",
            hint="Remove it, or name the id that is meant.",
        )
        for name, place in _chosen(facts)
        if name not in stated
    ]


def idle_choices(rendering: Rendering, facts: Facts) -> list[Problem]:
    """A statement that is left out and would not apply anyway."""
    rows = _statements(rendering)
    return [
        Problem(
            code="statement-left-out-idle",
            severity=Severity.WARNING,
            location=place,
            message=f"{name} is left out by decision, but does not apply anyway: "
            f"{rows[name].not_applicable}",
            hint="Remove it; the table of the document gives the reason already.",
        )
        for name, place in _chosen(facts)
        if name in rows and not rows[name].left_out
    ]


def lost_coverage(rendering: Rendering, facts: Facts) -> list[Problem]:
    """A control or a criterion under which nothing is left, because of what is left out."""
    rows = _statements(rendering)
    applying = [row for row in rows.values() if row.applies]
    controls = {row.control for row in applying}
    criteria = {criterion for row in applying for criterion in row.criteria}
    declared = {declaration.id: declaration for declaration in rendering.declared}
    problems = []
    for name, place in _chosen(facts):
        if name not in rows or not rows[name].left_out:
            continue
        lost = [*_lost(declared[name], controls, criteria, facts)]
        if lost:
            problems.append(
                Problem(
                    code="statement-left-out-coverage",
                    severity=Severity.WARNING,
                    location=place,
                    message=f"leaving out {name} leaves no statement under "
                    f"{words.join_words(lost, 'and')}",
                    hint="State it, or another duty in its place; the matrix shows a gap.",
                )
            )
    return problems


def _lost(
    declaration: Declaration, controls: set[str], criteria: set[str], facts: Facts
) -> Iterator[str]:
    control = declaration.attributes.get("control", "")
    if control and control not in controls:
        yield f"control {control}"
    for name in declaration.attributes.get("criteria", "").split():
        criterion = facts.registries.criteria.get(name)
        examined = criterion is not None and getattr(facts.profile.tsc, criterion.category)
        if examined and name not in criteria:
            yield f"criterion {name}"


def _chosen(facts: Facts) -> Iterator[tuple[str, Location]]:
    for index, row in enumerate(facts.profile.documents.statements_left_out):
        yield row.id, facts.place(f"documents.statements_left_out.{index}.id")


def _statements(rendering: Rendering) -> dict[str, Statement]:
    return {row.id: row for document in rendering.documents for row in document.record.statements}
