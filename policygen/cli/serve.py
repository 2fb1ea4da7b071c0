"""`policygen serve`: the site on this machine, for this machine, as it is being written."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from policygen.cli import output
from policygen.cli.session import session
from policygen.problems import Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from policygen.cli.session import Session
    from policygen.pipeline.publication.serving import Workshop
    from policygen.publish.server import Bulletin, SiteServer

_CALM_SECONDS = 2.0
"""How long nothing changes before the whole site is built after a quick look."""


def serve(
    context: typer.Context,
    preview: Annotated[
        bool, typer.Option("--preview", help="Working text instead, DRAFT on every page.")
    ] = False,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Port on 127.0.0.1.")
    ] = 8000,
) -> int:
    """Build the site, show it at http://127.0.0.1:8000/ and build it anew when a file changes."""
    from policygen.pipeline.publication.serving import Workshop
    from policygen.publish.server import Bulletin

    here = session(context)
    bulletin = Bulletin()
    workshop = Workshop(here.root, preview=preview, version=output.version(), now=here.now)
    with _server(here, port, bulletin) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            _report(bulletin, workshop.build())
            output.say(f"http://127.0.0.1:{server.server_port}/  (Ctrl-C ends)")
            # Whoever started us over a pipe waits for the address.
            sys.stdout.flush()
            # An event that nobody sets: the wait ends with Ctrl-C.
            _keep_up(workshop, bulletin, threading.Event().wait)
        except KeyboardInterrupt:
            output.say()
        finally:
            bulletin.close()
            server.shutdown()
            workshop.close()
    return 0


def _keep_up(workshop: Workshop, bulletin: Bulletin, pause: Callable[[float], bool]) -> None:
    """Show each change quickly, and make the rest of the site follow when writing pauses."""
    while workshop.wait_for_change(pause):
        _report(bulletin, workshop.build(quick=True))
        while workshop.wait_for_change(pause, at_most_seconds=_CALM_SECONDS):
            _report(bulletin, workshop.build(quick=True))
        problems = workshop.build()
        if problems != bulletin.problems:
            _report(bulletin, problems)


def _report(bulletin: Bulletin, problems: tuple[Problem, ...]) -> None:
    output.problems(problems)
    bulletin.announce(problems)


def _server(here: Session, port: int, bulletin: Bulletin) -> SiteServer:
    from policygen.publish.server import site_server

    try:
        return site_server(here.root / "build" / "site", port, bulletin)
    except OSError as error:
        raise UsageError(
            Problem(
                code="usage-port",
                message=f"port {port} cannot be used: {error.strerror}",
                hint="Name another with --port, or 0 for any that is free.",
            )
        ) from error
