"""The document register of a package: a line for each version in force, and for each gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.model.register import Flag
from policygen.tables import Column, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from policygen.audit.package.manifest import IndexLine
    from policygen.model.register import Entry, Register, Version
    from policygen.model.window import Gap, InForce, Interval, Window
    from policygen.tables import Cell

_COLUMNS = (
    Column(title="Document"),
    Column(title="Title", width=34),
    Column(title="Kind"),
    Column(title="What", tones={"in force": Tone.GOOD, "not in force": Tone.ATTENTION}),
    Column(title="From"),
    Column(title="To"),
    Column(title="Version"),
    Column(title="Effective"),
    Column(title="Approved"),
    Column(title="Approved by", width=30),
    Column(title="Owner", width=20),
    Column(title="Last review"),
    Column(title="Next review"),
    Column(title="Review", tones={"overdue": Tone.BAD, "due": Tone.ATTENTION}),
    Column(title="Why not in force", width=26),
)
_FILE_COLUMNS = (
    Column(title="Document"),
    Column(title="Version"),
    Column(title="From"),
    Column(title="Strength", tones={"A0": Tone.ATTENTION}),
    Column(title="Approver", width=24),
    Column(title="Classification"),
    Column(title="File", width=52, tones={"not sealed": Tone.BAD}),
    Column(title="SHA-256 of the file", width=34),
    Column(title="SHA-256 of the text", width=34),
)


def document_register(
    register: Register,
    in_force: InForce,
    lines: tuple[IndexLine, ...],
    window: Window,
    day_of: Callable[[datetime], date],
) -> tuple[Table, Table]:
    """Every document with each version in force and each day without one, and their files.

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
        _line(interval, entries[interval.version.document], day_of)
        for interval in in_force.intervals
    ]
    rows += [_gap(gap, entries[gap.document]) for gap in in_force.gaps]
    rows.sort(key=lambda row: (str(row[0]), str(row[4])))
    register_table = Table(
        name="document-register",
        title="Document register",
        columns=_COLUMNS,
        rows=tuple(rows),
        note=f"Window: {window}. A document has a line for each version in force and for each "
        "stretch of days without one; together they cover every day of the window.",
    )
    files_table = Table(
        name="document-register-files",
        title="Files of the register",
        columns=_FILE_COLUMNS,
        rows=tuple(_file(interval, files) for interval in in_force.intervals),
    )
    return register_table, files_table


def _line(interval: Interval, entry: Entry, day_of: Callable[[datetime], date]) -> tuple[Cell, ...]:
    version = interval.version
    header = version.text.header
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
        header.owner_title,
        entry.last_review if is_current else None,
        entry.next_review if is_current else None,
        review_state(entry) if is_current else "superseded",
        None,
    )


def _file(interval: Interval, files: Mapping[tuple[str, str], IndexLine]) -> tuple[Cell, ...]:
    version = interval.version
    header = version.text.header
    line = files[version.document, version.version]
    return (
        version.document,
        version.version,
        interval.first,
        version.strength.name,
        header.approver_title or header.owner_title,
        header.classification,
        line.file or "not sealed",
        line.file_sha256,
        version.text_sha256,
    )


def _gap(gap: Gap, entry: Entry) -> tuple[Cell, ...]:
    head = (gap.document, gap.title, gap.kind, "not in force", gap.first, gap.last)
    return (*head, None, None, None, None, entry.approver_title, None, None, None, gap.reason)


def approvers(version: Version) -> str:
    """Who consented and under which role, in the order of their consents."""
    return "; ".join(f"{verdict.name} ({verdict.role_title})" for verdict in version.consents)


def review_state(entry: Entry) -> str:
    """Where the review of a document stands."""
    if Flag.OVERDUE in entry.flags:
        return "overdue"
    return "due" if Flag.DUE in entry.flags else "current"
