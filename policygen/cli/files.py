"""Places that a verb was told, and files to write there; where none can be is wrong usage."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from policygen import words
from policygen.problems import Location, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence


def place_of(path: Path) -> Path:
    """Where a path leads: whole, its links followed; a link that leads in a circle stays."""
    # Not `resolve`, which stops at such a circle with an error of its own.
    return Path(os.path.realpath(path))


def room_for(folder: Path) -> Path:
    """Where a folder leads that is to be made or filled, once it is known that it can be.

    Raises:
        UsageError: Nothing can be made there.
    """
    root = place_of(folder)
    above = next(path for path in (root, *root.parents) if os.path.lexists(path))
    try:
        with tempfile.TemporaryDirectory(dir=above, prefix=".", suffix=".partial"):
            return root
    except OSError as error:
        hint = "Name a folder that you may write to."
        raise _unwritable(folder, (error.strerror or "no reason given").lower(), hint) from error


def ending_of(file: Path, endings: Sequence[str]) -> str:
    """The ending of a file, without its dot, which says what is written.

    Args:
        file: As it was named.
        endings: Those that can be written.

    Raises:
        UsageError: It is none of them.
    """
    ending = file.suffix.removeprefix(".")
    if ending not in endings:
        raise UsageError(
            Problem(
                code="usage-file-ending",
                location=Location(str(file)),
                message=f"it ends in none of {', '.join(endings)}",
                hint="The ending says what is written: name a file that ends in "
                f"{words.join_words([f'.{each}' for each in endings], 'or')}.",
            )
        )
    return ending


def put(file: Path, data: bytes) -> None:
    """Write what was asked for where it was asked for; a link to a file stays one.

    Raises:
        UsageError: It cannot be written there.
    """
    from policygen import atomic

    place = place_of(file)
    if place.exists() and not place.is_file() and not place.is_dir():
        # Files are put in place whole, and a terminal, a pipe or a device would be gone.
        raise _unwritable(file, "a device or a pipe is there")
    try:
        atomic.write_bytes(place, data)
    except OSError as error:
        raise _unwritable(file, (error.strerror or "no reason given").lower()) from error


def _unwritable(
    place: Path, reason: str, hint: str = "Name another file or folder with -o."
) -> UsageError:
    return UsageError(
        Problem(
            code="usage-unwritable",
            location=Location(str(place)),
            message=f"it cannot be written: {reason}",
            hint=hint,
        )
    )
