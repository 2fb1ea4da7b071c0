"""The matrix: coverage is said honestly, step by step, and unapproved text stays hidden."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from policygen.conditions.condition import evaluate
from policygen.load.facts import condition_context
from policygen.matrix.build import build_matrix
from policygen.model.evidence import Decision, Significance
from policygen.model.matrix import Coverage, CriterionRow, Matrix
from policygen.model.profile.choices import Waiver
from policygen.model.register import Entry, Flag, Register, State, Version
from policygen.model.waiver import WaiverStanding, WaiverState
from policygen.problems import Location
from tests.small_workspace import PROFILE, SmallWorkspace, front, statement

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.model.document import Document

AS_OF = date(2026, 11, 23)
POLICY = "access-control-policy"
PROCEDURE = "access-review-procedure"


def version(document: Document, state: State) -> Version:
    return Version(
        document=document.id,
        version="1.0",
        decision=Decision.APPROVED,
        text=document.record,
        text_sha256=document.digest,
        text_path=f"evidence/approvals/{document.id}/1.0.md",
        significance=Significance.MAJOR,
        reason=None,
        consents=(),
        approved_at=datetime(2026, 11, 1, tzinfo=UTC),
        effective=date(2026, 11, 1),
        until=None,
        state=state,
    )


def entry(document: Document, state: State, *flags: Flag) -> Entry:
    versions = [] if state is State.DRAFT else [version(document, state)]
    return Entry(
        id=document.id,
        title=document.record.header.title,
        kind=document.record.header.kind.value,
        state=state,
        flags=frozenset(flags),
        versions=tuple(versions),
        in_force=versions[0] if state is State.EFFECTIVE else None,
        working_sha256=document.digest,
        last_review=None,
        next_review=None,
        approver="ceo",
        approver_title="Chief executive",
    )


@dataclass(frozen=True)
class Case:
    """A workspace and the matrices that follow from what is approved in it."""

    workspace: SmallWorkspace

    def matrix(
        self,
        *states: State,
        flags: tuple[Flag, ...] = (),
        show_working: bool = False,
        waivers: tuple[WaiverStanding, ...] = (),
    ) -> Matrix:
        rendering, facts, problems = self.workspace.render()
        assert problems == ()
        entries = [
            entry(document, state, *flags)
            for document, state in zip(rendering.documents, states, strict=False)
        ]
        context = condition_context(facts)
        register = Register(as_of=AS_OF, entries=tuple(entries), set_head="0" * 64)
        return build_matrix(
            facts,
            rendering.documents,
            register,
            lambda condition: evaluate(condition, context),
            show_working=show_working,
            waivers=waivers,
        )


def row(matrix: Matrix, criterion: str = "CC6.2") -> CriterionRow:
    return next(row for row in matrix.criteria if row.criterion.id == criterion)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    workspace = SmallWorkspace(tmp_path)
    workspace.policy(statement("AC-19"))
    workspace.write(
        f"procedures/{PROCEDURE}.md",
        front(PROCEDURE, "procedure") + statement("AC-35", "Owners SHALL sign the review."),
    )
    return Case(workspace)


@pytest.mark.parametrize(
    ("states", "flags", "coverage"),
    [
        ((), (), Coverage.MAPPED),
        ((State.DRAFT, State.DRAFT), (), Coverage.MAPPED),
        ((State.APPROVED, State.APPROVED), (), Coverage.APPROVED),
        ((State.EFFECTIVE, State.EFFECTIVE), (Flag.OVERDUE,), Coverage.IN_FORCE),
        ((State.EFFECTIVE, State.EFFECTIVE), (Flag.DUE,), Coverage.CURRENT),
        ((State.EFFECTIVE, State.DRAFT), (), Coverage.MAPPED),
        ((State.EFFECTIVE, State.APPROVED), (), Coverage.APPROVED),
        ((State.RETIRED, State.RETIRED), (), Coverage.MAPPED),
    ],
)
def test_a_criterion_is_covered_as_far_as_its_weakest_main_document(
    case: Case, states: tuple[State, ...], flags: tuple[Flag, ...], coverage: Coverage
) -> None:
    found = row(case.matrix(*states, flags=flags))
    assert (found.coverage, found.primary) == (coverage, (POLICY, PROCEDURE))


def test_a_fresh_workspace_is_not_green(case: Case) -> None:
    matrix = case.matrix()
    green = {Coverage.IN_FORCE, Coverage.CURRENT, Coverage.APPROVED}
    assert not green & {found.coverage for found in matrix.criteria}
    assert not green & {found.coverage for found in matrix.controls}
    assert row(matrix, "CC6.1").coverage is Coverage.GAP


def test_a_criterion_without_a_main_procedure_is_a_gap(case: Case) -> None:
    (case.workspace.root / f"procedures/{PROCEDURE}.md").unlink()
    found = row(case.matrix(State.EFFECTIVE))
    assert (found.coverage, found.reason) == (
        Coverage.GAP,
        "no procedure has it as a main criterion",
    )


def test_a_statement_that_does_not_apply_covers_nothing(case: Case) -> None:
    no = 'when="practices.moves_money", otherwise="no money is moved"'
    case.workspace.policy(statement("AC-19", more=no))
    case.workspace.write(
        f"procedures/{PROCEDURE}.md", front(PROCEDURE, "procedure") + statement("AC-35", more=no)
    )
    matrix = case.matrix(State.EFFECTIVE, State.EFFECTIVE)
    assert row(matrix).coverage is Coverage.GAP
    assert {found.coverage for found in matrix.statements} == {Coverage.NOT_APPLICABLE}


def test_a_gap_names_the_statements_that_were_left_out(case: Case) -> None:
    rows = ", ".join(
        f"{{id: {name}, reason: our parent does it, approved_by: ada}}"
        for name in ("AC-19", "AC-35")
    )
    case.workspace.write(
        "organization.yml", PROFILE + f"documents: {{statements_left_out: [{rows}]}}\n"
    )
    matrix = case.matrix(State.EFFECTIVE, State.EFFECTIVE)
    found = row(matrix)
    assert found.coverage is Coverage.GAP
    assert found.reason == (
        "AC-19 is left out by decision: our parent does it; "
        "AC-35 is left out by decision: our parent does it"
    )
    control = next(one for one in matrix.controls if one.control.id == "ACC-04")
    assert (control.coverage, control.reason) == (Coverage.GAP, found.reason)


@pytest.mark.parametrize(
    ("start", "expires", "coverage"),
    [
        (AS_OF, AS_OF, Coverage.SET_ASIDE),
        (AS_OF - timedelta(days=9), AS_OF - timedelta(days=1), Coverage.CURRENT),
        (AS_OF + timedelta(days=1), AS_OF + timedelta(days=9), Coverage.CURRENT),
    ],
)
def test_a_statement_that_a_waiver_sets_aside_covers_nothing_while_it_acts(
    case: Case, start: date, expires: date, coverage: Coverage
) -> None:
    waiver = Waiver.model_validate(
        {"id": "w-1", "statement": "AC-19", "reason": "tool in repair", "approved_by": "ada",
         "beneficiary": "ben", "from": start.isoformat(), "expires": expires.isoformat()}
    )  # fmt: skip
    standing = WaiverStanding(
        waiver=waiver,
        state=WaiverState.ACTING,
        location=Location("organization.yml"),
        approver="Ada Marsh",
        beneficiary="Ben Okoro",
        problems=(),
    )
    matrix = case.matrix(State.EFFECTIVE, State.EFFECTIVE, waivers=(standing,))
    first, second = matrix.statements
    assert (first.coverage, second.coverage) == (coverage, Coverage.CURRENT)
    if coverage is Coverage.SET_ASIDE:
        assert first.reason == f"set aside until {AS_OF} by Ada Marsh: tool in repair"
    refused = replace(standing, state=WaiverState.REFUSED)
    held = case.matrix(State.EFFECTIVE, State.EFFECTIVE, waivers=(refused,)).statements[0]
    assert held.coverage is Coverage.CURRENT


def test_a_statement_covers_only_the_criteria_it_names(case: Case) -> None:
    for path, name in ((f"policies/{POLICY}.md", "AC-19"), (f"procedures/{PROCEDURE}.md", "AC-35")):
        kind = path.split("/")[0].replace("ies", "y").removesuffix("s")
        text = front(path.split("/")[1][:-3], kind).replace("[CC6.2]", "[CC6.2, CC6.3]")
        text = text.replace("secondary: [CC6.3]\n", "")
        case.workspace.write(path, text + statement(name).replace("CC6.2 CC6.3", "CC6.2"))
    matrix = case.matrix(State.EFFECTIVE, State.EFFECTIVE)
    assert row(matrix, "CC6.2").coverage is Coverage.CURRENT
    assert row(matrix, "CC6.3").coverage is Coverage.GAP


def test_text_that_is_not_in_force_is_hidden_unless_asked_for(case: Case) -> None:
    hidden = case.matrix(State.EFFECTIVE, State.DRAFT).statements
    assert [(found.version, found.statement.text) for found in hidden] == [
        ("1.0", "System owners SHALL review access."),
        (None, ""),
    ]
    shown = case.matrix(State.EFFECTIVE, State.DRAFT, show_working=True).statements
    assert shown[1].statement.text == "Owners SHALL sign the review."


def test_the_text_in_force_counts_not_what_was_written_since(case: Case) -> None:
    rendering, facts, _ = case.workspace.render()
    policy, procedure = rendering.documents
    context = condition_context(facts)
    old = replace(policy.record, statements=())
    held = entry(policy, State.EFFECTIVE)
    in_force = replace(version(policy, State.EFFECTIVE), text=old)
    entries = (
        replace(held, in_force=in_force, versions=(in_force,)),
        entry(procedure, State.DRAFT),
    )
    matrix = build_matrix(
        facts,
        rendering.documents,
        Register(as_of=AS_OF, entries=entries, set_head=""),
        lambda condition: evaluate(condition, context),
        show_working=False,
    )
    assert [found.statement.id for found in matrix.statements] == ["AC-35"]


def test_categories_that_are_not_examined_are_out_of_scope(case: Case) -> None:
    matrix = case.matrix()
    found = row(matrix, "A1.2")
    assert (found.coverage, found.reason) == (Coverage.OUT_OF_SCOPE, "availability is not examined")
    out = [control for control in matrix.controls if control.coverage is Coverage.OUT_OF_SCOPE]
    assert out
    assert all(control.reason == "its criteria are not examined" for control in out)


def test_controls_whose_condition_is_false_do_not_apply(case: Case) -> None:
    found = [c for c in case.matrix().controls if c.coverage is Coverage.NOT_APPLICABLE]
    assert found
    assert all(control.reason for control in found)


def test_relying_on_a_provider_and_not_applying_are_states_of_their_own(case: Case) -> None:
    case.workspace.write(
        "organization.yml",
        PROFILE + "system_description:\n"
        "  criteria_not_applicable:\n"
        "    - {criterion: CC6.6, rationale: nothing faces the internet, auditor_agreed_by: P}\n"
        "  subservice_organizations:\n"
        "    - {name: Cumulus, service: hosting, method: carve_out, report: soc2_type2,\n"
        "       reviewed_on: 2026-05-01, criteria_relied_on: [CC6.4]}\n"
        "    - {name: Nimbus, service: hosting, method: inclusive, report: soc2_type2,\n"
        "       reviewed_on: 2026-05-01, criteria_relied_on: [CC6.5]}\n"
        "    - {name: Stratus, service: hosting, method: carve_out, report: none,\n"
        "       criteria_relied_on: [CC6.7]}\n",
    )
    matrix = case.matrix()
    assert (row(matrix, "CC6.6").coverage, row(matrix, "CC6.6").reason) == (
        Coverage.NOT_APPLICABLE,
        "nothing faces the internet",
    )
    assert (row(matrix, "CC6.4").coverage, row(matrix, "CC6.4").reason) == (
        Coverage.SUBSERVICE,
        "Cumulus (hosting; report reviewed on 2026-05-01)",
    )
    assert row(matrix, "CC6.5").coverage is Coverage.GAP
    assert row(matrix, "CC6.7").coverage is Coverage.GAP


def test_a_provider_of_a_part_does_not_hide_what_is_missing_in_our_own(case: Case) -> None:
    case.workspace.write(
        "organization.yml",
        PROFILE + "locations: [{id: office, kind: office}]\n"
        "system_description:\n"
        "  subservice_organizations:\n"
        "    - {name: Cumulus, service: hosting, method: carve_out, report: soc2_type2,\n"
        "       reviewed_on: 2026-05-01, criteria_relied_on: [CC6.2, CC6.4]}\n",
    )
    matrix = case.matrix()
    part = "in part met by Cumulus (hosting; report reviewed on 2026-05-01)"
    assert (row(matrix, "CC6.2").coverage, row(matrix, "CC6.2").reason) == (Coverage.MAPPED, part)
    assert (row(matrix, "CC6.4").coverage, row(matrix, "CC6.4").reason) == (
        Coverage.GAP,
        f"no policy and no procedure has it as a main criterion; {part}",
    )


def test_controls_say_how_often_in_words(case: Case) -> None:
    said = {control.frequency for control in case.matrix().controls}
    assert {"each time it occurs", "continuously", "once each calendar quarter"} <= said
    assert not any("None" in words or "_" in words for words in said)
