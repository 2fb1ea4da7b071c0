"""YAML in and out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policygen.problems import Location, PolicygenError
from policygen.yaml import scalars, yamlfile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from policygen.model.catalogue import Value


def refusals(text: str) -> list[tuple[str, str]]:
    with pytest.raises(PolicygenError) as caught:
        yamlfile.parse_yaml(text, "f.yml")
    return [(problem.code, str(problem.location)) for problem in caught.value.problems]


def outcome(read: Callable[[], Value]) -> tuple[Value, list[str]]:
    """What reading gives: a value, or else codes."""
    try:
        return read(), []
    except PolicygenError as error:
        return None, [problem.code for problem in error.problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("a: NO", {"a": "NO"}, id="norway stays a country"),
        pytest.param("a: 12:30:00", {"a": "12:30:00"}, id="a time is text"),
        pytest.param("a: 2026-11-20", {"a": "2026-11-20"}, id="a day is text"),
        pytest.param("a: 1.10", {"a": 1.1}, id="a bare version is a number"),
        pytest.param('a: "1.10"', {"a": "1.10"}, id="a quoted version is text"),
        pytest.param("a: 1_000", {"a": "1_000"}, id="underscores make text"),
        pytest.param("a: 0o17\nb: 0x1F\nc: -4", {"a": 15, "b": 31, "c": -4}, id="whole numbers"),
        pytest.param("a: 1e3\nb: .5", {"a": 1000.0, "b": 0.5}, id="numbers"),
        pytest.param("a: true\nb: False\nc: yes", {"a": True, "b": False, "c": "yes"}, id="flags"),
        pytest.param("a:\nb: ~\nc: null", {"a": None, "b": None, "c": None}, id="empty"),
        pytest.param(
            "24x7: a\n1: b\nno: c", {"24x7": "a", "1": "b", "no": "c"}, id="keys are text"
        ),
        pytest.param("a: |\n  x\n  y\n", {"a": "x\ny\n"}, id="lines are kept"),
        pytest.param("a: >-\n  x\n  y\n", {"a": "x y"}, id="lines are folded"),
        pytest.param("", None, id="nothing"),
        pytest.param("# only a comment\n", None, id="a comment"),
        pytest.param("---\na: 1\n", {"a": 1}, id="one document may be announced"),
    ],
)
def test_plain_text_means_what_the_core_schema_says(text: str, value: Value) -> None:
    assert yamlfile.parse_yaml(text, "f.yml").value == value


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("a: &x 1\nb: *x", [("yaml-alias", "1:4"), ("yaml-alias", "2:4")], id="alias"),
        pytest.param("a: !!str 1", [("yaml-tag", "1:4")], id="tag"),
        pytest.param("a: !!python/object:os.system {}", [("yaml-tag", "1:4")], id="python tag"),
        pytest.param("a: {<<: {b: 1}}", [("yaml-merge-key", "1:5")], id="merge key"),
        pytest.param("a: 1\nb: 2\na: 3", [("yaml-duplicate-key", "3:1")], id="key twice"),
        pytest.param("é: 1\né: 2", [("yaml-duplicate-key", "2:1")], id="key twice to the eye"),
        pytest.param("? [a]\n: 1", [("yaml-key", "1:3")], id="list as key"),
        pytest.param("a: 1\n---\nb: 2", [("yaml-documents", "2:1")], id="two documents"),
        pytest.param("%YAML 1.1\n---\na: NO", [("yaml-syntax", "2:1")], id="directive"),
        pytest.param("a: b: c", [("yaml-syntax", "1:5")], id="colon in a value"),
        pytest.param("a: @x", [("yaml-syntax", "1:4")], id="odd first character"),
        pytest.param("a: [1, 2", [("yaml-syntax", "1:9")], id="open bracket"),
        pytest.param('a: "x', [("yaml-syntax", "1:6")], id="open quote"),
        pytest.param("a:\n\tb: 1", [("yaml-syntax", "2:1")], id="tab"),
        pytest.param('a: "\\UFFFFFFFF"', [("yaml-syntax", "1:1")], id="escape beyond Unicode"),
        pytest.param("a: x\x1b[31m", [("yaml-character", "1:5")], id="terminal escape"),
        pytest.param("a: x\u202ey", [("yaml-character", "1:5")], id="right-to-left override"),
        pytest.param('a: "\\u202e"', [("yaml-character", "1:4")], id="override as an escape"),
        pytest.param('"\\0": 1', [("yaml-character", "1:1")], id="NUL in a key"),
        pytest.param("a: x\u200by", [("yaml-character", "1:5")], id="zero width"),
        pytest.param("a: .inf", [("yaml-number", "1:4")], id="infinity"),
        pytest.param("a: 1e999", [("yaml-number", "1:4")], id="too large"),
        pytest.param(f"a: {'9' * 5000}", [("yaml-number", "1:4")], id="too many digits"),
        pytest.param("[" * 5000, [("yaml-depth", "1:41")], id="5,000 deep"),
    ],
)
def test_what_is_refused_is_named_with_its_place(text: str, found: list[tuple[str, str]]) -> None:
    assert refusals(text) == [(code, f"f.yml:{place}") for code, place in found]


def test_all_refusals_of_a_file_are_told_at_once() -> None:
    assert [code for code, _ in refusals("a: &x 1\nb: !t 2\na: 3\nc: .nan")] == [
        "yaml-alias", "yaml-tag", "yaml-duplicate-key", "yaml-number",
    ]  # fmt: skip


def test_a_file_that_would_grow_a_billionfold_is_refused() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert {code for code, _ in refusals("\n".join(rows))} == {"yaml-alias"}


def test_size_and_count_are_limited() -> None:
    assert refusals("x" * (yamlfile.MAX_BYTES + 1))[0][0] == "yaml-size"
    assert refusals("- a\n" * 50_001)[0][0] == "yaml-nodes"


def test_a_place_is_that_of_the_value_or_of_its_key() -> None:
    file = yamlfile.parse_yaml("a: 1\nb:\n  c: [x, yy]\n  d:\ne: 2\n", "f.yml", first_line=3)
    assert str(file.location(["b", "c", 1])) == "f.yml:5:10"
    assert str(file.location(["b", "c", 1], of_key=True)) == "f.yml:5:10"
    assert str(file.location(["b", "c"], of_key=True)) == "f.yml:5:3"
    assert str(file.location(["b", "d"])) == "f.yml:6:3"
    assert str(file.location(["b", "missing", 4, "deep"])) == "f.yml:4:1"
    assert str(file.location([])) == "f.yml:3:1"


def test_a_file_on_disk_must_be_a_regular_utf8_file(tmp_path: Path) -> None:
    real, link, latin = tmp_path / "a.yml", tmp_path / "b.yml", tmp_path / "c.yml"
    real.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    link.symlink_to(real)
    latin.write_bytes(b"a: 1\nb: \xe9\n")
    assert yamlfile.read_yaml(real, "a.yml").value == {"a": 1, "b": 2}
    for path, code, place in (
        (link, "yaml-not-a-file", Location("x.yml")),
        (tmp_path, "yaml-not-a-file", Location("x.yml")),
        (tmp_path / "none.yml", "yaml-not-a-file", Location("x.yml")),
        (latin, "yaml-encoding", Location("x.yml", 2)),
    ):
        with pytest.raises(PolicygenError) as caught:
            yamlfile.read_yaml(path, "x.yml")
        [problem] = caught.value.problems
        assert (problem.code, problem.location) == (code, place)


def test_rows_of_a_data_file_are_yaml_too(tmp_path: Path) -> None:
    text = (
        '# about\nfirst:\n  - {"id": "a", "n": 1}\n\n  - {"id": "b", "x": [true, null]}\nsecond:\n'
    )
    path = tmp_path / "rows.yml"
    path.write_text(text)
    rows = yamlfile.read_rows(path)
    assert rows == {"first": [{"id": "a", "n": 1}, {"id": "b", "x": [True, None]}], "second": []}
    assert yamlfile.parse_yaml(text, "rows.yml").value == {**rows, "second": None}


@pytest.mark.parametrize("line", ["  - {id: a}", "  - 1", "  -{}", "x", "    a: 1"])
def test_a_line_that_is_no_row_stops_the_reading(tmp_path: Path, line: str) -> None:
    path = tmp_path / "rows.yml"
    path.write_text(f"first:\n{line}\n")
    with pytest.raises(PolicygenError) as caught:
        yamlfile.read_rows(path)
    [problem] = caught.value.problems
    assert (problem.code, str(problem.location)) == ("yaml-row", "rows.yml:2")


def test_written_text_is_quoted_where_a_reader_could_mistake_it() -> None:
    value: Value = {
        "name": "Quillwater",
        "words": ["no", "Off", "1.10", "012", "0x1f", "1e3", "~", "", "a: b", "# c", " d", "<<"],
        "days": [{"from": "2026-01-01", "left": {}}, {"of": []}],
        "figures": [1, 2.5, True, None],
        "deep": [["a", "b"], []],
    }
    assert yamlfile.dump_yaml(value, header="Facts.\n\nMore.") == (
        "# Facts.\n#\n# More.\n"
        "name: Quillwater\n"
        "words:\n"
        '  - "no"\n  - "Off"\n  - "1.10"\n  - "012"\n  - "0x1f"\n  - "1e3"\n'
        '  - "~"\n  - ""\n  - "a: b"\n  - "# c"\n  - " d"\n  - "<<"\n'
        "days:\n"
        '  - from: "2026-01-01"\n    left: {}\n'
        "  - of: []\n"
        "figures:\n  - 1\n  - 2.5\n  - true\n  - null\n"
        "deep:\n  - - a\n    - b\n  - []\n"
    )


def test_a_number_without_end_is_not_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        yamlfile.dump_yaml({"a": float("inf")})


TEXT = st.text(max_size=60).filter(lambda text: not scalars.FORBIDDEN.search(text))
VALUES: st.SearchStrategy[Value] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXT.filter(str.isascii), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(VALUES)
def test_what_is_written_is_read_back(value: Value) -> None:
    text = yamlfile.dump_yaml(value)
    assert yamlfile.parse_yaml(text, "f.yml").value == value
    assert yamlfile.dump_yaml(yamlfile.parse_yaml(text, "f.yml").value) == text


@settings(deadline=None)
@given(
    st.text(alphabet=st.sampled_from("ab:-?[]{}&*!|>'\"%@`#,.\\ \n\t~<0x1U\u2028é\r"), max_size=40)
)
def test_no_text_breaks_the_reading(text: str) -> None:
    value, codes = outcome(lambda: yamlfile.parse_yaml(text, "f.yml").value)
    assert all(code.startswith("yaml-") for code in codes)
    json.dumps(value, allow_nan=False)


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_no_bytes_break_the_reading(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.yml"
    path.write_bytes(data)
    value, codes = outcome(lambda: yamlfile.read_yaml(path, "bytes.yml").value)
    assert value is None or not codes
