"""Duties: what a set of texts commits the organization to do again and again, and how often.

Read from the statements themselves, so that what is listed is what was promised: a sentence that
names an interval is a recurring duty. A few sentences take their interval from a register, a table
or another duty; `data/duties.yml` lists them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from policygen import words
from policygen.audit.duties.shares import elsewhere, shares_of
from policygen.model.catalogue import FREQUENCIES
from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from policygen.audit.duties.intervals import Interval
    from policygen.audit.duties.shares import Share
    from policygen.model.document import RecordText, Statement
    from policygen.model.facts import Facts

_ACTOR = re.compile(r"^(.{1,160}?) SHALL\b")

_TABLES: Mapping[str, tuple[str, ...]] = {
    "documents": ("policy_review_months",),
    "registers": (),
    "systems": ("access_review_frequency",),
    "vendors": ("vendor_tiers",),
}
"""Parameters behind intervals that stand in lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A recurring duty of one role."""

    statement: Statement
    document_title: str
    text: str
    """The sentence without marks."""

    actor: str
    """Who acts, as the sentence says."""

    role: str
    """Title of the role it is counted for."""

    role_id: str | None
    """None for duties of everyone."""

    interval: Interval
    each: str | None
    """What it is done for, e.g. `system`; None where it is done once."""

    count: int | None
    """For how many of them; None where the profile does not say."""

    parameters: tuple[str, ...]
    """Parameters that set the interval; several where the same words may come from each."""

    hours_each: Fraction | None
    """Hours for one time, from the profile; None where it gives none."""

    @property
    def times_a_year(self) -> Fraction | None:
        """How often this role does it in a year; None where nobody can count it ahead."""
        times = self.interval.times_a_year
        return None if times is None or self.count is None else times * self.count

    @property
    def hours_a_year(self) -> Fraction | None:
        """Hours in a year; None where times or hours are not known."""
        times = self.times_a_year
        return None if times is None or self.hours_each is None else times * self.hours_each


def recurring_duties(
    texts: Sequence[RecordText], facts: Facts, named: Mapping[str, frozenset[str]]
) -> tuple[Duty, ...]:
    """The recurring duties of a set, by role, the most frequent first.

    Args:
        texts: Working texts or texts in force.
        facts: The profile and the registries.
        named: Parameters that each statement's template names, by statement.
    """
    stated: dict[str, tuple[Statement, RecordText]] = {}
    for text in texts:
        for statement in text.statements:
            # A document bound into another may still be in force beside it.
            stated.setdefault(statement.id, (statement, text))
    duties = [
        duty
        for statement, text in stated.values()
        if statement.applies
        for duty in _duties_of(statement, text, texts, facts, named)
    ]
    return tuple(sorted(duties, key=_order))


def _order(duty: Duty) -> tuple[str, Fraction, str]:
    return duty.role.casefold(), -(duty.times_a_year or Fraction(0)), duty.statement.id


def _duties_of(
    statement: Statement,
    text: RecordText,
    texts: Sequence[RecordText],
    facts: Facts,
    named: Mapping[str, frozenset[str]],
) -> Iterator[Duty]:
    plain = dialect.plain(statement.text)
    found = _ACTOR.match(plain)
    actor = found[1] if found else statement.owner
    hours = facts.profile.duty_hours.get(statement.id)
    for share in shares_of(statement, plain, actor, texts, facts):
        yield Duty(
            statement=statement,
            document_title=text.header.title,
            text=plain,
            actor=actor,
            role=share.role,
            role_id=share.role_id,
            interval=share.interval,
            each=share.each,
            count=share.count,
            parameters=_parameters(share, statement, facts, named.get(statement.id, frozenset())),
            hours_each=None if hours is None else Fraction(str(hours)),
        )


def _parameters(
    share: Share, statement: Statement, facts: Facts, named: frozenset[str]
) -> tuple[str, ...]:
    row = elsewhere(statement.id)
    if row is not None:
        return _TABLES.get(row["by"], (row["by"],))
    saying = [
        name
        for name in sorted(named)
        if (value := facts.parameters.get(name)) is not None
        and isinstance(value.value, str)
        and value.value in FREQUENCIES
        and words.every(value.value) == share.interval.shown
    ]
    return tuple(saying)
