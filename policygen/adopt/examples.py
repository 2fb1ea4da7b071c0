"""Five complete example organizations, one of each kind that `init` knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.problems import PolicygenError, Problem
from policygen.yaml.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from policygen.adopt.questions import Archetype
    from policygen.model.catalogue import Value

EXAMPLES: Mapping[Archetype, str] = {
    "saas": "organization.yml",
    "data-center": "examples/data-center/organization.yml",
    "msp": "examples/msp/organization.yml",
    "payments": "examples/payments/organization.yml",
    "payroll": "examples/payroll/organization.yml",
}
"""Path of each profile inside the library; the first is the one that the library renders."""

_OF_A_KIND = ("operates_data_center", "physical_media", "msp_customer_access", "moves_money")
"""Practices that come with the kind of organization; the others differ within a kind."""


def example_profile(library: Path, archetype: Archetype) -> Path:
    """The profile of the example organization of a kind.

    Raises:
        PolicygenError: The library was installed without it.
    """
    path = library / EXAMPLES[archetype]
    if not path.is_file():
        problem = Problem(
            code="library-missing",
            message=f"this installation of policygen carries no {EXAMPLES[archetype]}",
            hint="Install it again from a wheel: pip install --force-reinstall policygen.",
        )
        raise PolicygenError(problem)
    return path


def short_name_in(profile: Path) -> str:
    """What the organization of a profile is called in running text."""
    return str(_section(profile, "organization").get("short_name", ""))


def practices_of_kind(library: Path, archetype: Archetype) -> dict[str, Value]:
    """The practices that the example shows and that every organization of its kind has."""
    shown = _section(example_profile(library, archetype), "practices")
    return {name: True for name in _OF_A_KIND if shown.get(name)}


def _section(profile: Path, name: str) -> Mapping[str, Value]:
    value = read_yaml(profile, profile.name).value
    section = value.get(name) if isinstance(value, dict) else None
    return section if isinstance(section, dict) else {}
