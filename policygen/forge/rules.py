"""Branch rules as evidence: what they leave open, who went past them, and what nobody recorded."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from policygen.forge import github_rules, gitlab_rules
from policygen.forge.reading import read_recordings
from policygen.forge.replies import ReplyError
from policygen.model.forge import ForgeKind, Span
from policygen.problems import Location, Problem, in_reading_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from policygen.model.forge import RuleSnapshot

SUBJECT = "rules"
"""What recordings of rules are about, where those of changes say `change-42`."""

REACH = timedelta(days=31)
"""How far back a visit shows who went past the rules; GitHub forgets after a month."""

_INDEX = re.compile(rf"forge/.+/{SUBJECT}/[^/]+/index\.json")


def read_rules(
    files: Mapping[str, bytes],
) -> tuple[tuple[RuleSnapshot, ...], tuple[Problem, ...]]:
    """Every recorded state of the rules, oldest first, and what is wrong with the rest.

    Args:
        files: Everything under `evidence/`, by path below it.
    """
    indexes = [path for path in files if _INDEX.fullmatch(path)]
    recordings, problems = read_recordings(files, indexes)
    snapshots: list[RuleSnapshot] = []
    found = list(problems)
    for recording in recordings:
        reader = github_rules if recording.kind is ForgeKind.GITHUB else gitlab_rules
        try:
            snapshots.append(reader.read_rules(recording, REACH))
        except ReplyError as error:
            found.append(
                Problem(
                    code="forge-recording-incomplete",
                    location=Location(f"evidence/{recording.index}"),
                    message=f"the rules cannot be read from the recording: {error}",
                    hint="Record them again with policygen forge fetch.",
                )
            )
    return tuple(snapshots), in_reading_order(found)


def unrecorded(
    snapshots: Iterable[RuleSnapshot], start: datetime, end: datetime
) -> tuple[Span, ...]:
    """The parts of a period for which no recording shows who went past the rules.

    Args:
        snapshots: Recorded states of the rules.
        start: Begin of the period.
        end: Its end, excluded.
    """
    covered = sorted(
        (found.covers_from, found.recorded_at)
        for found in snapshots
        if found.covers_from is not None
    )
    gaps: list[Span] = []
    reached = start
    for begin, until in covered:
        if begin > reached:
            gaps.append(Span(reached, min(begin, end)))
        reached = max(reached, until)
        if reached >= end:
            break
    if reached < end:
        gaps.append(Span(reached, end))
    return tuple(gap for gap in gaps if gap.start < gap.end and gap.start < end)
