"""`policygen seal`: sign the PDF of each approved version, once."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policygen.cli import output
from policygen.cli.passphrase import (
    PassphraseEnv,
    PassphraseFd,
    Source,
    key_passphrase,
    token_pin,
)
from policygen.cli.session import session
from policygen.problems import Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.cli.session import Session
    from policygen.crypto.pdfseal import Identity


def seal(
    context: typer.Context,
    documents: Annotated[
        list[str] | None, typer.Argument(metavar="DOCUMENT...", help="Ids; else all that wait.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="PEM or PKCS#12; else our own.")
    ] = None,
    passphrase_env: PassphraseEnv = None,
    passphrase_fd: PassphraseFd = None,
    module: Annotated[
        Path | None,
        typer.Option("--pkcs11-module", metavar="PATH", help="Library of a token with the key."),
    ] = None,
    token: Annotated[
        str | None, typer.Option("--token", metavar="LABEL", help="Label of the token.")
    ] = None,
    key_label: Annotated[
        str | None,
        typer.Option("--key-label", metavar="NAME", help="Label of key and certificate on it."),
    ] = None,
    pin_env: Annotated[
        str | None, typer.Option("--pin-env", metavar="NAME", help="Variable with its PIN.")
    ] = None,
    pin_fd: Annotated[
        int | None, typer.Option("--pin-fd", metavar="N", help="Open descriptor with its PIN.")
    ] = None,
) -> int:
    """Build and sign the PDF of each approved version that has none, verify and store it."""
    from policygen.pipeline.consent.timestamping import timestamping_of
    from policygen.pipeline.publication import sealing
    from policygen.pipeline.situation import situation, sound
    from policygen.pipeline.sources.surveying import surveyor_of

    here = session(context)
    on_token = _on_token(key, module, token, key_label)
    now = here.now()
    found = sound(situation(here.root, now=now, surveyor=surveyor_of(here.root)))
    rows = sealing.choose(found, documents or ())
    if not rows:
        output.say("every approved version has its sealed PDF")
        return 0
    timestamper = timestamping_of(found)
    if on_token is None:
        opened = _from_file(here, key, Source(variable=passphrase_env, descriptor=passphrase_fd))
    else:
        opened = _from_token(
            here, on_token, Source(variable=pin_env, descriptor=pin_fd, word="pin")
        )
    with opened as identity, output.progress("sealing", len(rows)) as advance:
        written = sealing.seal_versions(
            found, rows, identity, now=now, advance=advance, timestamper=timestamper
        )
    for path in written:
        output.say(path)
    return 0


def _on_token(
    key: Path | None, module: Path | None, token: str | None, label: str | None
) -> tuple[Path, str, str] | None:
    """Module, token and label of a key on a token; None where the key is in a file."""
    if module is None and token is None and label is None:
        return None
    if module is None or token is None or label is None or key is not None:
        raise UsageError(
            Problem(
                code="usage-token",
                message="a key on a token needs --pkcs11-module, --token and --key-label, "
                "and no --key",
                hint="Give all three, or --key with a file.",
            )
        )
    return module, token, label


@contextmanager
def _from_file(here: Session, key: Path | None, source: Source) -> Iterator[Identity]:
    from policygen.pipeline.publication import sealing

    file = key or sealing.sealing_key(here.root)[0]
    yield sealing.load_identity(here.root, key, key_passphrase(here, file, source))


@contextmanager
def _from_token(here: Session, found: tuple[Path, str, str], source: Source) -> Iterator[Identity]:
    from policygen.crypto.pkcs11 import TokenKey, open_token

    module, token, label = found
    pin = token_pin(here, token, source)
    with open_token(TokenKey(module=module, token=token, label=label), pin) as identity:
        yield identity
