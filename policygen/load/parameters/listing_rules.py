"""Rules between parameters and what the profile lists: contracts, laws, systems, vendors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen import words
from policygen.load.parameters.conflicts import figure_of, items_of, place_of, rank_of
from policygen.load.parameters.values import CLOCKS, shown, span
from policygen.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.facts import Facts
    from policygen.yaml.yamlfile import YamlFile

_REVIEW_MONTHS_OF_SUBSERVICE = 12


def vendor_notice_precedes_law(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    """A vendor tells us early enough for the clock of each law in force."""
    vendor = facts.parameters["vendor_breach_notice_hours"]
    asked = figure_of(vendor.value)
    clocks = facts.parameters[CLOCKS]
    for law in _laws_in_force(facts):
        limit = span(clocks.value.get(law)) if isinstance(clocks.value, dict) else None
        if limit and limit[1] == "hours" and asked is not None and asked >= limit[0]:
            yield Problem(
                code="parameter-conflict",
                location=place_of(file, vendor, clocks),
                message=f"vendor_breach_notice_hours is {shown(vendor.value)}, which must be less "
                f"than the clock of {law} ({limit[0]} hours)",
                hint="A vendor's notice must leave time to tell the authority.",
            )


def _laws_in_force(facts: Facts) -> tuple[str, ...]:
    flags = facts.plain.get("regulatory")
    on = {name for name, value in flags.items() if value} if isinstance(flags, dict) else set()
    return tuple(
        law for law, names in (("gdpr", {"gdpr", "uk_gdpr"}), ("nydfs", {"nydfs"})) if names & on
    )


def deletion_keeps_contract(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    """Live data and backups together are gone within the total that a contract states."""
    live = facts.parameters["customer_data_deletion_days"]
    backups = facts.parameters["backup_retention_days"]
    days, further = figure_of(live.value), figure_of(backups.value)
    if days is None or further is None:
        return
    for place, total in _deletion_totals(facts):
        if days + further > total:
            yield Problem(
                code="parameter-conflict",
                location=place_of(file, backups, live),
                message=f"customer data are gone {words.number(days + further)} days after the "
                f"end of a contract (live {words.number(days)}, backups a further "
                f"{words.number(further)}), but the commitment at {file.location(place)} "
                f"promises {words.number(total)}",
                hint="Shorten backup_retention_days or delete sooner.",
            )


def _deletion_totals(facts: Facts) -> Iterator[tuple[list[str | int], float]]:
    """Totals, backups included, that deletion commitments state."""
    for at, service in enumerate(items_of(facts.plain.get("services"))):
        rows = items_of(service.get("commitments")) if isinstance(service, dict) else []
        for index, row in enumerate(rows):
            total = figure_of(row.get("total_days")) if isinstance(row, dict) else None
            if total is not None:
                yield ["services", at, "commitments", index, "total_days"], total


def systems_are_not_looser(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    """No system is reviewed less often than all are."""
    everywhere = facts.parameters["access_review_frequency"].value
    for index, row in enumerate(items_of(facts.plain.get("systems"))):
        own = row.get("access_review") if isinstance(row, dict) else None
        if isinstance(row, dict) and own and rank_of(own) > rank_of(everywhere):
            yield Problem(
                code="parameter-conflict",
                location=file.location(["systems", index, "access_review"]),
                message=f"access to {row.get('name')} is reviewed {own}, but "
                f"access_review_frequency is {everywhere}",
                hint="A system may be reviewed more often than that, never less often.",
            )


def subservice_reviews_are_yearly(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    """A subservice organization stands in a tier that is reviewed every 12 months."""
    tiers = {
        str(row.get("tier")): figure_of(row.get("review_months"))
        for row in items_of(facts.parameters["vendor_tiers"].value)
        if isinstance(row, dict)
    }
    for index, row in enumerate(items_of(facts.plain.get("vendors"))):
        if not isinstance(row, dict) or not row.get("subservice"):
            continue
        months = tiers.get(str(row.get("tier")))
        if months is not None and months > _REVIEW_MONTHS_OF_SUBSERVICE:
            yield Problem(
                code="parameter-conflict",
                location=file.location(["vendors", index, "tier"]),
                message=f"{row.get('name')} is a subservice organization but tier "
                f"{row.get('tier')} is reviewed every {words.quantity(months, 'months')}",
                hint="Subservice organizations are reviewed every 12 months: tier critical.",
            )
