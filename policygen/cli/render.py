"""`policygen render`: bring rendered/ up to the templates and the profile."""

from __future__ import annotations

from typing import Annotated

import typer

from policygen.cli import output
from policygen.cli.session import session


def render(
    context: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if anything would change.")
    ] = False,
) -> int:
    """Fill the templates in and write the text of record to rendered/."""
    from policygen.pipeline.sources import survey as stage
    from policygen.pipeline.sources.surveying import surveyor_of
    from policygen.problems import has_errors

    here = session(context)
    found = surveyor_of(here.root).survey(here.now())
    if check:
        output.problems(found.problems)
        return 1 if has_errors(found.problems) else 0
    changed = stage.write_rendered(found)
    output.problems(stage.source_problems(found))
    for path in changed:
        output.say(path)
    count = len(found.rendering.documents)
    output.say(f"{count} documents rendered, {len(changed)} files changed")
    return 0
