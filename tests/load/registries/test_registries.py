"""Registries: what the package carries is sound, and what a workspace adds is checked."""

from __future__ import annotations

import re
import typing
from typing import TYPE_CHECKING

import pytest

from policygen import words
from policygen.conditions.condition import parse_condition, unknown_names
from policygen.load.parameters.values import misfits
from policygen.load.registries.registries import load_registries, package_registries, package_rows
from policygen.load.registries.rows import SCHEMAS
from policygen.model.catalogue import FREQUENCIES, Parameter
from policygen.model.profile.root import profile_fields
from policygen.model.profile.systems import SystemKind

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.model.catalogue import Registries
    from policygen.problems import Problem

OURS = package_registries()
PARAMETERS = [pytest.param(one, id=one.name) for one in OURS.parameters.values()]

CONTROL = """\
controls:
  - id: ORG-01
    title: Drones are tethered
    description: Drones on the premises fly on a line.
    owner: facilities_lead
    frequency: event
    nature: preventive
    mode: manual
    criteria: [CC6.4]
    population: flights in the period
    attribute: line attached
"""


def test_registries_have_all_that_the_standard_and_the_catalogue_list() -> None:
    counts = (len(OURS.criteria), len(OURS.controls), len(OURS.parameters), len(OURS.roles))
    assert counts == (61, 112, 174, 22)
    assert set(OURS.terms) >= {"workforce", "it", "people_team", "customers"}
    assert OURS.system_kinds["idp"] == "identity provider"


@pytest.mark.parametrize("section", SCHEMAS)
def test_rows_of_the_package_follow_the_schema_of_extensions(section: str) -> None:
    for row, place in package_rows(section):
        model = SCHEMAS[section].model_validate(dict(row))
        assert model.model_dump(exclude_unset=True) == row, place


@pytest.mark.parametrize("registry", ["criteria", *SCHEMAS, "system_kinds"])
def test_ids_of_the_package_stand_once(registry: str) -> None:
    names = [row["name" if registry == "parameters" else "id"] for row, _ in package_rows(registry)]
    assert len(names) == len(set(map(str, names)))


def test_criteria_counts_by_category_are_those_of_the_standard() -> None:
    found: dict[str, int] = {}
    for criterion in OURS.criteria.values():
        found[criterion.category] = found.get(criterion.category, 0) + 1
    assert found == {
        "security": 33,
        "availability": 3,
        "confidentiality": 2,
        "processing_integrity": 5,
        "privacy": 18,
    }


def test_controls_name_only_what_exists_and_serve_every_criterion() -> None:
    served: set[str] = set()
    for control in OURS.controls.values():
        assert control.owner in OURS.roles
        assert control.frequency in {*OURS.parameters, "event", "continuous"}
        assert set(control.criteria) <= set(OURS.criteria)
        assert control.optional is all(not one.startswith("CC") for one in control.criteria)
        assert control.when.parameters <= set(OURS.parameters)
        served.update(control.criteria)
    assert served == set(OURS.criteria)


def test_conditions_of_the_package_name_only_what_is_declared() -> None:
    conditions = [control.when for control in OURS.controls.values()]
    for parameter in OURS.parameters.values():
        conditions += [parameter.applies_when, *(floor.when for floor in parameter.floors)]
        rows = parameter.default if isinstance(parameter.default, list) else []
        conditions += [
            parse_condition(str(row["when"]))
            for row in rows
            if isinstance(row, dict) and "when" in row
        ]
    for condition in conditions:
        assert not unknown_names(condition, profile_fields(), OURS.parameters, OURS.roles)


def test_every_kind_of_system_has_a_phrase() -> None:
    assert tuple(OURS.system_kinds) == typing.get_args(SystemKind)


