"""The forge as lists: its rules as recorded, pushes past them, and spans nobody recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.audit.lists.approvals import moment
from policygen.tables import Column, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policygen.model.forge import RuleSnapshot, Span
    from policygen.model.window import Window
    from policygen.tables import Cell


def forge_tables(
    snapshots: Sequence[RuleSnapshot], gaps: Sequence[Span], window: Window
) -> tuple[Table, Table, Table]:
    """Recorded rules, pushes past them, and spans without a recording.

    Args:
        snapshots: Recordings made until the end of the window, oldest first.
        gaps: Spans of the window for which nothing shows who went past the rules.
        window: The days.
    """
    return _rules(snapshots), _bypasses(snapshots), _spans(gaps, window)


def _rules(snapshots: Sequence[RuleSnapshot]) -> Table:
    return Table(
        name="branch-rules",
        title="Branch rules as recorded",
        columns=(
            Column(title="Recorded at (UTC)"),
            Column(title="Repository", width=32),
            Column(title="Branch"),
            Column(title="Shows pushes since (UTC)"),
            Column(title="Left open by the rules", width=60),
            Column(title="Not readable to us", width=40),
            Column(title="Recording", width=60),
        ),
        rows=tuple(_snapshot(found) for found in snapshots),
    )


def _snapshot(found: RuleSnapshot) -> tuple[Cell, ...]:
    return (
        moment(found.recorded_at),
        f"{found.host}/{found.repository}",
        found.branch,
        moment(found.covers_from) if found.covers_from else "does not show",
        "; ".join(found.weaknesses) or None,
        "; ".join(found.unreadable) or None,
        f"evidence/{found.recording}",
    )


def _bypasses(snapshots: Sequence[RuleSnapshot]) -> Table:
    found = sorted(
        {bypass for snapshot in snapshots for bypass in snapshot.bypasses},
        key=lambda bypass: (bypass.at, bypass.commit),
    )
    return Table(
        name="pushes-past-the-rules",
        title="Pushes past the rules",
        columns=(
            Column(title="At (UTC)"),
            Column(title="Account", width=24),
            Column(title="Branch"),
            Column(title="Commit", width=44),
        ),
        rows=tuple((moment(row.at), row.actor, row.branch, row.commit) for row in found),
    )


def _spans(gaps: Sequence[Span], window: Window) -> Table:
    return Table(
        name="unrecorded-spans",
        title="Unrecorded spans",
        columns=(
            Column(title="From (UTC)"),
            Column(title="To (UTC)"),
            Column(title="What is missing", width=60, tones={_MISSING: Tone.ATTENTION}),
        ),
        rows=tuple((moment(gap.start), moment(gap.end), _MISSING) for gap in gaps),
        note=f"Window: {window}. In these spans nobody recorded who went past the branch rules.",
    )


_MISSING = "no recording shows pushes past the rules"
