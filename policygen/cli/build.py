"""`policygen build`: site, PDFs and matrix of what is in force."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from policygen.cli import output
from policygen.cli.session import AsOf, parse_day, session


class Part(StrEnum):
    """What can be built."""

    SITE = "site"
    """The internal site."""

    PDF = "pdf"
    """PDFs of the documents."""

    MATRIX = "matrix"
    """Criteria, controls and statements as CSV."""


def build(
    context: typer.Context,
    parts: Annotated[
        list[Part] | None,
        typer.Argument(
            metavar="[site|pdf|matrix]...",
            help="What to build; else everything.",
        ),
    ] = None,
    as_of: AsOf = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Working text instead, DRAFT on every page.")
    ] = False,
) -> int:
    """Build the internal site, the PDFs and the matrix under build/."""
    from policygen.pipeline import building
    from policygen.pipeline.situation import situation

    here = session(context)
    found = situation(here.root, now=here.now(), as_of=parse_day(as_of))
    wanted = tuple(part.value for part in parts or Part)
    with output.progress("building", len(found.survey.rendering.documents)) as advance:
        made = building.build(
            found, wanted, preview=preview, version=output.version(), advance=advance
        )
    output.problems(made.problems)
    if "pdf" in wanted or "site" in wanted:
        output.say(f"build/pdf: {len(made.pdfs)} PDFs")
    if "site" in wanted:
        output.say(f"build/site: {made.pages} pages, open build/site/index.html")
    if "matrix" in wanted:
        output.say("build/matrix: criteria, controls and statements as CSV")
    return 0
