"""The profile of a workspace: `organization.yml`, read and held against every rule about it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import ValidationError

from policygen.load.profile.people import PEOPLE_RULES
from policygen.load.profile.references import REFERENCE_RULES
from policygen.load.profile.scope import SCOPE_RULES
from policygen.load.profile.subservice import SUBSERVICE_RULES
from policygen.load.validation import problems_of
from policygen.model.profile.root import Profile
from policygen.problems import Location, PolicygenError, Problem
from policygen.yaml import yamlfile

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.load.profile.rule import Rule
    from policygen.model.catalogue import Value
    from policygen.yaml.yamlfile import YamlFile

PROFILE = "organization.yml"
"""Name of the profile in a workspace."""

RULES: tuple[Rule, ...] = (*PEOPLE_RULES, *REFERENCE_RULES, *SCOPE_RULES, *SUBSERVICE_RULES)
"""Every rule between fields of the profile; rules about values of parameters are elsewhere."""


def load_profile(root: Path) -> tuple[Profile | None, YamlFile | None, tuple[Problem, ...]]:
    """The profile of a workspace, its file, and everything wrong with it.

    Args:
        root: The workspace.

    Returns:
        Profile and file are None where they cannot be read; the file alone is there where it is
        YAML that does not follow the schema. Rules between fields are judged once it does.
    """
    try:
        text = yamlfile.read_text(root / PROFILE, PROFILE)
        file = _file_of(text)
    except PolicygenError as error:
        return None, None, error.problems
    profile, problems = _profile_of_text(text)
    return profile, file, problems


@lru_cache(maxsize=8)
def _file_of(text: str) -> YamlFile:
    """The YAML of a profile; the same text is read once, because it is long."""
    return yamlfile.parse_yaml(text, PROFILE)


@lru_cache(maxsize=8)
def _profile_of_text(text: str) -> tuple[Profile | None, tuple[Problem, ...]]:
    return profile_of(_file_of(text))


def profile_of(file: YamlFile) -> tuple[Profile | None, tuple[Problem, ...]]:
    """The profile that a file states, and everything wrong with it."""
    if not isinstance(file.value, dict):
        problem = Problem(
            code="profile-value",
            location=Location(file.name, 1),
            message="the profile must be keys with values, beginning with schema_version: 1",
            hint="policygen init makes a profile to start from.",
        )
        return None, (problem,)
    try:
        profile = Profile.model_validate(file.value)
    except ValidationError as error:
        return None, problems_of(error, file, Profile, prefix="profile")
    return profile, tuple(problem for rule in RULES for problem in rule(profile, file))


def profile_schema() -> dict[str, Value]:
    """The JSON Schema of the profile, for editors (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Profile.model_json_schema(by_alias=True),
        "title": "Profile of an organization (organization.yml)",
    }
