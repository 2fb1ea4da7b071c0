"""Shares: which role does a recurring duty, for how many things, at which interval."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from policygen.audit.data_rows import data_of, rows_of, text_of
from policygen.audit.duties.intervals import (
    Interval,
    interval_in,
    interval_of_days,
    interval_of_months,
    named_interval,
)
from policygen.model.document import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from policygen.model.document import RecordText, Statement
    from policygen.model.facts import Facts, ParameterValue

_CASES = {
    "system_owner": "system",
    "data_owner": "data class",
    "vendor_owner": "vendor",
    "line_manager": "line manager",
    "incident_commander": "incident commander",
    "user": "user",
}
"""What a pseudo role stands for one of: a duty of the system owner is done for each system."""


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a duty that falls to one role at one interval."""

    role: str
    role_id: str | None
    interval: Interval
    each: str | None
    count: int | None


def shares_of(
    statement: Statement, sentence: str, actor: str, texts: Sequence[RecordText], facts: Facts
) -> tuple[Share, ...]:
    """Who does what a statement says, role by role; none where it is no recurring duty.

    Args:
        statement: The statement.
        sentence: Its text without marks.
        actor: Who acts, as the sentence says.
        texts: All texts of the set.
        facts: The profile and the registries.
    """
    row = elsewhere(statement.id)
    if row is not None:
        return tuple(_shares_elsewhere(row, statement, sentence, texts, facts))
    interval = interval_in(sentence)
    return () if interval is None else tuple(_shares(statement, actor, interval, facts))


def elsewhere(statement: str) -> Mapping[str, str] | None:
    """Where the interval of a statement stands, if not in its sentence."""
    return _elsewhere().get(statement)


def _shares(statement: Statement, actor: str, interval: Interval, facts: Facts) -> Iterator[Share]:
    """Who does it and for how many: each owner for their own systems, everybody for themselves."""
    everyone = f"Each member of the {facts.terms['workforce']}"
    if actor == everyone:
        yield Share(everyone, None, interval, "person", facts.profile.organization.headcount)
        return
    role_id = _role_with(statement.owner, facts)
    case = _CASES.get(role_id or "")
    if case is None:
        yield Share(statement.owner, role_id, interval, None, 1)
    elif (owners := _owners(case, interval, facts)) is not None:
        for (owner, own_interval), count in owners.items():
            yield Share(_title(owner, facts), owner, own_interval, case, count)
    else:
        yield Share(statement.owner, role_id, interval, case, None)


def _owners(
    case: str, interval: Interval, facts: Facts
) -> Mapping[tuple[str, Interval], int] | None:
    """How many of a kind each role answers for; None where the profile lists none of the kind."""
    profile = facts.profile
    match case:
        case "system":
            return Counter(
                (system.owner_role, interval) for system in profile.systems if system.in_scope
            )
        case "data class":
            return Counter((row.owner_role, interval) for row in profile.data.classes)
        case "vendor":
            return Counter((vendor.owner_role, interval) for vendor in profile.vendors)
        case _:
            return None


def _shares_elsewhere(
    row: Mapping[str, str],
    statement: Statement,
    sentence: str,
    texts: Sequence[RecordText],
    facts: Facts,
) -> Iterator[Share]:
    by = row["by"]
    match by:
        case "systems":
            yield from _reviews_of_systems(sentence, facts)
        case "documents" | "registers":
            wants_register = by == "registers"
            counts = Counter(
                (text.header.owner, text.header.owner_title, text.header.review_months)
                for text in texts
                if (text.header.kind is Kind.REGISTER) == wants_register
            )
            for (owner, title, months), count in counts.items():
                kind = "register" if wants_register else "document"
                yield Share(title, owner, interval_of_months(months), kind, count)
        case "vendors":
            months_by_tier = _review_months(facts)
            reviews = Counter(
                (vendor.owner_role, months_by_tier[vendor.tier])
                for vendor in facts.profile.vendors
                if vendor.tier in months_by_tier
            )
            for (owner, months), count in reviews.items():
                title = _title(owner, facts)
                yield Share(title, owner, interval_of_months(months), "vendor", count)
        case _:
            interval = _interval_set(facts.parameters.get(by))
            if interval is not None:
                case = row.get("each")
                role_id = _role_with(statement.owner, facts)
                yield Share(statement.owner, role_id, interval, case, None if case else 1)


def _reviews_of_systems(sentence: str, facts: Facts) -> Iterator[Share]:
    """Each system at its own cadence where it has one, else at that of the sentence."""
    usual = interval_in(sentence)
    cadences: Counter[tuple[str, Interval]] = Counter()
    for system in facts.profile.systems:
        own = named_interval(system.access_review) if system.access_review else usual
        if system.in_scope and own is not None:
            cadences[system.owner_role, own] += 1
    for (owner, interval), count in cadences.items():
        yield Share(_title(owner, facts), owner, interval, "system", count)


def _interval_set(value: ParameterValue | None) -> Interval | None:
    if value is None or isinstance(value.value, bool):
        return None
    if isinstance(value.value, int) and value.parameter.unit == "days" and value.value > 0:
        return interval_of_days(value.value)
    return named_interval(value.value) if isinstance(value.value, str) else None


def _review_months(facts: Facts) -> dict[str, int]:
    rows = facts.parameters["vendor_tiers"].value
    months: dict[str, int] = {}
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            tier, interval = row.get("tier"), row.get("review_months")
            if isinstance(tier, str) and isinstance(interval, int) and interval > 0:
                months[tier] = interval
    return months


def _role_with(title: str, facts: Facts) -> str | None:
    """The role that texts call by a title; one that somebody holds where several share it."""
    found = [name for name, role in facts.roles.items() if role.title == title]
    held = [name for name in found if facts.roles[name].holder is not None]
    return next(iter([*held, *found]), None)


def _title(role_id: str, facts: Facts) -> str:
    role = facts.roles.get(role_id)
    if role is None:
        return role_id
    carrier = facts.roles.get(role.filled_by, role)
    return carrier.title


@cache
def _elsewhere() -> dict[str, dict[str, str]]:
    return {
        text_of(row["statement"]): {key: text_of(item) for key, item in row.items()}
        for row in rows_of(data_of("duties")["duties"])
    }
