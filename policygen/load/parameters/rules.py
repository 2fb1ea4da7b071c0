"""Rules between parameters: what a figure may be depends on other figures and on the profile."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from policygen import words
from policygen.load.parameters.conflicts import (
    also_at,
    conflict,
    figure_of,
    items_of,
    place_of,
    rank_of,
)
from policygen.load.parameters.listing_rules import (
    deletion_keeps_contract,
    subservice_reviews_are_yearly,
    systems_are_not_looser,
    vendor_notice_precedes_law,
)
from policygen.load.parameters.values import shown
from policygen.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from policygen.model.facts import Facts
    from policygen.yaml.yamlfile import YamlFile

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
_USUAL_REVIEW_MONTHS = 12


def broken_rules(facts: Facts, file: YamlFile) -> list[Problem]:
    """Every rule between values that the facts break, each at the value that the file sets."""
    return [problem for rule in RULES for problem in rule(facts, file)]


def _pairs_in_order(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    for smaller, larger, reason in _AT_MOST:
        a, b = facts.parameters[smaller], facts.parameters[larger]
        low, high = figure_of(a.value), figure_of(b.value)
        if low is not None and high is not None and low > high:
            yield conflict(file, a, b, f"must be at most {larger}", reason)


def _frequencies_in_order(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    for stricter, looser, reason in _NOT_LOOSER:
        a, b = facts.parameters[stricter], facts.parameters[looser]
        if rank_of(a.value) > rank_of(b.value):
            yield conflict(file, a, b, f"must not be looser than {looser}", reason)


def _notices_leave_time(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    vendor = facts.parameters["vendor_breach_notice_hours"]
    customer = facts.parameters["customer_incident_notice_hours"]
    asked, promised = figure_of(vendor.value), figure_of(customer.value)
    reason = "a vendor's notice must leave time to tell customers"
    if asked is not None and promised is not None and asked >= promised:
        yield conflict(
            file, vendor, customer, "must be less than customer_incident_notice_hours", reason
        )


def _backups_meet_recovery_point(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    rpo, backup = facts.parameters["rpo_hours"], facts.parameters["backup_frequency"]
    promised = figure_of(rpo.value)
    interval = _BACKUP_INTERVAL_HOURS.get(str(backup.value))
    if promised is not None and interval is not None and interval > promised:
        yield Problem(
            code="parameter-conflict",
            location=place_of(file, backup, rpo),
            message=f"backup_frequency is {backup.value}, but rpo_hours promises to lose at most "
            f"{words.quantity(promised, 'hours')}{also_at(backup, rpo)}",
            hint="Back up more often or replicate: backup_frequency hourly or continuous.",
        )


def _tables_ascend(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    for name in _ASCENDING:
        value = facts.parameters[name]
        table = value.value if isinstance(value.value, dict) else {}
        rows = [(row, figure_of(table.get(row))) for row in ("critical", "high", "medium", "low")]
        for (graver, first), (milder, second) in pairwise(rows):
            if first is not None and second is not None and first > second:
                yield Problem(
                    code="parameter-conflict",
                    location=place_of(file, value),
                    message=f"{name} gives {graver} {words.number(first)} and {milder} "
                    f"{words.number(second)}, but the graver severity comes first",
                    hint="Let the figures rise from critical to low.",
                )


def _severities_ascend(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    value = facts.parameters["incident_severities"]
    rows = [row for row in items_of(value.value) if isinstance(row, dict)]
    for graver, milder in pairwise(rows):
        first, second = figure_of(graver.get("ack_minutes")), figure_of(milder.get("ack_minutes"))
        if first is not None and second is not None and first > second:
            yield Problem(
                code="parameter-conflict",
                location=place_of(file, value),
                message=f"incident_severities acknowledges {graver.get('severity')} later than "
                f"{milder.get('severity')}",
                hint="List the gravest severity first, with the shortest times.",
            )


def _reviewed_severities_exist(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    table = facts.parameters["incident_severities"]
    known = [str(row.get("severity")) for row in items_of(table.value) if isinstance(row, dict)]
    for value in facts.parameters.values():
        if value.parameter.holds != "severities":
            continue
        for name in items_of(value.value):
            if name not in known:
                yield Problem(
                    code="parameter-conflict",
                    location=place_of(file, value, table),
                    message=f"{value.parameter.name} lists {shown(name)}, which is not a row of "
                    "incident_severities",
                    hint=f"The rows are {words.join_words(known, 'and')}.",
                )


def _risk_threshold_fits_scale(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    scale, table = facts.parameters["risk_scale"], facts.parameters["risk_acceptance_threshold"]
    for name, cell in table.value.items() if isinstance(table.value, dict) else ():
        limit = math.ceil(int(name[0]) ** 2 / 3)
        threshold = figure_of(cell)
        if threshold is None or not 1 <= threshold <= limit:
            place = place_of(file, table, scale)
            yield Problem(
                code="parameter-value",
                location=place,
                message=f"risk_acceptance_threshold row {name} must be a whole number from 1 to "
                f"{limit}, not {shown(cell)}",
                hint="Risks up to a third of the scale may be accepted without the entitled role.",
            )


def _long_review_interval(facts: Facts, file: YamlFile) -> Iterator[Problem]:
    value = facts.parameters["policy_review_months"]
    months = figure_of(value.value)
    if months is not None and months > _USUAL_REVIEW_MONTHS:
        yield Problem(
            code="parameter-unusual",
            severity=Severity.WARNING,
            location=place_of(file, value),
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
    _long_review_interval,
    vendor_notice_precedes_law,
    deletion_keeps_contract,
    systems_are_not_looser,
    subservice_reviews_are_yearly,
)
"""All rules, in the order in which their problems are listed."""
