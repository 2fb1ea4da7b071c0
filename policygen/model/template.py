"""Templates: a document's front matter and its text before it is filled in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool

from policygen.model.document import LEFT_OUT, Kind
from policygen.problems import Location

_DEVICE = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")


def _not_a_device(text: str) -> str:
    if _DEVICE.fullmatch(text):
        raise ValueError("another id, since Windows cannot name a file so")
    return text


DocumentId = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$"), AfterValidator(_not_a_device)
]
RoleId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
CriterionId = Annotated[
    str, Field(pattern=r"^(CC[1-9]\.\d|A1\.[1-3]|C1\.[12]|PI1\.[1-5]|P[1-8]\.\d)$")
]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\n]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class RoleWhen(_Part):
    """A role that takes over while a condition holds."""

    when: str = Field(description="A condition over the profile.")
    role: RoleId = Field(description="The role while it holds.")


class VariantWhen(_Part):
    """A variant of the text."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="What `variant` is in the text.")
    when: str = Field(description="A condition over the profile; the last one is `true`.")


class FrontMatter(_Part):
    """What a template says of itself."""

    id: DocumentId = Field(description="The file's stem; stable for ever.")
    title: Line = Field(description="Title as printed.")
    kind: Literal["policy", "procedure", "register"] = Field(
        description="Policies state rules, procedures steps, registers lists that change often."
    )
    owner: RoleId = Field(description="The role that answers for the document.")
    approver: RoleId | None = Field(
        default=None, description="The role that approves it; a register has none."
    )
    primary: tuple[CriterionId, ...] = Field(
        default=(), description="Criteria for which this is a main document."
    )
    secondary: tuple[CriterionId, ...] = Field(
        default=(), description="Criteria that it also serves."
    )
    audience: Line = Field(description="Who must know it, in words.")
    acknowledge: StrictBool = Field(default=False, description="Whether its audience signs for it.")
    classification: Literal["public", "internal", "restricted"] = Field(
        default="internal", description="Who may see it."
    )
    include_when: str = Field(default="true", description="A condition; false leaves it out.")
    excluded_because: str = Field(
        default="", max_length=200, description="Why it is left out, in one clause."
    )
    related: tuple[DocumentId, ...] = Field(default=(), description="Ids of related documents.")
    cadence: str = Field(
        default="policy_review_months",
        description="The parameter that sets the review interval: months or a frequency.",
    )
    owner_when: tuple[RoleWhen, ...] = Field(default=(), description="First true one wins.")
    approver_when: tuple[RoleWhen, ...] = Field(default=(), description="First true one wins.")
    primary_when: dict[CriterionId, str] = Field(
        default={}, description="Criteria that are primary only while a condition holds."
    )
    variant: tuple[VariantWhen, ...] = Field(default=(), description="First true one wins.")
    retired: dict[str, Line] = Field(
        default={}, description="Statement ids that may never come back, with the reason."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A document before it is filled in."""

    path: str
    """Path relative to the workspace, e.g. `policies/access-control-policy.md`."""

    front: FrontMatter
    text: str
    """The whole file, front matter included, so that lines keep their number."""

    body_line: int
    """Line of the first line after the front matter, from 1."""

    own: bool
    """Whether the organization wrote it, not the library."""

    places: dict[str, Location]
    """Where each value of the front matter stands, by its keys joined by dots."""

    @property
    def kind(self) -> Kind:
        """Policy, procedure or register."""
        return Kind(self.front.kind)

    def place(self, key: str) -> Location:
        """Where a value stands, e.g. `owner_when.0.role`; what is around it where it is absent."""
        while key and key not in self.places:
            key = key.rpartition(".")[0]
        return self.places.get(key, Location(self.path, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPlan:
    """A template with everything decided that the profile decides."""

    template: Template
    included: bool
    reason: str
    """Why it is left out; empty where it is not."""

    owner: str
    """Role id after conditions, overrides and fallback."""

    approver: str | None
    variant: str
    """Id of the variant that holds; empty where there is none."""

    primary: tuple[str, ...]
    secondary: tuple[str, ...]
    review_months: int
    presence: frozenset[str] = frozenset()
    """Parameters that decide whether the organization has it."""

    leading: frozenset[str] = frozenset()
    """Parameters that decide who owns and approves it, its criteria or its variant."""

    @property
    def id(self) -> str:
        """Document id."""
        return self.template.front.id

    @property
    def left_out(self) -> bool:
        """Whether the organization decided not to have it."""
        return not self.included and self.reason.startswith(LEFT_OUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """Several documents bound as one, with one owner and one approver."""

    id: str
    """Id of the merged document."""

    title: str
    kind: Kind
    """A policy where one of its parts is one; a procedure else."""

    owner: str
    """Role id after overrides and fallback."""

    approver: str
    parts: tuple[DocumentPlan, ...]
    """Included documents that are bound into it, in their order."""

    audience: str
    """Whom its parts address, in words."""

    acknowledge: bool
    """Whether one of its parts must be acknowledged."""

    classification: str
    """The strictest of its parts."""

    review_months: int
    """The shortest of its parts."""

    location: Location
    """Where it is chosen in organization.yml."""
