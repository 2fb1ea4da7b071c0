"""Parameters and roles of the sample organization."""

from __future__ import annotations

from policygen.publish.site.reference import ParameterRow, RoleRow

UNUSED_CANARY = "gnu-7272"
"""Stands in values that no text in force states."""

NAME_CANARY = "Quentin Marsh"
"""Holds a role that approves nothing."""


def _row(
    name: str,
    value: str,
    *documents: str,
    origin: str = "As the library suggests",
    default: str | None = None,
    bound: str | None = None,
    rationale: str | None = None,
    source: str | None = None,
    decided: tuple[str, ...] = (),
    paced: tuple[str, ...] = (),
) -> ParameterRow:
    return ParameterRow(
        name=name,
        value=value,
        default=default,
        origin=origin,
        source=source,
        bound=bound,
        rationale=rationale,
        stated=documents,
        decided=decided,
        paced=paced,
    )


PARAMETERS = (
    _row(
        "uptime_percent",
        "99.9 percent",
        "access-control-policy",
        origin="Promised to customers",
        source="master agreement, clause 7",
    ),
    _row(
        "access_removal_hours",
        "24 hours",
        "access-control-policy",
        "access-review-procedure",
        origin="Set by the organization",
        default="48 hours",
        bound="at most 24 hours (PCI DSS 8.2.5)",
        rationale="A customer asked for a day",
    ),
    _row("access_review_frequency", "once each calendar quarter", "access-control-policy"),
    _row(
        "review_months",
        "12 months",
        decided=("access-review-procedure",),
        paced=("access-control-policy", "customer-access-policy"),
    ),
    _row("restricted_only", UNUSED_CANARY, "incident-contacts-register"),
    _row("not_in_force", UNUSED_CANARY, "customer-access-policy"),
    _row("nowhere", UNUSED_CANARY),
)

ROLE_ROWS = (
    RoleRow(
        id="security_officer", title="Security officer", holder="Robin Castellan", remark=None
    ),
    RoleRow(
        id="engineering_lead", title="Engineering lead", holder="Dana Whitfield", remark=None
    ),
    RoleRow(id="it_lead", title="IT lead", holder=NAME_CANARY, remark=None),
    RoleRow(
        id="system_owner",
        title="System owner",
        holder=None,
        remark="the owner named in the systems register",
    ),
    RoleRow(id="finance_lead", title="Finance lead", holder=NAME_CANARY, remark=None),
)  # fmt: skip
