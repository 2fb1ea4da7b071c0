"""Rules about providers whose controls ours depend on, and about what is declared out of reach."""

from __future__ import annotations

import calendar
from datetime import date
from typing import TYPE_CHECKING

from policygen.load.profile.rule import broken, doubtful

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.load.profile.rule import Rule
    from policygen.model.profile.root import Profile
    from policygen.model.profile.services import SubserviceOrganization
    from policygen.model.profile.systems import Vendor
    from policygen.problems import Problem
    from policygen.yaml.yamlfile import YamlFile

_ORGANIZATIONS = ("system_description", "subservice_organizations")
_NOT_APPLICABLE = ("system_description", "criteria_not_applicable")


def audit_date(profile: Profile) -> date | None:
    """The day that the examination looks at: its as-of date or the last day of its period."""
    audit = profile.audit
    return audit.as_of_date or (audit.period.end if audit.period else None)


def _subservice_organizations_are_vendors(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """Every subservice organization is a vendor marked as one, and the other way round."""
    matched = set()
    for index, organization in enumerate(profile.system_description.subservice_organizations):
        vendor = _vendor_of(profile, organization)
        path = (*_ORGANIZATIONS, index, "vendor" if organization.vendor else "name")
        if vendor is None:
            yield broken(
                file,
                path,
                "profile-subservice-vendor",
                f"{organization.name} is a subservice organization but not one of vendors",
                "Add it to vendors with subservice: true, or name its id under vendor.",
            )
            continue
        matched.add(vendor.id)
        if not vendor.subservice:
            at = profile.vendors.index(vendor)
            yield broken(
                file,
                ["vendors", at],
                "profile-subservice-vendor",
                f"vendor {vendor.id} is a subservice organization ({file.location(path)}) but is "
                "not marked as one",
                "Add subservice: true.",
            )
    for index, vendor in enumerate(profile.vendors):
        if vendor.subservice and vendor.id not in matched:
            yield broken(
                file,
                ["vendors", index, "subservice"],
                "profile-subservice-vendor",
                f"vendor {vendor.id} is marked as a subservice organization, but "
                "system_description.subservice_organizations does not describe it",
                "Describe it there, or remove subservice.",
            )


def _vendor_of(profile: Profile, organization: SubserviceOrganization) -> Vendor | None:
    for vendor in profile.vendors:
        if vendor.id == organization.vendor or (
            organization.vendor is None and vendor.name == organization.name
        ):
            return vendor
    return None


def _reports_are_reviewed(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """Each report was read within the 12 months before the examination's date."""
    examined = audit_date(profile)
    if examined is None:
        return
    earliest = _a_year_before(examined)
    for index, organization in enumerate(profile.system_description.subservice_organizations):
        path = (*_ORGANIZATIONS, index, "reviewed_on")
        reviewed = organization.reviewed_on
        if reviewed is None:
            yield broken(
                file,
                (*_ORGANIZATIONS, index),
                "profile-subservice-review",
                f"{organization.name} has no reviewed_on, expected a day from {earliest} on",
                "Read its report, map what it expects of us, and note the day.",
            )
        elif reviewed < earliest:
            yield broken(
                file,
                path,
                "profile-subservice-review",
                f"{organization.name} was reviewed on {reviewed}, more than 12 months before the "
                f"examination's date {examined}",
                "Read its current report, map what it expects of us, and note the day.",
            )


def _a_year_before(day: date) -> date:
    last = calendar.monthrange(day.year - 1, day.month)[1]
    return date(day.year - 1, day.month, min(day.day, last))


def _methods_are_complete(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """A carve-out says what is relied on; the inclusive method is rarely what is meant."""
    for index, organization in enumerate(profile.system_description.subservice_organizations):
        path = (*_ORGANIZATIONS, index)
        if organization.method == "inclusive":
            yield doubtful(
                file,
                (*path, "method"),
                "profile-inclusive",
                f"{organization.name} is included: its controls and its management's assertion "
                "come into your report",
                "Use carve_out unless the provider takes part in your examination.",
            )
            continue
        for key, filled in (
            ("criteria_relied_on", organization.criteria_relied_on),
            ("csocs", organization.csocs),
        ):
            if not filled:
                yield broken(
                    file,
                    (*path, key),
                    "profile-carve-out",
                    f"{organization.name} is carved out, but {key} is empty",
                    "List the criteria it meets for us and the controls we assume it runs.",
                )


def _own_premises_are_not_carved_out(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """Whoever runs a data center answers for its doors."""
    if not profile.practices.operates_data_center:
        return
    for index, organization in enumerate(profile.system_description.subservice_organizations):
        if organization.method == "carve_out" and "CC6.4" in organization.criteria_relied_on:
            at = organization.criteria_relied_on.index("CC6.4")
            own = file.location(["practices", "operates_data_center"])
            yield broken(
                file,
                (*_ORGANIZATIONS, index, "criteria_relied_on", at),
                "profile-own-data-center",
                f"CC6.4 is left to {organization.name}, but the organization operates a data "
                f"center itself ({own})",
                "Remove CC6.4 there, or set operates_data_center: false.",
            )


def _not_applicable_is_agreed(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """A common criterion is set aside only with the auditor's agreement."""
    seen = set()
    for index, row in enumerate(profile.system_description.criteria_not_applicable):
        path = (*_NOT_APPLICABLE, index, "criterion")
        if row.criterion in seen:
            yield broken(
                file,
                path,
                "profile-not-applicable",
                f"{row.criterion} stands here twice",
                "Remove one of the two.",
            )
        seen.add(row.criterion)
        if row.criterion.startswith("CC") and not (row.auditor_agreed_by and row.auditor_agreed_on):
            yield broken(
                file,
                path,
                "profile-not-applicable",
                f"{row.criterion} is a common criterion, set aside without an auditor's agreement",
                "Add auditor_agreed_by and auditor_agreed_on, or keep the criterion.",
            )


def _providers_criteria_apply(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """What a provider does for us is relied on, not declared away."""
    relied_on = {
        criterion: organization.name
        for organization in profile.system_description.subservice_organizations
        for criterion in organization.criteria_relied_on
    }
    remote = profile.workforce.remote_work == "full"
    cloud = profile.hosting.models == ("cloud",)
    for index, row in enumerate(profile.system_description.criteria_not_applicable):
        path = (*_NOT_APPLICABLE, index, "criterion")
        if row.criterion in relied_on:
            yield broken(
                file,
                path,
                "profile-not-applicable",
                f"{row.criterion} cannot be not applicable and met by {relied_on[row.criterion]} "
                "at once",
                "Keep the carve-out and remove this row.",
            )
        elif (row.criterion == "CC6.4" and (remote or cloud)) or (
            row.criterion == "A1.2" and cloud
        ):
            reason = "people work from home" if row.criterion == "CC6.4" and remote else "the cloud"
            yield broken(
                file,
                path,
                "profile-not-applicable",
                f"{row.criterion} still applies where {reason}"
                f"{' hosts everything' if reason == 'the cloud' else ''}: the provider meets it",
                "Carve it out with CSOCs under subservice_organizations and review its report.",
            )


SUBSERVICE_RULES: tuple[Rule, ...] = (
    _subservice_organizations_are_vendors,
    _reports_are_reviewed,
    _methods_are_complete,
    _own_premises_are_not_carved_out,
    _not_applicable_is_agreed,
    _providers_criteria_apply,
)
"""Rules about providers and about criteria set aside."""
