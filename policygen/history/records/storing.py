"""Storing records: each file once, in an order that leaves no half record when it is killed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen import atomic
from policygen.history.records.paths import in_workspace
from policygen.problems import Location, PolicygenError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write_records(folder: Path, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Create files below `evidence/` in their order; a file with the same bytes stays as it is.

    Raises:
        PolicygenError: A file with other bytes is there (`record-in-the-way`).
    """
    for path, data in files.items():
        try:
            atomic.create_bytes(folder / path, data)
        except FileExistsError as error:
            if (folder / path).is_symlink() or (folder / path).read_bytes() != data:
                raise PolicygenError(_in_the_way(path)) from error
    return tuple(files)


def _in_the_way(path: str) -> Problem:
    return Problem(
        code="record-in-the-way",
        location=Location(in_workspace(path)),
        message="a file with other content has this name already",
        hint="Records are written once; find out where it comes from before you approve again.",
    )
