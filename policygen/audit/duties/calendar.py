"""Recurring duties as a calendar (RFC 5545) that mail programs and phones import."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from policygen.audit.duties.intervals import first_due, recurrence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from policygen.audit.duties.duties import Duty
    from policygen.model.facts import Facts

_OCTETS = 75
"""Longest line, its end not counted (RFC 5545, 3.1)."""


def duties_calendar(
    duties: Sequence[Duty], facts: Facts, *, year: int, stamp: datetime, tool: str
) -> bytes:
    """An all-day event on each day by which a duty has to be done, from the start of a year.

    What follows other work, or comes hourly, has no day and is left out. An event keeps its UID
    from export to export, so that an import brings the old one up to date.

    Args:
        duties: The recurring duties.
        facts: The profile and the registries.
        year: The first year.
        stamp: When the duties were last changed; DTSTAMP of each event.
        tool: Name and version of this program.
    """
    organization = facts.profile.organization
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//policygen//{_text(tool)}//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(f'{organization.short_name}: recurring duties')}",
    ]
    anchor = facts.profile.review_calendar.anchor_month
    for duty in duties:
        due = first_due(duty.interval, year, anchor)
        if due is not None:
            lines += _event(duty, facts, due, stamp)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _event(duty: Duty, facts: Facts, due: date, stamp: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_uid(duty, facts)}"
    yield f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{due:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{due + timedelta(days=1):%Y%m%d}"
    yield f"RRULE:{recurrence(duty.interval)}"
    yield f"SUMMARY:{_text(_summary(duty))}"
    yield f"DESCRIPTION:{_text(_description(duty))}"
    yield f"CATEGORIES:{_text(duty.role)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _uid(duty: Duty, facts: Facts) -> str:
    """The same as long as the role does the duty in that rhythm for that organization."""
    organization = "".join(
        letter if letter.isascii() and letter.isalnum() else "-"
        for letter in facts.profile.organization.short_name.casefold()
    )
    rhythm = f"{duty.interval.step}-{duty.interval.unit.replace(' ', '-')}"
    role = duty.role_id or "everyone"
    return f"{duty.statement.id.lower()}.{role}.{rhythm}.{organization}@policygen"


def _summary(duty: Duty) -> str:
    times = ""
    if duty.each is not None:
        # Where nobody can say how many there are, the plural says it.
        number = "each " + duty.each if duty.count is None else f"{duty.count} x {duty.each}"
        times = f" ({number})"
    return f"{duty.statement.id} due: {duty.role}{times}"


def _description(duty: Duty) -> str:
    return (
        f"{duty.text}\nEvidence: {duty.statement.evidence}\n"
        f"{duty.document_title}, control {duty.statement.control or 'none'}"
    )


def _text(value: str) -> str:
    """A value of type TEXT (RFC 5545, 3.3.11)."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """The line with CRLF, folded between characters, never inside one."""
    parts: list[bytes] = []
    current = b""
    for letter in line:
        octets = letter.encode()
        if len(current) + len(octets) > _OCTETS:
            parts.append(current)
            current = b" "
        current += octets
    return b"\r\n".join([*parts, current]) + b"\r\n"
