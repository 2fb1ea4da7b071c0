"""The registries: criteria, controls, parameters, roles, terms and kinds of systems."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policygen.conditions.condition import Condition
    from policygen.problems import Location

Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value] | None"
"""A plain value as YAML gives it. Dates stay strings."""

FREQUENCIES = (
    "continuous",
    "each_build",
    "per_batch",
    "hourly",
    "daily",
    "weekly",
    "monthly",
    "quarterly",
    "semiannual",
    "annual",
    "biennial",
)
"""Frequencies from the strictest to the loosest, so that "not looser than" can be computed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One of the 61 Trust Services Criteria, with a title of our own."""

    id: str
    """The standard's own id, e.g. `CC6.1`."""

    title: str
    category: str
    """`security`, `availability`, `confidentiality`, `processing_integrity` or `privacy`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What an auditor tests: a group of statements with a population and an attribute."""

    id: str
    title: str
    description: str
    owner: str
    """Role id, pseudo roles included."""

    frequency: str
    """A parameter, `event` or `continuous`."""

    key: bool
    nature: str
    mode: str
    criteria: tuple[str, ...]
    optional: bool
    """Whether all its criteria lie outside the security category."""

    when: Condition
    population: str
    attribute: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """A bound that a law or a standard sets while its condition holds."""

    when: Condition
    source: str
    """E.g. `PCI DSS 8.3.6`."""

    note: str
    """The bound in words, printed beside the value."""

    minimum: float | None = None
    maximum: float | None = None
    at_least: str | None = None
    """The loosest frequency allowed."""

    equals: Value = None
    refused: tuple[str, ...] = ()
    """Values that may not be chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One figure, choice or table that documents name as `p.<name>`."""

    name: str
    type: str
    """`int`, `number`, `bool`, `enum`, `list`, `list[int]`, `table`, `range` or `money`."""

    default: Value
    """None where it is asked, not defaulted."""

    ask: bool
    """Whether it is answered by a person: a promise, or something only they know."""

    promise: bool
    """Whether only a commitment to customers with its contract source may answer it."""

    suggested: Value
    """Shown where it is asked, never used."""

    suggested_for: Mapping[str, Value]
    """Another suggestion by archetype of the organization."""

    minimum: float | None
    maximum: float | None
    """Bounds of the figure, or of each figure of a table; of a table with rows, their count."""

    choices: tuple[Value, ...]
    """Allowed values of an enum, strictest first; empty otherwise."""

    alternatives: tuple[str, ...]
    """Words allowed instead of a number, e.g. `idp_managed`."""

    holds: str | None
    """What the items of a list are: `roles`, `severities`; None where they are plain words."""

    unit: str | None
    """`hours`, `business days`, `months` ...; None where there is none."""

    labels: Mapping[str, str]
    """How a choice reads in a sentence, by choice."""

    note: str
    floors: tuple[Floor, ...]
    applies_when: Condition
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role that owns, approves or acts."""

    id: str
    title: str
    """As listed, e.g. `Security officer`."""

    fallback: tuple[str, ...]
    pseudo: bool
    """Resolved per case (a line manager, a system owner); never owns or approves."""

    resolves: str
    """For a pseudo role: whom it means."""

    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Crosswalk:
    """Where the criteria meet another standard or law, by ids only."""

    id: str
    title: str
    """The standard with its edition."""

    source: str
    """Whose mapping it is, and by what right it is used."""

    relationship: str
    """What the ids are to the criterion: `equal`, `subset`, `superset` or `intersects`."""

    ids: Mapping[str, tuple[str, ...]]
    """Ids there, by criterion; a criterion without any has no row."""

    own: bool
    """Whether the workspace added it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Documents that a bundle binds as one."""

    id: str
    """Id of the merged document."""

    title: str
    of: tuple[str, ...]
    """Ids of its parts in their order; those that an organization does not have are passed over."""

    owner: str
    """Role id."""

    approver: str
    approver_when: tuple[tuple[str, str], ...] = ()
    """Condition and role id; the first that holds wins over `approver`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registries:
    """All registries of a workspace: those of the package and what the workspace adds."""

    criteria: Mapping[str, Criterion]
    controls: Mapping[str, Control]
    parameters: Mapping[str, Parameter]
    roles: Mapping[str, Role]
    terms: Mapping[str, str]
    """Our words by id, e.g. `{"workforce": "workforce", "it": "IT"}`."""

    system_kinds: Mapping[str, str]
    """What a system of a kind is called in a sentence, e.g. `{"idp": "identity provider"}`."""

    crosswalks: Mapping[str, Crosswalk] = field(default_factory=dict)
    """Mappings to other standards, informative."""

    bundles: Mapping[str, tuple[Binding, ...]]
    """Ways to bind the library as fewer documents, by name."""