def test_fallback_chains_end_at_the_chief_executive() -> None:
    for role in OURS.roles.values():
        assert set(role.fallback) <= set(OURS.roles)
        assert not any(OURS.roles[one].pseudo for one in role.fallback)
        if role.fallback and role.id != "ceo":
            assert role.fallback[-1] == "ceo"
        assert role.pseudo is bool(role.resolves)


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_default_and_suggestion_fit_their_parameter(parameter: Parameter) -> None:
    assert parameter.ask is (parameter.default is None)
    for value in (parameter.default, parameter.suggested, *parameter.suggested_for.values()):
        if value is not None:
            assert not list(misfits(parameter, value, OURS))


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_every_choice_reads_in_a_sentence(parameter: Parameter) -> None:
    choices = {str(choice) for choice in parameter.choices} | set(parameter.alternatives)
    if parameter.type == "bool":
        choices = {"true", "false"}
    if all(words.is_frequency(choice) for choice in choices):
        return
    assert choices <= set(parameter.labels)


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_frequencies_go_from_the_strictest_to_the_loosest(parameter: Parameter) -> None:
    places = [FREQUENCIES.index(one) for one in parameter.choices if one in FREQUENCIES]
    assert places == sorted(places)


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_floors_can_be_kept(parameter: Parameter) -> None:
    for floor in parameter.floors:
        bounds = [one for one in (floor.minimum, floor.maximum) if one is not None]
        if floor.at_least is not None:
            assert floor.at_least in FREQUENCIES
        for bound in bounds:
            assert not list(misfits(parameter, int(bound), OURS))
        assert set(floor.refused) <= set(parameter.alternatives)


def test_cells_name_only_parameters_that_always_have_a_value() -> None:
    """A promise may stay unanswered, and then its cell would show braces."""
    for parameter in OURS.parameters.values():
        for name in re.findall(r"\{(\w+)\}", str(parameter.default)):
            assert OURS.parameters[name].default is not None


def extended(root: Path, text: str) -> tuple[Registries, list[Problem]]:
    (root / "registries").mkdir()
    (root / "registries" / "own.yml").write_text(text)
    registries, problems = load_registries(root)
    return registries, list(problems)


def test_workspace_without_extensions_has_the_registries_of_the_package(tmp_path: Path) -> None:
    assert load_registries(tmp_path) == (OURS, ())


def test_workspace_adds_controls_parameters_roles_and_terms(tmp_path: Path) -> None:
    registries, problems = extended(
        tmp_path,
        CONTROL
        + "parameters:\n"
        + "  - {name: drone_check_days, type: int, default: 7, minimum: 1, unit: days}\n"
        + "roles:\n  - {id: drone_lead, title: Drone lead, fallback: [facilities_lead]}\n"
        + "terms:\n  - {id: pilots, word: pilots}\n",
    )
    assert problems == []
    assert str(registries.controls["ORG-01"].location) == "registries/own.yml:2:5"
    assert registries.parameters["drone_check_days"].default == 7
    assert registries.roles["drone_lead"].fallback == ("facilities_lead",)
    assert registries.terms["pilots"] == "pilots"
    assert len(registries.controls) == len(OURS.controls) + 1


CROSSWALK = """\
crosswalks:
  - id: house_rules
    title: House Rules 3
    source: licensed to this organization, agreement 12
    rows:
      CC6.1: ["HR-4", "HR-5"]
"""


def test_a_workspace_adds_a_mapping_that_it_has_a_licence_for(tmp_path: Path) -> None:
    registries, problems = extended(tmp_path, CROSSWALK)
    assert problems == []
    added = registries.crosswalks["house_rules"]
    assert added.own
    assert added.ids == {"CC6.1": ("HR-4", "HR-5")}
    assert added.relationship == "intersects"
    assert list(registries.crosswalks)[-1] == "house_rules"


