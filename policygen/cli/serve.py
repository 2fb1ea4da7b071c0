"""`policygen serve`: the site on this machine, for this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from policygen.cli import output
from policygen.cli.session import session


def serve(
    context: typer.Context,
    preview: Annotated[
        bool, typer.Option("--preview", help="Working text instead, DRAFT on every page.")
    ] = False,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port on 127.0.0.1.")
    ] = 8000,
) -> int:
    """Build the site and show it at http://127.0.0.1:8000/ until Ctrl-C."""
    from policygen.pipeline import building
    from policygen.pipeline.situation import situation
    from policygen.publish.server import site_server

    here = session(context)
    found = situation(here.root, now=here.now())
    made = building.build(
        found, ("site",), preview=preview, version=output.version(), advance=lambda _: None
    )
    output.problems(made.problems)
    with site_server(here.root / "build" / "site", port) as server:
        output.say(f"http://127.0.0.1:{server.server_port}/  (Ctrl-C ends)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            output.say()
    return 0
