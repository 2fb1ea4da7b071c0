"""Passphrases and PINs: from the terminal, a variable or a descriptor; never an argument."""

from __future__ import annotations

import getpass
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from policygen.problems import Problem, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.cli.session import Session

LONGEST = 4096
"""Bytes that are read from a descriptor."""

PassphraseEnv = Annotated[
    str | None,
    typer.Option("--passphrase-env", metavar="NAME", help="Variable with the passphrase."),
]
PassphraseFd = Annotated[
    int | None,
    typer.Option("--passphrase-fd", metavar="N", help="Open descriptor with the passphrase."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a passphrase comes from, where nobody is asked."""

    variable: str | None
    """Name of a variable of the environment."""

    descriptor: int | None
    """Number of a file descriptor; its first line is the passphrase."""

    word: str = "passphrase"
    """What it is called: `passphrase` or `pin`, as in the names of options."""

    def given(self) -> bytes | None:
        """The passphrase; None where the terminal is to be asked.

        Raises:
            UsageError: The variable or the descriptor holds none, or both are named.
        """
        if self.variable is not None and self.descriptor is not None:
            raise self._refused(f"--{self.word}-env and --{self.word}-fd are both given")
        if self.variable is not None:
            value = os.environ.get(self.variable, "").encode()
            if not value:
                raise self._refused(f"the variable {self.variable} holds no {self.word}")
            return value
        return None if self.descriptor is None else self._from_descriptor(self.descriptor)

    def _from_descriptor(self, descriptor: int) -> bytes:
        found = b""
        try:
            # Byte by byte: what follows the line is for somebody else.
            while len(found) <= LONGEST and (byte := os.read(descriptor, 1)) not in (b"", b"\n"):
                found += byte
        except (OSError, OverflowError) as error:
            raise self._refused(f"descriptor {descriptor} cannot be read") from error
        value = found.removesuffix(b"\r")
        if not 0 < len(value) <= LONGEST:
            raise self._refused(f"the first line of descriptor {descriptor} is no {self.word}")
        return value

    def _refused(self, message: str) -> UsageError:
        return UsageError(
            Problem(
                code="usage-passphrase",
                message=message,
                hint=f"Give one of --{self.word}-env and --{self.word}-fd, or neither to be asked.",
            )
        )


def new_passphrase(here: Session, source: Source) -> bytes:
    """A passphrase for a new key, typed twice at a terminal.

    Raises:
        UsageError: Nobody can be asked, or the two do not agree.
    """
    given = source.given()
    if given is not None:
        return given
    _need_terminal(here, source)
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


def key_passphrase(here: Session, key: Path, source: Source) -> bytes | None:
    """The passphrase of an existing key; None where it has none."""
    given = source.given()
    if given is not None:
        return given
    if not _is_encrypted(key):
        return None
    _need_terminal(here, source)
    return getpass.getpass(f"Passphrase for {key.name}: ").encode()


def token_pin(here: Session, token: str, source: Source) -> str:
    """The PIN of a token's user.

    Raises:
        UsageError: Nobody can be asked.
    """
    given = source.given()
    if given is not None:
        return given.decode(errors="replace")
    _need_terminal(here, source)
    return getpass.getpass(f"PIN of the token {token}: ")


def _is_encrypted(key: Path) -> bool:
    try:
        head = key.read_bytes()[:200]
    except OSError:
        return False
    return b"ENCRYPTED" in head or key.suffix in (".p12", ".pfx")


def _need_terminal(here: Session, source: Source) -> None:
    if not here.interactive:
        raise UsageError(
            Problem(
                code="usage-needs-terminal",
                message=f"a {source.word} is needed, and there is no terminal to ask at",
                hint=f"Put it into a variable and name that with --{source.word}-env.",
            )
        )
