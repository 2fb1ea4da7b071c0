"""`policygen seal`: sign the PDF of each approved version, once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from policygen.cli import output
from policygen.cli.session import session


def seal(
    context: typer.Context,
    documents: Annotated[
        list[str] | None, typer.Argument(metavar="DOCUMENT...", help="Ids; else all that wait.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="PEM or PKCS#12; else our own.")
    ] = None,
    passphrase_env: Annotated[
        str | None,
        typer.Option("--passphrase-env", metavar="NAME", help="Variable with the passphrase."),
    ] = None,
) -> int:
    """Build and sign the PDF of each approved version that has none, verify and store it."""
    from policygen.cli.passphrase import key_passphrase
    from policygen.pipeline import sealing
    from policygen.pipeline.situation import situation, sound

    here = session(context)
    now = here.now()
    found = sound(situation(here.root, now=now))
    rows = sealing.choose(found, documents or ())
    if not rows:
        output.say("every approved version has its sealed PDF")
        return 0
    file = key or sealing.sealing_key(here.root)[0]
    identity = sealing.load_identity(here.root, key, key_passphrase(here, file, passphrase_env))
    with output.progress("sealing", len(rows)) as advance:
        written = sealing.seal_versions(found, rows, identity, now=now, advance=advance)
    for path in written:
        output.say(path)
    return 0
