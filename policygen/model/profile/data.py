"""Data: classes, and the kinds that laws and standards ask about."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from policygen.model.profile.base import Flag, Id, Line, Name, Part, Snake


class DataClass(Part):
    """A class of data and how it is handled."""

    id: Id = Field(description="Id within the profile.")
    label: Name = Field(description="As it stands on documents.")
    examples: Line = Field(description="What belongs to it.")
    owner_role: Snake = Field(description="The role that answers for it.")
    at_rest: Line = Field(description="How it is kept.")
    in_transit: Line = Field(description="How it travels.")
    sharing: Line = Field(description="Who may get it.")
    disposal: Line = Field(description="How it ends.")
    retention: Line = Field(description="How long it is kept.")
    trigger: Line | None = Field(default=None, description="What starts the time.")
    basis: Line | None = Field(default=None, description="Law or contract behind it.")


class PersonalData(Part):
    """Personal data within the services, the organization's own staff aside."""

    processed: Flag = Field(default=False, description="Whether there are any.")
    role: Literal["controller", "processor", "both"] | None = Field(
        default=None, description="Who decides about purposes."
    )
    subjects: tuple[Name, ...] = Field(default=(), description="E.g. end_users, employees.")
    sensitive: Flag = Field(default=False, description="Health, beliefs, biometrics and such.")
    children: Flag = Field(default=False, description="Of children.")


class CardData(Part):
    """Data of payment cards."""

    stored: Flag = Field(default=False, description="Card numbers are stored.")
    processed: Flag = Field(default=False, description="Card numbers pass through.")
    saq_or_roc: Name | None = Field(default=None, description="How PCI DSS is shown.")


class HealthData(Part):
    """Protected health information."""

    phi: Flag = Field(default=False, description="Whether there is any.")
    role: Literal["covered_entity", "business_associate"] | None = Field(
        default=None, description="Under HIPAA."
    )


class Data(Part):
    """What data the organization holds."""

    classes: tuple[DataClass, ...] = Field(default=(), description="Classes with handling.")
    personal_data: PersonalData = Field(
        default=PersonalData(), description="Personal data within the services."
    )
    card_data: CardData = Field(default=CardData(), description="Payment cards.")
    health_data: HealthData = Field(default=HealthData(), description="Health information.")
    financial_data: Flag = Field(default=False, description="Accounts, wages or payments.")
    customer_content: Flag = Field(default=False, description="What customers upload.")
