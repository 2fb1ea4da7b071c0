"""`policygen build`: site, PDFs, matrix and lists for others, of what is in force."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from policygen.cli import output
from policygen.cli.session import AsOf, parse_day, session
from policygen.problems import has_errors

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from policygen.pipeline.publication.remembered import Built, Memory, Request


class Part(StrEnum):
    """What can be built."""

    SITE = "site"
    """The internal site."""

    PDF = "pdf"
    """PDFs of the documents."""

    MATRIX = "matrix"
    """Criteria, controls and statements as CSV."""

    HANDBOOK = "handbook"
    """What everybody acknowledges, as one document."""

    LISTS = "lists"
    """What insurers, auditors and other programs ask for."""


USUAL = (Part.SITE, Part.PDF, Part.MATRIX, Part.HANDBOOK)
"""What is built where nothing is named."""


def build(
    context: typer.Context,
    parts: Annotated[
        list[Part] | None,
        typer.Argument(
            metavar="[site|pdf|matrix|handbook|lists]...",
            help="What to build; else everything but the lists.",
        ),
    ] = None,
    as_of: AsOf = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Working text instead, DRAFT on every page.")
    ] = False,
) -> int:
    """Build the site, PDFs, matrix, employee handbook and lists for others under build/."""
    from policygen.pipeline.publication.remembered import Memory, Request

    here = session(context)
    wanted = tuple(part.value for part in parts or USUAL)
    request = Request(
        parts=wanted, preview=preview, as_of=parse_day(as_of), version=output.version()
    )
    now = here.now()
    memory = Memory(here.root, request, now=now)
    made = memory.recall() or _build(here.root, request, memory, now)
    output.problems(made.problems)
    if "pdf" in wanted or "site" in wanted:
        output.say(f"build/pdf: {len(made.pdfs)} PDFs")
    if "site" in wanted:
        output.say(f"build/site: {made.pages} pages, open build/site/index.html")
    if "matrix" in wanted:
        output.say("build/matrix: criteria, controls and statements as CSV")
    if "handbook" in wanted and (here.root / "build" / "handbook" / "manifest.json").is_file():
        output.say("build/handbook: what everybody acknowledges, as Markdown and PDF")
    if "lists" in wanted:
        output.say("build/lists: insurance answers, system description, OSCAL, other programs")
    return 1 if has_errors(made.problems) else 0


def _build(root: Path, request: Request, memory: Memory, now: datetime) -> Built:
    from policygen.pipeline.publication import building
    from policygen.pipeline.situation import situation
    from policygen.pipeline.sources.surveying import surveyor_of

    found = situation(root, now=now, as_of=request.as_of, surveyor=surveyor_of(root))
    with output.progress("building", len(found.survey.rendering.documents)) as advance:
        made = building.build(
            found,
            request.parts,
            preview=request.preview,
            version=request.version,
            advance=advance,
        )
    more = building.other_files(found, building.editions_of(found, preview=request.preview))
    if more is not None and not has_errors(made.problems):
        memory.keep(made, zone=found.zone, more=more)
    return made
