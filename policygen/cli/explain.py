"""`policygen explain`: what a name means in this workspace."""

from __future__ import annotations

from typing import Annotated

import typer

from policygen.cli import output
from policygen.cli.session import session


def explain(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="A parameter, control, criterion, statement, role, document or problem code; "
            "or a list: parameters, controls, criteria, statements, roles, documents, codes.",
        ),
    ],
) -> int:
    """Explain a name: its value, where it is set and where it is used."""
    from policygen.pipeline import explanation
    from policygen.pipeline.sources.surveying import surveyor_of

    here = session(context)
    output.say(explanation.explain(surveyor_of(here.root).survey(here.now()), name))
    return 0
