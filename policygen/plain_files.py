"""Plain files in folders that anybody may have written to: found and read, links not followed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def entries_below(
    folder: Path, enters: Callable[[str], bool] = lambda _: True
) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Whatever lies below a folder and is no folder itself, with its path from there.

    Args:
        folder: Where to look; it must exist.
        enters: Whether to look into a folder, by its path; links to folders are never entered.
    """
    waiting = [(str(folder), "")]
    while waiting:
        current, above = waiting.pop()
        with os.scandir(current) as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                path = above + entry.name
                if not entry.is_dir(follow_symlinks=False):
                    yield path, entry
                elif enters(path):
                    waiting.append((entry.path, f"{path}/"))


def read_plain(path: str, limit: int) -> bytes:
    """At most so many bytes of a file that was just seen to be a plain one.

    A link put in its place between the look and the read is an error, a pipe does not hang us.

    Raises:
        OSError: It cannot be read, or is a link now.
    """
    names = ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY")
    handle = os.open(path, sum((getattr(os, name, 0) for name in names), os.O_RDONLY))
    with os.fdopen(handle, "rb") as stream:
        return stream.read(limit)