def test_mappings_of_the_package_name_every_criterion_by_ids_alone() -> None:
    for walk in OURS.crosswalks.values():
        assert set(walk.ids) <= set(OURS.criteria)
        for ids in walk.ids.values():
            assert ids
            # An id has digits; a wording of a standard would be a sentence.
            assert all(
                re.fullmatch(r"[\w.() -]{1,24}", one) and re.search(r"\d", one) for one in ids
            )
    known = {criterion for walk in OURS.crosswalks.values() for criterion in walk.ids}
    assert known == set(OURS.criteria)


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        pytest.param(
            CROSSWALK.replace("CC6.1", "CC9.9"),
            "registry-unknown-criterion",
            "6:14",
            id="criterion of a mapping does not exist",
        ),
        pytest.param(
            CROSSWALK.replace("house_rules", "cis"), "registry-taken-id", "2:9", id="our mapping"
        ),
        pytest.param(
            CROSSWALK + "    relationship: same\n",
            "registry-value",
            "7:19",
            id="no such relationship",
        ),
        pytest.param("- a\n", "registry-value", "1:1", id="a list"),
        pytest.param("contrls: []\n", "registry-unknown-key", "1:1", id="unknown section"),
        pytest.param("roles: 3\n", "registry-value", "1:8", id="section without rows"),
        pytest.param(
            CONTROL.replace("ORG-01", "ACC-01"), "registry-taken-id", "2:9", id="our control"
        ),
        pytest.param(
            CONTROL.replace("ORG-01", "ACC-99"), "registry-control-series", "2:9", id="our series"
        ),
        pytest.param(
            CONTROL.replace("ORG-01", "drones"), "registry-value", "2:9", id="id is no control id"
        ),
        pytest.param(
            CONTROL.replace("facilities_lead", "facilites_lead"),
            "registry-unknown-role",
            "5:12",
            id="owner is not a role",
        ),
        pytest.param(
            CONTROL.replace("CC6.4", "P1.0"),
            "registry-unknown-criterion",
            "9:15",
            id="heading is not a criterion",
        ),
        pytest.param(
            CONTROL.replace("frequency: event", "frequency: sometimes"),
            "registry-unknown-parameter",
            "6:16",
            id="frequency is not a parameter",
        ),
        pytest.param(
            CONTROL + '    when: "tsc.security and"\n',
            "registry-value",
            "12:11",
            id="condition does not parse",
        ),
        pytest.param(
            CONTROL + "    when: tsc.privcy\n",
            "condition-unknown-name",
            "12:11",
            id="condition asks for a field that is not declared",
        ),
        pytest.param(
            CONTROL.replace("    mode: manual\n", ""), "registry-missing", "2:5", id="key missing"
        ),
        pytest.param(
            "terms:\n  - {id: it, word: ICT}\n", "registry-taken-id", "2:10", id="our term"
        ),
        pytest.param(
            "roles:\n  - {id: ceo, title: Boss}\n", "registry-taken-id", "2:10", id="our role"
        ),
        pytest.param(
            "parameters:\n  - {name: mfa_scope, type: bool, default: true}\n",
            "registry-taken-id",
            "2:12",
            id="our parameter",
        ),
        pytest.param(
            "parameters:\n  - {name: x, type: int}\n", "registry-value", "2:5", id="no default"
        ),
        pytest.param(
            "parameters:\n  - {name: x, type: enum, choices: [red], default: red}\n",
            "registry-value",
            "2:5",
            id="choice without label",
        ),
        pytest.param(
            "terms:\n  - {id: x, word: y}\n  - {id: x, word: z}\n",
            "registry-taken-id",
            "3:10",
            id="added twice",
        ),
    ],
)
def test_problem_of_an_extension_points_at_its_place(
    tmp_path: Path, text: str, code: str, place: str
) -> None:
    _, problems = extended(tmp_path, text)
    assert [(one.code, str(one.location)) for one in problems] == [
        (code, f"registries/own.yml:{place}")
    ]


def test_row_with_a_problem_does_not_take_its_neighbours_along(tmp_path: Path) -> None:
    registries, problems = extended(
        tmp_path, "terms:\n  - {id: X, word: y}\n  - {id: drones, word: drones}\n"
    )
    assert len(problems) == 1
    assert registries.terms["drones"] == "drones"


def test_file_that_is_no_yaml_is_a_problem(tmp_path: Path) -> None:
    registries, problems = extended(tmp_path, "terms: [\n")
    assert registries == OURS
    assert problems
