"""The matrix of the example organization as it would be on the day everything is in force."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from policygen.conditions.condition import evaluate
from policygen.matrix.build import build_matrix
from policygen.model.matrix import Coverage
from policygen.model.register import Register
from tests.moments import NOW

if TYPE_CHECKING:
    from policygen.model.matrix import Matrix
    from policygen.pipeline.sources.survey import Survey


def matrix_of_drafts(found: Survey) -> Matrix:
    """Nothing is approved."""
    register = Register(as_of=NOW.date(), entries=(), set_head="0" * 64)
    return build_matrix(
        found.facts,
        found.rendering.documents,
        register,
        lambda condition: evaluate(condition, found.context),
        show_working=True,
    )


def matrix_in_force(found: Survey) -> Matrix:
    """Everything that applies is in force as version 1.0."""
    return in_force(matrix_of_drafts(found))


def in_force(drafts: Matrix) -> Matrix:
    """The matrix as it is once all that is mapped is in force as version 1.0."""
    statements = {
        row.statement.id: (
            replace(row, version="1.0", coverage=Coverage.CURRENT)
            if row.coverage is Coverage.MAPPED
            else row
        )
        for row in drafts.statements
    }
    return replace(
        drafts,
        statements=tuple(statements.values()),
        controls=tuple(
            replace(
                row,
                statements=tuple(statements[each.statement.id] for each in row.statements),
                coverage=Coverage.CURRENT if row.coverage is Coverage.MAPPED else row.coverage,
            )
            for row in drafts.controls
        ),
        criteria=tuple(
            replace(row, coverage=Coverage.CURRENT) if row.coverage is Coverage.MAPPED else row
            for row in drafts.criteria
        ),
    )
