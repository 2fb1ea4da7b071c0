"""`policygen acknowledgements`: who has read what is in force, and who still has to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policygen.cli import output
from policygen.cli.files import ending_of, put
from policygen.cli.session import AsOf, parse_day, session
from policygen.problems import has_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policygen.model.acknowledgement import Owed


def acknowledgements(
    context: typer.Context,
    roster: Annotated[
        Path,
        typer.Option("--roster", metavar="CSV", help="Everybody with their first working day."),
    ],
    received: Annotated[
        list[Path],
        typer.Option("--received", metavar="CSV",
                     help="Receipts of a form or a training platform; may be given again."),
    ],
    as_of: AsOf = None,
    file: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write a .xlsx or .csv file."),
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 1 if anything is overdue.")
    ] = False,
) -> int:  # fmt: skip
    """Hold acknowledgements against roster and versions in force; keeps nothing about people."""
    from policygen.model.acknowledgement import Answered
    from policygen.pipeline.acknowledging import ENDINGS, acknowledged, acknowledgement_file
    from policygen.pipeline.situation import situation, sound
    from policygen.pipeline.sources.surveying import surveyor_of

    here = session(context)
    ending = None if file is None else ending_of(file, ENDINGS)
    found = sound(
        situation(
            here.root, now=here.now(), surveyor=surveyor_of(here.root), as_of=parse_day(as_of)
        )
    )
    result = acknowledged(found, roster, received)
    output.problems(result.problems)
    if has_errors(result.problems):
        return 1
    if file is not None and ending is not None:
        tool = f"policygen {output.version()}"
        put(file, acknowledgement_file(found, result.owed, ending, tool))
        output.say(f"{len(result.owed)} acknowledgements owed, written to {file}")
    else:
        _show(result.owed)
    overdue = any(row.answered is Answered.OVERDUE for row in result.owed)
    return 1 if exit_code and overdue else 0


def _show(owed: Sequence[Owed]) -> None:
    from policygen.model.acknowledgement import Answered

    documents = sorted({(row.document, row.version) for row in owed})
    rows = []
    for document, version in documents:
        found = [row.answered for row in owed if row.document == document]
        counts = (str(found.count(answered)) for answered in Answered)
        rows.append((document, version, str(len(found)), *counts))
    heads = ("document", "version", "owed by", *(answered.value for answered in Answered))
    output.table(heads, rows)
    overdue = [row for row in owed if row.answered is Answered.OVERDUE]
    for row in overdue:
        output.say(
            f"overdue since {row.due.isoformat()}: {row.member.name}, {row.title} ({row.why})"
        )
