"""The organization itself: names, size, kind, place in time."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt

from policygen.model.profile.base import (
    Colour,
    Count,
    Country,
    FilePath,
    Flag,
    Frequency,
    MonthDay,
    Name,
    Part,
    Url,
)


class Address(Part):
    """A postal address."""

    label: Name = Field(description="What we call the place, e.g. Head office.")
    street: Name | None = Field(default=None, description="Street and number.")
    city: Name | None = Field(default=None, description="City.")
    region: Name | None = Field(default=None, description="State, province or canton.")
    postal_code: Name | None = Field(default=None, description="In quotes where it is digits.")
    country: Country = Field(description="ISO 3166-1 code, e.g. US.")


class GoverningBody(Part):
    """Who oversees management."""

    kind: Literal["board", "advisory", "owner"] = Field(
        description="board: directors with a duty of oversight; advisory: advisers without one; "
        "owner: the owners themselves."
    )
    independent_members: Count = Field(
        default=0, description="Members who are neither managers nor owners."
    )
    meets: Frequency | None = Field(
        default=None, description="How often it meets; leave out for board_meeting_frequency."
    )


class Organization(Part):
    """The organization that the documents bind."""

    legal_name: Name = Field(description="Full legal name, used once in each document's header.")
    short_name: Name = Field(description="Name used in the text.")
    website: Url | None = Field(default=None, description="Public web site.")
    addresses: tuple[Address, ...] = Field(default=(), description="Postal addresses.")
    headcount: Annotated[StrictInt, Field(ge=1, le=1_000_000)] = Field(
        description="People who work here; up to 15 select the small-organization variants."
    )
    industry: Name | None = Field(default=None, description="In a few words.")
    archetype: Literal["saas", "data_center", "msp", "mssp", "payments", "hr_payroll", "other"] = (
        Field(description="The kind of service organization; selects suggestions.")
    )
    public_company: Flag = Field(default=False, description="Listed: disclosure clocks apply.")
    governing_body: GoverningBody = Field(description="Who oversees management.")
    fiscal_year_start: MonthDay = Field(default="01-01", description="MM-DD.")
    time_zone: Name = Field(
        description="IANA time zone in which dates of documents are counted, e.g. America/Denver."
    )


class Brand(Part):
    """How publications look."""

    accent: Colour = Field(default="#1f4e79", description="Accent color, #rrggbb in quotes.")
    logo: FilePath | None = Field(
        default=None, description="Path of an SVG or PNG file in the workspace."
    )
    fonts: tuple[FilePath, ...] = Field(
        default=(), description="Font files in the workspace, for scripts that ours lack."
    )
    paper: Literal["a4", "us-letter"] = Field(default="a4", description="Paper of the PDFs.")
