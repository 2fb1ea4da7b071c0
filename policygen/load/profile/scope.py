"""Rules about the examination, laws, data, places, waivers and the set of documents."""

from __future__ import annotations

import zoneinfo
from datetime import date, timedelta
from typing import TYPE_CHECKING

from policygen.load.profile.rule import broken, doubtful

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policygen.load.profile.rule import Rule
    from policygen.model.profile.root import Profile
    from policygen.problems import Problem
    from policygen.yaml.yamlfile import YamlFile

_SHORTEST_DAYS, _LONGEST_DAYS = 89, 366
"""A period of three and of twelve calendar months, in days, both ends counted."""


def _time_zone_exists(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """Dates are counted in a zone that the IANA database has."""
    name = profile.organization.time_zone
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        yield broken(
            file,
            ["organization", "time_zone"],
            "profile-time-zone",
            f'time_zone must be an IANA name such as America/Denver, not "{name}"',
            "Look it up in the list of tz database time zones.",
        )


def _examination_is_dated(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """A Type I report has a day, a Type II report a period."""
    audit = profile.audit
    if audit.report_type == "type1" and audit.as_of_date is None:
        yield broken(
            file,
            ["audit", "report_type"],
            "profile-audit-dates",
            "a Type I report needs as_of_date",
            "Add audit.as_of_date with the day of the report.",
        )
    if audit.report_type == "type2" and audit.period is None:
        yield broken(
            file,
            ["audit", "report_type"],
            "profile-audit-dates",
            "a Type II report needs a period",
            "Add audit.period with start and end.",
        )
    other = "period" if audit.report_type == "type1" else "as_of_date"
    if audit.report_type and getattr(audit, other) is not None:
        yield doubtful(
            file,
            ["audit", other],
            "profile-audit-dates",
            f"{other} does not belong to a {audit.report_type} report",
            "Remove it, or change report_type.",
        )


def _period_is_usual(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """A period runs forward, for three to twelve months, and follows the one before."""
    period, before = profile.audit.period, profile.audit.prior_period_end
    if period is None:
        return
    if period.end <= period.start:
        yield broken(
            file,
            ["audit", "period", "end"],
            "profile-audit-dates",
            f"the period ends on {period.end}, which is not after its start {period.start}",
            "Correct one of the two days.",
        )
        return
    days = (period.end - period.start).days + 1
    if not _SHORTEST_DAYS <= days <= _LONGEST_DAYS:
        yield doubtful(
            file,
            ["audit", "period"],
            "profile-audit-period",
            f"the period has {days} days, usual are three to twelve months",
            "Agree on it with your auditor, since readers of the report will ask.",
        )
    if before is not None and period.start > before + timedelta(days=1):
        yield doubtful(
            file,
            ["audit", "prior_period_end"],
            "profile-audit-gap",
            f"no report covers the days from {before + timedelta(days=1)} to "
            f"{period.start - timedelta(days=1)}",
            "Start the period on the day after, or write a bridge letter.",
        )


def _laws_follow_data(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """Data that a law or standard governs switch it on."""
    data, laws = profile.data, profile.regulatory
    card = "stored" if data.card_data.stored else "processed" if data.card_data.processed else None
    if card and not laws.pci_dss:
        yield broken(
            file,
            ["data", "card_data", card],
            "profile-card-data",
            f"card data are {card}, but regulatory.pci_dss is false",
            "Set regulatory.pci_dss: true; its floors then apply.",
        )
    if data.health_data.phi and not laws.hipaa:
        yield broken(
            file,
            ["data", "health_data", "phi"],
            "profile-health-data",
            "protected health information is held, but regulatory.hipaa is false",
            "Set regulatory.hipaa: true; its floors then apply.",
        )
    if data.personal_data.processed and data.personal_data.role is None:
        yield broken(
            file,
            ["data", "personal_data", "processed"],
            "profile-personal-data",
            "personal data are processed, but data.personal_data.role is not set",
            "Add role: controller, processor or both.",
        )


def _privacy_has_an_officer(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """Somebody answers for privacy where a law or the examination asks."""
    holding = profile.roles.get("privacy_officer")
    if holding is not None and (holding.person or holding.acting):
        return
    reasons: tuple[tuple[bool, Sequence[str]], ...] = (
        (profile.regulatory.gdpr, ("regulatory", "gdpr")),
        (profile.regulatory.uk_gdpr, ("regulatory", "uk_gdpr")),
        (profile.tsc.privacy, ("tsc", "privacy")),
    )
    for applies, path in reasons:
        if applies:
            yield doubtful(
                file,
                path,
                "profile-privacy-officer",
                f"{'.'.join(path)} is true, but nobody holds the role privacy_officer",
                "Name somebody, or whoever the role falls back to answers for privacy.",
            )
            return


def _privacy_suits_a_controller(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """The privacy category is about those who decide on purposes; others agree on it first."""
    for_others = profile.tsc.privacy and profile.data.personal_data.role == "processor"
    answer = profile.audit.privacy_for_others
    if answer and not for_others:
        yield doubtful(
            file,
            ["audit", "privacy_for_others"],
            "profile-privacy-answer",
            "privacy_for_others is for a processor whose privacy is examined, which does not hold",
            "Remove it, or correct tsc.privacy or data.personal_data.role.",
        )
    if for_others and not answer:
        yield doubtful(
            file,
            ["tsc", "privacy"],
            "profile-privacy-processor",
            "privacy is examined, but the organization only processes for others "
            f"({file.location(['data', 'personal_data', 'role'])})",
            "Many processors choose confidentiality instead; ask your auditor, and record the "
            "answer as audit.privacy_for_others.",
        )


def _remote_means_no_premises(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """Full remote work and premises of our own contradict each other."""
    if profile.workforce.remote_work != "full":
        return
    for index, location in enumerate(profile.locations):
        if location.kind == "office" and location.operated_by == "us" and location.in_scope:
            yield doubtful(
                file,
                ["locations", index, "kind"],
                "profile-remote-premises",
                f"{location.id} is an office in scope, but workforce.remote_work is full",
                "Set remote_work: hybrid, or take the office out of scope.",
            )


def _vendors_have_agreements(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """A vendor with personal data under GDPR has signed a processing agreement."""
    if not (profile.regulatory.gdpr or profile.regulatory.uk_gdpr):
        return
    for index, vendor in enumerate(profile.vendors):
        if vendor.personal_data and not vendor.dpa:
            yield doubtful(
                file,
                ["vendors", index, "personal_data"],
                "profile-vendor-agreement",
                f"{vendor.id} processes personal data without a data processing agreement",
                "Sign one and set dpa: true.",
            )


def _waivers_are_sound(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """A waiver names one thing, is approved by somebody else, and ends."""
    for index, waiver in enumerate(profile.waivers):
        if (waiver.code is None) is (waiver.statement is None):
            yield broken(
                file,
                ("waivers", index),
                "profile-waiver",
                f"waiver {waiver.id} must name either a problem code or a statement",
                "Keep one of code and statement.",
            )
        yield from _window(file, ("waivers", index), waiver.id, waiver.start, waiver.expires)
        if waiver.approved_by == waiver.beneficiary:
            yield _own_favour(file, ["waivers", index, "approved_by"], waiver.id)
    for index, exception in enumerate(profile.exceptions):
        path = ("exceptions", index)
        yield from _window(file, path, exception.id, exception.start, exception.expires)
        if exception.approved_by and exception.approved_by == exception.beneficiary:
            yield _own_favour(file, (*path, "approved_by"), exception.id)


def _window(
    file: YamlFile, path: Sequence[str | int], name: str, start: date, end: date
) -> Iterator[Problem]:
    if end < start:
        yield broken(
            file,
            (*path, "expires"),
            "profile-waiver",
            f"{name} expires on {end}, before it begins on {start}",
            "Correct one of the two days.",
        )


def _own_favour(file: YamlFile, path: Sequence[str | int], name: str) -> Problem:
    return broken(
        file,
        path,
        "profile-waiver",
        f"{name} is approved by the person who gains by it",
        "Let somebody else who may accept the risk approve it.",
    )


def _documents_are_in_or_out(profile: Profile, file: YamlFile) -> Iterator[Problem]:
    """A document is not left out and included at once."""
    for index, row in enumerate(profile.documents.exclude):
        name = row.id
        if name in profile.documents.include:
            at = ("documents", "include", profile.documents.include.index(name))
            yield broken(
                file,
                ["documents", "exclude", index, "id"],
                "profile-documents",
                f"{name} is left out here and included at {file.location(at)}",
                "Remove one of the two.",
            )


SCOPE_RULES: tuple[Rule, ...] = (
    _time_zone_exists,
    _examination_is_dated,
    _period_is_usual,
    _laws_follow_data,
    _privacy_has_an_officer,
    _privacy_suits_a_controller,
    _remote_means_no_premises,
    _vendors_have_agreements,
    _waivers_are_sound,
    _documents_are_in_or_out,
)
"""Rules about scope."""
