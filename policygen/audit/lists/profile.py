"""Lists of what only the profile knows: figures, roles, systems, vendors, duties of customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.model.facts import Origin
from policygen.tables import Column, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from policygen.model.catalogue import Parameter, Value
    from policygen.model.facts import Facts, RoleFact
    from policygen.model.profile.services import Cuec, SubserviceOrganization
    from policygen.model.profile.systems import System, Vendor
    from policygen.tables import Cell

_ORIGINS = {
    Origin.DEFAULT: "library's suggestion",
    Origin.FLOOR: "tightened by a law or standard",
    Origin.ORGANIZATION: "set by the organization",
    Origin.COMMITMENT: "promised to customers",
    Origin.UNANSWERED: "not answered",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which systems a list is about."""

    systems: frozenset[str] | None = None
    """Ids of systems asked for; None means all."""


def parameters(
    facts: Facts,
    written: Callable[[Parameter, Value], str],
    uses: Mapping[str, tuple[str, ...]],
) -> Table:
    """Every parameter with its value, where it comes from, and what it may not go below.

    Args:
        facts: The profile and the registries.
        written: A value in words.
        uses: Ids of the documents that change with a parameter.
    """
    rows: list[tuple[Cell, ...]] = []
    for name, found in sorted(facts.parameters.items()):
        parameter, floor = found.parameter, found.floor
        rows.append(
            (
                name,
                None if found.value is None else written(parameter, found.value),
                _ORIGINS[found.origin],
                None if parameter.default is None else written(parameter, parameter.default),
                None if floor is None else f"{floor.note} ({floor.source})",
                facts.profile.parameter_rationale.get(name) or found.source,
                parameter.note,
                ", ".join(uses.get(name, ())),
            )
        )
    return Table(
        name="parameters",
        title="Parameters",
        columns=(
            Column(title="Parameter", width=34),
            Column(title="Value", width=30),
            Column(
                title="Where it comes from",
                width=24,
                tones={"not answered": Tone.ATTENTION, "set by the organization": Tone.QUIET},
            ),
            Column(title="Library's suggestion", width=24),
            Column(title="Floor in force", width=30),
            Column(title="Rationale or source", width=40),
            Column(title="Meaning", width=40),
            Column(title="Documents", width=44),
        ),
        rows=tuple(rows),
    )


def roles(facts: Facts) -> Table:
    """Every role with its holder and since when."""
    return Table(
        name="roles",
        title="Roles",
        columns=(
            Column(title="Role"),
            Column(title="Title", width=28),
            Column(title="Holder", width=24),
            Column(title="Job title", width=24),
            Column(title="From"),
            Column(title="To"),
            Column(title="Acting holder", width=24),
            Column(title="Vacant since", tones={}),
            Column(title="Carried by", width=24),
            Column(title="Delegated to", width=36),
        ),
        rows=tuple(_role(facts, fact) for fact in facts.roles.values()),
    )


def _role(facts: Facts, fact: RoleFact) -> tuple[Cell, ...]:
    held = facts.profile.roles.get(fact.role.id)
    person = facts.profile.person(fact.holder) if fact.holder else None
    acting = facts.profile.person(held.acting) if held and held.acting else None
    names = {each.id: each.name for each in facts.profile.people}
    delegations = [
        f"{names.get(each.to, each.to)}, {each.start.isoformat()} to {each.until.isoformat()}"
        for each in (held.delegations if held else ())
    ]
    carried = facts.roles[fact.filled_by].title if fact.filled_by != fact.role.id else None
    return (
        fact.role.id,
        fact.title,
        person.name if person else None,
        person.title if person else None,
        held.start if held else None,
        held.to if held else None,
        acting.name if acting else None,
        fact.vacant_since,
        fact.role.resolves if fact.role.pseudo else carried,
        "; ".join(delegations) or None,
    )


def systems(facts: Facts, scope: Scope) -> Table:
    """Every system that people sign in to."""
    chosen = [row for row in facts.profile.systems if _in(scope, row.id)]
    return Table(
        name="systems",
        title="Systems",
        columns=(
            Column(title="System"),
            Column(title="Name", width=24),
            Column(title="Kind"),
            Column(title="Vendor"),
            Column(title="Owner", width=24),
            Column(title="In scope", tones={"no": Tone.QUIET}),
            Column(title="Single sign-on", tones={"no": Tone.ATTENTION}),
            Column(title="Second factor", tones={"no": Tone.ATTENTION}),
            Column(title="Data classes", width=24),
            Column(title="Access review"),
            Column(title="Control used instead", width=40),
        ),
        rows=tuple(_system(facts, row) for row in chosen),
    )


