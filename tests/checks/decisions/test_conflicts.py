"""Duties that meet in one hand: compensated by a statement, waived for a while, or a problem."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from policygen.conditions.condition import evaluate
from policygen.matrix.build import build_matrix
from policygen.model.matrix import ConflictState, Coverage
from policygen.model.register import Register
from policygen.pipeline.sources.survey import survey
from policygen.publish.matrix_files import matrix_files
from tests.small_workspace import SmallWorkspace, front, statement

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.model.matrix import Matrix
    from policygen.pipeline.sources.survey import Survey

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PROFILE = """\
schema_version: 1
organization:
  legal_name: Quillwater Software, Inc.
  short_name: Quillwater
  headcount: 4
  archetype: saas
  governing_body: {kind: owner}
  time_zone: America/Denver
people:
  - {id: ada, name: Ada Marsh, start_date: 2020-01-01}
  - {id: ben, name: Ben Okoro, start_date: 2020-01-01}
roles:
  ceo: {person: ada, from: 2020-01-01}
  security_officer: {person: ben, from: 2020-01-01}
  engineering_lead: {person: ben, from: 2020-01-01}
tsc: {}
"""
TOGETHER = "security_officer, engineering_lead"
NOTE = "one person carries the duties of Security officer and Engineering lead"
WAIVER = (
    "waivers:\n  - {id: w-1, code: conflict-in-one-hand, naming: write-and-watch, reason: we hire, "
    "approved_by: ada,\n     beneficiary: ben, from: 2026-11-01, expires: 2026-12-31}\n"
)


@dataclass(frozen=True)
class Firm:
    """A firm of few people with two statements under the control of conflicting duties."""

    workspace: SmallWorkspace

    def survey(self, roles: str, more: str = "", rest: str = "") -> Survey:
        row = f"{{id: write-and-watch, roles: [{roles}], why: nobody sees it{more}}}"
        self.workspace.write("organization.yml", f"{PROFILE}conflicting_duties:\n  - {row}\n{rest}")
        return survey(self.workspace.root, now=NOW)

    def matrix(self, found: Survey) -> Matrix:
        return build_matrix(
            found.facts,
            found.rendering.documents,
            Register(as_of=NOW.date(), entries=(), set_head=""),
            lambda condition: evaluate(condition, found.context),
            show_working=True,
            waivers=found.waivers,
        )


def stated(condition: str) -> str:
    """Three statements; one compensates where its condition holds."""
    more = f"when='{condition}', otherwise=\"nobody carries two\""
    rows = (("AC-10", ""), ("AC-47", more))
    return "".join(
        statement(name, more=extra).replace("ACC-04", "ACC-11").replace("CC6.2", "CC5.1")
        for name, extra in rows
    ) + statement("AC-05").replace("ACC-04", "ACC-01").replace("CC6.2 CC6.3", "CC6.2")


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    workspace = SmallWorkspace(tmp_path)
    body = stated('any(conflicting_duties, id != "")')
    for name, kind, folder in (
        ("access-control-policy", "policy", "policies"),
        ("access-review-procedure", "procedure", "procedures"),
    ):
        head = front(name, kind).replace("[CC6.2]", "[CC6.2, CC5.1, CC6.3]")
        head = head.replace("secondary: [CC6.3]\n", "")
        workspace.write(f"{folder}/{name}.md", head + (body if kind == "policy" else "Text.\n"))
    return Firm(workspace)


def codes(found: Survey) -> list[tuple[str, str, str]]:
    return [
        (row.code, row.severity.value, str(row.location))
        for row in found.problems
        if row.code.startswith(("conflict-", "waiver-"))
    ]


def test_a_declared_conflict_leads_to_the_statement_that_compensates(firm: Firm) -> None:
    found = firm.survey(TOGETHER)
    assert codes(found) == []
    text = found.rendering.documents[0].text
    assert "**AC-47** System owners SHALL review access." in text
    matrix = firm.matrix(found)
    [row] = matrix.conflicts
    assert (row.state, row.instead, row.coverage, row.note) == (
        ConflictState.COMPENSATED,
        "AC-47",
        Coverage.MAPPED,
        f"{NOTE}; AC-47 is done instead",
    )
    control = next(one for one in matrix.controls if one.control.id == "ACC-11")
    assert (control.coverage, control.reason) == (Coverage.MAPPED, row.note)
    criteria = {one.criterion.id: one for one in matrix.criteria}
    assert criteria["CC5.1"].reason == row.note
    assert criteria["CC6.2"].reason is None


def test_without_a_statement_it_is_a_problem_and_a_gap(firm: Firm) -> None:
    found = firm.survey(TOGETHER, ", instead: AC-99")
    assert codes(found) == [("conflict-in-one-hand", "error", "organization.yml:18:5")]
    matrix = firm.matrix(found)
    assert matrix.conflicts[0].state is ConflictState.OPEN
    criteria = {one.criterion.id: one for one in matrix.criteria}
    assert criteria["CC5.1"].coverage is Coverage.GAP
    assert criteria["CC6.2"].coverage is Coverage.MAPPED


def test_a_statement_that_does_not_apply_compensates_nothing(firm: Firm) -> None:
    path = firm.workspace.root / "policies" / "access-control-policy.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('any(conflicting_duties, id != "")', "practices.moves_money"))
    [problem] = [
        row for row in firm.survey(TOGETHER).problems if row.code == "conflict-in-one-hand"
    ]
    assert problem.message == (
        "write-and-watch: ben carries the duties of Security officer and Engineering lead, and "
        "AC-47, which is to be done instead, does not hold: nobody carries two"
    )


def test_a_waiver_sets_it_aside_and_the_matrix_says_until_when(firm: Firm) -> None:
    found = firm.survey(TOGETHER, ", instead: AC-99", WAIVER)
    assert codes(found) == [("conflict-in-one-hand", "waived", "organization.yml:18:5")]
    matrix = firm.matrix(found)
    [row] = matrix.conflicts
    assert (row.state, row.coverage) == (ConflictState.WAIVED, Coverage.SET_ASIDE)
    assert row.note == f"{NOTE}; set aside until 2026-12-31 by Ada Marsh: we hire"
    control = next(one for one in matrix.controls if one.control.id == "ACC-11")
    assert (control.coverage, control.reason) == (Coverage.SET_ASIDE, row.note)
    assert {one.criterion.id: one.coverage for one in matrix.criteria}["CC5.1"] is Coverage.GAP


def test_duties_with_different_people_are_apart(firm: Firm) -> None:
    found = firm.survey("ceo, security_officer", ", instead: AC-99")
    assert codes(found) == []
    [row] = firm.matrix(found).conflicts
    assert (row.state, row.instead) == (ConflictState.APART, None)


def test_a_role_that_nobody_holds_is_carried_by_whoever_stands_in(firm: Firm) -> None:
    # The IT lead falls back to the engineering lead, whom Ben is.
    found = firm.survey("security_officer, it_lead", ", instead: AC-99")
    assert [code for code, _, _ in codes(found)] == ["conflict-in-one-hand"]


@pytest.mark.parametrize(
    ("roles", "more", "code"),
    [
        ("security_officer, engineer", "", "conflict-unknown-role"),
        ("security_officer, line_manager", "", "conflict-unknown-role"),
        ("security_officer, ceo", ", control: ACC-99", "conflict-unknown-control"),
    ],
)
def test_a_conflict_names_roles_and_a_control_that_exist(
    firm: Firm, roles: str, more: str, code: str
) -> None:
    assert [row[0] for row in codes(firm.survey(roles, more))] == [code]


def test_conflicts_have_a_file_where_some_are_declared(firm: Firm) -> None:
    found = firm.survey(TOGETHER)
    files = matrix_files(firm.matrix(found), found.facts.registries, as_of="2026-11-20")
    rows = files["conflicts.csv"].decode("utf-8-sig").splitlines()
    assert rows[1].startswith("write-and-watch,Security officer; Engineering lead,nobody sees it,")
    firm.workspace.write("organization.yml", PROFILE)
    plain = survey(firm.workspace.root, now=NOW)
    assert "conflicts.csv" not in matrix_files(
        firm.matrix(plain), plain.facts.registries, as_of="2026-11-20"
    )
