"""Watching files: which there are, what tells that one changed, and what they hold.

A file counts as unchanged where size, times and inode are those of last time; it is read where
they are not, or are too young to tell. Light to import, because the quick answer must be quick.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import policygen
from policygen.publish.cache import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

SOURCES = (
    "organization.yml", "mkdocs.yml", "policies", "procedures", "registries", "overrides",
    "rendered", "evidence",
)  # fmt: skip
"""What a build reads of a workspace, beside the commit and the files that the brand names."""

PACKAGE = Path(policygen.__file__).parent
"""This program, whose every file decides what it makes."""

_YOUNG_NS = 2_000_000_000
"""A file changed this shortly before it was looked at may change again without a trace."""

_MAX_DEPTH = 32
"""Links that lead in a circle end here."""


class Mark(NamedTuple):
    """What tells without reading that a file is the one seen before."""

    size: int
    modified_ns: int
    changed_ns: int
    inode: int


class Seen(NamedTuple):
    """A file as it was when somebody looked."""

    mark: Mark
    sha256: str
    """Empty where it could not be read."""


Census = dict[str, Seen]
"""Files by path relative to the workspace."""


def marks(root: Path, places: Iterable[str]) -> dict[str, Mark]:
    """Every file at or below some places, with what tells a change.

    A link counts as the file it leads to, which is what readers get.
    """
    found: dict[str, Mark] = {}
    cut = len(str(root)) + 1
    for place in places:
        start = root / place
        for path in _files(str(start)) if start.is_dir() else (str(start),):
            try:
                status = os.stat(path)  # noqa: PTH116 - thousands of files, so no Path for each
            except OSError:
                continue
            found[path[cut:].replace(os.sep, "/")] = Mark(
                status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
            )
    return found


def _files(folder: str) -> Iterator[str]:
    for parent, folders, names in os.walk(folder, followlinks=True):
        deep = parent.count(os.sep) - folder.count(os.sep) >= _MAX_DEPTH
        folders[:] = [] if deep else sorted(name for name in folders if name != "__pycache__")
        for name in names:
            if not name.endswith(".partial"):
                yield f"{parent}{os.sep}{name}"


def census(
    root: Path,
    places: Iterable[str],
    *,
    before: Mapping[str, Seen] | None = None,
    since: datetime | None = None,
) -> Census:
    """Every file at or below some places, with its digest.

    Args:
        root: The workspace.
        places: Files and folders, relative to it.
        before: An earlier census, whose digests hold for files that have not changed.
        since: When that one was begun, by the clock that dates the files.
    """
    limit = 0 if since is None else int(since.timestamp()) * 1_000_000_000 - _YOUNG_NS
    known = before or {}
    taken: Census = {}
    for name, mark in marks(root, places).items():
        seen = known.get(name)
        if seen and seen.mark == mark and max(mark.modified_ns, mark.changed_ns) < limit:
            taken[name] = seen
        else:
            taken[name] = Seen(mark, _digest(root / name))
    return taken


def contents(taken: Mapping[str, Seen]) -> dict[str, str]:
    """The digest of each file, to compare what two censuses found."""
    return {name: seen.sha256 for name, seen in taken.items()}


def digest_of(taken: Mapping[str, Seen]) -> str:
    """One digest over names and contents of files."""
    return key_of(part for name, seen in sorted(taken.items()) for part in (name, seen.sha256))


def tool() -> str:
    """What stands for this program and everything it is built on, without importing any of it.

    Files of ours by size and time, other packages by the versions in the names of their metadata.
    """
    ours = (
        f"{name} {mark.size} {mark.modified_ns}"
        for name, mark in sorted(marks(PACKAGE.parent, (PACKAGE.name,)).items())
    )
    return key_of((sys.version, platform.machine(), *ours, *_packages()))


def _packages() -> list[str]:
    found: set[str] = set()
    for folder in sys.path:
        if folder and os.path.isdir(folder):  # noqa: PTH112 - sys.path holds text
            found.update(name for name in os.listdir(folder) if name.endswith(".dist-info"))  # noqa: PTH208
    return sorted(found)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""
