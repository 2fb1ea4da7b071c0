"""Objects by id from one long-lived `git cat-file --batch`, each checked against its id."""

from __future__ import annotations

import hashlib
import os
import select
import subprocess
from typing import TYPE_CHECKING

from policygen.gitrepo.failures import damaged, failure
from policygen.gitrepo.process import READ_TIMEOUT_SECONDS, clean_environment, git_program

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MAXIMUM_OBJECT_BYTES = 64 * 1024 * 1024
CHUNK = 128
"""Ids asked for at once; their lines fit into a pipe, so that neither side waits for the other."""

_READ_BYTES = 256 * 1024
_MAXIMUM_HEADER_BYTES = 256
_SHA1_LETTERS = 40


def object_id(kind: str, data: bytes, *, letters: int) -> str:
    """The id git gives an object, in the format whose ids have `letters` hexadecimal digits."""
    header = f"{kind} {len(data)}\0".encode()
    if letters == _SHA1_LETTERS:
        return hashlib.sha1(header + data, usedforsecurity=False).hexdigest()
    return hashlib.sha256(header + data).hexdigest()


class Batch:
    """A running `git cat-file --batch` in a clean room."""

    def __init__(self, room: Path) -> None:
        self._buffer = bytearray()
        self._process = subprocess.Popen(
            [git_program(), "cat-file", "--batch"],
            cwd=room,
            env=clean_environment(room),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )

    def read(self, wanted: Sequence[tuple[str, str]]) -> Iterator[bytes | None]:
        """The bytes of each object, in order; None for one that is not there.

        Args:
            wanted: Object id and the kind it must be: commit, tree or blob.

        Raises:
            PolicygenError: An object is damaged, of another kind or larger than we read.
        """
        for start in range(0, len(wanted), CHUNK):
            chunk = wanted[start : start + CHUNK]
            self._ask("".join(f"{name}\n" for name, _ in chunk))
            # All answers are taken before the first is given out: a caller that stops early
            # must not leave some in the pipe for the next question.
            yield from [self._answer(name, kind) for name, kind in chunk]

    def close(self) -> None:
        """End git."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.kill()
        self._process.wait()

    def _ask(self, lines: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(lines.encode("ascii"))
        except (OSError, ValueError) as error:  # ValueError: ended by an earlier failure
            raise self._ended() from error

    def _answer(self, name: str, kind: str) -> bytes | None:
        words = self._line().decode("utf-8", "replace").split(" ")
        if words[-1] == "missing":
            return None
        if len(words) != 3 or words[0] != name or not words[2].isdigit():
            raise self._ended()
        size = int(words[2])
        if size > MAXIMUM_OBJECT_BYTES:
            self.close()
            raise failure(
                "git-too-large",
                f"object {name[:12]} has {size} bytes, at most {MAXIMUM_OBJECT_BYTES} are read",
            )
        data = self._take(size + 1)[:-1]
        if words[1] != kind:
            raise damaged(name, f"is a {words[1]} where a {kind} is expected")
        if object_id(kind, data, letters=len(name)) != name:
            raise damaged(name, "holds other bytes than its id says")
        return data

    def _line(self) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > _MAXIMUM_HEADER_BYTES:
                raise self._ended()
            self._fill()
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._fill()
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        return data

    def _fill(self) -> None:
        assert self._process.stdout is not None
        handle = self._process.stdout.fileno()
        if os.name == "posix" and not _readable(handle):
            raise self._ended()
        data = os.read(handle, _READ_BYTES)
        if not data:
            raise self._ended()
        self._buffer += data

    def _ended(self) -> Exception:
        self.close()
        return failure(
            "git-read-failed",
            "git stopped while it read the repository's objects",
            "Run git fsck to see what is damaged.",
        )


def _readable(handle: int) -> bool:
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(READ_TIMEOUT_SECONDS * 1000))
