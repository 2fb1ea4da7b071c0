"""The matrix as lists: every criterion with its state, every control with its statements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policygen.model.matrix import Coverage
from policygen.tables import Column, Table, Tone
from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.model.document import RecordText
    from policygen.model.matrix import ControlRow, CriterionRow, Matrix, StatementRow
    from policygen.tables import Cell

STATES = {
    Coverage.GAP.value: Tone.BAD,
    Coverage.MAPPED.value: Tone.ATTENTION,
    Coverage.APPROVED.value: Tone.ATTENTION,
    Coverage.IN_FORCE.value: Tone.ATTENTION,
    Coverage.CURRENT.value: Tone.GOOD,
    Coverage.SET_ASIDE.value: Tone.BAD,
    Coverage.SUBSERVICE.value: Tone.QUIET,
    Coverage.OUT_OF_SCOPE.value: Tone.QUIET,
    Coverage.NOT_APPLICABLE.value: Tone.QUIET,
}

_NOTE = (
    "A state includes the ones before it: mapped, approved, in force, not overdue. It says how far "
    "the documents go, not whether anybody does what they say; that is what an examination tests."
)
_HEADING = re.compile(r"#{2,6} +(.*)")
_STATEMENT = re.compile(r"\*\*([A-Z]{2,5}-\d{2,3})\*\* ")


def criteria_coverage(matrix: Matrix) -> Table:
    """A line for each criterion, those out of scope included."""
    return Table(
        name="criteria-coverage",
        title="Criteria coverage",
        columns=(
            Column(title="Criterion"),
            Column(title="Category"),
            Column(title="Title (ours)", width=44),
            Column(title="State", tones=STATES),
            Column(title="Reason", width=40),
            Column(title="Controls", width=28),
            Column(title="Statements", width=40),
            Column(title="Main documents", width=36),
            Column(title="Further documents", width=36),
        ),
        rows=tuple(_criterion(row, matrix) for row in matrix.criteria),
        note=f"{_NOTE} Criteria are named by id; titles are not the standard's wording.",
    )


def _criterion(row: CriterionRow, matrix: Matrix) -> tuple[Cell, ...]:
    criterion = row.criterion
    statements = [
        found.statement.id
        for found in matrix.statements
        if criterion.id in found.statement.criteria and found.statement.applies
    ]
    return (
        criterion.id,
        criterion.category.replace("_", " "),
        criterion.title,
        row.coverage.value,
        row.reason,
        ", ".join(row.controls),
        ", ".join(statements),
        ", ".join(row.primary),
        ", ".join(row.secondary),
    )


def control_matrix(matrix: Matrix, texts: Mapping[str, RecordText]) -> tuple[Table, Table]:
    """Controls with their statements beneath, and the controls alone.

    Args:
        matrix: As of the window's last day.
        texts: The text that counts, by document, in which sections are looked up.
    """
    sections = {document: dict(_sections(text.body)) for document, text in texts.items()}
    rows: list[tuple[Cell, ...]] = []
    for control in matrix.controls:
        head = _head(control)
        rows += [(*head, *_statement(row, sections)) for row in control.statements]
        if not control.statements:
            rows.append((*head, *(None,) * 10))
    return (
        Table(
            name="control-matrix",
            title="Control matrix",
            columns=(*_HEAD, *_STATEMENT_COLUMNS),
            rows=tuple(rows),
            note=f"{_NOTE} A control has a line for each of its statements, or one without.",
        ),
        Table(
            name="controls",
            title="Controls",
            columns=(
                *_HEAD,
                Column(title="Reason", width=36),
                Column(title="Description", width=50),
                Column(title="Statements", width=30),
                Column(title="Population", width=36),
                Column(title="Attribute to test", width=44),
            ),
            rows=tuple(_control(row) for row in matrix.controls),
            note=_NOTE,
        ),
    )


_HEAD = (
    Column(title="Control"),
    Column(title="Title", width=30),
    Column(title="Criteria", width=22),
    Column(title="Owner", width=20),
    Column(title="Frequency", width=20),
    Column(title="Key"),
    Column(title="State", tones=STATES),
)
_STATEMENT_COLUMNS = (
    Column(title="Statement"),
    Column(title="Sentence", width=60),
    Column(title="Statement's criteria", width=18),
    Column(title="Statement's owner", width=20),
    Column(title="Evidence", width=34),
    Column(title="Document", width=30),
    Column(title="Version"),
    Column(title="Section", width=26),
    Column(title="Statement's state", tones=STATES),
    Column(title="Does not apply or is set aside because", width=34),
)


def _head(row: ControlRow) -> tuple[Cell, ...]:
    control = row.control
    return (
        control.id,
        control.title,
        ", ".join(control.criteria),
        row.owner_title,
        row.frequency,
        "key" if control.key else None,
        row.coverage.value,
    )


def _control(row: ControlRow) -> tuple[Cell, ...]:
    control = row.control
    return (
        *_head(row),
        row.reason,
        control.description,
        ", ".join(found.statement.id for found in row.statements),
        control.population,
        control.attribute,
    )


def _statement(row: StatementRow, sections: Mapping[str, Mapping[str, str]]) -> tuple[Cell, ...]:
    statement = row.statement
    return (
        statement.id,
        plain(statement.text) or None,
        ", ".join(statement.criteria),
        statement.owner,
        statement.evidence,
        statement.document,
        row.version,
        sections.get(statement.document, {}).get(statement.id),
        row.coverage.value,
        statement.not_applicable or row.reason,
    )


def plain(markdown: str) -> str:
    """A sentence of the text of record without its markup."""
    return dialect.unescape(" ".join(markdown.split()).replace("**", ""))


def _sections(body: str) -> Iterator[tuple[str, str]]:
    """The heading above each statement of a body, by the statement's id."""
    heading = ""
    for line in body.splitlines():
        found = _HEADING.fullmatch(line)
        if found:
            heading = plain(found[1])
        statement = _STATEMENT.match(line)
        if statement:
            yield statement[1], heading
