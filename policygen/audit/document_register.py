"""The document register of a package: a line for each version in force, and for each gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.model.register import Flag
from policygen.tables import Column, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from policygen.audit.manifest import IndexLine
    from policygen.model.register import Entry, Register, Version
    from policygen.model.window import Gap, InForce, Interval, Window
    from policygen.tables import Cell

_COLUMNS = (
    Column(title="Document"),
    Column(title="Title"),
    Column(title="Kind"),
    Column(title="What", tones={"in force": Tone.GOOD, "not in force": Tone.ATTENTION}),
    Column(title="From"),
    Column(title="To"),
    Column(title="Version"),
    Column(title="Effective"),
    Column(title="Approved"),
    Column(title="Approved by", width=32),
    Column(title="Strength"),
    Column(title="Owner"),
    Column(title="Approver"),
    Column(title="Classification"),
    Column(title="Last review"),
    Column(title="Next review"),
    Column(title="Review", tones={"overdue": Tone.BAD, "due": Tone.ATTENTION}),
    Column(title="Why not in force", width=36),
    Column(title="File", width=40),
    Column(title="SHA-256 of the file", width=24),
    Column(title="SHA-256 of the text", width=24),
)


def document_register(
    register: Register,
    in_force: InForce,
    lines: tuple[IndexLine, ...],
    window: Window,
    day_of: Callable[[datetime], date],
) -> Table:
    """Every document, with each version in force in the window and each day without one.

    Args:
        register: As of the window's last day.
        in_force: What was in force in it.
        lines: The index, with the files.
        window: The days.
        day_of: The organization's day of a moment.
    """
    entries = {entry.id: entry for entry in register.entries}
    files = {(line.document, line.version): line for line in lines}
    rows: list[tuple[Cell, ...]] = [
        _line(interval, entries[interval.version.document], files, day_of)
        for interval in in_force.intervals
    ]
    rows += [_gap(gap, entries[gap.document]) for gap in in_force.gaps]
    rows.sort(key=lambda row: (str(row[0]), str(row[4])))
    return Table(
        name="document-register",
        title="Document register",
        columns=_COLUMNS,
        rows=tuple(rows),
        note=f"Window: {window}. A document has a line for each version in force and for each "
        "stretch of days without one; together they cover every day of the window.",
    )


def _line(
    interval: Interval,
    entry: Entry,
    files: Mapping[tuple[str, str], IndexLine],
    day_of: Callable[[datetime], date],
) -> tuple[Cell, ...]:
    version = interval.version
    header = version.text.header
    line = files[version.document, version.version]
    is_current = entry.in_force is not None and entry.in_force.version == version.version
    return (
        version.document,
        header.title,
        header.kind.value,
        "in force",
        interval.first,
        interval.last,
        version.version,
        version.effective,
        None if version.approved_at is None else day_of(version.approved_at),
        approvers(version),
        version.strength.name,
        header.owner_title,
        header.approver_title or header.owner_title,
        header.classification,
        entry.last_review if is_current else None,
        entry.next_review if is_current else None,
        review_state(entry) if is_current else "superseded",
        None,
        line.file or "not sealed",
        line.file_sha256,
        version.text_sha256,
    )


def _gap(gap: Gap, entry: Entry) -> tuple[Cell, ...]:
    empty: tuple[Cell, ...] = (None,) * 5
    return (
        gap.document, gap.title, gap.kind, "not in force", gap.first, gap.last, *empty,
        None, entry.approver_title, None, None, None, None, gap.reason, None, None, None,
    )  # fmt: skip


def approvers(version: Version) -> str:
    """Who consented and under which role, in the order of their consents."""
    return "; ".join(f"{verdict.name} ({verdict.role_title})" for verdict in version.consents)


def review_state(entry: Entry) -> str:
    """Where the review of a document stands."""
    if Flag.OVERDUE in entry.flags:
        return "overdue"
    return "due" if Flag.DUE in entry.flags else "current"
