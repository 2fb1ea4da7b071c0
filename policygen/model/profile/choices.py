"""Scope of the examination, laws, and how the set is kept and published."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt

from policygen.model.profile.base import (
    CriterionId,
    Currency,
    Day,
    FilePath,
    Flag,
    Id,
    Line,
    Mail,
    MonthDay,
    Name,
    Part,
    Snake,
    TimeUrl,
    Url,
)


class Tsc(Part):
    """Categories of the Trust Services Criteria that are examined."""

    security: Literal[True] = Field(default=True, description="Always examined.")
    availability: Flag = Field(default=False, description="A1.")
    confidentiality: Flag = Field(default=False, description="C1.")
    processing_integrity: Flag = Field(default=False, description="PI1.")
    privacy: Flag = Field(default=False, description="P1 to P8.")


class Period(Part):
    """A span of days, both included."""

    start: Day = Field(description="First day.")
    end: Day = Field(description="Last day.")


class PrivacyForOthers(Part):
    """Why privacy is examined though the organization only processes for others."""

    reason: Line = Field(description="Why readers of the report need it.")
    auditor_agreed_by: Name = Field(description="Auditor who agreed.")
    auditor_agreed_on: Day = Field(description="When.")


class Audit(Part):
    """The examination that the set prepares for."""

    firm: Name | None = Field(default=None, description="The CPA firm.")
    report_type: Literal["type1", "type2"] | None = Field(
        default=None, description="type1: design on one day; type2: operation over a period."
    )
    as_of_date: Day | None = Field(default=None, description="Of a Type I report.")
    period: Period | None = Field(default=None, description="Of a Type II report.")
    prior_period_end: Day | None = Field(
        default=None, description="Last day of the report before, to find gaps."
    )
    additional_criteria: tuple[Name, ...] = Field(
        default=(), description="Subject matter beside the criteria, e.g. hipaa."
    )
    privacy_for_others: PrivacyForOthers | None = Field(
        default=None, description="Of a processor that has privacy examined all the same."
    )


class OtherLaw(Part):
    """A law or standard that has no switch of its own."""

    name: Name = Field(description="Its name.")
    note: Line | None = Field(default=None, description="What it asks of us.")


class Regulatory(Part):
    """Laws and standards that apply; floors of parameters follow from them."""

    gdpr: Flag = Field(default=False, description="EU General Data Protection Regulation.")
    uk_gdpr: Flag = Field(default=False, description="Its UK counterpart.")
    ccpa: Flag = Field(default=False, description="California Consumer Privacy Act.")
    hipaa: Flag = Field(default=False, description="US health information.")
    pci_dss: Flag = Field(default=False, description="Payment card industry.")
    glba: Flag = Field(default=False, description="US financial institutions.")
    nydfs: Flag = Field(default=False, description="23 NYCRR 500.")
    sox_relevant: Flag = Field(default=False, description="A SOC 1 report is needed too.")
    other: tuple[OtherLaw, ...] = Field(default=(), description="Others.")


class Entitlement(Part):
    """A level of access to one system."""

    system: Id = Field(description="System id.")
    level: Name = Field(description="E.g. read, member, admin.")


class AccessRole(Part):
    """A bundle of access that is asked for and approved as one."""

    id: Id = Field(description="Id within the profile.")
    entitlements: tuple[Entitlement, ...] = Field(default=(), description="What it opens.")
    birthright_for: tuple[Name, ...] = Field(
        default=(), description="Who gets it without asking, e.g. all employees."
    )
    approver_roles: tuple[Snake, ...] = Field(default=(), description="Role ids.")
    conflicts_with: tuple[Id, ...] = Field(
        default=(), description="Access roles that one person may not hold beside it."
    )
    control_instead: Line | None = Field(
        default=None, description="What is done where a conflict cannot be avoided."
    )


class StandardChange(Part):
    """A low-risk change approved in advance."""

    id: Id = Field(description="Id within the profile.")
    text: Line = Field(description="What is changed.")
    risk: Line = Field(description="Why the risk is low.")
    steps: Line = Field(description="How it is done.")
    checks: Line = Field(description="How it is checked.")
    approved_on: Day | None = Field(default=None, description="When it was approved.")


class OwnDocument(Part):
    """A document that the organization writes itself."""

    id: Id = Field(description="Document id; the template's file stem.")
    title: Name = Field(description="Title.")
    kind: Literal["policy", "procedure", "register"] = Field(description="Kind.")
    criteria: tuple[CriterionId, ...] = Field(default=(), description="Criteria it serves.")


class LeftOut(Part):
    """A statement that the organization does not make."""

    id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,7}-\d{2,3}$")] = Field(
        description="Statement id, e.g. AC-19."
    )
    reason: Line = Field(description="Why.")
    approved_by: Id = Field(description="Person id.")


class LeftOutDocument(Part):
    """A document that the organization decided not to have, though its condition holds."""

    id: Id = Field(description="Document id.")
    reason: Line = Field(description="Why.")
    approved_by: Id = Field(description="Person id.")


class Merge(Part):
    """Several documents bound as one."""

    id: Id = Field(description="Id of the merged document.")
    title: Name = Field(description="Its title.")
    of: tuple[Id, ...] = Field(description="Ids of the documents in it.")
    owner: Snake = Field(description="Role id.")
    approver: Snake = Field(description="Role id.")


class DocumentOverride(Part):
    """Another owner, approver or audience for one document."""

    owner: Snake | None = Field(default=None, description="Role id.")
    approver: Snake | None = Field(default=None, description="Role id.")
    audience: tuple[Name, ...] = Field(default=(), description="Who must know it.")


class Documents(Part):
    """Choices about the set of documents."""

    exclude: tuple[LeftOutDocument, ...] = Field(
        default=(), description="Leave out these, with the reason."
    )
    include: tuple[Id, ...] = Field(default=(), description="Include these in any case.")
    own: tuple[OwnDocument, ...] = Field(default=(), description="Documents of our own.")
    shareable: tuple[Id, ...] = Field(
        default=(), description="Policies and procedures that customers may have a copy of."
    )
    statements_left_out: tuple[LeftOut, ...] = Field(
        default=(), description="Statements not made, with the reason."
    )
    bundle: Literal["full", "compact"] = Field(default="full", description="How it is bound.")
    merges: tuple[Merge, ...] = Field(default=(), description="Documents bound as one.")
    overrides: dict[Id, DocumentOverride] = Field(
        default={}, description="By document id: another owner, approver or audience."
    )


class Blackout(Part):
    """Days of each year on which no review is scheduled."""

    start: MonthDay = Field(alias="from", description="First day, MM-DD.")
    to: MonthDay = Field(description="Last day, MM-DD.")


class ReviewCalendar(Part):
    """When documents are reviewed."""

    anchor_month: Annotated[StrictInt, Field(ge=1, le=12)] = Field(
        default=1, description="Month of the annual review."
    )
    spread: Flag = Field(
        default=True, description="Spread reviews over months; else all in that month."
    )
    blackout: tuple[Blackout, ...] = Field(default=(), description="Days without reviews.")


class Contacts(Part):
    """Where people turn to; no phone numbers, no secrets."""

    incident_channel: Line | None = Field(default=None, description="Where incidents are told.")
    security_email: Mail | None = Field(default=None, description="For reports from outside.")
    privacy_email: Mail | None = Field(default=None, description="For privacy requests.")
    ethics_line: Line | None = Field(default=None, description="For reports of misconduct.")
    status_url: Url | None = Field(default=None, description="Public status page.")
    trust_url: Url | None = Field(default=None, description="Public page about security.")


class Money(Part):
    """An amount of money."""

    amount: Annotated[StrictInt, Field(ge=0)] = Field(description="Whole units.")
    currency: Currency = Field(description="ISO 4217 code, e.g. USD.")


class Insurance(Part):
    """Cyber insurance."""

    carrier: Name | None = Field(default=None, description="The insurer.")
    policy_number_ref: Name | None = Field(default=None, description="Where the number is kept.")
    limit: Money | None = Field(default=None, description="Limit of liability.")
    expiry: Day | None = Field(default=None, description="Last day of cover.")
    notice_contact: Line | None = Field(default=None, description="Whom to tell of an incident.")


class Publication(Part):
    """How the set is published."""

    site_url: Url | None = Field(default=None, description="Address of the internal site.")
    classification: Literal["public", "internal", "restricted"] = Field(
        default="internal", description="Who may see the site."
    )
    timestamp_authority: TimeUrl | None = Field(
        default=None,
        description="RFC 3161 service that vouches for the time of seals and consents.",
    )
    timestamp_roots: FilePath | None = Field(
        default=None, description="PEM file with the root certificates of that service."
    )


class Waiver(Part):
    """A problem or statement set aside for a while; the only way around a check."""

    id: Id = Field(description="Id within the profile.")
    code: Id | None = Field(default=None, description="Problem code that is set aside.")
    statement: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,7}-\d{2,3}$")] | None = Field(
        default=None, description="Statement id that is set aside."
    )
    document: Id | None = Field(default=None, description="Only in this document.")
    naming: Name | None = Field(
        default=None, description="Only problems whose message holds these words."
    )
    reason: Line = Field(description="Why.")
    approved_by: Id = Field(description="Person id, another than the beneficiary.")
    beneficiary: Id = Field(description="Person id of who gains by it.")
    start: Day = Field(alias="from", description="First day.")
    expires: Day = Field(description="Last day.")


class PolicyException(Part):
    """A rule of a policy that someone may break for a while."""

    id: Id = Field(description="Id within the profile.")
    statement: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,7}-\d{2,3}$")] = Field(
        description="Statement id."
    )
    reason: Line = Field(description="Why.")
    risk_score: Annotated[StrictInt, Field(ge=1, le=25)] = Field(description="On the risk scale.")
    control_instead: Line = Field(description="What is done instead.")
    approver_role: Snake = Field(description="The role entitled to accept the risk.")
    approved_by: Id | None = Field(default=None, description="Person id.")
    beneficiary: Id | None = Field(default=None, description="Person id of who gains by it.")
    start: Day = Field(alias="from", description="First day.")
    expires: Day = Field(description="Last day.")
