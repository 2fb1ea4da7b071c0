"""Texts of record: written, read back, and refused where they are damaged."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policygen.model.document import Header, Kind, Part, Statement
from policygen.problems import PolicygenError
from policygen.text.record import STATEMENTS_HEADING, read_record, statement_places, write_record
from tests.text.test_dialect import HOSTILE, folded, values

HEADER = Header(
    id="access-control-policy",
    title="Access Control Policy",
    kind=Kind.POLICY,
    organization="Quillwater Software, Inc.",
    short_name="Quillwater",
    owner="security_officer",
    owner_title="Security officer",
    approver="ceo",
    approver_title="Chief executive",
    classification="internal",
    review_months=12,
    audience="all workforce",
    acknowledge=True,
    criteria=("CC6.1", "CC6.2"),
    primary=("CC6.1",),
    related=("access-review-procedure",),
)
BODY = """\
## Rules

**AC-19** System owners SHALL review access
every quarter.

**AC-20** The IT lead SHALL:

- disable accounts;
- keep a log.

A closing word.
"""


def statement(statement_id: str, **changes: str) -> Statement:
    made = Statement(
        id=statement_id,
        document=HEADER.id,
        text="",
        control="ACC-04",
        criteria=("CC6.2", "CC6.3"),
        owner="System owner",
        evidence="signed review",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # texts only


STATEMENTS = (
    statement("AC-19"),
    statement("AC-20", control="ACC-05", owner="IT lead"),
    statement("AC-21", evidence="", not_applicable="nobody works in an office"),
)
TEXT = write_record(HEADER, BODY, STATEMENTS)


def test_what_was_written_is_read_back() -> None:
    record = read_record(TEXT, "rendered/policies/x.md")
    assert record.header == HEADER
    assert [(row.id, row.control, row.owner, row.evidence) for row in record.statements] == [
        ("AC-19", "ACC-04", "System owner", "signed review"),
        ("AC-20", "ACC-05", "IT lead", "signed review"),
        ("AC-21", "ACC-04", "System owner", ""),
    ]
    first, second, third = record.statements
    assert first.text == "System owners SHALL review access\nevery quarter."
    assert second.text == "The IT lead SHALL:\n\n- disable accounts;\n- keep a log."
    assert (third.text, third.line, third.not_applicable) == ("", 0, "nobody works in an office")
    lines = TEXT.split("\n")
    assert [lines[row.line - 1][:10] for row in (first, second)] == ["**AC-19** ", "**AC-20** "]


def test_a_text_opens_with_its_title_and_ends_with_one_line_end() -> None:
    assert "\n---\n\n# Access Control Policy\n\n## Rules\n" in TEXT
    assert TEXT.endswith("|\n")
    assert not TEXT.endswith("\n\n")


@settings(deadline=None)
@given(st.one_of(values(), st.sampled_from(HOSTILE)), st.one_of(values(), st.sampled_from(HOSTILE)))
def test_hostile_titles_and_evidence_are_read_back(one: str, other: str) -> None:
    title, evidence = folded(one), folded(other)
    rows = (
        statement("AC-19", evidence=evidence, owner=title),
        statement("AC-20"),
        statement("AC-21", evidence="", not_applicable=evidence),
    )
    header = replace(HEADER, title=title, organization=evidence, approver_title=title)
    record = read_record(write_record(header, BODY, rows), "x.md")
    assert record.header == header
    assert (record.statements[0].evidence, record.statements[0].owner) == (evidence, title)
    assert record.statements[2].not_applicable == evidence
    assert len(record.statements) == 3


def test_evidence_that_reads_like_a_reason_stays_evidence() -> None:
    rows = (statement("AC-19", evidence="Does not apply: ha"), *STATEMENTS[1:])
    record = read_record(write_record(HEADER, BODY, rows), "x.md")
    assert (record.statements[0].evidence, record.statements[0].applies) == (
        "Does not apply: ha",
        True,
    )


def test_a_nested_list_belongs_to_its_statement() -> None:
    body = "**AC-19** X SHALL:\n\n- a\n\n    - b\n\n- c\n\nafter\n"
    [place] = statement_places(body)
    assert (place.line, place.last_line) == (1, 7)
    assert place.text == "X SHALL:\n\n- a\n\n    - b\n\n- c"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        pytest.param("---\nid", "id", 1, id="no header"),
        pytest.param('id: "access-control-policy"', 'id: "../../etc"', 2, id="id is a path"),
        pytest.param('kind: "policy"', 'kind: "law"', 4, id="unknown kind"),
        pytest.param("review_months: 12", "review_months: true", 12, id="months not a number"),
        pytest.param("review_months: 12", "review_months: 99", 12, id="months out of range"),
        pytest.param("acknowledge: true", "acknowledge: 1", 14, id="flag not a flag"),
        pytest.param('title: "A', "title: A", 3, id="not JSON"),
        pytest.param("acknowledge: true\n", "", 2, id="key missing"),
        pytest.param("review_months: 12\n", "review_months: 12\n" * 2, 2, id="key twice"),
        pytest.param('criteria: ["CC6.1",', "criteria: [1,", 15, id="list holds a number"),
        pytest.param("| AC-20 |", "| AC-22 |", 39, id="row without sentence"),
        pytest.param("| AC-20 |", "| AC-19 |", 39, id="row twice"),
        pytest.param("**AC-20** ", "**AC-22** ", 39, id="sentence without row"),
        pytest.param("**AC-20** ", "**AC-19** ", None, id="sentence twice"),
        pytest.param("**AC-20** ", "**AC-21** ", 39, id="sentence that does not apply"),
        pytest.param("| ACC-05 | ", "| ", 39, id="cell missing"),
        pytest.param("| --- | --- |", "| --- |", 34, id="table head changed"),
    ],
)
def test_a_damaged_text_is_refused_at_its_line(old: str, new: str, line: int | None) -> None:
    assert old in TEXT
    with pytest.raises(PolicygenError) as caught:
        read_record(TEXT.replace(old, new, 1), "x.md")
    [problem] = caught.value.problems
    assert problem.code == "record-text-format"
    assert problem.location is not None
    assert (problem.location.path, problem.location.line) == ("x.md", line)


def test_deeply_nested_and_huge_header_values_are_refused() -> None:
    for hostile in ("[" * 200_000, "9" * 10_000):
        with pytest.raises(PolicygenError):
            read_record(TEXT.replace("review_months: 12", f"review_months: {hostile}"), "x.md")


PARTS = (
    Part(id="access-policy", title="Access", kind=Kind.POLICY, criteria=("CC6.1",), primary=()),
    Part(id="exit-procedure", title="Exit", kind=Kind.PROCEDURE, criteria=(), primary=()),
)


def test_parts_of_a_merged_document_are_read_back_and_others_have_none() -> None:
    text = write_record(replace(HEADER, parts=PARTS), BODY, ())
    assert read_record(text, "x.md").header.parts == PARTS
    assert "parts:" not in TEXT
    alone = read_record(TEXT, "x.md").header
    assert alone.parts == ()
    assert [(part.id, part.primary) for part in alone.claims] == [(HEADER.id, HEADER.primary)]


@pytest.mark.parametrize(
    "parts",
    [
        "[]",
        "{}",
        "3",
        '["access-policy"]',
        '[{"id": "access-policy"}]',
        '[{"id": "../x", "title": "A", "kind": "policy", "criteria": [], "primary": []}]',
        '[{"id": "a", "title": "A", "kind": "law", "criteria": [], "primary": []}]',
        '[{"id": "a", "title": "A", "kind": "policy", "criteria": "CC6.1", "primary": []}]',
        '[{"id": "a", "title": 3, "kind": "policy", "criteria": [], "primary": []}]',
        '[{"title": "A", "id": "a", "kind": "policy", "criteria": [], "primary": []}]',
    ],
)
def test_parts_that_are_not_written_as_parts_are_refused_at_their_line(parts: str) -> None:
    text = write_record(replace(HEADER, parts=PARTS), BODY, ())
    line = next(row for row in text.split("\n") if row.startswith("parts: "))
    with pytest.raises(PolicygenError) as caught:
        read_record(text.replace(line, f"parts: {parts}"), "x.md")
    assert str(caught.value.problems[0].location) == f"x.md:{text.split(chr(10)).index(line) + 1}"


@settings(deadline=None)
@given(st.data())
def test_mutated_texts_give_a_record_or_problems(data: st.DataObject) -> None:
    text = TEXT
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 40)))
        text = text[:start] + data.draw(st.text("|*-:\\\"'\n[]{}# AC19", max_size=8)) + text[end:]
    try:
        rows = read_record(text, "x.md").statements
    except PolicygenError:
        return
    assert all(row.text or row.not_applicable is not None for row in rows)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_gives_a_record_or_problems(text: str) -> None:
    with pytest.raises(PolicygenError):
        read_record(text, "x.md")


def test_every_row_of_the_table_is_a_line_of_one_table() -> None:
    table = TEXT.partition(STATEMENTS_HEADING)[2].strip().split("\n")
    assert all(re.fullmatch(r"\| .* \|", line) for line in table)
