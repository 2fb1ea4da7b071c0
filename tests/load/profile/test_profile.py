"""The profile: one broken line in, one problem at its place out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policygen.load.profile.profile import load_profile, profile_of, profile_schema
from policygen.model.profile.root import Profile, profile_fields
from policygen.problems import Severity, has_errors
from policygen.yaml.yamlfile import YamlFile, parse_yaml
from tests.load.profile_cases import MINIMAL, judged, told

if TYPE_CHECKING:
    from policygen.model.catalogue import Value

ROOT = Path(__file__).parents[3]


def test_a_profile_of_fourteen_lines_is_enough() -> None:
    profile, problems = profile_of(parse_yaml(MINIMAL, "organization.yml"))
    assert problems == ()
    assert profile is not None
    assert profile.tsc.security is True
    assert profile.documents.exclude == ()


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        pytest.param("headcount: 12", "headcont: 12",
                     [("profile-missing", "2:1"), ("profile-unknown-key", "5:3")], id="typo"),
        pytest.param("headcount: 12", "headcount: 0", [("profile-value", "5:14")], id="nobody"),
        pytest.param("headcount: 12", "headcount: twelve", [("profile-value", "5:14")], id="word"),
        pytest.param("headcount: 12", "headcount: true", [("profile-value", "5:14")], id="flag"),
        pytest.param("headcount: 12", 'headcount: "12"', [("profile-value", "5:14")], id="quoted"),
        pytest.param("archetype: saas", "archetype: sass", [("profile-value", "6:14")], id="kind"),
        pytest.param("kind: owner", "kind: king", [("profile-value", "8:26")], id="deep value"),
        pytest.param("schema_version: 1", "schema_version: 2", [("profile-value", "1:17")],
                     id="another format"),
        pytest.param("tsc: {", "tsc: {security: false, ", [("profile-value", "14:17")],
                     id="security is always examined"),
        pytest.param("tsc: {availability: true}", "tsc: {availability: yes}",
                     [("profile-value", "14:21")], id="yes is no flag"),
        pytest.param("id: ada,", "id: Ada,", [("profile-value", "10:10")], id="capital in an id"),
        pytest.param("id: ada,", "id: nul,", [("profile-value", "10:10")], id="Windows device"),
        pytest.param("id: ada,", "id: ../x,", [("profile-value", "10:10")], id="path as id"),
        pytest.param("2020-01-01}\nroles", "2020-02-30}\nroles", [("profile-value", "11:43")],
                     id="day that does not exist"),
        pytest.param("  ceo:", "  Chief Exec:", [("profile-value", "13:3")], id="role id"),
        pytest.param("short_name: Acorn", 'short_name: "Acorn\\n\\n## 9 Exceptions"',
                     [("profile-value", "4:15")], id="heading in a name"),
        pytest.param("short_name: Acorn", f"short_name: {'x' * 201}", [("profile-value", "4:15")],
                     id="name too long"),
        pytest.param("short_name: Acorn", 'short_name: " "', [("profile-value", "4:15")],
                     id="blank name"),
        pytest.param("short_name: Acorn", 'short_name: "e\\u0301clair"',
                     [("profile-value", "4:15")], id="letters that are not composed"),
        pytest.param("Europe/Berlin", "Mars/Base", [("profile-time-zone", "7:14")], id="zone"),
        pytest.param("Europe/Berlin", "../etc/passwd", [("profile-time-zone", "7:14")],
                     id="zone that is a path"),
        pytest.param("Europe/Berlin", "Europe", [("profile-time-zone", "7:14")],
                     id="zone that is a folder"),
        pytest.param("roles:\n  ceo: {person: ada, from: 2020-01-01}\n", "",
                     [("profile-missing", "1:1")], id="no roles"),
        pytest.param("ceo: {person", "security_officer: {person", [("profile-ceo", "12:1")],
                     id="no ceo"),
        pytest.param("person: ada, from", "person: eve, from",
                     [("profile-unknown-person", "13:17")], id="nobody of that id"),
        pytest.param("id: ben", "id: ada", [("profile-duplicate-id", "11:10")], id="id twice"),
        pytest.param("person: ada, from: 2020-01-01", "person: ada",
                     [("profile-role-window", "13:17")], id="holder since never"),
        pytest.param("ada, from: 2020-01-01", "ada, from: 2020-01-01, to: 2019-01-01",
                     [("profile-role-window", "13:44")], id="ends before it begins"),
        pytest.param("person: ada, from: 2020-01-01", "person: ada, from: 2019-01-01",
                     [("profile-role-window", "13:28")], id="holder before the first day"),
        pytest.param("person: ada, from: 2020-01-01", "vacant_since: 2020-01-01",
                     [("profile-ceo", "13:8")], id="vacant ceo"),
        pytest.param("2020-01-01}\n  - {id: ben", "2020-01-01, end_date: 2026-01-31}\n  - {id: ben",
                     [("profile-leaver", "13:17")], id="leaver holds a role"),
        pytest.param("2020-01-01}\n  - {id: ben", "2020-01-01, end_date: 2019-01-31}\n  - {id: ben",
                     [("profile-dates", "10:66"), ("profile-leaver", "13:17")],
                     id="leaves before coming"),
        pytest.param("kind: owner", "kind: board", [("profile-governing-body", "8:26")],
                     id="board without a chair"),
    ],
)  # fmt: skip
def test_a_broken_line_is_named_with_its_place(
    old: str, new: str, found: list[tuple[str, str]]
) -> None:
    assert old in MINIMAL
    assert told(MINIMAL.replace(old, new, 1)) == found


def test_all_problems_are_told_at_once_with_what_to_do() -> None:
    text = MINIMAL.replace("headcount", "headcont").replace("saas", "sass") + "brand: {logo: 7}\n"
    problems = judged(text + "logo: x.svg\n")
    assert {problem.code for problem in problems} == {
        "profile-missing", "profile-unknown-key", "profile-value",
    }  # fmt: skip
    assert len(problems) == 5
    assert all(problem.hint for problem in problems)
    hints = {str(problem.location): problem.hint for problem in problems}
    assert hints["organization.yml:5:3"] == "did you mean headcount?"
    assert hints["organization.yml:16:1"] == "logo belongs elsewhere: brand.logo."


def test_the_nearest_key_is_shown_where_it_is_already_set() -> None:
    [problem] = judged(MINIMAL.replace("  headcount: 12", "  headcount: 12\n  headcounts: 13"))
    assert problem.hint == "did you mean headcount? It is set at organization.yml:5:14."


def test_the_example_organization_has_no_problem() -> None:
    profile, file, problems = load_profile(ROOT)
    assert [str(problem) for problem in problems] == []
    assert profile is not None
    assert file is not None
    assert profile.organization.headcount == 42


def test_people_of_the_example_write_to_fictional_domains() -> None:
    text = (ROOT / "organization.yml").read_text(encoding="utf-8")
    hosts = {word.split("@")[1].strip(",]}") for word in text.split() if "@" in word}
    assert {host.rpartition(".")[2] for host in hosts} == {"example"}


def test_a_missing_profile_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    profile, file, [problem] = load_profile(tmp_path)
    assert (profile, file) == (None, None)
    assert (problem.code, str(problem.location)) == ("yaml-not-a-file", "organization.yml")


def test_a_profile_that_is_a_list_is_a_problem() -> None:
    assert told("- a\n") == [("profile-value", "1")]


def test_plain_values_have_defaults_keys_as_in_the_file_and_days_as_text() -> None:
    profile, _ = profile_of(parse_yaml(MINIMAL, "organization.yml"))
    assert profile is not None
    plain = profile.plain()
    assert json.loads(json.dumps(plain)) == plain
    roles, tsc = plain["roles"], plain["tsc"]
    assert isinstance(roles, dict)
    assert isinstance(roles["ceo"], dict)
    assert roles["ceo"]["from"] == "2020-01-01"
    assert isinstance(tsc, dict)
    assert tsc["privacy"] is False
    assert plain["vendors"] == []


def test_every_declared_field_is_a_name_for_conditions() -> None:
    names = profile_fields()
    assert {
        "tsc.privacy", "systems[].kind", "organization.governing_body.kind", "roles.*.person",
        "system_description.subservice_organizations[].criteria_relied_on", "audit.period.end",
        "roles.*.delegations[].from", "terms.*", "insurance.limit.currency",
    } <= names  # fmt: skip
    assert "roles.*.delegations[].start" not in names


def test_the_schema_tells_an_editor_what_each_key_holds() -> None:
    schema = profile_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    parts = schema["$defs"]
    assert isinstance(parts, dict)
    assert len(parts) > 40
    undescribed = [
        f"{name}.{key}"
        for name, part in [("Profile", schema), *parts.items()]
        if isinstance(part, dict)
        for key, value in _properties(part).items()
        if not _description(value, parts)
    ]
    assert undescribed == []
    assert "from" in _properties(parts["RoleHolding"])


def _description(value: Value, parts: dict[str, Value]) -> Value:
    """The description of a field, or else of the part it refers to."""
    if not isinstance(value, dict):
        return None
    target = parts.get(str(value.get("$ref")).rpartition("/")[2])
    return value.get("description") or (isinstance(target, dict) and target.get("description"))


def _properties(part: Value) -> dict[str, Value]:
    properties = part.get("properties") if isinstance(part, dict) else None
    return properties if isinstance(properties, dict) else {}


def test_a_warning_leaves_the_profile_usable() -> None:
    file = parse_yaml(MINIMAL + "regulatory: {gdpr: true}\n", "organization.yml")
    profile, [problem] = profile_of(file)
    assert profile is not None
    assert problem.severity is Severity.WARNING


HOSTILE: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(["../../etc/passwd", "{{ 7*7 }}", "x" * 5000, "CON", "-1", "2026-13-45"]),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=8), st.none() | st.text(max_size=5), max_size=3),
)  # fmt: skip


def _paths(value: Value, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, part in value.items():
            found += _paths(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            found += _paths(part, (*path, index))
    return found


EXAMPLE = parse_yaml((ROOT / "organization.yml").read_text(encoding="utf-8"), "organization.yml")


def _with(value: Value, path: tuple[str | int, ...], new: Value) -> Value:
    if not path:
        return new
    first, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {
            key: _with(part, rest, new) if key == first else part for key, part in value.items()
        }
    if isinstance(value, list):
        return [_with(part, rest, new) if at == first else part for at, part in enumerate(value)]
    return value


@settings(deadline=None)
@given(st.sampled_from(_paths(EXAMPLE.value)), HOSTILE)
def test_no_value_anywhere_breaks_the_reading(path: tuple[str | int, ...], hostile: Value) -> None:
    file = YamlFile("organization.yml", _with(EXAMPLE.value, path, hostile), EXAMPLE.places)
    profile, problems = profile_of(file)
    assert (profile is None) <= has_errors(problems)
    assert all(problem.location is not None for problem in problems)
    if profile is not None:
        assert isinstance(profile, Profile)
        json.dumps(profile.plain())
