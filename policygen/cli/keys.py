"""`policygen keys`: the key that seals PDFs."""

from __future__ import annotations

from typing import Annotated

import typer

from policygen.cli import output
from policygen.cli.passphrase import PassphraseEnv, PassphraseFd, Source, new_passphrase
from policygen.cli.session import session

app = typer.Typer(help="The key that seals PDFs.", no_args_is_help=True)


@app.command("init")
def init(
    context: typer.Context,
    passphrase_env: PassphraseEnv = None,
    passphrase_fd: PassphraseFd = None,
    no_passphrase: Annotated[
        bool, typer.Option("--no-passphrase", help="Protect the key by file permissions alone.")
    ] = False,
) -> int:
    """Make a sealing key and its certificate in .policygen/keys (never committed)."""
    from policygen.pipeline.publication.sealing import KEYS, make_identity

    here = session(context)
    source = Source(variable=passphrase_env, descriptor=passphrase_fd)
    passphrase = None if no_passphrase else new_passphrase(here, source)
    identity = make_identity(here.root, now=here.now(), passphrase=passphrase)
    output.say(f"{KEYS}/: key and certificate made")
    output.say(f"certificate sha256: {identity.fingerprint}")
    output.say("Hand this fingerprint to your auditor by another channel.")
    return 0
