"""Facts: the profile and the registries resolved into what templates and conditions ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.conditions.condition import ConditionContext
from policygen.load.parameters.parameters import raw_values, resolve_parameters
from policygen.load.parameters.rules import broken_rules
from policygen.load.role_facts import resolve_roles, resolve_terms
from policygen.model.facts import Facts, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policygen.model.catalogue import Registries, Value
    from policygen.model.facts import RoleFact
    from policygen.model.profile.root import Profile
    from policygen.problems import Problem
    from policygen.yaml.yamlfile import YamlFile


def resolve_facts(
    profile: Profile, profile_file: YamlFile, registries: Registries
) -> tuple[Facts, tuple[Problem, ...]]:
    """Everything that holds for an organization, and what does not fit together.

    Each parameter gets the registry's value, tightened by the floors in force, or the value of
    the organization, or the promise of a commitment. What is wrong is reported and replaced by
    the registry's value, so that everything after works on sound facts.

    Args:
        profile: The profile as it was loaded.
        profile_file: The file it was read from, for the places of problems.
        registries: The registries of the package and the workspace.
    """
    plain = profile.plain()
    roles, role_problems = resolve_roles(plain, profile_file, registries)
    terms, term_problems = resolve_terms(plain, profile_file, registries)
    before = _context(plain, raw_values(plain, registries), frozenset(), roles)
    parameters, parameter_problems = resolve_parameters(plain, profile_file, registries, before)
    facts = Facts(
        profile=profile,
        plain=plain,
        registries=registries,
        parameters=parameters,
        roles=roles,
        terms=terms,
        places={
            ".".join(map(str, steps)): profile_file.location(steps)
            for steps in profile_file.places
            if steps[:1] in (("documents",), ("conflicting_duties",))
        },
    )
    problems = [*role_problems, *term_problems, *parameter_problems]
    problems += broken_rules(facts, profile_file)
    return facts, tuple(problems)


def condition_context(facts: Facts) -> ConditionContext:
    """What conditions may ask of the facts."""
    overridden = frozenset(
        name
        for name, value in facts.parameters.items()
        if value.origin in (Origin.ORGANIZATION, Origin.COMMITMENT)
    )
    values = {name: value.value for name, value in facts.parameters.items()}
    return _context(facts.plain, values, overridden, facts.roles)


def _context(
    plain: Mapping[str, Value],
    parameters: Mapping[str, Value],
    overridden: frozenset[str],
    roles: Mapping[str, RoleFact],
) -> ConditionContext:
    return ConditionContext(
        plain=plain,
        parameters=parameters,
        answered=frozenset(name for name, value in parameters.items() if value is not None),
        overridden=overridden,
        roles_held=frozenset(
            role for role, fact in roles.items() if fact.holder is not None and not fact.role.pseudo
        ),
    )
