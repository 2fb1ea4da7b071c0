"""`policygen diff`: what changed in a document, word by word."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, assert_never

import typer

from policygen.cli import output
from policygen.cli.files import put
from policygen.cli.session import session
from policygen.problems import Problem, UsageError

if TYPE_CHECKING:
    from policygen.cli.session import Session
    from policygen.pipeline.publication.comparison import Comparison


class Format(StrEnum):
    """How a comparison is shown."""

    TEXT = "text"
    """For a terminal: `[-gone-]` and `{+new+}`."""

    HTML = "html"
    """One file that loads nothing."""

    PDF = "pdf"
    """In the look of the printed documents."""


def diff(
    context: typer.Context,
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="Id of the document.")],
    old: Annotated[
        str | None,
        typer.Option("--from", metavar="VERSION", help="An approved version; else the newest."),
    ] = None,
    new: Annotated[
        str | None,
        typer.Option("--to", metavar="VERSION", help="An approved version; else working text."),
    ] = None,
    style: Annotated[Format, typer.Option("--format", help="How it is shown.")] = Format.TEXT,
    file: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Where to write; else the terminal."),
    ] = None,
) -> int:
    """Show what changed between two versions, or since the newest one."""
    from policygen.pipeline.publication.comparison import compare

    here = session(context)
    if style is not Format.TEXT and file is None:
        raise UsageError(
            Problem(
                code="usage-output",
                message=f"{style.value} goes into a file, and none is named",
                hint=f"Name one: -o {document}-changes.{style.value}.",
            )
        )
    found = compare(here.root, document, old, new, now=here.now())
    title = f"{document}: {found.names}"
    if file is None:
        output.say(title)
        output.say(found.text or "no difference")
        return 0
    _write(here, found, style, file)
    output.say(f"{title}, written to {file}")
    return 0


def _write(here: Session, found: Comparison, style: Format, file: Path) -> None:
    from policygen.pipeline.publication import comparison

    match style:
        case Format.TEXT:
            data = f"{found.document}: {found.names}\n{found.text or 'no difference'}\n".encode()
        case Format.HTML:
            data = comparison.publish_html(here.root, found, now=here.now())
        case Format.PDF:
            data = comparison.publish_pdf(here.root, found, now=here.now())
        case _:
            assert_never(style)
    put(file, data)
