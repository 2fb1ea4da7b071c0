"""The place of a demonstration: a folder that the next one may replace, and nothing else."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from policygen.pipeline.beginning import refuse_occupied
from policygen.problems import Location, Problem, UsageError

if TYPE_CHECKING:
    from pathlib import Path

MARKER = ".policygen/demo"
"""Names a folder as a demonstration, which may be replaced by the next one."""


def clear_place(root: Path) -> None:
    """Remove an earlier demonstration.

    Raises:
        UsageError: The folder holds something that is not a demonstration.
    """
    if (root / MARKER).is_file():
        shutil.rmtree(root)
    elif root.exists() and any(root.iterdir()):
        raise UsageError(
            Problem(
                code="demo-occupied",
                location=Location(str(root)),
                message="the folder holds something that is not a demonstration",
                hint="Name a new folder: policygen demo DIR.",
            )
        )
    refuse_occupied(root)
