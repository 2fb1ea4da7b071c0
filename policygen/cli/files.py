"""Files that a verb was told to write; one that cannot be written is wrong usage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.problems import Location, Problem, UsageError

if TYPE_CHECKING:
    from pathlib import Path


def put(file: Path, data: bytes) -> None:
    """Write what was asked for where it was asked for.

    Raises:
        UsageError: It cannot be written there.
    """
    from policygen import atomic

    try:
        atomic.write_bytes(file, data)
    except OSError as error:
        raise UsageError(
            Problem(
                code="usage-unwritable",
                location=Location(str(file)),
                message=f"it cannot be written: {(error.strerror or 'no reason given').lower()}",
                hint="Name another file or folder with -o.",
            )
        ) from error
