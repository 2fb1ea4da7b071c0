"""Measuring: wall clock, processor time and peak memory of processes and calls, and medians."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Run:
    """What some work took."""

    seconds: float
    cpu_seconds: float
    """On all processors together, in the process and in those it started and waited for."""

    peak_mb: float = 0
    """Largest memory of the process or of one that it started, in MB; 0 where nobody looked."""

    def __add__(self, other: Run) -> Run:
        """One after the other."""
        return Run(
            self.seconds + other.seconds,
            self.cpu_seconds + other.cpu_seconds,
            max(self.peak_mb, other.peak_mb),
        )

    def on(self, processors: int) -> Run:
        """The same work, shared evenly by so many processors."""
        return Run(self.seconds / processors, self.cpu_seconds, self.peak_mb)


def process(command: Sequence[str], folder: Path) -> Run:
    """Run a command to its end; what it prints is shown only when it fails."""
    with (folder.parent / "bench.log").open("w+b") as log:
        begun = time.perf_counter()
        started = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        _, status, used = os.wait4(started.pid, 0)
        seconds = time.perf_counter() - begun
        started.returncode = os.waitstatus_to_exitcode(status)
        if started.returncode:
            log.seek(0)
            sys.exit(f"{' '.join(command)} failed:\n{log.read().decode()}")
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def policygen(folder: Path, *arguments: str) -> Run:
    """Run a verb of policygen in a workspace."""
    return process((sys.executable, "-m", "policygen", *arguments), folder)


def call(work: Callable[[], object]) -> Run:
    """Do something in this process."""
    begun, before = time.perf_counter(), os.times()
    work()
    after = os.times()
    return Run(time.perf_counter() - begun, sum(after[:4]) - sum(before[:4]))


def median(runs: Sequence[Run]) -> Run:
    """The median of several runs, each figure on its own; the peak is that of all."""
    return Run(
        statistics.median(run.seconds for run in runs),
        statistics.median(run.cpu_seconds for run in runs),
        max(run.peak_mb for run in runs),
    )


def several(runs: int, work: Callable[[], Run]) -> Run:
    """The median of so many runs."""
    return median([work() for _ in range(runs)])
