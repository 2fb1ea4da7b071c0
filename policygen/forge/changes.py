"""Changes: every pull and merge request that recordings show, read back without any network."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from policygen.forge import github, gitlab
from policygen.forge.reading import read_recordings
from policygen.forge.replies import ReplyError
from policygen.model.forge import ForgeKind
from policygen.problems import Location, Problem, in_reading_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from policygen.forge.recordings import Recording
    from policygen.model.forge import ForgeChange

CLOCK_SKEW = timedelta(hours=1)
"""How far the forge's clock and ours may differ."""


def read_changes(
    files: Mapping[str, bytes], only: Iterable[str] | None = None
) -> tuple[dict[str, ForgeChange], tuple[Problem, ...]]:
    """Changes by path of their recording's index, oldest recording first, and what is wrong.

    Args:
        files: Everything under `evidence/`, by path below it.
        only: Paths of the indexes to read; None means all.
    """
    recordings, problems = read_recordings(files, only)
    changes: dict[str, ForgeChange] = {}
    found = list(problems)
    for recording in recordings:
        number = recording.change
        if number is None:
            continue
        try:
            changes[recording.index] = read_change(recording, number)
        except ReplyError as error:
            found.append(
                Problem(
                    code="forge-recording-incomplete",
                    location=Location(f"evidence/{recording.index}"),
                    message=f"change {number} cannot be read from its recording: {error}",
                    hint="Record it again with policygen forge fetch; this recording counts for"
                    " nothing.",
                )
            )
    return changes, in_reading_order(found)


def read_change(recording: Recording, number: int) -> ForgeChange:
    """One change as its recording shows it.

    Raises:
        ReplyError: The recording is incomplete, or not what the forge documents.
    """
    if recording.kind is ForgeKind.GITHUB:
        change = github.read_change(recording, number)
    else:
        change = gitlab.read_change(recording, number)
    times = [change.merged_at, *(review.submitted_at for review in change.reviews)]
    if any(moment is not None and moment > recording.recorded_at + CLOCK_SKEW for moment in times):
        raise ReplyError("it tells of what happened after it was made")
    return change
