"""`policygen demo`: an example organization, from an empty folder to sealed PDFs."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from policygen.cli import output
from policygen.cli.files import room_for
from policygen.cli.session import session


def demo(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where to make it; a demo there is replaced.")
    ] = Path("build/demo"),
) -> int:
    """Make an approved, sealed, published and verified example with fictional people."""
    from policygen.pipeline.demo.demonstration import STEPS, demonstrate

    here = session(context)
    root = room_for(here.root / folder)
    with output.progress("demo", len(STEPS)) as advance:
        made = demonstrate(
            root, now=here.now(), version=output.version(), say=output.say, advance=advance
        )
    output.problems(made.problems)
    quoted = shlex.quote(str(folder))
    output.say()
    output.say(f"site:    {folder}/build/site/index.html   ({made.pages} pages)")
    output.say(f"PDFs:    {folder}/evidence/sealed/   ({made.sealed} sealed, signed by fresh keys)")
    package = f"{folder}/build/{made.package.name}"
    output.say(f"package: {package}   (for an auditor)")
    output.say(f"verdict: {made.verdict}")
    output.say(f"history: policygen -C {quoted} diff access-control-policy --from 1.0 --to 2.0")
    output.say(f"reviews: policygen -C {quoted} review due --all")
    output.say(f"serve:   policygen -C {quoted} serve")
    output.say(f"check:   policygen -C {quoted} verify --trust {made.root_of_trust}")
    output.say(f"         policygen verify {shlex.quote(package)} --trust {made.root_of_trust}")
    return 0 if made.verified else 1
