"""People, and the roles they hold."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt

from policygen.model.profile.base import Country, Day, Flag, Id, Line, Mail, Name, Part, Snake


class ForgeLogin(Part):
    """An account on a forge, by which reviews are recognized."""

    host: Name = Field(description="Host name of the forge, e.g. git.company.example.")
    id: Annotated[StrictInt, Field(ge=1)] = Field(
        description="Numeric id of the account; logins can be renamed, this cannot."
    )
    login: Name = Field(description="Login name, for people to read.")


class Person(Part):
    """Someone who holds a role, approves or writes documents."""

    id: Id = Field(description="Stable for ever; records name people by it.")
    name: Name = Field(description="As it is printed.")
    title: Name | None = Field(default=None, description="Job title.")
    email: Mail | None = Field(default=None, description="Where we write to.")
    emails: tuple[Mail, ...] = Field(
        default=(), description="Further addresses that stand in git commits."
    )
    start_date: Day | None = Field(default=None, description="First day, YYYY-MM-DD.")
    end_date: Day | None = Field(default=None, description="Last day; leave out while they stay.")
    kind: Literal["employee", "contractor", "board", "external"] = Field(
        default="employee", description="Their relation to the organization."
    )
    forge: tuple[ForgeLogin, ...] = Field(default=(), description="Accounts on forges.")


class Delegation(Part):
    """Another person acts for the holder of a role for a while."""

    to: Id = Field(description="Person id.")
    start: Day = Field(alias="from", description="First day.")
    until: Day = Field(description="Last day.")
    signed_by: Id = Field(description="Person id of whoever delegated: the holder or the ceo.")


class RoleHolding(Part):
    """Who holds a role, and since when."""

    person: Id | None = Field(default=None, description="Person id of the holder.")
    start: Day | None = Field(default=None, alias="from", description="First day in the role.")
    to: Day | None = Field(default=None, description="Last day in the role.")
    title: Name | None = Field(
        default=None, description="The organization's own title, e.g. Head of Trust."
    )
    acting: Id | None = Field(
        default=None, description="Person id of whoever acts while the role is vacant."
    )
    vacant_since: Day | None = Field(default=None, description="First day without a holder.")
    delegations: tuple[Delegation, ...] = Field(default=(), description="Who acts, from when.")


class Workforce(Part):
    """How and where people work."""

    remote_work: Literal["none", "hybrid", "full"] = Field(
        default="none", description="full: there is no office."
    )
    uses_contractors: Flag = Field(default=False, description="People under other contracts.")
    outsourced_dev: Flag = Field(default=False, description="Another company writes our code.")
    countries: tuple[Country, ...] = Field(default=(), description="Where people live and work.")
    unionised: Flag = Field(default=False, description="Employee representatives are consulted.")


class ConflictingDuties(Part):
    """Duties that one person should not carry together; in a small firm one may have to."""

    id: Id = Field(description="Id within the profile.")
    roles: Annotated[tuple[Snake, ...], Field(min_length=2)] = Field(description="Role ids.")
    why: Line = Field(description="What one person could do unseen.")
    instead: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,7}-\d{2,3}$")] = Field(
        default="AC-47", description="The statement that compensates where one person carries both."
    )
    control: Annotated[str, Field(pattern=r"^[A-Z]{2,5}-\d{2,3}$")] = Field(
        default="ACC-11", description="The control that it is about."
    )
