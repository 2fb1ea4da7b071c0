"""What is costly to make, kept under build/cache by what it was made from; a wrong entry is a miss.

An entry counts only where its digest fits, and the digest is bound to a marker file whose inode and
change time exist on this disk alone. So a truncated entry is made anew, and so is everything in a
cache that came inside a cloned, copied or unpacked folder: nobody can ship us a PDF to show.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from policygen.model.publication import Attachment, Edition

MAX_BYTES = 256 * 1024 * 1024
"""Entries that were not used for longest are dropped beyond this."""

MARKER = "bound-to-this-disk"

_ENTRY = re.compile(r"[0-9a-f]{64}")
_DIGEST_BYTES = 32


class Cache:
    """A store of bytes by key; every way in which it can fail is a miss."""

    def __init__(self, folder: Path, *, max_bytes: int = MAX_BYTES) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._binding = _binding(folder)

    def read(self, key: str) -> bytes | None:
        """The bytes kept under a key; None where there are none that can be relied on."""
        path = self._folder / key
        try:
            found = path.read_bytes()
        except OSError:
            return None
        digest, data = found[:_DIGEST_BYTES], found[_DIGEST_BYTES:]
        if self._binding is None or digest != self._digest(key, data):
            return None
        with suppress(OSError):
            os.utime(path)
        return data

    def write(self, key: str, data: bytes) -> None:
        """Keep bytes under a key; a disk that refuses leaves them out."""
        if self._binding is None:
            return
        # No fsync: what a crash cuts short does not fit its digest and is made again.
        with suppress(OSError):
            handle, name = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".partial")
            with os.fdopen(handle, "wb") as stream:
                stream.write(self._digest(key, data) + data)
            Path(name).replace(self._folder / key)

    def trim(self) -> None:
        """Drop what was used longest ago until the rest is within bounds."""
        entries: list[tuple[int, int, Path]] = []
        with suppress(OSError):
            for path in self._folder.iterdir():
                if _ENTRY.fullmatch(path.name):
                    status = path.lstat()
                    entries.append((status.st_mtime_ns, status.st_size, path))
                elif path.name.endswith(".partial"):
                    path.unlink()
        excess = sum(size for _, size, _ in entries) - self._max_bytes
        for _, size, path in sorted(entries):
            if excess <= 0:
                return
            with suppress(OSError):
                path.unlink()
            excess -= size

    def _digest(self, key: str, data: bytes) -> bytes:
        assert self._binding is not None
        return hashlib.sha256(self._binding + key.encode() + data).digest()


def _binding(folder: Path) -> bytes | None:
    """What is true of this folder on this disk only; None where nothing can be kept."""
    marker = folder / MARKER
    try:
        if folder.is_symlink() or folder.parent.is_symlink():
            return None
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            marker.touch(exist_ok=False)
        status = marker.lstat()
    except OSError:
        return None
    return hashlib.sha256(f"{status.st_ino}:{status.st_ctime_ns}".encode()).digest()


def key_of(parts: Iterable[bytes | str]) -> str:
    """SHA-256 over parts, each with its length, as 64 hex digits."""
    digest = hashlib.sha256()
    for part in parts:
        # Names of files may be no UTF-8, and read as text with surrogates then.
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(f"{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()


def pdf_key(
    edition: Edition, attachments: Sequence[Attachment], engines: Mapping[str, str]
) -> str | None:
    """The key of an unsigned PDF: everything its bytes depend on.

    Args:
        edition: With days and times as they are printed, so in the organization's time zone.
        attachments: In their order.
        engines: Versions of pandoc and typst, digests of theme, fonts, logo and brand, and what
            stands for this program.

    Returns:
        None where the text shows pictures, whose files are known to pandoc only.
    """
    if "![" in edition.text:
        return None
    return key_of(
        (
            "pdf/2",
            # Every field, those of the record included, which is the text as it was read.
            repr(edition),
            json.dumps(dict(engines), sort_keys=True),
            *(
                part
                for file in attachments
                for part in (
                    file.name, file.content, file.mime_type, file.description, file.relationship,
                )
            ),
        )
    )  # fmt: skip
