"""Rules between parameters: what a figure may be depends on other figures and on the profile."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

from policygen import words
from policygen.load.parameter_values import CLOCKS, shown, span
from policygen.model.catalogue import FREQUENCIES
from policygen.model.facts import Origin
from policygen.problems import Location, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from policygen.model.catalogue import Value
    from policygen.model.facts import Facts, ParameterValue
    from policygen.yamlfile import YamlFile

Rule: TypeAlias = "Callable[[Facts, YamlFile], Iterator[Problem]]"

_AT_MOST = (
    ("critical_patch_days", "high_patch_days", "graver findings are fixed sooner"),
    ("high_patch_days", "medium_patch_days", "graver findings are fixed sooner"),
    ("medium_patch_days", "low_patch_days", "graver findings are fixed sooner"),
    (
        "access_revocation_hours_involuntary",
        "access_revocation_hours",
        "an involuntary departure is the more urgent one",
    ),
    (
        "access_revocation_hours",
        "access_revocation_non_sso_hours",
        "accounts outside single sign-on come after the identity provider",
    ),
    ("log_online_days", "log_retention_days", "searchable logs are part of those kept"),
    ("password_min_length", "password_min_length_privileged", "privileged passwords are longer"),
    ("change_approvers_count", "high_risk_change_approvers", "high risk needs no fewer approvals"),
)
"""Pairs where the first figure is at most the second, and why."""

_NOT_LOOSER = (
    (
        "privileged_access_review_frequency",
        "access_review_frequency",
        "privileged rights are reviewed at least as often as the others",
    ),
)
"""Pairs where the first frequency is at least as strict as the second, and why."""

_ASCENDING = ("risk_treatment_days", "deficiency_remediation_days", "alert_triage_minutes")
"""Tables by severity whose figures rise from critical to low."""

_BACKUP_INTERVAL_HOURS = {"continuous": 0, "hourly": 1, "daily": 24}
_REVIEW_MONTHS_OF_SUBSERVICE = 12
_USUAL_REVIEW_MONTHS = 12


def broken_rules(facts: Facts, file: YamlFile) -> list[Problem]:
    """Every rule between values that the facts break, each at the value that the file sets."""
    return [problem for rule in RULES for problem in rule(facts, file)]


def _pairs_in_order(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    for smaller, larger, reason in _AT_MOST:
        a, b = facts.parameters[smaller], facts.parameters[larger]
        low, high = _figure(a.value), _figure(b.value)
        if low is not None and high is not None and low > high:
            yield _conflict(file, a, b, f"must be at most {larger}", reason)


def _frequencies_in_order(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    for stricter, looser, reason in _NOT_LOOSER:
        a, b = facts.parameters[stricter], facts.parameters[looser]
        if _rank(a.value) > _rank(b.value):
            yield _conflict(file, a, b, f"must not be looser than {looser}", reason)


def _notices_leave_time(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    vendor = facts.parameters["vendor_breach_notice_hours"]
    customer = facts.parameters["customer_incident_notice_hours"]
    asked, promised = _figure(vendor.value), _figure(customer.value)
    reason = "a vendor's notice must leave time to tell customers"
    if asked is not None and promised is not None and asked >= promised:
        yield _conflict(
            file, vendor, customer, "must be less than customer_incident_notice_hours", reason
        )
    clocks = facts.parameters[CLOCKS]
    for law in _laws_in_force(facts):
        limit = span(clocks.value.get(law)) if isinstance(clocks.value, dict) else None
        if limit and limit[1] == "hours" and asked is not None and asked >= limit[0]:
            yield Problem(
                code="parameter-conflict",
                location=_place(file, vendor, clocks),
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


def _backups_meet_recovery_point(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    rpo, backup = facts.parameters["rpo_hours"], facts.parameters["backup_frequency"]
    promised = _figure(rpo.value)
    interval = _BACKUP_INTERVAL_HOURS.get(str(backup.value))
    if promised is not None and interval is not None and interval > promised:
        yield Problem(
            code="parameter-conflict",
            location=_place(file, backup, rpo),
            message=f"backup_frequency is {backup.value}, but rpo_hours promises to lose at most "
            f"{words.quantity(promised, 'hours')}{_other_place(backup, rpo)}",
            hint="Back up more often or replicate: backup_frequency hourly or continuous.",
        )


def _tables_ascend(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    for name in _ASCENDING:
        value = facts.parameters[name]
        table = value.value if isinstance(value.value, dict) else {}
        rows = [(row, _figure(table.get(row))) for row in ("critical", "high", "medium", "low")]
        for (graver, first), (milder, second) in zip(rows, rows[1:], strict=False):
            if first is not None and second is not None and first > second:
                yield Problem(
                    code="parameter-conflict",
                    location=_place(file, value),
                    message=f"{name} gives {graver} {words.number(first)} and {milder} "
                    f"{words.number(second)}, but the graver severity comes first",
                    hint="Let the figures rise from critical to low.",
                )


def _severities_ascend(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    value = facts.parameters["incident_severities"]
    rows = [row for row in _items(value.value) if isinstance(row, dict)]
    for graver, milder in zip(rows, rows[1:], strict=False):
        first, second = _figure(graver.get("ack_minutes")), _figure(milder.get("ack_minutes"))
        if first is not None and second is not None and first > second:
            yield Problem(
                code="parameter-conflict",
                location=_place(file, value),
                message=f"incident_severities acknowledges {graver.get('severity')} later than "
                f"{milder.get('severity')}",
                hint="List the gravest severity first, with the shortest times.",
            )


def _reviewed_severities_exist(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    table = facts.parameters["incident_severities"]
    known = [str(row.get("severity")) for row in _items(table.value) if isinstance(row, dict)]
    for value in facts.parameters.values():
        if value.parameter.holds != "severities":
            continue
        for name in _items(value.value):
            if name not in known:
                yield Problem(
                    code="parameter-conflict",
                    location=_place(file, value, table),
                    message=f"{value.parameter.name} lists {shown(name)}, which is not a row of "
                    "incident_severities",
                    hint=f"The rows are {words.join_words(known, 'and')}.",
                )


def _risk_threshold_fits_scale(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    scale, table = facts.parameters["risk_scale"], facts.parameters["risk_acceptance_threshold"]
    for name, cell in table.value.items() if isinstance(table.value, dict) else ():
        limit = math.ceil(int(name[0]) ** 2 / 3)
        threshold = _figure(cell)
        if threshold is None or not 1 <= threshold <= limit:
            place = _place(file, table, scale)
            yield Problem(
                code="parameter-value",
                location=place,
                message=f"risk_acceptance_threshold row {name} must be a whole number from 1 to "
                f"{limit}, not {shown(cell)}",
                hint="Risks up to a third of the scale may be accepted without the entitled role.",
            )


def _deletion_keeps_contract(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    live = facts.parameters["customer_data_deletion_days"]
    backups = facts.parameters["backup_retention_days"]
    days, further = _figure(live.value), _figure(backups.value)
    if days is None or further is None:
        return
    for place, total in _deletion_totals(facts):
        if days + further > total:
            yield Problem(
                code="parameter-conflict",
                location=_place(file, backups, live),
                message=f"customer data are gone {words.number(days + further)} days after the "
                f"end of a contract (live {words.number(days)}, backups a further "
                f"{words.number(further)}), but the commitment at {file.location(place)} "
                f"promises {words.number(total)}",
                hint="Shorten backup_retention_days or delete sooner.",
            )


def _deletion_totals(facts: Facts) -> Iterator[tuple[list[str | int], float]]:
    """Totals, backups included, that deletion commitments state."""
    for at, service in enumerate(_items(facts.plain.get("services"))):
        rows = _items(service.get("commitments")) if isinstance(service, dict) else []
        for index, row in enumerate(rows):
            total = _figure(row.get("total_days")) if isinstance(row, dict) else None
            if total is not None:
                yield ["services", at, "commitments", index, "total_days"], total


def _systems_are_not_looser(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    everywhere = facts.parameters["access_review_frequency"].value
    for index, row in enumerate(_items(facts.plain.get("systems"))):
        own = row.get("access_review") if isinstance(row, dict) else None
        if isinstance(row, dict) and own and _rank(own) > _rank(everywhere):
            yield Problem(
                code="parameter-conflict",
                location=file.location(["systems", index, "access_review"]),
                message=f"access to {row.get('name')} is reviewed {own}, but "
                f"access_review_frequency is {everywhere}",
                hint="A system may be reviewed more often than that, never less often.",
            )


def _subservice_reviews_are_yearly(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    tiers = {
        str(row.get("tier")): _figure(row.get("review_months"))
        for row in _items(facts.parameters["vendor_tiers"].value)
        if isinstance(row, dict)
    }
    for index, row in enumerate(_items(facts.plain.get("vendors"))):
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


def _long_review_interval(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    value = facts.parameters["policy_review_months"]
    months = _figure(value.value)
    if months is not None and months > _USUAL_REVIEW_MONTHS:
        yield Problem(
            code="parameter-unusual",
            severity=Severity.WARNING,
            location=_place(file, value),
            message=f"policy_review_months is {words.number(months)}; auditors expect a review "
            "within 12 months",
            hint="Keep 12, or say why in parameter_rationale.",
        )


RULES: tuple[Rule, ...] = (
    _pairs_in_order,
    _frequencies_in_order,
    _notices_leave_time,
    _backups_meet_recovery_point,
    _tables_ascend,
    _severities_ascend,
    _reviewed_severities_exist,
    _risk_threshold_fits_scale,
    _deletion_keeps_contract,
    _systems_are_not_looser,
    _subservice_reviews_are_yearly,
    _long_review_interval,
)
"""All rules, in the order in which their problems are listed."""


def _conflict(
    file: YamlFile, first: ParameterValue, second: ParameterValue, rule: str, reason: str
) -> Problem:
    name = first.parameter.name
    return Problem(
        code="parameter-conflict",
        location=_place(file, first, second),
        message=f"{name} is {shown(first.value)}, which {rule} ({shown(second.value)}"
        f"{_set_at(second)})",
        hint=f"{reason[0].upper()}{reason[1:]}.",
    )


def _set_at(value: ParameterValue) -> str:
    match value.origin:
        case Origin.FLOOR:
            return f", set by {value.floor.source}" if value.floor else ""
        case _:
            return f", set at {value.location}" if value.location else ", our default"


def _other_place(first: ParameterValue, second: ParameterValue) -> str:
    return f" ({second.location})" if first.location and second.location else ""


def _place(file: YamlFile, *values: ParameterValue) -> Location:
    """Where the first of the values is set; the section where the registry sets them all."""
    for value in values:
        if value.location is not None:
            return value.location
    written = isinstance(file.value, dict) and "parameters" in file.value
    return file.location(["parameters"] if written else [])


def _figure(value: Value) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _rank(value: Value) -> int:
    """Place among frequencies, strictest first; before all of them where it is none."""
    return FREQUENCIES.index(value) if isinstance(value, str) and value in FREQUENCIES else -1


def _items(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []
