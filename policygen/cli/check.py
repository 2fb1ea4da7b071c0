"""`policygen check`: whether the sources are sound and rendered/ is what they say."""

from __future__ import annotations

from typing import Annotated

import typer

from policygen.cli import output
from policygen.cli.problem_formats import STYLES, Style, formatted
from policygen.cli.session import session


def check(
    context: typer.Context,
    style: Annotated[
        Style,
        typer.Option("--format", metavar="FORMAT", help=STYLES),
    ] = "text",
) -> int:
    """Check profile, templates and rendered text; nothing can weaken it."""
    from policygen.pipeline.problem_codes import problem_codes, with_hint
    from policygen.pipeline.sources.surveying import surveyor_of
    from policygen.problems import PolicygenError, has_errors

    here = session(context)
    documents: tuple[str, ...] = ()
    try:
        found = surveyor_of(here.root).survey(here.now())
    except PolicygenError as error:
        problems = error.problems
    else:
        problems = found.problems
        documents = tuple(document.path for document in found.rendering.documents)
    text = formatted(
        [with_hint(problem) for problem in problems],
        style,
        version=output.version(),
        checked=documents,
        codes=problem_codes() if style == "sarif" else None,
    )
    if text:
        output.say(text)
    if style == "text":
        output.say(f"{len(documents)} documents checked: {output.summary(problems)}")
    return 1 if has_errors(problems) else 0
