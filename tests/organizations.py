"""Whole organizations in memory: a profile as plain values, loaded and rendered in process."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policygen.adopt.examples import EXAMPLES, example_profile
from policygen.checks.run import run_checks
from policygen.conditions.condition import evaluate
from policygen.load.facts import condition_context, resolve_facts
from policygen.load.profile.profile import profile_of
from policygen.load.registries.registries import package_registries
from policygen.load.templates import load_templates
from policygen.matrix.build import build_matrix
from policygen.model.register import Register
from policygen.problems import has_errors, in_reading_order
from policygen.render.documents import render_documents
from policygen.yaml.yamlfile import YamlFile, read_yaml

if TYPE_CHECKING:
    from policygen.adopt.questions import Archetype
    from policygen.model.document import Document, Rendering
    from policygen.model.facts import Facts
    from policygen.model.matrix import Matrix
    from policygen.model.template import Template
    from policygen.problems import Problem

LIBRARY = Path(__file__).parents[1]
ARCHETYPES: tuple[Archetype, ...] = tuple(EXAMPLES)
CATEGORIES = ("availability", "confidentiality", "processing_integrity", "privacy")

Plain = dict[str, Any]
"""A profile as YAML states it; tests change it at any depth."""


def example(archetype: Archetype) -> Plain:
    """The profile of an example organization, free to be changed."""
    return copy.deepcopy(_example(archetype))


@cache
def _example(archetype: Archetype) -> Plain:
    value = read_yaml(example_profile(LIBRARY, archetype), "organization.yml").value
    assert isinstance(value, dict)
    return value


@cache
def library_templates() -> tuple[Template, ...]:
    """The library's templates, read once."""
    templates, problems = load_templates(LIBRARY)
    assert problems == ()
    return templates


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """What the library says for one profile."""

    facts: Facts
    rendering: Rendering
    problems: tuple[Problem, ...]
    """All of them, the profile's own first."""

    def documents(self) -> dict[str, Document]:
        """The documents by id."""
        return {document.id: document for document in self.rendering.documents}

    def matrix(self) -> Matrix:
        """The matrix while nothing is approved."""
        context = condition_context(self.facts)
        return build_matrix(
            self.facts,
            self.rendering.documents,
            Register(as_of=date(2026, 11, 23), entries=(), set_head="0" * 64),
            lambda condition: evaluate(condition, context),
            show_working=True,
        )


def loaded(profile: Plain) -> tuple[Facts | None, tuple[Problem, ...]]:
    """The facts of a profile, and what is wrong with it."""
    file = YamlFile(name="organization.yml", value=profile, places={})
    read, problems = profile_of(file)
    if read is None:
        return None, tuple(problems)
    facts, more = resolve_facts(read, file, package_registries())
    return facts, (*problems, *more)


@cache
def exemplary(archetype: Archetype) -> Organization:
    """What the library says for an example as it stands, not checked; made once."""
    return organization(_example(archetype), checked=False)


def organization(
    profile: Plain, *, checked: bool = True, sound: set[str] | None = None
) -> Organization:
    """The whole library rendered for a profile.

    Args:
        profile: A profile that can be read.
        checked: Whether the rendered set is checked as `policygen check` does.
        sound: Texts that were found sound before, for tests of many similar organizations: they
            are not looked at again, and those that are found sound now are added.
    """
    facts, problems = loaded(profile)
    assert facts is not None, problems
    rendering = render_documents(library_templates(), facts, condition_context(facts))
    found = [*problems, *rendering.problems]
    if checked and not has_errors(found):
        known = sound if sound is not None else set()
        new = tuple(each for each in rendering.texts if each.text not in known)
        wrong = run_checks(replace(rendering, texts=new), facts)
        found += wrong
        if not has_errors(wrong):
            known |= {each.text for each in new}
    return Organization(facts=facts, rendering=rendering, problems=in_reading_order(found))
