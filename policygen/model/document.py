"""Documents as rendered for one organization, and the statements in them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from policygen.text import dialect

if TYPE_CHECKING:
    from policygen.model.template import DocumentPlan, Volume
    from policygen.model.uses import Uses
    from policygen.problems import Location, Problem


LEFT_OUT = "left out by decision: "
"""How the reason begins where the organization chose not to make a statement."""


class Kind(Enum):
    """What sort of document it is."""

    POLICY = "policy"
    """Rules and accountability; approved by the approver role."""

    PROCEDURE = "procedure"
    """Steps, clocks and records; approved by the approver role."""

    REGISTER = "register"
    """A list that changes often; approved by its owner alone."""

    @property
    def folder(self) -> str:
        """The folder under `rendered/` that holds documents of this kind."""
        return {Kind.POLICY: "policies", Kind.PROCEDURE: "procedures"}.get(self, "registers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One duty as the text of record states it: the atom that controls group and auditors test."""

    id: str
    """Stable id, e.g. `AC-19`; never used again once retired."""

    document: str
    """Id of the document that states it."""

    text: str
    """The sentence in Markdown, without the id; empty where it does not apply."""

    control: str
    """Id of the control it stands under, e.g. `ACC-04`."""

    criteria: tuple[str, ...]
    """Criteria it serves, e.g. `("CC6.2", "CC6.3")`."""

    owner: str
    """The role that answers for it, by the title used in the text."""

    evidence: str
    """What proves that it is done."""

    not_applicable: str | None = None
    """Why it does not apply to this organization; None where it does."""

    line: int = 0
    """Line in the rendered text, from 1; 0 where it does not apply."""

    @property
    def applies(self) -> bool:
        """Whether the organization is bound by it."""
        return self.not_applicable is None

    @property
    def left_out(self) -> bool:
        """Whether the organization decided not to make it, though it would apply."""
        return (self.not_applicable or "").startswith(LEFT_OUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A document of the library as it claims criteria, alone or bound into another."""

    id: str
    """Its own id, e.g. `access-control-policy`."""

    title: str
    """Its own title, which is the heading of its section where it is bound into another."""

    kind: Kind
    criteria: tuple[str, ...]
    """Criteria it claims, primary first."""

    primary: tuple[str, ...]
    """The criteria for which it is a primary document."""

    @property
    def anchor(self) -> str:
        """The anchor of its section in the document that it is bound into."""
        return dialect.slug(self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The front matter of a text of record: what must stay true of the approved bytes."""

    id: str
    """Document id, kebab-case."""

    title: str
    """Title as printed."""

    kind: Kind
    """Policy, procedure or register."""

    organization: str
    """Legal name of the organization."""

    short_name: str
    """Name of the organization as the text uses it."""

    owner: str
    """Role id of the owner, e.g. `security_officer`."""

    owner_title: str
    """Title of that role in this organization."""

    approver: str | None
    """Role id of the approver; None for registers, which their owner approves."""

    approver_title: str | None
    """Title of that role in this organization."""

    classification: str
    """`public`, `internal` or `restricted`."""

    review_months: int
    """Interval between reviews, in months."""

    audience: str
    """Who must know it, in words."""

    acknowledge: bool
    """Whether its audience must acknowledge it."""

    criteria: tuple[str, ...]
    """Criteria it claims, primary first; empty where no criterion is claimed."""

    primary: tuple[str, ...]
    """The criteria for which it is a primary document."""

    related: tuple[str, ...]
    """Ids of related documents."""

    parts: tuple[Part, ...] = ()
    """The documents that are bound into this one, in their order; empty where none are."""

    @property
    def claims(self) -> tuple[Part, ...]:
        """What claims criteria: the parts, or the document itself where it has none."""
        alone = Part(
            id=self.id,
            title=self.title,
            kind=self.kind,
            criteria=self.criteria,
            primary=self.primary,
        )
        return self.parts or (alone,)

    @property
    def required_role(self) -> str:
        """The role whose consent makes a version of this text approved."""
        return self.approver or self.owner

    @property
    def path(self) -> str:
        """Where the text stands under `rendered/`."""
        return f"{self.kind.folder}/{self.id}.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordText:
    """A text of record read back from its bytes, of any version, without its template."""

    header: Header
    """What the front matter says."""

    body: str
    """The Markdown after the front matter."""

    statements: tuple[Statement, ...]
    """Statements in the order of the table, those that do not apply included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text of record as rendered for one organization."""

    record: RecordText
    """Header, body and statements."""

    text: str
    """The whole text of record; its UTF-8 bytes are what a person approves."""

    template: str
    """Path of the template, relative to the workspace; of several, as a sentence lists them."""

    statement_locations: dict[str, Location]
    """Where each statement stands in its template."""

    uses: Uses
    """The parameters that it states or asks as it reads here."""

    retired: dict[str, str]
    """Statement ids that are retired, with the reason."""

    @property
    def id(self) -> str:
        """Document id."""
        return self.record.header.id

    @property
    def path(self) -> str:
        """Path relative to the workspace, e.g. `rendered/policies/access-control-policy.md`."""
        return f"rendered/{self.record.header.path}"

    @property
    def digest(self) -> str:
        """SHA-256 of the text of record."""
        return text_digest(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A statement tag as a template writes it, whether or not it applies."""

    id: str
    document: str
    """Id of the document, which is the stem of the template."""

    location: Location
    attributes: dict[str, str]
    """The tag's texts: control, criteria, owner, evidence, when, otherwise."""

    faults: tuple[str, ...]
    """What is wrong with the tag itself, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """All documents of an organization, and what was decided on the way."""

    documents: tuple[Document, ...]
    """The documents of the set: those of the templates, or what they are bound into."""

    texts: tuple[Document, ...]
    """What each included template gives alone, in the order of the templates."""

    plans: tuple[DocumentPlan, ...]
    """All templates, those left out included."""

    volumes: tuple[Volume, ...]
    """How templates are bound as one; empty where none are."""

    declared: tuple[Declaration, ...]
    """Every statement tag of all templates."""

    problems: tuple[Problem, ...]


def text_digest(text: str | bytes) -> str:
    """Lower-case SHA-256 hex of a text of record."""
    raw = text.encode() if isinstance(text, str) else text
    return hashlib.sha256(raw).hexdigest()
