"""`policygen stamp`: an independent authority attests when consents were given."""

from __future__ import annotations

from typing import Annotated

import typer

from policygen.cli import output
from policygen.cli.session import session


def stamp(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be stamped; ask nobody.")
    ] = False,
) -> int:
    """Have the configured authority attest the time of signed consents that lack it."""
    from policygen.pipeline.consent import stamping
    from policygen.pipeline.situation import situation, sound
    from policygen.pipeline.sources.surveying import surveyor_of

    here = session(context)
    found = sound(situation(here.root, now=here.now(), surveyor=surveyor_of(here.root)))
    stamping.expect_authority(found)
    waiting = stamping.unstamped(found)
    for paths, reason in (
        (waiting.late, "older than three days: a stamp would contradict the time stated there"),
        (waiting.sealed, "inside a sealed PDF, which shows them as they were"),
    ):
        if paths:
            output.say(f"left as they are: {len(paths)} consent(s) {reason}")
    if dry_run:
        for path in waiting.ready:
            output.say(f"evidence/{path}")
        return 0
    if not waiting.ready:
        output.say("no consent waits for a time stamp")
        return 0
    for path in stamping.stamp(found, waiting.ready):
        output.say(f"evidence/{path}")
    return 0
