"""The list of checks, and how they are run: each a function from sources to problems."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from policygen.checks.decisions import choices, conflicts, left_out, parameters
from policygen.checks.pages import blocks, links, text, titles
from policygen.checks.sentences import (
    citations,
    duties,
    limits,
    people,
    roles,
    statements,
    wording,
)
from policygen.checks.typed import figures, scope, typed_names
from policygen.problems import Location, Problem, in_reading_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from policygen.model.document import Rendering
    from policygen.model.facts import Facts

CHECKS: tuple[Callable[[Rendering, Facts], list[Problem]], ...] = (
    statements.unknown_names,
    statements.duplicate_ids,
    statements.retired_ids,
    statements.ids_of_controls,
    statements.criteria_of_the_document,
    choices.unknown_documents,
    choices.own_documents,
    choices.coverage_of_left_out_documents,
    conflicts.conflicting_duties,
    left_out.unknown_statements,
    left_out.idle_choices,
    left_out.lost_coverage,
    statements.unknown_hours,
    text.placeholders,
    text.duties_outside_statements,
    text.refused_markdown,
    blocks.indentation,
    blocks.beginnings,
    links.dead_links,
    parameters.unused_overrides,
    roles.nobody_holds,
    people.roles_nobody_fills,
    wording.wording,
    figures.typed_limits,
    typed_names.typed_names,
    typed_names.foreign_products,
    citations.unknown_citations,
    citations.idle_citations,
    titles.unlinked_titles,
    limits.limits_of_citations,
    limits.parameters_of_citations,
    duties.shape_of_duties,
    scope.out_of_place,
)
"""Every check, in the order it is run. Nothing switches one off."""


OF_THE_SET = frozenset({links.dead_links})
"""Checks of the documents as they are bound; all others look at each template's own text."""


def run_checks(rendering: Rendering, facts: Facts) -> tuple[Problem, ...]:
    """What is wrong with the rendered set, in reading order."""
    alone = replace(rendering, documents=rendering.texts)
    found = [
        problem
        for check in CHECKS
        for problem in check(rendering if check in OF_THE_SET else alone, facts)
    ]
    return in_reading_order(_in_volume(problem, rendering) for problem in found)


def _in_volume(problem: Problem, rendering: Rendering) -> Problem:
    """A problem of a text that is bound into another, at its place in the whole."""
    place = problem.location
    text = next((row for row in rendering.texts if place and row.path == place.path), None)
    if place is None or text is None:
        return problem
    volumes = [row.id for row in rendering.volumes for part in row.parts if part.id == text.id]
    whole = next((row for row in rendering.documents if row.id in volumes), None)
    if whole is None:
        return problem
    lines = whole.text.split("\n")
    line = text.text.split("\n")[place.line - 1] if place.line else ""
    found = lines.index(line) + 1 if line and line in lines else None
    return replace(problem, location=Location(whole.path, found, place.column if found else None))
