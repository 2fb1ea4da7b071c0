"""Many PDFs at once: processes started anew, each with one pandoc and one set of fonts.

Typst must not be forked and does not gain from threads, so each worker is a fresh interpreter that
is told over a pipe what to set, and answers with bytes or problems. It ends when the pipe does, so
none outlives its parent, whatever ends that one. Nothing about a seal ever reaches a worker.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import tempfile
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.problems import PolicygenError, Problem

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path
    from typing import IO

    from policygen.model.publication import Attachment, Edition
    from policygen.publish.pdf.typeset import Typesetter

WORTH_STARTING = 4
"""Fewer PDFs than this are made here: starting a worker costs as much as several of them."""

_START = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from policygen.publish.pdf.pool import work; work()"
)
_PASSED_ON = (
    "PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "PYPANDOC_PANDOC",
)  # fmt: skip
_LENGTH = struct.Struct(">Q")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One PDF to make."""

    edition: Edition
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What became of a job."""

    pdf: bytes | None
    """Revision 0; None where there are problems."""

    problems: tuple[Problem, ...] = ()


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def make_pdfs(
    jobs: Sequence[Job], *, theme: Path, workspace: Path, workers: int
) -> Generator[Made, None, None]:
    """Make PDFs, in the order of the jobs, each handed out as soon as it is there.

    The bytes are the same whether made here or by workers. Leaving the iteration early, also by an
    interrupt, ends the workers.

    Args:
        jobs: What to make.
        theme: Folder of the print theme.
        workspace: Folder of logo, fonts and pictures.
        workers: How many processes to use at most; 1 makes everything here.
    """
    count = min(workers, len(jobs))
    if count < 2 or len(jobs) < WORTH_STARTING:
        return _make_here(jobs, theme, workspace)
    return _make_elsewhere(jobs, theme, workspace, count)


def _make_here(jobs: Sequence[Job], theme: Path, workspace: Path) -> Generator[Made, None, None]:
    if not jobs:
        return
    from policygen.publish.pdf.typeset import Typesetter

    with Typesetter() as typesetter:
        for job in jobs:
            yield _make(job, typesetter, theme, workspace)


def _make(job: Job, typesetter: Typesetter, theme: Path, workspace: Path) -> Made:
    from policygen.publish.pdf.document import build_pdf

    try:
        pdf = build_pdf(
            job.edition, job.attachments, typesetter=typesetter, theme=theme, workspace=workspace
        )
    except PolicygenError as error:
        return Made(pdf=None, problems=error.problems)
    return Made(pdf=pdf)


def _make_elsewhere(
    jobs: Sequence[Job], theme: Path, workspace: Path, count: int
) -> Generator[Made, None, None]:
    waiting = deque(enumerate(jobs))
    answers: queue.SimpleQueue[tuple[int, Made]] = queue.SimpleQueue()
    with tempfile.TemporaryDirectory(prefix="policygen-pool-") as scratch:
        stations = [_Station(theme, workspace, scratch) for _ in range(count)]
        threads = [
            threading.Thread(target=station.run, args=(waiting, answers), daemon=True)
            for station in stations
        ]
        try:
            for thread in threads:
                thread.start()
            early: dict[int, Made] = {}
            for number in range(len(jobs)):
                while number not in early:
                    place, made = answers.get()
                    early[place] = made
                yield early.pop(number)
        finally:
            waiting.clear()
            for station in stations:
                station.end()
            for thread in threads:
                thread.join()


class _Station:
    """One worker process, and the thread that feeds it."""

    def __init__(self, theme: Path, workspace: Path, scratch: str) -> None:
        self._folders = (theme, workspace)
        self._scratch = scratch
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._ended = False

    def run(
        self, waiting: deque[tuple[int, Job]], answers: queue.SimpleQueue[tuple[int, Made]]
    ) -> None:
        """Take jobs until none is left; a worker that dies costs its job, not the others."""
        while not self._ended:
            try:
                number, job = waiting.popleft()
            except IndexError:
                break
            answers.put((number, self._ask(job)))
        self._let_go()

    def end(self) -> None:
        """End the worker at once; the thread finds out by itself."""
        with self._lock:
            self._ended = True
            if self._process is not None:
                _kill(self._process)

    def _ask(self, job: Job) -> Made:
        process = self._running()
        if process is None:
            return Made(pdf=None)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            _send(process.stdin, job)
            answer = _receive(process.stdout)
        except OSError:
            answer = None
        if isinstance(answer, Made):
            return answer
        self._let_go()
        return Made(pdf=None, problems=(_died(job, process.returncode),))

    def _running(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._process is None and not self._ended:
                self._process = _start(self._folders, self._scratch)
            return self._process

    def _let_go(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            _kill(process)
            for stream in (process.stdin, process.stdout):
                # What a dead process did not read cannot be flushed to it.
                with suppress(OSError):
                    if stream is not None:
                        stream.close()


def _start(folders: tuple[Path, Path], scratch: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        # Isolated: a workspace is the current folder, and no module is ever taken from there.
        [sys.executable, "-I", "-c", _START],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # What a killed worker leaves behind lies in a folder of its parent, who removes it.
        env={**_environment(), "TMPDIR": scratch, "TMP": scratch, "TEMP": scratch},
        # A session of its own: Ctrl-C reaches the parent only, which then ends the whole group.
        start_new_session=True,
    )
    assert process.stdin is not None
    with suppress(OSError):
        pickle.dump(sys.path, process.stdin)
        _send(process.stdin, folders)
    return process


def _environment() -> dict[str, str]:
    """What a process needs to start; passphrases in the environment are none of a worker's."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a worker with its pandoc; neither has anything to lose."""
    if process.returncode is not None:
        # Waited for already; its number may be somebody else's by now.
        return
    with suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _died(job: Job, code: int) -> Problem:
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    return Problem(
        code="pdf-worker-died",
        message=f"the process that was setting {job.edition.record.header.id} ended with {how}",
        hint="Run it again; if that repeats, look whether memory is short.",
    )


def work() -> None:
    """The life of a worker: jobs come in, PDFs or problems go out, until the input ends."""
    from policygen.publish.pdf.typeset import Typesetter

    source = sys.stdin.buffer
    # Nothing but answers may get onto the pipe, whatever a library prints.
    with os.fdopen(os.dup(1), "wb") as target:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        folders = _receive(source)
        assert isinstance(folders, tuple)
        theme, workspace = folders
        with Typesetter() as typesetter, suppress(BrokenPipeError):
            while (job := _receive(source)) is not None:
                assert isinstance(job, Job)
                _send(target, _make(job, typesetter, theme, workspace))


def _send(stream: IO[bytes], message: object) -> None:
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def _receive(stream: IO[bytes]) -> object:
    """The next message of a process that we started, or that started us; None at the end."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    data = stream.read(length)
    return pickle.loads(data) if len(data) == length else None
