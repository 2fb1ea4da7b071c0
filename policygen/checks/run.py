"""The list of checks, and how they are run: each a function from sources to problems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.checks import (
    blocks,
    citations,
    duties,
    figures,
    left_out,
    limits,
    links,
    parameters,
    people,
    roles,
    scope,
    statements,
    text,
    titles,
    typed_names,
    wording,
)
from policygen.problems import Problem, in_reading_order

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


def run_checks(rendering: Rendering, facts: Facts) -> tuple[Problem, ...]:
    """What is wrong with the rendered set, in reading order."""
    found = [problem for check in CHECKS for problem in check(rendering, facts)]
    return in_reading_order(found)
