"""The whole profile."""

from __future__ import annotations

import typing
from functools import cache
from typing import TYPE_CHECKING, Literal, cast

from pydantic import BaseModel, Field, JsonValue

from policygen.model.profile.base import Hours, Line, Name, Part, Snake, StatementId
from policygen.model.profile.choices import (
    AccessRole,
    Audit,
    Contacts,
    Documents,
    Insurance,
    PolicyException,
    Publication,
    Regulatory,
    ReviewCalendar,
    StandardChange,
    Tsc,
    Waiver,
)
from policygen.model.profile.data import Data
from policygen.model.profile.forge import Forge
from policygen.model.profile.organization import Brand, Organization
from policygen.model.profile.people import ConflictingDuties, Person, RoleHolding, Workforce
from policygen.model.profile.practices import Practices
from policygen.model.profile.services import Service, SystemDescription
from policygen.model.profile.systems import Hosting, Location, System, Vendor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.catalogue import Value


class Profile(Part):
    """What an organization says of itself: the content of `organization.yml`."""

    schema_version: Literal[1] = Field(description="Version of this format.")
    organization: Organization = Field(description="Names, size, kind.")
    people: tuple[Person, ...] = Field(description="Everyone who holds a role or approves.")
    roles: dict[Snake, RoleHolding] = Field(description="Who holds each role, by role id.")
    conflicting_duties: tuple[ConflictingDuties, ...] = Field(
        default=(), description="Duties that one person should not carry together."
    )
    workforce: Workforce = Field(default=Workforce(), description="How and where people work.")
    services: tuple[Service, ...] = Field(default=(), description="Services under examination.")
    system_description: SystemDescription = Field(
        default=SystemDescription(), description="Boundaries, providers, customers' duties."
    )
    hosting: Hosting = Field(default=Hosting(), description="Where the services run.")
    locations: tuple[Location, ...] = Field(default=(), description="Places.")
    systems: tuple[System, ...] = Field(default=(), description="Systems people sign in to.")
    vendors: tuple[Vendor, ...] = Field(default=(), description="Companies that work for us.")
    tsc: Tsc = Field(description="Categories that are examined.")
    audit: Audit = Field(default=Audit(), description="The examination.")
    data: Data = Field(default=Data(), description="What data there are.")
    regulatory: Regulatory = Field(default=Regulatory(), description="Laws and standards.")
    practices: Practices = Field(default=Practices(), description="What the organization does.")
    access_roles: tuple[AccessRole, ...] = Field(default=(), description="Bundles of access.")
    standard_changes: tuple[StandardChange, ...] = Field(
        default=(), description="Low-risk changes approved in advance."
    )
    terms: dict[Name, Name] = Field(default={}, description="Our words, and yours instead.")
    parameters: dict[Snake, JsonValue] = Field(
        default={}, description="Only values that differ from the registry's."
    )
    parameter_rationale: dict[Snake, Line] = Field(
        default={}, description="Why a parameter differs."
    )
    documents: Documents = Field(default=Documents(), description="The set of documents.")
    waivers: tuple[Waiver, ...] = Field(default=(), description="Checks set aside for a while.")
    exceptions: tuple[PolicyException, ...] = Field(
        default=(), description="Rules that someone may break for a while."
    )
    review_calendar: ReviewCalendar = Field(
        default=ReviewCalendar(), description="When documents are reviewed."
    )
    duty_hours: dict[StatementId, Hours] = Field(
        default={}, description="Hours that a recurring duty takes each time, by statement id."
    )
    contacts: Contacts = Field(default=Contacts(), description="Where people turn to.")
    insurance: Insurance = Field(default=Insurance(), description="Cyber insurance.")
    forge: Forge | None = Field(
        default=None, description="Where documents are reviewed by pull request."
    )
    publication: Publication = Field(default=Publication(), description="How it is published.")
    brand: Brand = Field(default=Brand(), description="How publications look.")

    def plain(self) -> dict[str, Value]:
        """The profile as plain values, defaults filled in, dates as ISO text, keys as in the file.

        What conditions walk over; a new tree at each call.
        """
        return cast("dict[str, Value]", self.model_dump(mode="json", by_alias=True))

    def person(self, person_id: str) -> Person | None:
        """The person with an id; None where the profile has none."""
        return next((person for person in self.people if person.id == person_id), None)


@cache
def profile_fields() -> frozenset[str]:
    """Every dotted name that the profile declares, for checking conditions.

    Fields of list items read `systems[].kind`, any key of a mapping `terms.*`.
    """
    return frozenset(_fields(Profile, ""))


def _fields(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, info in model.model_fields.items():
        yield from _names(info.annotation, f"{prefix}{info.alias or name}")


def _names(annotation: object, name: str) -> Iterator[str]:
    """The names behind one field: itself, or what is inside it."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield name
        yield from _fields(annotation, f"{name}.")
    elif origin is tuple:
        yield name
        yield from _names(arguments[0], f"{name}[]")
    elif origin is dict:
        yield name
        yield from _names(arguments[1], f"{name}.*")
    elif origin is typing.Annotated or type(None) in arguments:
        yield from _names(arguments[0], name)
    else:
        yield name
