"""Conflicting duties: which pairs the organization declares, and which one person carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.facts import Facts
    from policygen.model.profile.people import ConflictingDuties

CODE = "conflict-in-one-hand"
"""Code of the problem that somebody carries conflicting duties and nothing is done instead."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One declared conflict, and who carries two of its roles."""

    declared: ConflictingDuties
    titles: tuple[str, ...]
    """Titles of the roles, as the organization has them."""

    people: tuple[str, ...]
    """Ids of the people who carry two of the roles or more; empty where all are apart."""

    @property
    def in_words(self) -> str:
        """What meets in one person."""
        return f"one person carries the duties of {words.join_words(self.titles, 'and')}"


def conflicts_of(facts: Facts) -> tuple[Conflict, ...]:
    """Every declared conflict, in the order of the profile.

    A role that nobody holds is carried by whoever it falls back to, or by the acting holder of a
    vacancy.
    """
    return tuple(
        Conflict(
            declared=row,
            titles=tuple(facts.roles[role].title for role in row.roles if role in facts.roles),
            people=tuple(_who_meets(row, facts)),
        )
        for row in facts.profile.conflicting_duties
    )


def _who_meets(row: ConflictingDuties, facts: Facts) -> Iterator[str]:
    carried: dict[str, int] = {}
    for role in dict.fromkeys(row.roles):
        person = _carrier(role, facts)
        if person is not None:
            carried[person] = carried.get(person, 0) + 1
    yield from (person for person, count in carried.items() if count > 1)


def _carrier(role: str, facts: Facts) -> str | None:
    fact = facts.roles.get(role)
    if fact is None:
        return None
    carrier = facts.roles.get(fact.filled_by, fact)
    holding = facts.profile.roles.get(carrier.role.id)
    return carrier.holder or (holding.acting if holding else None)
