"""The table that `make bench` prints: each piece of work beside its floor, and its goal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.measure import Run

HEAD = ("work", "time", "CPU", "peak", "floor", "CPU", "ratio", "CPU", "goal")


@dataclass(frozen=True)
class Row:
    """One piece of work."""

    work: str
    ours: Run
    floor: Run | None = None
    """What the engines alone need, or the same work at another size; None without a peer."""

    goal: str = ""
    parts: bool = False
    """Whether it is a part of the row above."""

    def cells(self) -> tuple[str, ...]:
        """The row as text, a cell for each column."""
        name = f"  {self.work}" if self.parts else self.work
        ours = (_time(self.ours.seconds), _time(self.ours.cpu_seconds))
        peak = f"{self.ours.peak_mb:.0f} MB" if self.ours.peak_mb else ""
        if self.floor is None:
            return (name, *ours, peak, "", "", "", "", self.goal)
        return (
            name,
            *ours,
            peak,
            _time(self.floor.seconds),
            _time(self.floor.cpu_seconds),
            f"{self.ours.seconds / self.floor.seconds:.2f}",
            f"{self.ours.cpu_seconds / max(self.floor.cpu_seconds, 0.01):.2f}",
            self.goal,
        )


def printed(rows: Sequence[Row]) -> str:
    """All rows below a head, in columns."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in (0, len(HEAD) - 1) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _time(seconds: float) -> str:
    return f"{seconds:.2f} s"
