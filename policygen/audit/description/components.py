"""Components of the system: infrastructure, software, people, procedures and data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen import words
from policygen.audit.description.draft import Draft, joined, plain
from policygen.model.document import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policygen.model.document import Header
    from policygen.model.facts import Facts


def components(facts: Facts, documents: Sequence[Header]) -> Draft:
    """DC 3."""
    draft = Draft()
    for heading, part in (
        ("Infrastructure", _infrastructure(facts)),
        ("Software", _software(facts)),
        ("People", _people(facts)),
        ("Procedures", _procedures(documents)),
        ("Data", _data(facts)),
        ("Outside the boundaries", _excluded(facts)),
    ):
        draft.say(f"### {heading}")
        draft.add(part)
    return draft


def _infrastructure(facts: Facts) -> Draft:
    draft, profile = Draft(), facts.profile
    lines = [*profile.system_description.boundaries.infrastructure]
    hosting = profile.hosting
    if hosting.models:
        lines.append(f"Hosting: {joined(each.replace('_', ' ') for each in hosting.models)}")
    if hosting.regions:
        lines.append(f"Regions or sites: {joined(hosting.regions)}")
    lines += [
        f"{place.name or place.id}: {place.kind.replace('_', ' ')}, operated by "
        + ("the organization" if place.operated_by == "us" else "a provider")
        for place in profile.locations
        if place.in_scope and place.kind != "home_only"
    ]
    if lines:
        draft.items(lines)
    else:
        draft.ask("Describe hardware, networks, sites and cloud accounts of the system.")
    return draft


def _software(facts: Facts) -> Draft:
    draft, profile = Draft(), facts.profile
    named = profile.system_description.boundaries.software
    if named:
        draft.items(named)
    systems = [system for system in profile.systems if system.in_scope]
    if systems:
        kinds = facts.registries.system_kinds
        draft.table(
            ("System", "What it is", "Answered for by"),
            (
                (
                    system.name,
                    kinds.get(system.kind, system.kind),
                    facts.roles[system.owner_role].title
                    if system.owner_role in facts.roles
                    else system.owner_role,
                )
                for system in systems
            ),
        )
    if not (named or systems):
        draft.ask("Name the applications, their main parts and the tools that support them.")
    return draft


def _people(facts: Facts) -> Draft:
    draft, profile = Draft(), facts.profile
    count = profile.organization.headcount
    remote = {
        "none": "on the premises",
        "hybrid": "on the premises and remotely",
        "full": "remotely; there is no office",
    }[profile.workforce.remote_work]
    people = words.number(count) + (" person works" if count == 1 else " people work")
    draft.say(f"{people} for the organization, {remote}.")
    teams = profile.system_description.boundaries.people
    if teams:
        draft.items(teams)
    held = [role.title for role in facts.roles.values() if role.holder is not None]
    draft.say(f"Roles that answer for controls: {plain(joined(dict.fromkeys(held)))}.")
    if not teams:
        draft.ask("Name the teams that run, support and secure the system, and how many they are.")
    return draft


def _procedures(documents: Sequence[Header]) -> Draft:
    draft = Draft()
    if not documents:
        draft.ask("No document is in force. Approve the set first, then make this draft again.")
    for kind in (Kind.POLICY, Kind.PROCEDURE):
        titles = sorted(each.title for each in documents if each.kind is kind)
        if titles:
            names = {Kind.POLICY: "Policies", Kind.PROCEDURE: "Procedures"}
            draft.say(f"{names[kind]} in force: {plain(joined(titles))}.")
    return draft


def _data(facts: Facts) -> Draft:
    draft, data = Draft(), facts.profile.data
    inside = set(facts.profile.system_description.boundaries.data)
    classes = [row for row in data.classes if not inside or row.id in inside]
    if classes:
        draft.table(
            ("Class", "What belongs to it", "How long it is kept"),
            ((row.label, row.examples, row.retention) for row in classes),
        )
    else:
        draft.ask("Name the kinds of data in the system and how each is handled.")
    kinds = [
        name
        for name, there in (
            ("personal data", data.personal_data.processed),
            ("data of payment cards", data.card_data.stored or data.card_data.processed),
            ("protected health information", data.health_data.phi),
            ("financial data", data.financial_data),
            ("content that customers upload", data.customer_content),
        )
        if there
    ]
    draft.say(f"The services handle {joined(kinds)}." if kinds else
              "The profile names no personal, card, health or financial data.")  # fmt: skip
    return draft


def _excluded(facts: Facts) -> Draft:
    draft = Draft()
    rows = facts.profile.system_description.excluded
    if rows:
        draft.table(("What", "Why"), ((row.item, row.reason) for row in rows))
    else:
        draft.ask("Name what readers may expect inside the system and is not, with the reason.")
    return draft
