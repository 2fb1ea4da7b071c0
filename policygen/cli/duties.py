"""`policygen duties`: what the set commits the organization to, before anyone approves it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from policygen.cli import output
from policygen.cli.files import ending_of, put
from policygen.cli.session import session
from policygen.problems import Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policygen.audit.duties.duties import Duty
    from policygen.pipeline.sources.survey import Survey
    from policygen.tables import Table

_SHORT = 72
"""Characters of a sentence that the terminal shows."""


def duties(
    context: typer.Context,
    role: Annotated[
        str | None,
        typer.Option("--role", metavar="ROLE", help="Only this role's, e.g. it_lead."),
    ] = None,
    year: Annotated[
        int | None,
        typer.Option("--year", min=2000, max=2199, help="First year of a calendar; else this one."),
    ] = None,
    style: Annotated[
        Literal["table", "json"],
        typer.Option("--format", metavar="FORMAT", help="table or json."),
    ] = "table",
    files: Annotated[
        list[Path] | None,
        typer.Option("-o", "--output", metavar="FILE",
                     help="Write a .csv, .ics or .xlsx file; may be given again."),
    ] = None,
) -> int:  # fmt: skip
    """Show every recurring duty with its count per year, so that promises are cut before made."""
    from policygen.pipeline.obligations import ENDINGS, obligations
    from policygen.pipeline.sources.surveying import surveyor_of

    here = session(context)
    targets = [(file, ending_of(file, ENDINGS)) for file in files or ()]
    found = surveyor_of(here.root).survey(here.now())
    listed = _of_role(obligations(found), role, found)
    if targets:
        _write(found, listed, targets, year or here.now().year)
    elif style == "json":
        output.say(json.dumps(_as_json(found, listed), indent=2, ensure_ascii=False))
    else:
        _show(found, listed)
    return 0


def _of_role(listed: tuple[Duty, ...], role: str | None, found: Survey) -> tuple[Duty, ...]:
    if role is None:
        return listed
    if role not in found.facts.roles:
        from policygen import words

        near = words.nearest(role, found.facts.roles)
        raise UsageError(
            Problem(
                code="usage-unknown-role",
                message=f"{role} is not a role",
                hint=f"did you mean {near}?" if near else "policygen explain roles lists them.",
            )
        )
    return tuple(duty for duty in listed if duty.role_id == role)


def _write(
    found: Survey, listed: Sequence[Duty], targets: Sequence[tuple[Path, str]], year: int
) -> None:
    from policygen.pipeline.obligations import obligation_file

    tool = f"policygen {output.version()}"
    for file, ending in targets:
        put(file, obligation_file(found, listed, ending, year=year, tool=tool))
        output.say(f"{len(listed)} recurring duties, written to {file}")


def _show(found: Survey, listed: Sequence[Duty]) -> None:
    from policygen.audit.duties.tables import figure, totals_table

    output.table(
        ("role", "statement", "a year", "how often", "what is promised"),
        [
            (
                duty.role,
                duty.statement.id,
                _number(figure(duty.times_a_year)),
                f"{duty.interval.shown}{_for_each(duty)}",
                duty.text if len(duty.text) <= _SHORT else f"{duty.text[: _SHORT - 3]}...",
            )
            for duty in listed
        ],
    )
    output.say()
    totals = totals_table(listed, found.facts)
    output.table(
        [column.title.lower() for column in totals.columns],
        [[_number(cell) for cell in row] for row in totals.rows],
    )
    output.say()
    output.say(totals.note or "")


def _for_each(duty: Duty) -> str:
    if duty.each is None:
        return ""
    return f", each {duty.each}" if duty.count is None else f", {duty.count} x {duty.each}"


def _number(cell: object) -> str:
    if cell is None:
        return "-"
    return f"{cell:,}" if isinstance(cell, int | float) else str(cell)


def _as_json(found: Survey, listed: Sequence[Duty]) -> dict[str, object]:
    from policygen.audit.duties.tables import duties_table, totals_table

    return {
        "duties": _rows(duties_table(listed, found.facts)),
        "roles": _rows(totals_table(listed, found.facts)),
    }


def _rows(table: Table) -> list[dict[str, object]]:
    names = [column.title.lower().replace(" ", "_") for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]
