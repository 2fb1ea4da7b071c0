"""Parts of the system description: what the profile says under each description criterion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.audit.description.draft import Draft, joined, plain
from policygen.model.matrix import Coverage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.facts import Facts
    from policygen.model.matrix import Matrix
    from policygen.model.profile.services import SubserviceOrganization

_REPORTS = {
    "soc2_type2": "SOC 2, Type II",
    "soc1": "SOC 1",
    "iso27001": "ISO/IEC 27001 certificate",
    "pci_aoc": "PCI DSS attestation",
    "none": "none",
}
_METHODS = {
    "carve_out": "carve-out: its controls are left to its own report",
    "inclusive": "inclusive: its controls and its management's assertion are part of this report",
}
_OUTSIDE = (Coverage.OUT_OF_SCOPE, Coverage.NOT_APPLICABLE)


def services(facts: Facts) -> Draft:
    """DC 1."""
    draft = Draft()
    listed = [service for service in facts.profile.services if service.in_scope]
    if not listed:
        draft.ask("Describe each service under examination; the profile lists none (services).")
    for service in listed:
        draft.say(f"### {plain(service.name)}", plain(service.description))
        if service.customers is not None:
            kinds = {"b2b": "businesses", "b2c": "consumers", "b2g": "public bodies"}
            band = service.customers.count_band
            number = f", {band} of them" if band else ""
            draft.say(f"Its customers are {kinds[service.customers.kind]}{plain(number)}.")
    return draft


def promises(facts: Facts) -> Draft:
    """DC 2."""
    draft = Draft()
    listed = [service for service in facts.profile.services if service.in_scope]
    rows = [
        (
            service.name,
            each.text,
            f"{each.source}, {each.clause}" if each.clause else each.source,
        )
        for service in listed
        for each in service.commitments
    ]
    if rows:
        draft.table(("Service", "Commitment", "Where it is made"), rows)
    else:
        draft.ask("Name what customers are promised about security, availability and their data.")
    needs = [need for service in listed for need in service.system_requirements]
    draft.say("### What the system must do so that they are kept")
    if needs:
        draft.items(needs)
    else:
        draft.ask("Name what the system must do so that the commitments are kept.")
    return draft


def criteria_and_controls(matrix: Matrix, facts: Facts) -> Draft:
    """DC 5."""
    draft = Draft()
    tsc = facts.profile.tsc
    examined = [name for name in type(tsc).model_fields if getattr(tsc, name)]
    names = joined(name.replace("_", " ") for name in examined)
    draft.say(
        f"Categories examined: {names}. The controls below are described in the control matrix, "
        "with the statements that each stands on; criteria are named by id, titles are our own."
    )
    _privacy_for_others(draft, facts)
    draft.table(
        ("Criterion", "Title", "Controls"),
        (
            (row.criterion.id, row.criterion.title, " ".join(row.controls))
            for row in matrix.criteria
            if row.coverage not in _OUTSIDE
        ),
    )
    gaps = [row.criterion.id for row in matrix.criteria if row.coverage is Coverage.GAP]
    if gaps:
        draft.ask(f"No control covers {joined(gaps)}. Close the gap, or say why there is none.")
    return draft


def _privacy_for_others(draft: Draft, facts: Facts) -> None:
    """Why privacy is examined of an organization that decides no purposes."""
    profile = facts.profile
    if not (profile.tsc.privacy and profile.data.personal_data.role == "processor"):
        return
    answer = profile.audit.privacy_for_others
    if answer is None:
        draft.ask("Say why privacy is examined though personal data are processed for others only, "
                  "and agree on it with the auditor.")  # fmt: skip
        return
    draft.say(
        "Privacy is examined although personal data are processed for others only, who decide "
        "about their purpose:"
    )
    draft.items(
        (
            f"Why: {answer.reason}",
            f"Agreed: with {answer.auditor_agreed_by} on {answer.auditor_agreed_on}",
        )
    )


def user_duties(facts: Facts) -> Draft:
    """DC 6."""
    draft = Draft()
    cuecs = facts.profile.system_description.cuecs
    if cuecs:
        draft.say("Controls reach their aim only where customers do their part:")
        draft.table(
            ("Id", "What customers do", "Criteria"),
            ((each.id, each.text, " ".join(each.criteria)) for each in cuecs),
        )
    else:
        draft.ask("Name what customers must do so that the controls reach their aim, or say that "
                  "there is nothing.")  # fmt: skip
    return draft


def providers(facts: Facts) -> Draft:
    """DC 7."""
    draft = Draft()
    listed = facts.profile.system_description.subservice_organizations
    if not listed:
        draft.ask("Name the providers whose controls yours depend on, or say that there are none.")
    for provider in listed:
        draft.say(f"### {plain(provider.name)}")
        draft.items(_provider(provider))
        if provider.csocs:
            draft.say("Controls that are assumed there:")
            draft.items(provider.csocs)
        elif provider.method == "carve_out":
            draft.ask(f"Name the controls that are assumed at {plain(provider.name)}.")
    return draft


def _provider(provider: SubserviceOrganization) -> Iterator[str]:
    yield f"What it does: {provider.service}"
    yield f"Method: {_METHODS[provider.method]}"
    yield f"Report: {_REPORTS[provider.report]}" + (
        f", up to {provider.report_period_end}" if provider.report_period_end else ""
    )
    if provider.reviewed_on is not None:
        yield f"Report reviewed on: {provider.reviewed_on}"
    if provider.criteria_relied_on:
        yield f"Criteria relied on: {' '.join(provider.criteria_relied_on)}"


def not_relevant(matrix: Matrix, facts: Facts) -> Draft:
    """DC 8."""
    draft = Draft()
    rows = [row for row in matrix.criteria if row.coverage is Coverage.NOT_APPLICABLE]
    if rows:
        draft.table(
            ("Criterion", "Title", "Why it does not apply"),
            ((row.criterion.id, row.criterion.title, row.reason or "") for row in rows),
        )
    else:
        draft.say("The profile declares no criterion of the examined categories not applicable.")
    outside = dict.fromkeys(
        row.criterion.category.replace("_", " ")
        for row in matrix.criteria
        if row.coverage is Coverage.OUT_OF_SCOPE
    )
    if outside:
        draft.say(f"Not examined, and so not described: {joined(outside)}.")
    agreed = facts.profile.system_description.criteria_not_applicable
    unsure = [row.criterion for row in agreed if row.auditor_agreed_on is None]
    if unsure:
        draft.ask(f"Agree with the auditor that {joined(unsure)} can be left out.")
    return draft
