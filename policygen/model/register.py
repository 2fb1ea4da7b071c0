"""The register: each document's versions and state as of a date."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from policygen.model.evidence import Decision

if TYPE_CHECKING:
    from datetime import date, datetime

    from policygen.model.document import RecordText
    from policygen.model.evidence import Consent, Significance, Strength


class Working(Protocol):
    """The working text of a document; `model.document.Document` is one."""

    @property
    def digest(self) -> str:
        """SHA-256 of the text of record."""

    @property
    def record(self) -> RecordText:
        """Header, body and statements."""


class State(Enum):
    """Where a document or a version stands; derived, never stored."""

    DRAFT = "draft"
    """Text exists, no version of it is approved."""

    IN_REVIEW = "in review"
    """Some required consents are given, not all."""

    APPROVED = "approved"
    """All required consents are given; it takes effect after the as-of date."""

    EFFECTIVE = "effective"
    """The newest approved version that has taken effect."""

    SUPERSEDED = "superseded"
    """A newer version has taken effect."""

    RETIRED = "retired"
    """Taken out of force by an approved decision."""


class Flag(Enum):
    """What needs attention about a document."""

    DUE = "due"
    """Its review is due within the first reminder."""

    OVERDUE = "overdue"
    """Its review date and the grace after it have passed."""

    DRIFTED = "drifted"
    """The working text differs from the newest approved version."""

    WITHDRAWN = "withdrawn"
    """The set no longer has it, or has it as a part of another; retirement is not approved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What verification says of one consent."""

    consent: Consent
    path: str
    """Path of the record, relative to the workspace."""

    strength: Strength
    time_attested: bool
    """Whether someone other than the signer vouches for the time."""

    name: str
    """Name of the person in the trust snapshot."""

    role_title: str
    """Title of the role as the approved text prints it."""

    fingerprint: str | None
    """Fingerprint of the key that signed; None where none did."""

    note: str
    """What the strength rests on, e.g. `signed with a key enrolled by lee-park`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One approved or half-approved version of a document."""

    document: str
    version: str
    decision: Decision
    """Approved, or retired: a version whose text is the one it takes out of force."""

    text: RecordText
    text_sha256: str
    text_path: str
    """Path of the approved bytes, relative to the workspace."""

    significance: Significance
    reason: str | None
    consents: tuple[Verdict, ...]
    """Valid consents, earliest first."""

    approved_at: datetime | None
    """When the last required consent was given; None while one is missing."""

    effective: date
    """First day in force; of a retirement, the first day out of force."""

    until: date | None
    """First day on which a newer version counts instead, which may be the day itself or before
    it took effect; None while none is."""

    state: State

    @property
    def strength(self) -> Strength:
        """The weakest of the consents."""
        return min(verdict.strength for verdict in self.consents)

    @property
    def is_approval(self) -> bool:
        """Whether all consents are given to a text that comes into force: what is printed."""
        return self.decision is Decision.APPROVED and self.approved_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One document in the register."""

    id: str
    title: str
    kind: str
    state: State
    flags: frozenset[Flag]
    versions: tuple[Version, ...]
    """Oldest first."""

    in_force: Version | None
    """The version in force on the as-of date; None where there is none."""

    working_sha256: str | None
    """Digest of the working text; None where the document is no longer rendered."""

    last_review: date | None
    """Day of the latest approval or confirmed review."""

    next_review: date | None
    """Last day on which the document still counts as reviewed."""

    approver: str
    """Role id whose consent the working text (or else the text in force) requires."""

    approver_title: str
    bound_into: str | None = None
    """Id of the document whose working text holds it as a part; None where it stands alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """All documents as of one date."""

    as_of: date
    entries: tuple[Entry, ...]
    set_head: str
    """SHA-256 over the `sha256sum` lines of all evidence but sealed PDFs."""

    def entry(self, document: str) -> Entry | None:
        """The entry of a document; None where it is unknown."""
        return next((entry for entry in self.entries if entry.id == document), None)
