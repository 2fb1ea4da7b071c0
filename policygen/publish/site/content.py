"""What a site is made of: everything its pages state, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from policygen.model.document import Kind
from policygen.model.register import State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from policygen.model.matrix import Matrix
    from policygen.model.publication import Brand, Edition
    from policygen.model.register import Entry, Register


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """Where people ask and report; never a person."""

    incident_channel: str
    """Where an incident is reported, in words, e.g. `#security-incidents`."""

    security_mail: str | None
    """Mail address of the security function; None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteContent:
    """Everything the pages of one site state."""

    organization: str
    """Legal name."""

    short_name: str
    brand: Brand
    as_of: date
    """The day whose state the site shows, in the organization's time zone."""

    time_zone: str
    """As printed beside times, e.g. `Europe/Berlin`."""

    register: Register
    """State of every document, and the set head."""

    editions: Mapping[str, Edition]
    """By document id, the documents whose text is shown: in force, or working in a preview."""

    matrix: Matrix
    contacts: Contacts
    glossary: Mapping[str, str]
    """Meaning by term, e.g. `{"MFA": "multi-factor authentication"}`."""

    pdfs: Mapping[str, str]
    """By document id, the sealed PDF below the site root, e.g. `pdf/encryption-policy-2.0.pdf`."""

    roles: tuple[str, ...]
    """Titles of the roles that people hold, in the order they are offered."""

    preview: bool
    """Whether working text is shown, with DRAFT on every page."""

    tool_version: str
    """Version of policygen, e.g. `1.0.0`."""

    logo: str | None = None
    """Path of the logo below the site root; None where there is none."""

    criterion_titles: Mapping[str, str] = field(init=False)
    """Title by criterion id."""

    control_titles: Mapping[str, str] = field(init=False)
    """Title by control id."""

    absent_pages: Mapping[str, str] = field(init=False)
    """By page of each document whose text is not shown, the remark that stands for a link to it."""

    def __post_init__(self) -> None:
        criteria = {row.criterion.id: row.criterion.title for row in self.matrix.criteria}
        controls = {row.control.id: row.control.title for row in self.matrix.controls}
        object.__setattr__(self, "criterion_titles", criteria)
        object.__setattr__(self, "control_titles", controls)
        absent = {
            f"{Kind(entry.kind).folder}/{entry.id}.md": absence(entry)
            for entry in self.register.entries
            if entry.id not in self.editions
        }
        object.__setattr__(self, "absent_pages", absent)

    def entries(self, kind: str) -> tuple[Entry, ...]:
        """The documents of a kind, by title."""
        found = (entry for entry in self.register.entries if entry.kind == kind)
        return tuple(sorted(found, key=lambda entry: (entry.title.casefold(), entry.id)))

    def edition_of(self, entry: Entry) -> Edition | None:
        """The shown text of a document; None where it is listed by title only."""
        return self.editions.get(entry.id)


def absence(entry: Entry) -> str:
    """What stands behind the title of a document whose text is not shown."""
    retired = entry.state is State.RETIRED
    return "(no longer in force)" if retired else "(not yet in force)"
