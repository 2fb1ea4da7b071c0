"""Approvals and changes as lists: what each consent rests on, what each version changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from policygen.model.evidence import Decision
from policygen.tables import Column, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from policygen.model.register import Verdict, Version
    from policygen.model.window import Window
    from policygen.tables import Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """When git first had a record on the default branch."""

    commit: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """A version that took effect in the window, beside the one it replaced."""

    version: Version
    previous: Version | None
    summary: str
    """What changed, in a line."""

    redline: str | None
    """Path of the comparison in the package; None where there is nothing to compare."""


def approvals(
    verdicts: Sequence[Verdict],
    window: Window,
    day_of: Callable[[datetime], date],
    seen: Callable[[str], Seen | None],
) -> tuple[Table, Table]:
    """Every consent given until the end of the window, earliest first, and their records.

    Args:
        verdicts: Consents that hold.
        window: The days.
        day_of: The organization's day of a moment.
        seen: When git first had a record, by its path.
    """
    given = Table(
        name="approvals",
        title="Approvals",
        columns=(
            Column(title="Document"),
            Column(title="Version"),
            Column(title="Decision"),
            Column(title="Person", width=22),
            Column(title="Role", width=22),
            Column(title="Acting for"),
            Column(title="Given at (UTC)"),
            Column(title="Day there"),
            Column(title="In the window", tones={"no": Tone.QUIET}),
            Column(title="Effective"),
            Column(title="Significance"),
            Column(title="Strength", tones={"A0": Tone.ATTENTION}),
            Column(title="Rests on", width=36),
            Column(title="Time attested", tones={"no": Tone.ATTENTION}),
            Column(title="First in git (UTC)"),
            Column(title="Days until in git"),
        ),
        rows=tuple(_approval(row, window, day_of, seen(row.path)) for row in verdicts),
        note="Strength: A0 asserted, A1 and A2 a review on a forge, E a decision given elsewhere, "
        "A3 the approver's own enrolled key, A4 the same with independent time. Times are the "
        "signer's claim unless attested; git's are the committer's.",
    )
    records = Table(
        name="records-of-approvals",
        title="Records of the approvals",
        columns=(
            Column(title="Document"),
            Column(title="Version"),
            Column(title="Person", width=22),
            Column(title="Method"),
            Column(title="Record", width=60),
            Column(title="Commit", width=24),
            Column(title="Fingerprint of the key", width=34),
            Column(title="SHA-256 of the text", width=34),
        ),
        rows=tuple(_record(row, seen(row.path)) for row in verdicts),
    )
    return given, records


def _approval(
    verdict: Verdict, window: Window, day_of: Callable[[datetime], date], seen: Seen | None
) -> tuple[Cell, ...]:
    consent = verdict.consent
    day = day_of(consent.at)
    return (
        consent.document,
        consent.version,
        consent.decision.value,
        verdict.name,
        verdict.role_title,
        consent.acting_for,
        moment(consent.at),
        day,
        "yes" if window.first <= day <= window.last else "no",
        consent.effective,
        consent.significance.value,
        verdict.strength.name,
        verdict.note,
        "yes" if verdict.time_attested else "no",
        moment(seen.at) if seen else None,
        (day_of(seen.at) - day).days if seen else None,
    )


def _record(verdict: Verdict, seen: Seen | None) -> tuple[Cell, ...]:
    consent = verdict.consent
    return (
        consent.document,
        consent.version,
        verdict.name,
        consent.method.value,
        verdict.path,
        seen.commit if seen else None,
        verdict.fingerprint,
        consent.text_sha256,
    )


def changes(
    lines: Iterable[ChangeLine], window: Window, day_of: Callable[[datetime], date]
) -> Table:
    """Every version that took effect in the window, by document.

    Args:
        lines: What changed.
        window: The days.
        day_of: The organization's day of a moment.
    """
    return Table(
        name="changes",
        title="Changes",
        columns=(
            Column(title="Document"),
            Column(title="What", tones={"retired": Tone.ATTENTION}),
            Column(title="From version"),
            Column(title="To version"),
            Column(title="Approved"),
            Column(title="Effective"),
            Column(title="Significance"),
            Column(title="Reason", width=36),
            Column(title="What changed", width=50),
            Column(title="Approved by", width=32),
            Column(title="Redline", width=44),
        ),
        rows=tuple(_change(line, day_of) for line in lines),
        note=f"Window: {window}. Versions and retirements that took effect in it.",
    )


def _change(line: ChangeLine, day_of: Callable[[datetime], date]) -> tuple[Cell, ...]:
    version, previous = line.version, line.previous
    if version.decision is Decision.RETIRED:
        what = "retired"
    else:
        what = "new version" if previous else "first version"
    return (
        version.document,
        what,
        previous.version if previous else None,
        version.version,
        day_of(version.approved_at) if version.approved_at else None,
        version.effective,
        version.significance.value,
        version.reason,
        line.summary,
        "; ".join(f"{verdict.name} ({verdict.role_title})" for verdict in version.consents),
        line.redline,
    )


def moment(at: datetime) -> str:
    """A moment in UTC, e.g. `2026-11-20 15:04:05`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
