"""Waivers and exceptions as a list: each that ran in the window, whatever became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.model.profile.choices import Waiver
from policygen.tables import Column, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from policygen.model.profile.choices import PolicyException
    from policygen.model.window import Window
    from policygen.tables import Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """A waiver or exception as the profile had it at some time in the window."""

    what: Waiver | PolicyException
    first_seen: date
    """Day of the commit that first had it like this, or the window's first day."""

    removed: date | None
    """Day of the commit that removed or changed it within the window; None where none did."""


def exceptions(rows: Iterable[Allowed], window: Window, name_of: Callable[[str], str]) -> Table:
    """Everything that the profile allowed on some day of the window.

    Args:
        rows: What the profile listed in the window.
        window: The days.
        name_of: The name of a person or role, by id.
    """
    return Table(
        name="waivers-and-exceptions",
        title="Waivers and exceptions",
        columns=(
            Column(title="Id"),
            Column(title="Kind"),
            Column(title="Statement or check", width=28),
            Column(title="Document"),
            Column(title="Reason", width=44),
            Column(title="Risk score"),
            Column(title="Done instead", width=36),
            Column(title="Approved by", width=22),
            Column(title="For the benefit of", width=22),
            Column(title="From"),
            Column(title="Last day"),
            Column(
                title="At the end of the window",
                tones={"running": Tone.ATTENTION, "expired": Tone.BAD, "over": Tone.QUIET},
            ),
            Column(title="In the profile from"),
            Column(title="Changed or removed on"),
        ),
        rows=tuple(_row(row, window, name_of) for row in rows),
        note="A waiver sets a check or a statement aside; an exception allows a rule to be broken. "
        "Expired means: its last day has passed and the profile still listed it.",
    )


def _row(row: Allowed, window: Window, name_of: Callable[[str], str]) -> tuple[Cell, ...]:
    what = row.what
    if isinstance(what, Waiver):
        kind, target, document = "waiver", what.statement or what.code, what.document
        if what.naming:
            target = f"{target}, where it names {what.naming}"
        risk, instead, approver = None, None, name_of(what.approved_by)
    else:
        kind, target, document = "exception", what.statement, None
        risk, instead = what.risk_score, what.control_instead
        approver = name_of(what.approved_by or what.approver_role)
    return (
        what.id,
        kind,
        target,
        document,
        what.reason,
        risk,
        instead,
        approver,
        name_of(what.beneficiary) if what.beneficiary else None,
        what.start,
        what.expires,
        _state(row, window),
        row.first_seen,
        row.removed,
    )


def _state(row: Allowed, window: Window) -> str:
    if row.removed is not None:
        return "over"
    if row.what.expires < window.last:
        return "expired"
    return "not begun" if row.what.start > window.last else "running"
