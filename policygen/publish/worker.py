"""Worker processes: interpreters started anew that are told over a pipe what to do, and answer.

A worker ends when its pipe does, so none outlives its parent, whatever ends that one. It is told
nothing but what it works on: neither the environment nor a key of its parent.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

_START = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); from {} import work; work()"
)
_PASSED_ON = (
    "PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "PYPANDOC_PANDOC",
)  # fmt: skip
_LENGTH = struct.Struct(">Q")


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def start(module: str, scratch: str) -> subprocess.Popen[bytes]:
    """A process that runs the function `work` of a module of ours.

    Args:
        module: Dotted name; its `work` reads `sys.stdin.buffer` and answers into `answers()`.
        scratch: Folder for temporary files. What a killed worker leaves behind lies there, and
            whoever started it removes it.
    """
    process = subprocess.Popen(
        # Isolated: a workspace is the current folder, and no module is ever taken from there.
        [sys.executable, "-I", "-c", _START.format(module)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**_environment(), "TMPDIR": scratch, "TMP": scratch, "TEMP": scratch},
        # A session of its own: Ctrl-C reaches the parent only, which then ends the whole group.
        start_new_session=True,
    )
    assert process.stdin is not None
    with suppress(OSError):
        pickle.dump(sys.path, process.stdin)
        process.stdin.flush()
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    """End a worker at once and close its pipes; it has nothing to lose."""
    kill(process)
    for stream in (process.stdin, process.stdout):
        # What a dead process did not read cannot be flushed to it.
        with suppress(OSError):
            if stream is not None:
                stream.close()


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a worker with everything that it started."""
    if process.returncode is not None:
        # Waited for already; its number may be somebody else's by now.
        return
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


@contextmanager
def answers() -> Iterator[IO[bytes]]:
    """Where a worker writes its answers: nothing else gets there, whatever a library prints."""
    with os.fdopen(os.dup(1), "wb") as target:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        with suppress(BrokenPipeError):
            yield target


def send(stream: IO[bytes], message: object) -> None:
    """Write one message."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> object:
    """The next message of a process that we started, or that started us; None at the end."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    return pickle.loads(data) if len(data) == length else None


def _environment() -> dict[str, str]:
    """What a process needs to start; passphrases in the environment are none of a worker's."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
