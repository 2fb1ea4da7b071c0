"""Hosting, places, systems and vendors."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field

from policygen.model.profile.base import Day, Flag, Frequency, Id, Line, Name, Part, Snake

SystemKind: TypeAlias = Literal[
    "idp", "vcs", "ci", "cloud", "hris", "ticketing", "siem", "mdm", "edr", "password_manager",
    "backup", "monitoring", "status_page", "email", "chat", "pam", "vuln_scanner", "sast",
    "training", "grc", "crm", "payroll", "cdn_waf", "vpn_ztna", "dlp", "on_call",
    "background_check", "esign", "bms", "door_access", "rmm", "hsm",
]  # fmt: skip
"""What a system is, so that text can refer to `systems.idp` and its like."""


class Hosting(Part):
    """Where the services run."""

    models: tuple[Literal["cloud", "colo", "on_prem", "hybrid"], ...] = Field(
        default=(), description="How they are hosted."
    )
    providers: tuple[Literal["aws", "azure", "gcp", "other"], ...] = Field(
        default=(), description="Which cloud."
    )
    regions: tuple[Name, ...] = Field(default=(), description="Regions or sites.")
    production_accounts: tuple[Name, ...] = Field(
        default=(), description="Names of the production accounts or subscriptions; no secrets."
    )


class Location(Part):
    """A place where work is done or equipment stands."""

    id: Id = Field(description="Id within the profile.")
    kind: Literal["office", "data_center", "cage", "home_only", "warehouse"] = Field(
        description="home_only: people work from home and there are no premises."
    )
    name: Name | None = Field(default=None, description="What people call it.")
    address_ref: Name | None = Field(default=None, description="Label of an address.")
    in_scope: Flag = Field(default=True, description="Part of the examination.")
    access_system: Name | None = Field(default=None, description="How doors are controlled.")
    cctv: Flag = Field(default=False, description="Cameras record.")
    operated_by: Literal["us", "provider"] = Field(default="us", description="Who runs it.")


class Repository(Part):
    """A repository of source code."""

    name: Name = Field(description="Its name.")
    protection: Name = Field(description="What its main branch demands.")


class System(Part):
    """A system that people sign in to."""

    id: Id = Field(description="Id within the profile.")
    kind: SystemKind = Field(description="What it is; text refers to systems by kind.")
    name: Name = Field(description="Name of the product.")
    vendor_ref: Id | None = Field(default=None, description="Vendor id.")
    owner_role: Snake = Field(description="The role that answers for it.")
    in_scope: Flag = Field(default=True, description="Part of the examination.")
    sso: Flag = Field(default=False, description="Sign-on through the identity provider.")
    mfa: Flag = Field(default=False, description="A second factor is enforced.")
    data_classes: tuple[Id, ...] = Field(default=(), description="Ids of data classes in it.")
    access_review: Frequency | None = Field(
        default=None, description="Where stricter than access_review_frequency."
    )
    auth_notes: Line | None = Field(default=None, description="How people sign in, if unusual.")
    control_instead: Line | None = Field(
        default=None, description="The control used where sso or mfa is impossible."
    )
    repositories: tuple[Repository, ...] = Field(
        default=(), description="For version control: what it holds."
    )


class Vendor(Part):
    """A company that works for us."""

    id: Id = Field(description="Id within the profile.")
    name: Name = Field(description="Its name.")
    tier: Literal["critical", "high", "medium", "low"] = Field(
        description="How much depends on it; sets the depth of its review."
    )
    service: Line = Field(description="What it does for us.")
    data_classes: tuple[Id, ...] = Field(default=(), description="Ids of data classes it holds.")
    personal_data: Flag = Field(default=False, description="It processes personal data.")
    contract_end: Day | None = Field(default=None, description="When the contract ends.")
    dpa: Flag = Field(default=False, description="A data processing agreement is signed.")
    baa: Flag = Field(default=False, description="A business associate agreement is signed.")
    last_review: Day | None = Field(default=None, description="When we last reviewed it.")
    owner_role: Snake = Field(description="The role that answers for it.")
    access: Flag = Field(default=False, description="Its people have access to our systems.")
    subservice: Flag = Field(default=False, description="It is a subservice organization.")
    refusals: Line | None = Field(
        default=None, description="Clauses it refused, and why that was accepted."
    )
