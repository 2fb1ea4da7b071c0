"""`policygen check`: whether the sources are sound and rendered/ is what they say."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from policygen.cli import output
from policygen.cli.session import session


def check(
    context: typer.Context,
    style: Annotated[
        Literal["text", "json", "github"],
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="text, json or github (annotations on a pull request).",
        ),
    ] = "text",
) -> int:
    """Check profile, templates and rendered text; nothing can weaken it."""
    from policygen.pipeline.surveying import surveyor_of
    from policygen.problems import PolicygenError, has_errors

    here = session(context)
    documents = 0
    try:
        found = surveyor_of(here.root).survey(here.now())
    except PolicygenError as error:
        problems = error.problems
    else:
        problems = found.problems
        documents = len(found.rendering.documents)
    text = output.formatted(problems, style)
    if text:
        output.say(text)
    if style == "text":
        output.say(f"{documents} documents checked: {output.summary(problems)}")
    return 1 if has_errors(problems) else 0
