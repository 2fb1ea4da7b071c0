"""The first organization.yml: what was answered, and commented room for what comes next."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from policygen.adopt.questions import PRODUCTS, is_yes, person_of
from policygen.yaml.yamlfile import dump_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from policygen.adopt.questions import Archetype
    from policygen.model.catalogue import Value

PERSON_ROLES = {
    "ceo": "Chief executive",
    "security_officer": "Security officer",
    "compliance_lead": "Compliance lead",
    "engineering_lead": "Engineering lead",
    "it_lead": "IT lead",
    "people_lead": "People lead",
}
"""Roles that `init` asks for, with a first job title; the others fall back along their chain."""

_ARCHETYPES: Mapping[Archetype, str] = {
    "saas": "saas",
    "data-center": "data_center",
    "msp": "msp",
    "payments": "payments",
    "payroll": "hr_payroll",
}
_SYSTEM_OWNERS = {"vcs": "engineering_lead", "cloud": "engineering_lead", "hris": "people_lead"}


def starter_profile(
    archetype: Archetype,
    answers: Mapping[str, str],
    today: date,
    practices: Mapping[str, Value],
) -> str:
    """The text of a new organization.yml.

    Args:
        archetype: The kind of organization.
        answers: An answer for each question, defaults filled in.
        today: The day from which roles are held.
        practices: What organizations of this kind do, whatever was answered.
    """
    people, roles = _people(answers, today)
    sections: tuple[tuple[str, dict[str, Value]], ...] = (
        (
            "The facts of your organization. Every document is filled from this file;\n"
            "policygen check names each mistake with its line, policygen explain NAME a value.",
            {"schema_version": 1},
        ),
        ("Who you are.", {"organization": _organization(archetype, answers)}),
        (
            "People who hold a role, sign or appear in a register. Add `emails` used in git.",
            {"people": people},
        ),
        (
            "Who holds which role, since when. A role left out falls back along its chain\n"
            "(policygen explain roles). title: changes what a role is called in every document.",
            {"roles": roles},
        ),
        ("What is examined beside security.", {"tsc": _categories(answers)}),
        (
            "How you work: these decide which documents and statements apply.",
            {
                "workforce": {"remote_work": answers["remote_work"]},
                "data": {"customer_content": is_yes(answers["customer_content"])},
                "practices": {
                    "develops_software": is_yes(answers["develops_software"]),
                    **practices,
                },
            },
        ),
        *_sites(archetype),
        (
            "The systems your documents speak of. Kinds and fields: policygen schema profile.",
            {"systems": _systems(answers)},
        ),
    )
    return "\n".join(dump_yaml(value, header=comment) for comment, value in sections) + (
        _ROOM.replace("{archetype}", archetype)
    )


_ROOM = """
# A complete profile of an organization of your kind, to read beside this one:
# policygen init SOME-OTHER-FOLDER --archetype {archetype} --example
#
# Promises to customers are never guessed. Answer one with its contract source, e.g.:
# services:
#   - id: product
#     name: Your product
#     description: What it does, in one to three sentences.
#     commitments:
#       - id: uptime
#         text: The service is available 99.9 percent of each month.
#         source: MSA
#         clause: "4.1"
#         parameter: uptime_target_percent
#         value: 99.9
#
# Any other figure has a default; set it here to change it (policygen explain parameters):
# parameters:
#   access_review_frequency: monthly
#
# Where people approve by pull request; their accounts stand under people (policygen forge --help):
# forge: {kind: github, host: github.com, repository: your-company/policies}
"""


def _sites(archetype: Archetype) -> tuple[tuple[str, dict[str, Value]], ...]:
    """The one place that this kind of organization has by its nature."""
    if archetype != "data-center":
        return ()
    site: dict[str, Value] = {"id": "data-center", "name": "Data center", "kind": "data_center"}
    return (("Your places: call the data center by its name and add the others.",
             {"locations": [site]}),)  # fmt: skip


def _organization(archetype: Archetype, answers: Mapping[str, str]) -> dict[str, Value]:
    return {
        "legal_name": answers["legal_name"],
        "short_name": answers["short_name"],
        "headcount": int(answers["headcount"]),
        "archetype": _ARCHETYPES[archetype],
        "time_zone": answers["time_zone"],
        "governing_body": {"kind": answers["governing_body"]},
    }


def _categories(answers: Mapping[str, str]) -> dict[str, Value]:
    names = ("availability", "confidentiality", "processing_integrity", "privacy")
    return {"security": True, **{name: is_yes(answers[name]) for name in names}}


def _people(answers: Mapping[str, str], today: date) -> tuple[list[Value], dict[str, Value]]:
    people: dict[str, dict[str, Value]] = {}
    by_name: dict[str, str] = {}
    roles: dict[str, Value] = {}
    for role, title in PERSON_ROLES.items():
        answer = answers[role].strip()
        if not answer:
            continue
        named = person_of(answer)
        name = named[0] if named else answer
        identity = by_name.setdefault(name, _identity(name, frozenset(people)))
        if named and identity not in people:
            people[identity] = {
                "id": identity,
                "name": name,
                "title": title,
                "email": named[1],
                "start_date": today.isoformat(),
                "kind": "employee",
            }
        roles[role] = {"person": identity, "from": today.isoformat()}
    return list(people.values()), roles


def _identity(name: str, taken: frozenset[str]) -> str:
    """A stable id made from a name: `Dana Whitfield` becomes `dana-whitfield`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = "-".join(re.findall(r"[a-z0-9]+", plain))[:50] or "person"
    if base not in taken:
        return base
    return next(f"{base}-{number}" for number in range(2, 1000) if f"{base}-{number}" not in taken)


def _systems(answers: Mapping[str, str]) -> list[Value]:
    systems: list[Value] = []
    connected = bool(answers["idp"].strip())
    for kind in PRODUCTS:
        name = answers[kind].strip()
        if name:
            systems.append(
                {
                    "id": kind,
                    "name": name,
                    "kind": kind,
                    "owner_role": _SYSTEM_OWNERS.get(kind, "it_lead"),
                    "in_scope": True,
                    "sso": connected,
                    "mfa": connected,
                }
            )
    return systems
