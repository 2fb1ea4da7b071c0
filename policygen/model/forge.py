"""What recordings of a forge show: changes with their reviews, and the rules of a branch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from policygen.model.evidence import RawResponse


class ForgeKind(Enum):
    """Whose interface a forge speaks."""

    GITHUB = "github"
    """GitHub, in the cloud or on a server of one's own."""

    GITLAB = "gitlab"
    """GitLab, in the cloud or on a server of one's own."""


class Outcome(Enum):
    """What one account's reviews of a change come to at its merge."""

    APPROVED = "approved"
    """It approved, and nothing later takes that back."""

    CHANGES_REQUESTED = "changes requested"
    """Its last word before the merge was that something must change."""

    DISMISSED = "dismissed"
    """Its approval was dismissed or taken back."""

    LATE = "late"
    """It approved after the merge only."""

    UNBOUND = "unbound"
    """The forge does not say which commit it approved, or when."""

    BOT = "bot"
    """The account is no person's."""

    NOBODY = "nobody"
    """The account was deleted; the forge no longer says whose review it was."""


class Binding(Enum):
    """How the reviewed commit is known."""

    STATED = "stated"
    """The forge names the commit with the review."""

    INFERRED = "inferred"
    """It is the newest version of the change at the time of the approval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewWords:
    """What the reviewer wrote on lines of their own in the review."""

    effective: date | None = None
    """`Effective: 2026-12-01`."""

    minor: bool = False
    """`Significance: minor`."""

    reason: str | None = None
    """`Reason: wording only`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeReview:
    """What one account's reviews of a change come to."""

    review: int
    """Id of the deciding review; 0 where the forge has none."""

    user_id: int | None
    """Numeric id of the account; None where it was deleted."""

    login: str
    outcome: Outcome
    detail: str
    """What the outcome rests on, in a clause."""

    submitted_at: datetime | None
    """None where the forge does not say."""

    commit: str | None
    """The reviewed commit; None where it is not known."""

    binding: Binding
    texts: Mapping[str, str]
    """Blob id by path below `rendered/` at the reviewed commit."""

    words: ReviewWords = ReviewWords()


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeAuthor:
    """An account or address behind the commits of a change."""

    user_id: int | None
    """None where the forge knows no account for the address."""

    login: str
    mail_sha256: str | None
    """Digest of the address in lower case; recordings hold no addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeChange:
    """A pull or merge request as one recording shows it."""

    recording: str
    """Path of the recording's index below `evidence/`."""

    host: str
    repository: str
    number: int
    recorded_at: datetime
    merged_at: datetime | None
    """None where it is not merged; then nothing in it counts."""

    merge_commit: str | None
    base: str
    """The branch it was merged into."""

    into_default: bool
    """Whether that is the repository's default branch."""

    changed: frozenset[str]
    """Paths below `rendered/` that it adds or changes."""

    texts: Mapping[str, str]
    """Blob id by path below `rendered/` after the merge."""

    reviews: tuple[ForgeReview, ...]
    """One for each account that decided, by time."""

    authors: tuple[ForgeAuthor, ...]
    """Who opened it, and authors, committers, co-authors and pushers of its commits; no bots."""

    raw: tuple[RawResponse, ...]
    """The index of the recording it was read from, which names every answer by its digest."""

    def review_of(self, user_id: int) -> ForgeReview | None:
        """What an account's reviews come to; None where it has not decided."""
        return next((found for found in self.reviews if found.user_id == user_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bypass:
    """A push that went past the rules of a branch."""

    at: datetime
    actor: str
    commit: str
    branch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSnapshot:
    """The rules of a branch as one recording shows them."""

    recording: str
    """Path of the recording's index below `evidence/`."""

    host: str
    repository: str
    branch: str
    recorded_at: datetime
    covers_from: datetime | None
    """Since when the recording shows who went past the rules; None where it does not."""

    bypasses: tuple[Bypass, ...]
    weaknesses: tuple[str, ...]
    """What the rules leave open, a clause each."""

    unreadable: tuple[str, ...]
    """What the token was not allowed to read."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, the end excluded."""

    start: datetime
    end: datetime
