"""Passphrases: from the terminal or a variable, never from an argument, never shown."""

from __future__ import annotations

import getpass
import os
from typing import TYPE_CHECKING

from policygen.problems import Problem, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.cli.session import Session


def new_passphrase(here: Session, variable: str | None) -> bytes:
    """A passphrase for a new key, typed twice at a terminal.

    Raises:
        UsageError: Nobody can be asked, or the two do not agree.
    """
    given = _from_environment(variable)
    if given is not None:
        return given
    _need_terminal(here)
    first = getpass.getpass("Passphrase for the sealing key: ")
    if not first or first != getpass.getpass("The same again: "):
        raise UsageError(
            Problem(
                code="usage-passphrase",
                message="the two passphrases are empty or differ",
                hint="Try again, or use --no-passphrase.",
            )
        )
    return first.encode()


def key_passphrase(here: Session, key: Path, variable: str | None) -> bytes | None:
    """The passphrase of an existing key; None where it has none."""
    given = _from_environment(variable)
    if given is not None:
        return given
    if not _is_encrypted(key):
        return None
    _need_terminal(here)
    return getpass.getpass(f"Passphrase for {key.name}: ").encode()


def _from_environment(variable: str | None) -> bytes | None:
    if variable is None:
        return None
    value = os.environ.get(variable)
    if not value:
        raise UsageError(
            Problem(
                code="usage-passphrase",
                message=f"the variable {variable} holds no passphrase",
                hint="Set it, or leave --passphrase-env out to be asked.",
            )
        )
    return value.encode()


def _is_encrypted(key: Path) -> bool:
    try:
        head = key.read_bytes()[:200]
    except OSError:
        return False
    return b"ENCRYPTED" in head or key.suffix in (".p12", ".pfx")


def _need_terminal(here: Session) -> None:
    if not here.interactive:
        raise UsageError(
            Problem(
                code="usage-needs-terminal",
                message="a passphrase is needed, and there is no terminal to ask at",
                hint="Put it into a variable and name that with --passphrase-env.",
            )
        )
