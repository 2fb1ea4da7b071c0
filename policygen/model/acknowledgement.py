"""Acknowledgements: who has to say that they have read a document, and who said so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from policygen.problems import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person on the roster: a row of what the HR system exports."""

    id: str
    name: str
    mail: str | None
    """Address by which a form knows the person; None where the roster has none."""

    start: date
    """First working day."""

    end: date | None
    """Last working day; None where none is set."""

    groups: frozenset[str]
    """Words by which audiences name people, e.g. `engineering`, lower case."""

    leave: tuple[date, date] | None
    """First and last day of a leave of absence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One person's word that they have read one version: a row of a form's export."""

    person: str
    """Id or mail address, as the form wrote it."""

    document: str
    version: str
    text_sha256: str | None
    """Digest of the text that was shown; None where the form does not say."""

    day: date
    """When, in the organization's time zone."""

    source: str
    """Where it comes from, e.g. `form export of 2026-11-01`."""

    location: Location


class Answered(Enum):
    """What became of an acknowledgement that is owed."""

    ON_TIME = "acknowledged"
    """Given by its last day."""

    LATE = "acknowledged late"
    """Given, after its last day."""

    OPEN = "open"
    """Not given, and its last day has not passed."""

    OVERDUE = "overdue"
    """Not given by its last day."""

    ON_LEAVE = "on leave"
    """Not given; the person is away, and the days begin again on their return."""

    LEFT = "left without"
    """Not given before the person left, though it was due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One acknowledgement that one person owes for one document."""

    member: Member
    document: str
    title: str
    version: str
    """The version in force that has to be acknowledged, or a later minor one."""

    why: str
    """What it is owed for: `first working day`, `new version` or `renewal`."""

    due: date
    """Last day on which it is on time."""

    given: date | None
    """When it was given; None while it was not."""

    answered: Answered
    source: str | None
    """Where the receipt comes from."""
