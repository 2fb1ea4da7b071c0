"""Many PDFs at once: processes started anew, each with one pandoc and one set of fonts.

Typst must not be forked and does not gain from threads, so each worker is a fresh interpreter that
is told what to set, and answers with bytes or problems. Nothing about a seal ever reaches it.
"""

from __future__ import annotations

import queue
import sys
import tempfile
import threading
from collections import deque
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.problems import PolicygenError, Problem
from policygen.publish import worker

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from policygen.model.publication import Attachment, Edition
    from policygen.publish.pdf.typeset import Typesetter

WORTH_STARTING = 4
"""Fewer PDFs than this are made here: starting a worker costs as much as several of them."""


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


def make_pdfs(
    jobs: Sequence[Job],
    *,
    theme: Path,
    workspace: Path,
    workers: int,
    typesetter: Typesetter | None = None,
) -> Generator[Made, None, None]:
    """Make PDFs, in the order of the jobs, each handed out as soon as it is there.

    The bytes are the same whether made here or by workers. Leaving the iteration early, also by an
    interrupt, ends the workers.

    Args:
        jobs: What to make.
        theme: Folder of the print theme.
        workspace: Folder of logo, fonts and pictures.
        workers: How many processes to use at most; 1 makes everything here.
        typesetter: A pandoc that runs already, for what is made here; it is left running.
    """
    count = min(workers, len(jobs))
    if count < 2 or len(jobs) < WORTH_STARTING:
        return _make_here(jobs, theme, workspace, typesetter)
    return _make_elsewhere(jobs, theme, workspace, count)


def _make_here(
    jobs: Sequence[Job], theme: Path, workspace: Path, running: Typesetter | None
) -> Generator[Made, None, None]:
    if not jobs:
        return
    from policygen.publish.pdf.typeset import Typesetter

    with nullcontext(running) if running is not None else Typesetter() as typesetter:
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
                worker.kill(self._process)

    def _ask(self, job: Job) -> Made:
        process = self._running()
        if process is None:
            return Made(pdf=None)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            worker.send(process.stdin, job)
            answer = worker.receive(process.stdout)
        except OSError:
            answer = None
        if isinstance(answer, Made):
            return answer
        self._let_go()
        return Made(pdf=None, problems=(_died(job, process.returncode),))

    def _running(self) -> subprocess.Popen[bytes] | None:
        with self._lock:
            if self._process is None and not self._ended:
                self._process = worker.start(__name__, self._scratch)
                assert self._process.stdin is not None
                with suppress(OSError):
                    worker.send(self._process.stdin, self._folders)
            return self._process

    def _let_go(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            worker.end(process)


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
    with worker.answers() as target:
        folders = worker.receive(source)
        assert isinstance(folders, tuple)
        theme, workspace = folders
        with Typesetter() as typesetter:
            while (job := worker.receive(source)) is not None:
                assert isinstance(job, Job)
                worker.send(target, _make(job, typesetter, theme, workspace))
