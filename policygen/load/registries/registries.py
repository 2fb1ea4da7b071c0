"""The registries: those of the package, and what a workspace adds under registries/."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pydantic import ValidationError

from policygen import words
from policygen.conditions.condition import unknown_names
from policygen.load.registries.rows import (
    SCHEMAS,
    RegistryFile,
    bundles_of,
    control_of,
    crosswalk_of,
    parameter_of,
    role_of,
)
from policygen.load.validation import problems_of
from policygen.model.catalogue import (
    Control,
    Criterion,
    Crosswalk,
    Parameter,
    Registries,
    Role,
)
from policygen.model.profile.root import profile_fields
from policygen.problems import Location, PolicygenError, Problem
from policygen.yaml import yamlfile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policygen.conditions.condition import Condition, UnknownName
    from policygen.model.catalogue import Value
    from policygen.yaml.yamlfile import YamlFile

Row: TypeAlias = "Mapping[str, Value]"

EXTENSIONS = "registries"
"""Folder of a workspace whose YAML files add to the registries."""


_KINDS = {"owner": "role", "fallback": "role", "criteria": "criterion", "rows": "criterion"}
"""What a key of an addition names; a parameter else."""


@dataclass(slots=True)
class _Additions:
    """What the files of a workspace add, collected file by file."""

    controls: dict[str, Control] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    terms: dict[str, str] = field(default_factory=dict)
    crosswalks: dict[str, Crosswalk] = field(default_factory=dict)
    places: dict[tuple[str, str], tuple[YamlFile, int]] = field(default_factory=dict)
    """File and row of each addition, by section and id."""

    problems: list[Problem] = field(default_factory=list)


def load_registries(root: Path) -> tuple[Registries, tuple[Problem, ...]]:
    """All registries of a workspace, and what is wrong with those it adds.

    A row with a problem of its own is left out.

    Args:
        root: The workspace; its `registries/*.yml` may add controls, parameters, roles, terms
            and crosswalks.
    """
    ours = package_registries()
    paths = sorted((root / EXTENSIONS).glob("*.yml"))
    if not paths:
        return ours, ()
    added = _Additions()
    for path in paths:
        name = f"{EXTENSIONS}/{path.name}"
        try:
            file = yamlfile.read_yaml(path, name)
        except PolicygenError as error:
            added.problems += error.problems
        else:
            _read_file(file, ours, added)
    everything = replace(
        ours,
        controls={**ours.controls, **added.controls},
        parameters={**ours.parameters, **added.parameters},
        roles={**ours.roles, **added.roles},
        terms={**ours.terms, **added.terms},
        crosswalks={**ours.crosswalks, **added.crosswalks},
    )
    added.problems += _dangling_names(everything, added)
    added.problems += _dangling_conditions(everything, added)
    return everything, tuple(added.problems)


@cache
def package_registries() -> Registries:
    """The registries that the package carries."""
    return Registries(
        criteria={
            str(row["id"]): Criterion(
                id=str(row["id"]), title=str(row["title"]), category=str(row["category"])
            )
            for row, _ in package_rows("criteria")
        },
        controls={
            str(row["id"]): control_of(row, place) for row, place in package_rows("controls")
        },
        parameters={
            str(row["name"]): parameter_of(row, place) for row, place in package_rows("parameters")
        },
        roles={str(row["id"]): role_of(row) for row, _ in package_rows("roles")},
        terms={str(row["id"]): str(row["word"]) for row, _ in package_rows("terms")},
        system_kinds={
            str(row["id"]): str(row["phrase"]) for row, _ in package_rows("system_kinds")
        },
        crosswalks={
            str(row["id"]): crosswalk_of(row, own=False) for row, _ in package_rows("crosswalks")
        },
        bundles=bundles_of(row for row, _ in package_rows("bundles")),
    )


def package_rows(registry: str) -> tuple[tuple[Row, Location], ...]:
    """The rows of one of the package's registries, each with its place.

    Args:
        registry: Stem of a file under `policygen/data`, e.g. `parameters`.
    """
    path = Path(str(files("policygen"))) / "data" / f"{registry}.yml"
    lines = [
        number
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if line.startswith("  - ")
    ]
    rows = yamlfile.read_rows(path)[registry]
    return tuple(
        (row, Location(f"policygen/data/{registry}.yml", line))
        for row, line in zip(rows, lines, strict=True)
    )


def _read_file(file: YamlFile, ours: Registries, added: _Additions) -> None:
    """Add the sound rows of a file, and the problems of the others."""
    try:
        RegistryFile.model_validate(file.value)
    except ValidationError as error:
        added.problems += problems_of(error, file, RegistryFile, prefix="registry")
    sections = file.value if isinstance(file.value, dict) else {}
    for section, schema in SCHEMAS.items():
        rows = sections.get(section)
        for index, row in enumerate(rows if isinstance(rows, list) else ()):
            try:
                sound = schema.model_validate(row)
            except ValidationError:
                continue  # the file as a whole has told what is wrong with it
            _add(file, section, index, sound.model_dump(), ours, added)


def _add(
    file: YamlFile, section: str, index: int, row: Row, ours: Registries, added: _Additions
) -> None:
    key = "name" if section == "parameters" else "id"
    name = str(row[key])
    taken = _taken(section, name, ours, added)
    if taken is not None:
        added.problems.append(replace(taken, location=file.location([section, index, key])))
        return
    added.places[section, name] = (file, index)
    place = file.location([section, index])
    match section:
        case "controls":
            added.controls[name] = control_of(row, place)
        case "parameters":
            added.parameters[name] = parameter_of(row, place)
        case "roles":
            added.roles[name] = role_of(row)
        case "crosswalks":
            added.crosswalks[name] = crosswalk_of(row, own=True)
        case _:
            added.terms[name] = str(row["word"])


def _taken(section: str, name: str, ours: Registries, added: _Additions) -> Problem | None:
    """Why a name cannot be used for an addition; None where it can."""
    held: Mapping[str, object] = getattr(ours, section)
    if name in held:
        return Problem(
            code="registry-taken-id",
            message=f"{name} is already the name of one of the {section} that policygen brings",
            hint="Choose another name; organization.yml is where ours are adjusted.",
        )
    if (section, name) in added.places:
        file, index = added.places[section, name]
        return Problem(
            code="registry-taken-id",
            message=f"{name} is added twice",
            hint=f"It is also added at {file.location([section, index])}.",
        )
    series = name.split("-", maxsplit=1)[0]
    if section == "controls" and series in {control.split("-")[0] for control in ours.controls}:
        return Problem(
            code="registry-control-series",
            message=f"{name} is in the series {series}, which policygen numbers itself",
            hint="Use a series of your own, e.g. ORG-01.",
        )
    return None


def _dangling_names(everything: Registries, added: _Additions) -> list[Problem]:
    """Roles, criteria and frequencies that additions name and nothing defines."""
    problems = []
    for (section, name), (file, index) in added.places.items():
        if section == "controls":
            control = everything.controls[name]
            named: list[tuple[str, str, Mapping[str, object]]] = [
                ("owner", control.owner, everything.roles)
            ]
            named += [("criteria", one, everything.criteria) for one in control.criteria]
            if control.frequency not in ("event", "continuous"):
                named.append(("frequency", control.frequency, everything.parameters))
        elif section == "roles":
            named = [("fallback", one, everything.roles) for one in everything.roles[name].fallback]
        elif section == "crosswalks":
            ids = everything.crosswalks[name].ids
            named = [("rows", criterion, everything.criteria) for criterion in ids]
        else:
            continue
        problems += [
            _dangling(
                file, [section, index, key, *([one] if key == "rows" else [])], key, one, known
            )
            for key, one, known in named
            if one not in known
        ]
    return problems


def _dangling(
    file: YamlFile, place: list[str | int], key: str, name: str, known: Mapping[str, object]
) -> Problem:
    what = _KINDS.get(key, "parameter")
    near = words.nearest(name, known)
    return Problem(
        code=f"registry-unknown-{what}",
        location=file.location(place),
        message=f'{key} names "{name}", which is not a {what}',
        hint=f"Did you mean {near}?" if near else f"policygen explain lists every {what}.",
    )


def _dangling_conditions(everything: Registries, added: _Additions) -> list[Problem]:
    """Names in conditions of additions that nothing declares."""
    problems = []
    for (section, name), (file, index) in added.places.items():
        conditions: list[tuple[list[str | int], Condition]] = []
        if section == "controls":
            conditions.append((["when"], everything.controls[name].when))
        elif section == "parameters":
            parameter = everything.parameters[name]
            conditions.append((["applies_when"], parameter.applies_when))
            conditions += [
                (["floors", place, "when"], floor.when)
                for place, floor in enumerate(parameter.floors)
            ]
        problems += [
            _unknown_name(file.location([section, index, *path]), unknown, everything)
            for path, condition in conditions
            for unknown in unknown_names(
                condition, profile_fields(), everything.parameters, everything.roles
            )
        ]
    return problems


def _unknown_name(place: Location, unknown: UnknownName, everything: Registries) -> Problem:
    known = {"parameter": everything.parameters, "role": everything.roles}
    near = words.nearest(unknown.name, known.get(unknown.kind, profile_fields()))
    return Problem(
        code="condition-unknown-name",
        location=place,
        message=f"the condition asks for {unknown.name}, which is not a {unknown.kind} that is "
        "declared",
        hint=f"Did you mean {near}?" if near else "docs/templates.md tells what conditions ask.",
    )
