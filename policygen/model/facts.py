"""Facts: what the profile and the registries together say, ready for templates."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from policygen.problems import Location

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policygen.model.catalogue import Floor, Parameter, Registries, Role, Value
    from policygen.model.profile.root import Profile


class Origin(Enum):
    """Where the value of a parameter comes from."""

    DEFAULT = "default"
    """The registry."""

    FLOOR = "floor"
    """The registry, tightened by a law or standard in force."""

    ORGANIZATION = "organization"
    """An override in organization.yml."""

    COMMITMENT = "commitment"
    """A promise to customers, with its contract source."""

    UNANSWERED = "unanswered"
    """Asked and not answered: statements that need it are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterValue:
    """A parameter with the value that holds for this organization."""

    parameter: Parameter
    value: Value
    """None where it is not answered."""

    origin: Origin
    location: Location | None
    """Where it is set; None where the registry sets it."""

    floor: Floor | None
    """The floor in force that the value must keep; None where there is none."""

    source: str | None
    """For a promise: the contract and clause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleFact:
    """A role as this organization fills it."""

    role: Role
    title: str
    """The organization's title for it."""

    holder: str | None
    """Person id; None where nobody holds it."""

    filled_by: str
    """Role id that really carries the duties: the role itself, or one of its fallback chain."""

    vacant_since: str | None
    """ISO date of a dated vacancy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything templates and conditions may ask."""

    profile: Profile
    plain: Mapping[str, Value]
    """The profile as plain values with defaults filled in; what conditions walk over."""

    registries: Registries
    parameters: Mapping[str, ParameterValue]
    roles: Mapping[str, RoleFact]
    terms: Mapping[str, str]
    """Words by id: the organization's, or else ours."""

    places: Mapping[str, Location]
    """Where choices about documents and duties stand in the profile, by keys joined by dots."""

    def place(self, key: str) -> Location:
        """Where a choice stands, e.g. `documents.exclude.0`; what is around it where absent."""
        while key and key not in self.places:
            key = key.rpartition(".")[0]
        return self.places.get(key, Location("organization.yml"))
