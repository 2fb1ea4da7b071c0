"""The package that a demonstration leaves beside its site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen import atomic
from policygen.history.dates import local_day
from policygen.model.window import Window

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from policygen.pipeline.situation import Situation
    from policygen.problems import Problem


def export_demonstration(
    found: Situation,
    problems: Sequence[Problem],
    *,
    first: datetime,
    signer: tuple[str, Path],
    tool: str,
) -> tuple[Path, int]:
    """The signed package of the time since the first approvals, and how many versions it has.

    Args:
        found: The finished demonstration.
        problems: What does not verify in it; none, where all went well.
        first: When the first approvals were given.
        signer: Person and key that sign the manifest.
        tool: E.g. `policygen 1.0.0`.
    """
    from policygen.pipeline.package.exporting import Request, export_from

    window = Window(
        first=local_day(first, found.zone), last=local_day(found.now, found.zone), is_period=True
    )
    request = Request(
        window=window, with_problems=bool(problems), tool=tool, now=found.now, signer=signer
    )
    made = export_from(found, problems, request, advance=lambda _: None)
    path = found.root / "build" / f"{made.name}.zip"
    atomic.write_bytes(path, made.archive)
    return path, made.documents
