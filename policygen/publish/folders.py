"""Folders that are published: files written where they differ, and nothing else left there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen import atomic

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def write_if_different(path: Path, data: bytes) -> None:
    """Write a file, unless it has these bytes already; a link gives way to a file."""
    if path.is_file() and not path.is_symlink() and path.read_bytes() == data:
        return
    atomic.write_bytes(path, data)


def remove_others(folder: Path, kept: Iterable[str]) -> None:
    """Remove links and what is not kept, then folders that became empty.

    Args:
        folder: It need not exist.
        kept: Paths of files, relative to the folder.
    """
    keep = {folder / name for name in kept}
    found = sorted(folder.rglob("*"), reverse=True)
    for path in found:
        if path.is_symlink() or not path.is_dir():
            if path not in keep or path.is_symlink():
                path.unlink()
        elif not any(path.iterdir()):
            path.rmdir()
