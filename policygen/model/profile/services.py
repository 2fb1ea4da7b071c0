"""Services under examination: what is promised, who else carries it, where it ends."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, StrictInt

from policygen.model.profile.base import (
    CriterionId,
    Day,
    Flag,
    Id,
    Line,
    Name,
    Paragraphs,
    Part,
    Snake,
)


def _promise(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("a figure or a word")
    if isinstance(value, int | float) and value < 0:
        raise ValueError("a figure from 0")
    return value


Promise: TypeAlias = Annotated[int | float | Name, BeforeValidator(_promise)]
"""The figure or word that a commitment promises."""


class Commitment(Part):
    """Something promised to customers; the only way to answer a promise parameter."""

    id: Id = Field(description="Id within the profile.")
    text: Line = Field(description="What is promised, as a sentence.")
    source: Literal["MSA", "SLA", "website", "DPA"] = Field(description="Where it is promised.")
    clause: Name | None = Field(default=None, description="Clause or heading there.")
    parameter: Snake | None = Field(
        default=None, description="The parameter that the promise answers, e.g. rto_hours."
    )
    value: Promise | None = Field(default=None, description="The value promised.")
    total_days: Annotated[StrictInt, Field(ge=1, le=3650)] | None = Field(
        default=None, description="For deletion: days until backups are gone too, if promised."
    )


class CustomerBase(Part):
    """Who the customers are."""

    kind: Literal["b2b", "b2c", "b2g"] = Field(default="b2b", description="Who buys.")
    count_band: Name | None = Field(default=None, description='How many, e.g. "51-200".')


class Service(Part):
    """A service that customers use."""

    id: Id = Field(description="Id within the profile.")
    name: Name = Field(description="As customers know it.")
    description: Paragraphs = Field(description="One to three sentences.")
    commitments: tuple[Commitment, ...] = Field(default=(), description="Promises to customers.")
    system_requirements: tuple[Line, ...] = Field(
        default=(), description="What the system must do so that the promises are kept."
    )
    in_scope: Flag = Field(default=True, description="Part of the examination.")
    customers: CustomerBase | None = Field(default=None, description="Who the customers are.")


class Boundaries(Part):
    """What belongs to the system under examination."""

    infrastructure: tuple[Line, ...] = Field(default=(), description="Hardware and cloud.")
    software: tuple[Line, ...] = Field(default=(), description="Applications and utilities.")
    people: tuple[Line, ...] = Field(default=(), description="Teams.")
    procedures: tuple[Id, ...] = Field(default=(), description="Document ids.")
    data: tuple[Id, ...] = Field(default=(), description="Ids of data classes.")


class Excluded(Part):
    """Something that readers may expect inside the boundaries and is not."""

    item: Line = Field(description="What is left out.")
    reason: Line = Field(description="Why.")


class CuecMapping(Part):
    """A control that a provider expects of us, and what we do about it."""

    cuec: Line = Field(description="What the provider's report expects.")
    our_control: Name = Field(description="Our control, by id where it has one.")


class SubserviceOrganization(Part):
    """A provider whose controls ours depend on."""

    name: Name = Field(description="As in vendors.")
    vendor: Id | None = Field(default=None, description="Vendor id, where names differ.")
    service: Line = Field(description="What it does for us.")
    method: Literal["carve_out", "inclusive"] = Field(
        default="carve_out",
        description="carve_out: its controls are left to its own report; inclusive: they and its "
        "management's assertion come into ours.",
    )
    report: Literal["soc2_type2", "soc1", "iso27001", "pci_aoc", "none"] = Field(
        default="none", description="What it shows."
    )
    report_period_end: Day | None = Field(default=None, description="Last day it covers.")
    reviewed_on: Day | None = Field(default=None, description="When we last read the report.")
    criteria_relied_on: tuple[CriterionId, ...] = Field(
        default=(), description="Criteria that it meets for us, e.g. CC6.4."
    )
    csocs: tuple[Line, ...] = Field(
        default=(), description="Controls we assume it runs (complementary subservice controls)."
    )
    cuecs_mapped: tuple[CuecMapping, ...] = Field(
        default=(), description="What it expects of us, and our control."
    )


class Cuec(Part):
    """Something a customer must do (complementary user entity control)."""

    id: Annotated[str, Field(pattern=r"^CUEC-\d{2,3}$")] = Field(description="E.g. CUEC-01.")
    text: Line = Field(description="What the customer does.")
    criteria: tuple[CriterionId, ...] = Field(default=(), description="Criteria it belongs to.")


class NotApplicable(Part):
    """A criterion declared not applicable."""

    criterion: CriterionId = Field(description="Its id.")
    rationale: Line = Field(description="Why it does not apply.")
    auditor_agreed_by: Name | None = Field(
        default=None, description="Auditor who agreed; required for common criteria."
    )
    auditor_agreed_on: Day | None = Field(default=None, description="When.")


class SystemDescription(Part):
    """The system under examination."""

    boundaries: Boundaries = Field(default=Boundaries(), description="What belongs to it.")
    excluded: tuple[Excluded, ...] = Field(default=(), description="What does not.")
    subservice_organizations: tuple[SubserviceOrganization, ...] = Field(
        default=(), description="Providers whose controls ours depend on."
    )
    cuecs: tuple[Cuec, ...] = Field(default=(), description="What customers must do.")
    criteria_not_applicable: tuple[NotApplicable, ...] = Field(
        default=(), description="Criteria that do not apply."
    )
