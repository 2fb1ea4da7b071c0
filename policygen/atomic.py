"""Writing files so that a killed process leaves the old file or the new one, never half of one."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def write_bytes(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Put `data` at `path`: temporary name beside it, fsync, rename, fsync of the folder.

    Folders above are made. Temporary names start with a dot and end in `.partial`, so that a
    leftover of a killed process is recognized and swept up by `remove_leftovers`.
    """
    with _beside(path, data, mode) as temporary:
        temporary.replace(path)


def write_text(path: Path, text: str) -> None:
    """`write_bytes` for UTF-8 text with LF line ends."""
    write_bytes(path, text.encode())


def create_bytes(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Like `write_bytes`, for records that are written once.

    Raises:
        FileExistsError: A file of that name is already there; it is left as it is.
    """
    with _beside(path, data, mode) as temporary:
        # A hard link fails where the name exists, a rename would replace it without a word.
        path.hardlink_to(temporary)


@contextmanager
def _beside(path: Path, data: bytes, mode: int) -> Iterator[Path]:
    """The data under a temporary name beside its place, durable; the name is gone afterwards."""
    _make_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".partial")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(mode)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def _make_folder(folder: Path) -> None:
    """A folder and those above it, each durable before something is put into it."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_leftovers(folder: Path) -> None:
    """Delete what a killed process left under temporary names."""
    for leftover in sorted(folder.rglob(".*.partial")):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover)
        else:
            leftover.unlink(missing_ok=True)


def create_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put a new folder with files where it belongs, whole or not at all.

    It is filled under a temporary name beside its place and then renamed. Leftovers of a killed
    process are swept up by `remove_leftovers`.

    Args:
        folder: The folder, which must not exist.
        files: Content by file name, without folders in between.

    Raises:
        FileExistsError: Something of that name is already there; it is left as it is.
    """
    _make_folder(folder.parent)
    if folder.exists():
        raise FileExistsError(folder)
    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".", suffix=".partial"))
    try:
        temporary.chmod(0o755)
        for name, data in files.items():
            create_bytes(temporary / name, data)
        # Renaming replaces an empty folder at most, and fails where there is more.
        temporary.rename(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    sync_folder(folder.parent)
