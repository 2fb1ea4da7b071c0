"""What a site is made of: everything its pages state, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from policygen.model.document import Kind
from policygen.model.register import State

RESTRICTED = "restricted: ask the owner"
"""What stands behind the title of a document that is not for all staff."""

_FOR_ALL_STAFF = frozenset({"public", "internal"})

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from policygen.model.catalogue import Crosswalk
    from policygen.model.document import Header
    from policygen.model.matrix import Matrix
    from policygen.model.publication import Brand, Edition
    from policygen.model.register import Entry, Register
    from policygen.model.review import NextReview
    from policygen.publish.handbook.text import Handbook
    from policygen.publish.site.reference import ParameterRow, RoleRow


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
    """By document id, the texts in force, or working ones in a preview. Pages take them from
    `shown`, which leaves out what not everybody may read."""

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

    parameters: tuple[ParameterRow, ...] = ()
    """Parameters of the working texts; the page shows those that shown texts use."""

    role_rows: tuple[RoleRow, ...] = ()
    """Roles in the order they are listed; the page shows those that answer for something."""

    crosswalks: tuple[Crosswalk, ...] = ()
    """Mappings of the criteria to other standards, informative."""

    workforce: str = "workforce"
    """The organization's word for everybody who works for it."""

    handbook: Handbook | None = None
    """What everybody acknowledges; None in a preview, and where nothing of it is in force."""

    handbook_pdf: str | None = None
    """Path of the handbook's PDF below the site root; None where there is none."""

    reviews: tuple[NextReview, ...] = ()
    """The next review of each document in force, soonest first."""

    logo: str | None = None
    """Path of the logo below the site root; None where there is none."""

    criterion_titles: Mapping[str, str] = field(init=False)
    """Title by criterion id."""

    control_titles: Mapping[str, str] = field(init=False)
    """Title by control id."""

    shown: Mapping[str, Edition] = field(init=False)
    """The editions whose text everybody may read: all but the restricted ones."""

    restricted: Mapping[str, Header] = field(init=False)
    """By document id, the header of each edition that is listed by title only."""

    absent_pages: Mapping[str, str] = field(init=False)
    """By page of each document whose text is not shown, the remark that stands for a link to it."""

    moved_pages: Mapping[str, str] = field(init=False)
    """By page of each document that a shown one has as a part, the page and anchor of the part."""

    def __post_init__(self) -> None:
        criteria = {row.criterion.id: row.criterion.title for row in self.matrix.criteria}
        controls = {row.control.id: row.control.title for row in self.matrix.controls}
        object.__setattr__(self, "criterion_titles", criteria)
        object.__setattr__(self, "control_titles", controls)
        headers = {name: edition.record.header for name, edition in self.editions.items()}
        restricted = {name: header for name, header in headers.items() if is_restricted(header)}
        shown = {name: row for name, row in self.editions.items() if name not in restricted}
        object.__setattr__(self, "restricted", restricted)
        object.__setattr__(self, "shown", shown)
        absent = {
            f"{Kind(entry.kind).folder}/{entry.id}.md": self.absence(entry)
            for entry in self.register.entries
            if entry.id not in shown
        }
        moved = {
            f"{part.kind.folder}/{part.id}.md": f"{row.record.header.path}#{part.anchor}"
            for row in shown.values()
            for part in row.record.header.parts
            if part.id not in shown
        }
        object.__setattr__(self, "moved_pages", moved)
        object.__setattr__(
            self,
            "absent_pages",
            {page: note for page, note in absent.items() if page not in moved},
        )

    def entries(self, kind: str) -> tuple[Entry, ...]:
        """The documents of a kind, by title."""
        found = (entry for entry in self.register.entries if entry.kind == kind)
        return tuple(sorted(found, key=lambda entry: (entry.title.casefold(), entry.id)))

    def edition_of(self, entry: Entry) -> Edition | None:
        """The shown text of a document; None where it is listed by title only."""
        return self.shown.get(entry.id)

    def absence(self, entry: Entry) -> str:
        """What stands behind the title of a document whose text is not shown."""
        if entry.id in self.restricted:
            return f"({RESTRICTED})"
        retired = entry.state is State.RETIRED
        return "(no longer in force)" if retired else "(not yet in force)"

    def published_pdfs(self) -> frozenset[str]:
        """Paths of the PDFs that stand below the site root."""
        return frozenset(self.pdfs.values()) - self.withheld_pdfs()

    def withheld_pdfs(self) -> frozenset[str]:
        """Paths that stay empty even where a caller hands a file in: no page leads there."""
        return frozenset(path for name, path in self.pdfs.items() if name not in self.shown)


def is_restricted(header: Header) -> bool:
    """Whether the text is for a few only; a class that nobody knows counts as restricted."""
    return header.classification.strip().casefold() not in _FOR_ALL_STAFF
