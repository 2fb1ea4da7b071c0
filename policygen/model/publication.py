"""What a published page or PDF states about a document, beside its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from policygen.model.document import RecordText


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalLine:
    """One consent as it is printed."""

    name: str
    """The person, and for whom where the person is a delegate."""

    role: str
    """Title of the role."""

    at: str
    """When, in the organization's time zone, e.g. `2026-11-20 16:04 CET`."""

    strength: str
    """E.g. `A3`."""

    note: str
    """What the strength means, and `time unattested` where nobody vouches for the time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One version up to and including the printed one."""

    version: str
    approved: date
    effective: date
    significance: str
    approved_by: str
    summary: str
    """The reason given, if any, and what changed, e.g. `changed AC-17`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """How publications of the organization look."""

    accent: str = "#1f4e79"
    """Accent colour as `#rrggbb`."""

    logo: str | None = None
    """Path of a logo relative to the workspace; None where there is none."""

    fonts: tuple[str, ...] = ()
    """Font files of the workspace for other scripts, relative paths."""

    paper: str = "a4"
    """`a4` or `us-letter`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One version of one document, ready to be typeset: facts fixed by its consents."""

    record: RecordText
    text: str
    """The whole text of record, attached to the PDF as it is."""

    text_sha256: str
    version: str | None
    """None for a preview, which shows DRAFT on every page."""

    approved: date | None
    effective: date | None
    next_review: date | None
    approvals: tuple[ApprovalLine, ...]
    history: tuple[HistoryLine, ...]
    """Oldest first."""

    brand: Brand


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file embedded in a PDF."""

    name: str
    """File name inside the PDF, without a folder."""

    content: bytes
    mime_type: str
    description: str
    relationship: str
    """`source`, `data`, `supplement` or `unspecified` (PDF/A-3 AFRelationship)."""
