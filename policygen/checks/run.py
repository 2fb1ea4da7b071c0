"""The list of checks, and how they are run: each a function from sources to problems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.checks import blocks, links, parameters, roles, statements, text
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
    statements.unknown_left_out,
    text.placeholders,
    text.duties_outside_statements,
    text.refused_markdown,
    blocks.indentation,
    blocks.beginnings,
    links.dead_links,
    parameters.unused_overrides,
    roles.nobody_holds,
)
"""Every check, in the order it is run. Nothing switches one off."""


def run_checks(rendering: Rendering, facts: Facts) -> tuple[Problem, ...]:
    """What is wrong with the rendered set, in reading order."""
    found = [problem for check in CHECKS for problem in check(rendering, facts)]
    return in_reading_order(found)
