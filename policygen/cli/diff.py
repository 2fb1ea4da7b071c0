"""`policygen diff`: what changed in a document, word by word."""

from __future__ import annotations

from typing import Annotated

import typer

from policygen.cli import output
from policygen.cli.session import session


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
) -> int:
    """Show what changed between two versions, or since the newest one."""
    from policygen.pipeline.comparison import compare

    found = compare(session(context).root, document, old, new)
    output.say(f"{document}: {found.old_name} -> {found.new_name}")
    output.say(found.text or "no difference")
    return 0
