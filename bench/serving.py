"""One sentence changed again and again under `serve`, in a process that does nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.library import one_sentence
from bench.measure import Run, call, median


def serving(root: Path, runs: int) -> Run:
    """The time from a changed sentence to its page and PDF, median of so many changes."""
    command = (sys.executable, "-m", "bench.serving", str(root), str(runs))
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return median([Run(*row) for row in json.loads(answer.stdout)])


def main() -> None:
    """Change and build, and print seconds and seconds of processor time of each."""
    from policygen.pipeline.publication.serving import Workshop

    root, runs = Path(sys.argv[1]), int(sys.argv[2])
    workshop = Workshop(
        root,
        preview=True,
        version="bench",
        now=lambda: datetime.now(UTC).replace(microsecond=0),
    )
    assert not workshop.build()
    made = []
    # The first quick look compiles what the others find ready.
    for number in range(runs + 1):
        one_sentence(root, 1000 + number)
        made.append(call(lambda: workshop.build(quick=True)))
    # What the pandoc took that is left running is known when it has ended.
    pandoc = call(workshop.close).cpu_seconds / len(made)
    print(json.dumps([(run.seconds, run.cpu_seconds + pandoc) for run in made[1:]]))


if __name__ == "__main__":
    main()
