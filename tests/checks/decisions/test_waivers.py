"""Waivers: what they set aside and show, when they stop, and what nobody may set aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from policygen.cli.output import summary
from policygen.cli.problem_formats import formatted
from policygen.model.waiver import WaiverState
from policygen.pipeline.sources.survey import source_problems, survey, write_rendered
from policygen.problems import PolicygenError, Severity, has_errors
from tests.small_workspace import SmallWorkspace, statement

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.pipeline.sources.survey import Survey

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PROFILE = """\
schema_version: 1
organization:
  legal_name: Quillwater Software, Inc.
  short_name: Quillwater
  headcount: 42
  archetype: saas
  governing_body: {kind: owner}
  time_zone: America/Denver
people:
  - {id: ada, name: Ada Marsh, start_date: 2020-01-01}
  - {id: ben, name: Ben Okoro, start_date: 2020-01-01}
roles:
  ceo: {person: ada, from: 2020-01-01}
  security_officer: {person: ben, from: 2020-01-01}
tsc: {}
"""
VAGUE = "System owners SHALL review access regularly."


@dataclass(frozen=True)
class Firm:
    """A workspace with one policy that holds an untestable duty."""

    workspace: SmallWorkspace

    def survey(self, *waivers: str, now: datetime = NOW) -> Survey:
        listed = "".join(f"  - {row}\n" for row in waivers)
        self.workspace.write(
            "organization.yml", PROFILE + (f"waivers:\n{listed}" if listed else "")
        )
        return survey(self.workspace.root, now=now)


def waiver(**values: str) -> str:
    """A waiver as a line of YAML."""
    row = {
        "id": "w-1",
        "reason": "the tool that measures it arrives in spring",
        "approved_by": "ada",
        "beneficiary": "ben",
        "from": "2026-11-01",
        "expires": "2026-12-31",
        **values,
    }
    return "{" + ", ".join(f"{key}: {value}" for key, value in row.items()) + "}"


def codes(found: Survey) -> list[tuple[str, str]]:
    return [(problem.code, problem.severity.value) for problem in source_problems(found)]


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    workspace = SmallWorkspace(tmp_path)
    workspace.policy(statement("AC-19", VAGUE))
    return Firm(workspace)


def test_a_waived_error_is_shown_with_its_last_day_and_blocks_nothing(firm: Firm) -> None:
    assert ("text-untestable", "error") in codes(firm.survey())
    found = firm.survey(waiver(code="text-untestable"))
    [waived] = [row for row in found.problems if row.severity is Severity.WAIVED]
    assert waived.code == "text-untestable"
    assert waived.hint == (
        "Waived until 2026-12-31 by Ada Marsh (w-1): the tool that measures it arrives in spring"
    )
    assert not has_errors(source_problems(found))
    assert write_rendered(found) == ("rendered/policies/access-control-policy.md",)


def test_the_standing_of_a_waiver_names_who_and_what(firm: Firm) -> None:
    [row] = firm.survey(waiver(code="text-untestable")).waivers
    assert (row.state, row.approver, row.beneficiary) == (
        WaiverState.ACTING,
        "Ada Marsh",
        "Ben Okoro",
    )
    assert [(problem.code, problem.severity) for problem in row.problems] == [
        ("text-untestable", Severity.ERROR)
    ]
    assert str(row.location) == "organization.yml:17:5"


@pytest.mark.parametrize(
    ("day", "state", "severity"),
    [
        (date(2026, 10, 31), WaiverState.COMING, "error"),
        (date(2026, 11, 1), WaiverState.ACTING, "waived"),
        (date(2026, 12, 31), WaiverState.ACTING, "waived"),
        (date(2027, 1, 1), WaiverState.EXPIRED, "error"),
    ],
)
def test_a_waiver_acts_from_its_first_to_its_last_day(
    firm: Firm, day: date, state: WaiverState, severity: str
) -> None:
    # Noon in Denver.
    now = datetime(day.year, day.month, day.day, 19, tzinfo=UTC)
    found = firm.survey(waiver(code="text-untestable"), now=now)
    assert [row.state for row in found.waivers] == [state]
    assert ("text-untestable", severity) in codes(found)
    assert (("waiver-expired", "warning") in codes(found)) is (state is WaiverState.EXPIRED)


def test_days_of_a_waiver_are_those_of_the_organization(firm: Firm) -> None:
    evening = datetime(2027, 1, 1, 5, 30, tzinfo=UTC)  # still 31 December in Denver
    assert [
        row.state for row in firm.survey(waiver(code="text-untestable"), now=evening).waivers
    ] == [WaiverState.ACTING]
    later = firm.survey(waiver(code="text-untestable"), now=evening + timedelta(hours=2))
    assert [row.state for row in later.waivers] == [WaiverState.EXPIRED]


def test_a_waiver_approved_by_who_gains_by_it_is_refused_and_does_not_act(firm: Firm) -> None:
    found = firm.survey(waiver(code="text-untestable", beneficiary="ada"))
    assert [row.state for row in found.waivers] == [WaiverState.REFUSED]
    assert {("profile-waiver", "error"), ("text-untestable", "error")} <= set(codes(found))
    assert has_errors(found.problems)


def test_a_waiver_says_who_gains_by_it(firm: Firm) -> None:
    row = waiver(code="text-untestable").replace("beneficiary: ben, ", "")
    with pytest.raises(PolicygenError) as caught:
        firm.survey(row)
    assert [problem.code for problem in caught.value.problems] == ["profile-missing"]


@pytest.mark.parametrize(
    ("values", "code", "severity"),
    [
        pytest.param({"code": "text-placeholder"}, "waiver-unused", "warning", id="not found"),
        pytest.param({"statement": "AC-99"}, "waiver-unused", "warning", id="no such statement"),
        pytest.param(
            {"code": "text-untestable", "document": "backup-policy"},
            "waiver-unused",
            "warning",
            id="in another document",
        ),
        pytest.param(
            {"code": "text-untestable", "naming": "promptly"},
            "waiver-unused",
            "warning",
            id="about another word",
        ),
        pytest.param({"code": "text-untestible"}, "waiver-unknown-code", "error", id="misspelt"),
        pytest.param({"code": "approval-signature-bad"}, "waiver-refused", "error", id="verify"),
        pytest.param({"code": "record-rewritten"}, "waiver-refused", "error", id="history"),
        pytest.param({"code": "drift-differs"}, "waiver-refused", "error", id="drift"),
        pytest.param({"code": "waiver-expired"}, "waiver-refused", "error", id="a waiver"),
        pytest.param({"code": "statement-duplicate-id"}, "waiver-refused", "error", id="an id"),
        pytest.param({"code": "render-empty"}, "waiver-refused", "error", id="no text"),
        pytest.param(
            {"code": "text-untestable", "expires": "2027-10-31"},
            "waiver-too-long",
            "error",
            id="longer than exceptions may last",
        ),
    ],
)
def test_a_waiver_that_does_not_act_is_a_problem_at_its_place(
    firm: Firm, values: dict[str, str], code: str, severity: str
) -> None:
    found = firm.survey(waiver(**values))
    [told] = [row for row in found.problems if row.code.startswith("waiver-")]
    assert (told.code, told.severity.value, str(told.location)) == (
        code,
        severity,
        "organization.yml:17:5",
    )
    assert ("text-untestable", "error") in codes(found)


def test_only_what_is_named_is_set_aside(firm: Firm) -> None:
    firm.workspace.policy(
        statement("BK-01", "System owners SHALL restore promptly."), name="backup-policy"
    )
    narrow = firm.survey(waiver(code="text-untestable", document="backup-policy"))
    states = {row.location.path: row.severity for row in narrow.problems if row.location}
    assert states["policies/backup-policy.md"] is Severity.WAIVED
    assert states["policies/access-control-policy.md"] is Severity.ERROR
    by_word = firm.survey(waiver(code="text-untestable", naming="regularly"))
    states = {row.location.path: row.severity for row in by_word.problems if row.location}
    assert states["policies/backup-policy.md"] is Severity.ERROR
    assert states["policies/access-control-policy.md"] is Severity.WAIVED


def test_a_waived_problem_is_counted_and_annotated_apart(firm: Firm) -> None:
    waived = firm.survey(waiver(code="text-untestable")).problems
    assert summary(waived).endswith("1 waived")
    [line] = [
        line for line in formatted(waived, "github").splitlines() if "text-untestable" in line
    ]
    assert line.startswith("::notice file=policies/access-control-policy.md")


@pytest.mark.parametrize(("expires", "told"), [("2026-11-20", False), ("2026-11-19", True)])
def test_an_exception_past_its_last_day_is_told(firm: Firm, expires: str, told: bool) -> None:
    profile = PROFILE + (
        "exceptions:\n"
        "  - {id: e-1, statement: AC-19, reason: r, risk_score: 4, control_instead: a log,\n"
        f"     approver_role: ceo, from: 2026-11-01, expires: {expires}}}\n"
    )
    firm.workspace.write("organization.yml", profile)
    found = survey(firm.workspace.root, now=NOW)
    places = [str(row.location) for row in found.problems if row.code == "exception-expired"]
    assert places == (["organization.yml:17:5"] if told else [])
