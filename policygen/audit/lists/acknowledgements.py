"""Acknowledgements as lists: each document with its population, each person with what is owed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from policygen.model.acknowledgement import Answered
from policygen.tables import Column, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from policygen.model.acknowledgement import Owed

_TONES = {
    Answered.ON_TIME.value: Tone.GOOD,
    Answered.LATE.value: Tone.ATTENTION,
    Answered.OPEN.value: Tone.QUIET,
    Answered.OVERDUE.value: Tone.BAD,
    Answered.ON_LEAVE.value: Tone.QUIET,
    Answered.LEFT.value: Tone.ATTENTION,
}


def population_table(owed: Sequence[Owed], as_of: date) -> Table:
    """One row a document: how many owe it, and what became of that."""
    counts: dict[tuple[str, str, str], Counter[Answered]] = {}
    for row in owed:
        counts.setdefault((row.document, row.title, row.version), Counter())[row.answered] += 1
    return Table(
        name="acknowledgements-by-document",
        title=f"Acknowledgements by document, {as_of.isoformat()}",
        columns=(
            Column(title="Document"),
            Column(title="Title"),
            Column(title="Version"),
            Column(title="Owed by"),
            *(Column(title=answered.value.capitalize()) for answered in Answered),
        ),
        rows=tuple(
            (*key, found.total(), *(found[answered] for answered in Answered))
            for key, found in sorted(counts.items())
        ),
        note="Late stays late; who left before the last day owes nothing.",
    )


def people_table(owed: Sequence[Owed], as_of: date) -> Table:
    """One row for each person and document, what needs somebody first."""
    urgent = (Answered.OVERDUE, Answered.LEFT, Answered.LATE)
    ordered = sorted(
        owed,
        key=lambda row: (row.answered not in urgent, row.member.name, row.member.id, row.document),
    )
    return Table(
        name="acknowledgements-by-person",
        title=f"Acknowledgements by person, {as_of.isoformat()}",
        columns=(
            Column(title="Person"),
            Column(title="Name"),
            Column(title="First day"),
            Column(title="Last day"),
            Column(title="Document"),
            Column(title="Version"),
            Column(title="Owed for"),
            Column(title="Due"),
            Column(title="Given"),
            Column(title="State", tones=_TONES),
            Column(title="Source"),
        ),
        rows=tuple(
            (
                row.member.id,
                row.member.name,
                row.member.start,
                row.member.end,
                row.document,
                row.version,
                row.why,
                row.due,
                row.given,
                row.answered.value,
                row.source,
            )
            for row in ordered
        ),
    )
