"""Conflicting duties in the matrix: apart, compensated, waived or open, and what that costs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from policygen.conflicts import CODE, conflicts_of
from policygen.matrix.sources import STEPS
from policygen.model.matrix import ConflictRow, ConflictState, Coverage
from policygen.model.waiver import WaiverState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from policygen.conflicts import Conflict
    from policygen.model.facts import Facts
    from policygen.model.matrix import ControlRow, StatementRow
    from policygen.model.waiver import WaiverStanding


def conflict_rows(
    facts: Facts,
    statements: Sequence[StatementRow],
    waivers: Sequence[WaiverStanding],
    day: date,
) -> tuple[ConflictRow, ...]:
    """Every declared conflict with its state on a day."""
    stated = {row.statement.id: row for row in statements}
    return tuple(
        _row(conflict, stated.get(conflict.declared.instead), waivers, day)
        for conflict in conflicts_of(facts)
    )


def notes_on(controls: Sequence[ControlRow], conflicts: Sequence[ConflictRow]) -> Iterator[str]:
    """What is to be said of the conflicts that some controls are about."""
    names = {row.control.id for row in controls}
    yield from (row.note for row in _met(conflicts) if row.control in names)


def with_conflicts(row: ControlRow, conflicts: Sequence[ConflictRow]) -> ControlRow:
    """A control counts no further than what is done where its duties meet in one person."""
    met = [conflict for conflict in _met(conflicts) if conflict.control == row.control.id]
    if not met or row.coverage not in STEPS:
        return row
    limits = {conflict.coverage for conflict in met}
    coverage = min([row.coverage, *(limit for limit in limits if limit in STEPS)], key=STEPS.index)
    if Coverage.SET_ASIDE in limits and coverage is not Coverage.GAP:
        coverage = Coverage.SET_ASIDE
    notes = [row.reason, *(conflict.note for conflict in met)]
    return replace(row, coverage=coverage, reason="; ".join(note for note in notes if note))


def _met(conflicts: Iterable[ConflictRow]) -> list[ConflictRow]:
    return [row for row in conflicts if row.state is not ConflictState.APART]


def _row(
    conflict: Conflict,
    instead: StatementRow | None,
    waivers: Sequence[WaiverStanding],
    day: date,
) -> ConflictRow:
    row = conflict.declared
    waiver = next((one for one in waivers if _covers(one, row.id, day)), None)
    if not conflict.people:
        state, coverage, note = ConflictState.APART, Coverage.CURRENT, "different people carry them"
    elif instead is not None and instead.statement.applies:
        state, coverage = ConflictState.COMPENSATED, instead.coverage
        note = f"{conflict.in_words}; {row.instead} is done instead"
    elif waiver is not None:
        state, coverage = ConflictState.WAIVED, Coverage.SET_ASIDE
        note = (
            f"{conflict.in_words}; set aside until {waiver.waiver.expires} by {waiver.approver}: "
            f"{waiver.waiver.reason}"
        )
    else:
        state, coverage = ConflictState.OPEN, Coverage.GAP
        note = f"{conflict.in_words}, and nothing is done instead"
    return ConflictRow(
        id=row.id,
        titles=conflict.titles,
        why=row.why,
        control=row.control,
        instead=row.instead if state is ConflictState.COMPENSATED else None,
        state=state,
        coverage=coverage,
        note=note,
    )


def _covers(standing: WaiverStanding, conflict: str, day: date) -> bool:
    return (
        standing.state is not WaiverState.REFUSED
        and standing.waiver.start <= day <= standing.waiver.expires
        and any(
            problem.code == CODE and problem.message.startswith(f"{conflict}: ")
            for problem in standing.problems
        )
    )
