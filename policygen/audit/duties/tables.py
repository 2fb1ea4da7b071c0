"""Recurring duties as tables: each with its count, and the sums of each role."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from policygen import words
from policygen.audit.duties.intervals import BUSINESS_DAYS, named_interval
from policygen.model.catalogue import FREQUENCIES
from policygen.model.facts import Origin
from policygen.tables import Column, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policygen.audit.duties.duties import Duty
    from policygen.model.facts import Facts, ParameterValue
    from policygen.tables import Cell

TOTAL = "All roles"
_BY_MACHINE = frozenset({"hour", "build", "batch"})


def duties_table(duties: Sequence[Duty], facts: Facts) -> Table:
    """One row a duty and role."""
    return Table(
        name="recurring-duties",
        title="Recurring duties",
        columns=(
            Column(title="Role", width=22),
            Column(title="Statement"),
            Column(title="What is promised", width=60),
            Column(title="How often", width=20),
            Column(title="For each"),
            Column(title="How many"),
            Column(title="Times a year"),
            Column(title="Hours each time"),
            Column(title="Hours a year"),
            Column(title="Parameter", width=32),
            Column(title="Set by", width=20),
            Column(title="Loosest allowed", width=20),
            Column(title="Evidence it leaves", width=34),
            Column(title="Document", width=28),
        ),
        rows=tuple(_row(duty, facts) for duty in duties),
    )


def totals_table(duties: Sequence[Duty], facts: Facts) -> Table:
    """One row a role, and the sum of all."""
    roles: dict[str, list[Duty]] = {}
    for duty in duties:
        roles.setdefault(duty.role, []).append(duty)
    rows = [(role, _holder(found, facts), *_sums(found)) for role, found in roles.items()]
    return Table(
        name="duties-by-role",
        title="Duties by role",
        columns=(
            Column(title="Role"),
            Column(title="Held by"),
            Column(title="Duties"),
            Column(title="Times a year"),
            Column(title="Duties not in the sum"),
            Column(title="Hours a year"),
            Column(title="Duties with hours"),
        ),
        rows=(*rows, (TOTAL, "", *_sums(duties))),
        note=f"A year has {BUSINESS_DAYS} business days. Times and hours are the least that the "
        "sentences ask for; duties that arise from an event are not counted. Not in the sum are "
        "duties that come hourly or with each build, which machines do, and those done for each "
        "of something that the profile does not count. Hours come from duty_hours of the profile.",
    )


def _row(duty: Duty, facts: Facts) -> tuple[Cell, ...]:
    settings = [facts.parameters[name] for name in duty.parameters if name in facts.parameters]
    return (
        duty.role,
        duty.statement.id,
        duty.text,
        duty.interval.shown,
        duty.each,
        duty.count if duty.each else None,
        figure(duty.times_a_year),
        figure(duty.hours_each),
        figure(duty.hours_a_year),
        " or ".join(duty.parameters),
        "; ".join(dict.fromkeys(_set_by(value) for value in settings)),
        _loosest(settings[0]) if len(settings) == 1 else "",
        duty.statement.evidence,
        duty.document_title,
    )


def _sums(duties: Sequence[Duty]) -> tuple[Cell, ...]:
    times = [duty.times_a_year for duty in duties if duty.interval.unit not in _BY_MACHINE]
    counted = [each for each in times if each is not None]
    hours = [duty.hours_a_year for duty in duties if duty.hours_a_year is not None]
    return (
        len(duties),
        figure(sum(counted, Fraction(0))),
        len(duties) - len(counted),
        figure(sum(hours, Fraction(0))) if hours else None,
        len(hours),
    )


def figure(value: Fraction | None) -> int | float | None:
    """A count as a spreadsheet takes it, tenths at most."""
    if value is None:
        return None
    return int(value) if value.denominator == 1 else round(float(value), 1)


def _holder(duties: Sequence[Duty], facts: Facts) -> str:
    """Who carries the role now; a fallback where nobody holds the role itself."""
    role = facts.roles.get(duties[0].role_id or "")
    if role is None:
        return ""
    carrier = facts.roles.get(role.filled_by, role)
    person = facts.profile.person(carrier.holder) if carrier.holder else None
    return person.name if person else ""


def _set_by(value: ParameterValue) -> str:
    match value.origin:
        case Origin.ORGANIZATION | Origin.COMMITMENT:
            place = str(value.location) if value.location else "the profile"
            return f"{place} ({value.source})" if value.source else place
        case Origin.FLOOR:
            return value.floor.source if value.floor else "a law or standard"
        case Origin.DEFAULT | Origin.UNANSWERED:
            return "default"


def _loosest(value: ParameterValue) -> str:
    """How rarely the parameter may say it, bounds in force included."""
    choices = [
        choice
        for choice in value.parameter.choices
        if isinstance(choice, str) and choice in FREQUENCIES
    ]
    if not choices:
        return ""
    loosest = max(choices, key=FREQUENCIES.index)
    bound = value.floor.at_least if value.floor else None
    if bound is not None and FREQUENCIES.index(bound) < FREQUENCIES.index(loosest):
        loosest = bound
    interval = named_interval(loosest)
    return interval.shown if interval else words.every(loosest)