def _system(facts: Facts, row: System) -> tuple[Cell, ...]:
    review = row.access_review
    return (
        row.id, row.name, row.kind, row.vendor_ref, _title(facts, row.owner_role),
        _yes(row.in_scope), _yes(row.sso), _yes(row.mfa), ", ".join(row.data_classes),
        None if review is None else str(review), row.control_instead,
    )  # fmt: skip


def vendors(facts: Facts, scope: Scope) -> Table:
    """Every vendor; those of the chosen systems where systems were chosen."""
    wanted = {row.vendor_ref for row in facts.profile.systems if _in(scope, row.id)}
    chosen = [row for row in facts.profile.vendors if scope.systems is None or row.id in wanted]
    return Table(
        name="vendors",
        title="Vendors",
        columns=(
            Column(title="Vendor"),
            Column(title="Name", width=26),
            Column(title="Tier", tones={"critical": Tone.ATTENTION}),
            Column(title="Service", width=40),
            Column(title="Data classes", width=22),
            Column(title="Personal data"),
            Column(title="Subservice organization"),
            Column(title="Owner", width=24),
            Column(title="Contract ends"),
            Column(title="Processing agreement"),
            Column(title="Business associate agreement"),
            Column(title="Access to our systems"),
            Column(title="Last review"),
        ),
        rows=tuple(_vendor(facts, row) for row in chosen),
        note="Reports and reviews of vendors are evidence of their own; this list names the day.",
    )


def _vendor(facts: Facts, row: Vendor) -> tuple[Cell, ...]:
    return (
        row.id, row.name, row.tier, row.service, ", ".join(row.data_classes),
        _yes(row.personal_data), _yes(row.subservice), _title(facts, row.owner_role),
        row.contract_end, _yes(row.dpa), _yes(row.baa), _yes(row.access), row.last_review,
    )  # fmt: skip


def subservice_organizations(facts: Facts, last: date) -> Table:
    """Every provider whose controls the organization relies on.

    Args:
        facts: The profile.
        last: The window's last day, against which reports are held.
    """
    rows = facts.profile.system_description.subservice_organizations
    return Table(
        name="subservice-organizations",
        title="Subservice organizations",
        columns=(
            Column(title="Name", width=28),
            Column(title="Service", width=36),
            Column(title="Method"),
            Column(title="Report"),
            Column(title="Report covers until"),
            Column(title="Days to the window's end", width=14),
            Column(title="Report read on"),
            Column(title="Criteria relied on", width=20),
            Column(title="Controls assumed there", width=50),
            Column(title="Expected of us, and our control", width=50),
        ),
        rows=tuple(_provider(row, last) for row in rows),
        note="Days after the report's end are covered by nothing here; ask for a bridge letter.",
    )


def _provider(row: SubserviceOrganization, last: date) -> tuple[Cell, ...]:
    end = row.report_period_end
    return (
        row.name,
        row.service,
        row.method.replace("_", "-"),
        row.report,
        end,
        None if end is None else max(0, (last - end).days),
        row.reviewed_on,
        ", ".join(row.criteria_relied_on),
        "\n".join(row.csocs) or None,
        "\n".join(f"{each.cuec}: {each.our_control}" for each in row.cuecs_mapped) or None,
    )


def cuecs(facts: Facts) -> Table:
    """Everything that customers must do themselves."""
    rows: tuple[Cuec, ...] = facts.profile.system_description.cuecs
    return Table(
        name="cuecs",
        title="Complementary user entity controls",
        columns=(
            Column(title="Id"),
            Column(title="What the customer does", width=70),
            Column(title="Criteria", width=20),
        ),
        rows=tuple((row.id, row.text, ", ".join(row.criteria)) for row in rows),
    )


def _title(facts: Facts, role: str) -> str:
    fact = facts.roles.get(role)
    return fact.title if fact else role


def _yes(value: object) -> str:
    return "yes" if value else "no"


def _in(scope: Scope, system: str) -> bool:
    return scope.systems is None or system in scope.systems
