"""Measuring: medians of several runs, wall clock and peak memory of processes."""

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
    """What one process took."""

    seconds: float
    peak_mb: float
    """Largest memory of the process or of one that it started, in MB."""


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
    return Run(seconds, used.ru_maxrss / 1024)


def policygen(folder: Path, *arguments: str) -> Run:
    """Run a verb of policygen in a workspace."""
    return process((sys.executable, "-m", "policygen", *arguments), folder)


def median(runs: int, work: Callable[[], Run]) -> Run:
    """The median of several runs, each figure on its own."""
    found = [work() for _ in range(runs)]
    return Run(
        statistics.median(run.seconds for run in found),
        max(run.peak_mb for run in found),
    )


def seconds(work: Callable[[], object]) -> float:
    """How long a call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
