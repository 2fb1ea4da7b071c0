"""Typed names: people, products and vendors stand in the profile, and in templates by reference."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from policygen.checks.typed.prose import READ, prose_of
from policygen.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policygen.checks.typed.prose import Prose
    from policygen.model.document import Rendering
    from policygen.model.facts import Facts

_SHORTEST_NAME = 3
_INSIDE = r"(?<=[a-z0-9,;] )"
"""A name of one word may be a plain word that opens a sentence; inside one its capital tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Name:
    """A name of the profile, and what to write instead."""

    name: str
    pattern: re.Pattern[str]
    what: str
    severity: Severity
    hint: str


def typed_names(rendering: Rendering, facts: Facts) -> list[Problem]:
    """Names of the profile that a template types: the text stays behind when the fact changes."""
    names = sorted(_names(facts), key=lambda row: -len(row.name))
    return [
        problem
        for plan in rendering.plans
        for problem in _in_template(prose_of(plan.template), names)
    ]


def _in_template(prose: Prose, names: Sequence[_Name]) -> list[Problem]:
    """Each place once: a short name may open a longer one."""
    found: dict[int, Problem] = {}
    for row in names:
        if row.name.split()[0] not in prose.text:
            continue
        for match in row.pattern.finditer(prose.text):
            problem = Problem(
                code="text-typed-name",
                severity=row.severity,
                location=prose.location(match.start()),
                message=f"{row.name} is {row.what}, typed into the template",
                hint=row.hint,
            )
            found.setdefault(match.start(), problem)
    return list(found.values())


def _names(facts: Facts) -> Iterator[_Name]:
    profile = facts.profile
    for person in profile.people:
        yield from _name(
            person.name,
            "a person",
            # Whoever leaves would stay in the text, and no record would tell.
            Severity.ERROR,
            "Name the role: {{ roles.… }}. People stand in the roles register only.",
        )
    for system in profile.systems:
        yield from _name(
            system.name,
            "a system of organization.yml",
            Severity.WARNING,
            f"Write {{{{ systems.{system.kind} }}}} or {{{{ systems.{system.kind}.name }}}}.",
        )
    for vendor in profile.vendors:
        yield from _name(
            vendor.name,
            "a vendor of organization.yml",
            Severity.WARNING,
            "Say what it provides; the vendors register names it.",
        )
    organization = profile.organization
    for key, name in (
        ("legal_name", organization.legal_name),
        ("short_name", organization.short_name),
    ):
        hint = f"Write {{{{ org.{key} }}}}."
        yield from _name(name, "the organization's name", Severity.WARNING, hint)


def _name(name: str, what: str, severity: Severity, hint: str) -> Iterator[_Name]:
    parts = name.split()
    if len(name) < _SHORTEST_NAME or (len(parts) == 1 and severity is Severity.ERROR):
        return
    before = _INSIDE if len(parts) == 1 and not name[1:].isupper() else r"(?<![\w-])"
    pattern = re.compile(before + r"\s+".join(map(re.escape, parts)) + r"(?![\w-])")
    yield _Name(name=name, pattern=pattern, what=what, severity=severity, hint=hint)


def foreign_products(rendering: Rendering, facts: Facts) -> list[Problem]:
    """A product named beside the kind of system it is, e.g. "the Sesame identity provider"."""
    phrases = "|".join(
        r"\s+".join(map(re.escape, phrase.split()))
        for phrase in facts.registries.system_kinds.values()
    )
    name = r"([A-Z][a-z]{2,}\w*(?:\s+[A-Z]\w+)?)"
    patterns = (
        re.compile(rf"(?<=[a-z,] ){name}\s+(?:{phrases})(?![\w-])"),
        re.compile(rf"(?<![\w-])(?:{phrases})\s+(?:\({name}\)|named\s+{name})"),
    )
    known = {system.name for system in facts.profile.systems}
    return [
        _foreign(prose, found)
        for plan in rendering.plans
        for prose in (prose_of(plan.template),)
        for pattern in patterns
        for found in _matches(pattern, prose.text)
        if not known.intersection(found.groups())
    ]


@lru_cache(maxsize=2 * READ)
def _matches(pattern: re.Pattern[str], text: str) -> tuple[re.Match[str], ...]:
    return tuple(pattern.finditer(text))


def _foreign(prose: Prose, found: re.Match[str]) -> Problem:
    name = next(part for part in found.groups() if part)
    return Problem(
        code="text-tool-name",
        severity=Severity.WARNING,
        location=prose.location(found.start(found.groups().index(name) + 1)),
        message=f'"{" ".join(found[0].split())}" names a product that organization.yml does not '
        "have",
        hint="Add it under systems and write {{ systems.… }}; auditors ask for every tool named.",
    )
