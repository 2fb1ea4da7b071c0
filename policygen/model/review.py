"""Reviews: what is due when, what was answered, and what a cycle came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


class Outcome(Enum):
    """How a review ended."""

    MAJOR = "major"
    """A new version that changes what people are bound to."""

    MINOR = "minor"
    """A new version with the same duties."""

    CONFIRMED = "confirmed"
    """The text in force stays, byte for byte."""

    RETIRED = "retired"
    """The document goes out of force."""


class Standing(Enum):
    """Where the next review of a document stands on a day."""

    LATER = "later"
    """Neither planned nor due within the first reminder."""

    DUE = "due"
    """Planned or due within the first reminder."""

    LATE = "late"
    """The due date has passed, the grace after it has not."""

    OVERDUE = "overdue"
    """Due date and grace have passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """A role with whoever fills it now."""

    role: str
    title: str
    """The organization's title of the role."""

    person: str | None
    """Person id; None where nobody holds the role."""

    name: str | None
    """The person's name; None where nobody holds the role."""

    def __str__(self) -> str:
        return f"{self.title} ({self.name})" if self.name else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """A rung of the ladder that a review has reached: who is told, once."""

    key: str
    """`<document>/<due>/<rung>`: whoever sends messages sends each key once."""

    rung: str
    """Days before or after the due date, e.g. `T-30`, `T+0`."""

    told: tuple[Reviewer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextReview:
    """The next review of one document in force."""

    document: str
    title: str
    kind: str
    version: str
    """The version in force."""

    owner: Reviewer
    approver: Reviewer
    last_review: date
    last_outcome: Outcome | None
    """How the latest review ended; None where the first approval began the interval."""

    planned: date
    """The day that the calendar proposes, so that reviews spread over months; never after due."""

    due: date
    """Last day on which the document still counts as reviewed."""

    standing: Standing
    opened: str | None
    """Branch or file in which the review is open; None where it is not."""

    escalation: Escalation | None
    """The highest rung reached; None before the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days of a review cycle, both ends counted."""

    name: str
    """E.g. `2027`, `2027-q1`, `2027-03`, or two dates for an auditor's period."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedDocument:
    """One review that had to be carried out: due, and what became of it."""

    document: str
    title: str
    kind: str
    version: str
    """The version that came out of it or was confirmed; the one to review while it is open."""

    due: date
    done_on: date | None
    """Day of the consent that completed it; None while it is open."""

    outcome: Outcome | None
    """None while it is open."""

    people: tuple[str, ...]
    """Names of who consented, earliest first."""

    records: tuple[str, ...]
    """Paths of their records, relative to the workspace."""

    checklist_sha256: str | None
    """Digest of the filled checklist that a confirmed review is bound to; else None."""

    days_late: int
    """Days after the due date until it was done, or until the day of the summary; 0 on time."""

    @property
    def on_time(self) -> bool:
        """Whether it was done by its due date."""
        return self.done_on is not None and self.days_late == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSummary:
    """What a cycle came to: every review that was due in it or carried out in it."""

    period: Period
    as_of: date
    """Last day whose consents count; before the end of the period the cycle still runs."""

    grace_days: int
    reviews: tuple[ReviewedDocument, ...]
    """By due date, then document."""

    not_due: tuple[str, ...]
    """Ids of documents in force in the period of which no review fell into it."""

    @property
    def population(self) -> int:
        """How many reviews there were to do."""
        return len(self.reviews)

    @property
    def on_time(self) -> tuple[ReviewedDocument, ...]:
        """Reviews done by their due date."""
        return tuple(review for review in self.reviews if review.on_time)

    @property
    def late(self) -> tuple[ReviewedDocument, ...]:
        """Reviews done after their due date."""
        return tuple(
            review for review in self.reviews if review.done_on is not None and review.days_late
        )

    @property
    def open(self) -> tuple[ReviewedDocument, ...]:
        """Reviews not done by the day of the summary, due or not."""
        return tuple(review for review in self.reviews if review.done_on is None)

    @property
    def overdue(self) -> tuple[ReviewedDocument, ...]:
        """Open reviews whose due date and grace have passed."""
        limit = self.as_of - timedelta(days=self.grace_days)
        return tuple(review for review in self.open if review.due < limit)
