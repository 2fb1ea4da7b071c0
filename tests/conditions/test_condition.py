"""Conditions: grammar, names, evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.conditions.condition import (
    Condition,
    ConditionContext,
    ConditionError,
    evaluate,
    parse_condition,
    unknown_names,
)
from policygen.conditions.parser import MAX_DEPTH, MAX_LENGTH
from policygen.conditions.reach import deciding

if TYPE_CHECKING:
    from policygen.model.catalogue import Value

PROFILE: dict[str, Value] = {
    "tsc": {"security": True, "availability": True, "privacy": False},
    "organization": {"headcount": 12, "governing_body": {"kind": "owner"}, "start": "2026-01-31"},
    "insurance": None,
    "workforce": {"remote_work": "full", "countries": ["DE", "US"]},
    "locations": [
        {"kind": "office", "cctv": False, "in_scope": True},
        {"kind": "cage", "cctv": True, "in_scope": True, "zones": [{"name": "A", "locked": True}]},
    ],
    "vendors": [],
    "system_description": {"subservice_organizations": [{"criteria_relied_on": ["CC6.4"]}]},
}


def context(**parameters: Value) -> ConditionContext:
    return ConditionContext(
        plain=PROFILE,
        parameters=parameters,
        answered=frozenset(name for name, value in parameters.items() if value is not None),
        overridden=frozenset({"incident_severities"}),
        roles_held=frozenset({"outside_adviser"}),
    )


def holds(text: str, **parameters: Value) -> bool:
    return evaluate(parse_condition(text), context(**parameters))


@pytest.mark.parametrize(
    "text",
    [
        "true",
        "not false",
        "tsc.availability",
        "tsc.availability and not tsc.privacy",
        "tsc.privacy or tsc.availability",
        "false and false or true",
        "not (true and false)",
        "not tsc.privacy == true",
        "organization.headcount <= 15",
        "organization.headcount > 11.5",
        'organization.governing_body.kind != "board"',
        "organization.governing_body.kind == 'owner'",
        'workforce.remote_work in ["hybrid", "full"]',
        '"DE" in workforce.countries',
        'any(workforce.countries, item == "US")',
        'any(locations, kind in ["data_center", "cage"])',
        "any(locations, cctv)",
        "all(locations, in_scope)",
        "any(locations, in_scope and tsc.availability)",
        "any(locations, any(zones, locked and cctv))",
        "any(locations, item.cctv)",
        "all(vendors, false)",
        'any(system_description.subservice_organizations, "CC6.4" in criteria_relied_on)',
        'organization.start < "2026-02-01"',
        "insurance.carrier == null",
        "insurance.carrier == false",
        "not insurance.carrier",
        "nowhere.at.all == null",
        "tsc.privacy != null",
        'answered_role("outside_adviser")',
        'not answered_role("ceo")',
        'overridden("incident_severities")',
    ],
)
def test_condition_holds(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "any(vendors, true)",
        "all(locations, cctv)",
        "insurance.carrier != null",
        "insurance.limit > 5",
        "insurance.limit <= 5",
        "organization.headcount == true",
        'workforce.remote_work < "2026-01-01"',
        '"FR" in workforce.countries',
        '"DE" in insurance.carrier',
        "nothing in [null, 1] and false",
        "tsc.security in [1]",
    ],
)
def test_condition_does_not_hold(text: str) -> None:
    assert not holds(text)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        pytest.param('p.review < "annual"', "monthly", True, id="monthly is stricter than annual"),
        pytest.param('p.review <= "annual"', "annual", True, id="annual equals annual"),
        pytest.param('p.review > "weekly"', "monthly", True, id="monthly is looser than weekly"),
        pytest.param('p.review >= "monthly"', "daily", False, id="daily is stricter than monthly"),
        pytest.param('p.review < "annual"', "never", False, id="never is no frequency"),
    ],
)
def test_frequencies_compare_by_strictness(text: str, value: str, expected: bool) -> None:
    assert holds(text, review=value) is expected


def test_answered_means_that_there_is_a_value() -> None:
    assert holds('answered("rto_hours")', rto_hours=0)
    assert not holds('answered("rto_hours")', rto_hours=None)


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        pytest.param("", 1, "the condition ends", id="nothing"),
        pytest.param("a and", 6, "the condition ends", id="ends after and"),
        pytest.param("(a or b", 8, 'expected ")"', id="open parenthesis"),
        pytest.param("a = b", 3, 'write "=="', id="one equals sign"),
        pytest.param("a == b == c", 8, '"and", "or" or the end', id="chained comparison"),
        pytest.param("a b", 3, '"and", "or" or the end', id="two names"),
        pytest.param('"text"', 1, "neither true nor false", id="text alone"),
        pytest.param("7 and true", 1, "neither true nor false", id="number alone"),
        pytest.param('a < "high"', 5, "has no order", id="order of words"),
        pytest.param("a < true", 5, "has no order", id="order of truth"),
        pytest.param('a in "text"', 6, "needs a list", id="in a text"),
        pytest.param('a == "open', 6, "does not end", id="open quote"),
        pytest.param("p.a.b", 1, "p.<name>", id="part of a parameter"),
        pytest.param("p == 1", 1, "p.<name>", id="p alone"),
        pytest.param("any(p.list, true)", 5, "a list of the profile", id="any over a parameter"),
        pytest.param("any(list)", 9, 'expected ","', id="any without expression"),
        pytest.param("answered(name)", 10, "a name in quotes", id="name without quotes"),
        pytest.param("not.a", 1, "cannot begin a name", id="reserved word before a dot"),
        pytest.param("exec('x')", 5, '"and", "or" or the end', id="unknown function"),
        pytest.param("a + 1", 3, "has no meaning", id="arithmetic"),
        pytest.param("a == 12ab", 6, "has no meaning", id="number that runs into a word"),
        pytest.param("a == [[1]]", 7, "expected a field", id="list in a list"),
        pytest.param("x" * (MAX_LENGTH + 1), 1, "at most", id="too long"),
        pytest.param("not " * (MAX_DEPTH + 2) + "a", 101, "levels deep", id="too many not"),
        pytest.param("(" * 200 + "a" + ")" * 200, 26, "levels deep", id="too deep"),
    ],
)
def test_syntax_problem_names_column_and_reason(text: str, column: int, message: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse_condition(text)
    assert caught.value.column == column
    assert message in caught.value.message


def test_condition_tells_what_it_reads() -> None:
    condition = parse_condition(
        'tsc.privacy and p.rto_hours < 4 and answered("rpo_hours") and '
        'overridden("mfa_scope") and any(locations, cctv) and answered_role("board")'
    )
    assert condition.parameters == {"rto_hours", "rpo_hours", "mfa_scope"}
    assert condition.fields == {"tsc.privacy", "locations"}
    assert condition.roles == {"board"}


KNOWN = frozenset({"tsc.privacy", "locations[].kind", "locations[].zones[].name", "terms.*"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("tsc.privcy", [("field", "tsc.privcy", 1)], id="field"),
        pytest.param("tsc.privacy.deep", [("field", "tsc.privacy.deep", 1)], id="below a leaf"),
        pytest.param("tsc", [], id="parent of a field"),
        pytest.param("terms.anything", [], id="any key of a mapping"),
        pytest.param("any(locations, kind == 'x')", [], id="field of the item"),
        pytest.param("any(locations, item.kind == 'x')", [], id="field of the item by name"),
        pytest.param("any(locations, tsc.privacy)", [], id="profile within an item"),
        pytest.param("any(locations, any(zones, name == 'A'))", [], id="nested items"),
        pytest.param("any(locations, knd == 'x')", [("field", "knd", 16)], id="wrong item field"),
        pytest.param("any(places, true)", [("field", "places", 5)], id="wrong list"),
        pytest.param("true and p.nowhere", [("parameter", "nowhere", 10)], id="parameter"),
        pytest.param("answered('nowhere')", [("parameter", "nowhere", 10)], id="answered"),
        pytest.param("answered_role('boss')", [("role", "boss", 15)], id="role"),
    ],
)
def test_names_that_nothing_declares_are_reported(
    text: str, expected: list[tuple[str, str, int]]
) -> None:
    found = unknown_names(parse_condition(text), KNOWN, {"rto_hours"}, {"board"})
    assert [(name.kind, name.name, name.column) for name in found] == expected


TOKENS = st.sampled_from(
    [
        *("and", "or", "not", "in", "true", "false", "null", "any", "all", "answered"),
        *("answered_role", "(", ")", "[", "]", ",", "==", "!=", "<", "<=", "tsc.privacy"),
        *("item", "p.rto_hours", "locations", '"DE"', "'x'", "3", "-1.5", '"monthly"'),
    ]
)


@given(st.one_of(st.text(max_size=80), st.lists(TOKENS, max_size=25).map(" ".join)))
def test_any_text_is_a_condition_or_a_condition_error(text: str) -> None:
    try:
        condition = parse_condition(text)
    except ConditionError as error:
        told = error
    else:
        assert_prints_itself(condition)
        return
    assert 1 <= told.column <= len(text) + 1
    assert told.message


def assert_prints_itself(condition: Condition) -> None:
    again = parse_condition(str(condition))
    assert again.expression == condition.expression
    assert str(again) == str(condition)
    assert evaluate(condition, context()) is evaluate(again, context())


FLAGS = ("flag_a", "flag_b")
ATOMS = st.sampled_from(
    [
        ("true", "True"),
        ("false", "False"),
        *((flag, flag) for flag in FLAGS),
        ("count < 3", "count < 3"),
        ("3 >= count", "3 >= count"),
        ("count == 2", "count == 2"),
        ('word == "x"', "word == 'x'"),
        ('word in ["x", "y"]', "word in ['x', 'y']"),
        ('"x" in words', "'x' in words"),
        ("any(rows, flag)", "any(row['flag'] for row in rows)"),
        ("all(rows, flag or flag_a)", "all(row['flag'] or flag_a for row in rows)"),
        ("any(words, item == word)", "any(item == word for item in words)"),
    ]
)


def combined(inner: st.SearchStrategy[tuple[str, str]]) -> st.SearchStrategy[tuple[str, str]]:
    pairs = st.tuples(inner, st.sampled_from(["and", "or"]), inner)
    return st.one_of(
        pairs.map(lambda p: (f"({p[0][0]}) {p[1]} ({p[2][0]})", f"({p[0][1]}) {p[1]} ({p[2][1]})")),
        pairs.map(lambda p: (f"{p[0][0]} {p[1]} {p[2][0]}", f"{p[0][1]} {p[1]} {p[2][1]}")),
        inner.map(lambda pair: (f"not {pair[0]}", f"not {pair[1]}")),
    )


@given(
    st.recursive(ATOMS, combined, max_leaves=12),
    st.fixed_dictionaries(
        {
            "flag_a": st.booleans(),
            "flag_b": st.booleans(),
            "count": st.integers(0, 5),
            "word": st.sampled_from("xyz"),
            "words": st.lists(st.sampled_from("xyz"), max_size=3),
            "rows": st.lists(st.fixed_dictionaries({"flag": st.booleans()}), max_size=3),
        }
    ),
)
def test_evaluation_agrees_with_python(pair: tuple[str, str], profile: dict[str, Value]) -> None:
    text, python = pair
    asked = ConditionContext(
        plain=profile,
        parameters={},
        answered=frozenset(),
        overridden=frozenset(),
        roles_held=frozenset(),
    )
    assert evaluate(parse_condition(text), asked) is eval(python, dict(profile))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("true", ""),
        ("p.a", "a"),
        ("not p.a", "a"),
        ("p.a == 1 and tsc.availability", "a"),
        ("p.a == 1 and tsc.privacy", ""),
        ("p.a == 1 or tsc.availability", ""),
        ("p.a == 1 or tsc.privacy", "a"),
        ("p.yes and p.also", "yes also"),
        ("p.no and p.yes", "no"),
        ("p.no and p.a == 7", ""),
        ("p.a == 7 and not p.a == 1", "a"),
        ("p.yes or p.also", ""),
        ("p.no or p.yes", "yes"),
        ('answered("a") and overridden("b")', "b"),
        ('answered_role("outside_adviser")', ""),
        ("any(locations, cctv and p.no)", "no"),
        ("any(locations, in_scope or p.no)", ""),
        ("all(locations, in_scope and p.yes)", "yes"),
        ("all(locations, cctv and p.yes)", ""),
        ("any(vendors, p.yes)", ""),
    ],
)
def test_what_decides_a_condition_is_what_alone_could_turn_it(text: str, names: str) -> None:
    here = context(a=1, yes=True, also=True, no=False)
    assert deciding(parse_condition(text), here) == set(names.split())
