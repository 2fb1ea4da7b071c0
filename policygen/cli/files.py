"""Places that a verb was told, and files to write there; where none can be is wrong usage."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from policygen.problems import Location, Problem, UsageError


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
