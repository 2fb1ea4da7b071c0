"""What an organization decides about its documents: own ones, left out ones, its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policygen.problems import Severity
from tests.small_workspace import PROFILE, SmallWorkspace, statement, told

if TYPE_CHECKING:
    from policygen.problems import Problem

TRAVEL = (
    "---\nid: travel-policy\ntitle: Travel Policy\nkind: policy\nowner: security_officer\n"
    "approver: ceo\naudience: all workforce\n---\n\n## Rules\n\n"
    '{% statement "TRV-01", owner="line_manager", evidence="approved request" %}\n'
    "The line manager SHALL approve each journey.\n{% endstatement %}\n"
)


def choose(workspace: SmallWorkspace, documents: str, more: str = "") -> None:
    workspace.write("organization.yml", f"{PROFILE}documents:\n{documents}{more}")


def only(problems: tuple[Problem, ...], code: str) -> list[tuple[str, str]]:
    return [(str(row.location), row.severity.value) for row in problems if row.code == code]


def test_a_document_without_criteria_states_duties_without_control(
    workspace: SmallWorkspace,
) -> None:
    workspace.write("policies/travel-policy.md", TRAVEL)
    document = workspace.document("travel-policy")
    assert "| TRV-01 | none | none | Line manager | approved request |" in document.text
    [row] = document.record.statements
    assert (row.control, row.criteria) == ("", ())
    assert document.record.header.criteria == ()
    assert told(workspace.check()) == []


def test_a_document_with_criteria_names_the_control_of_each_duty(workspace: SmallWorkspace) -> None:
    workspace.write(
        "policies/travel-policy.md", TRAVEL.replace("audience", "primary: [CC6.2]\naudience")
    )
    faults = [row.message for row in workspace.check() if row.code == "statement-tag"]
    assert faults == [
        "statement TRV-01: control is missing",
        "statement TRV-01: criteria is missing",
    ]


@pytest.mark.parametrize(
    ("row", "code", "part"),
    [
        pytest.param("title: Travel Policy, kind: policy", None, "", id="as declared"),
        pytest.param("title: Journeys, kind: policy", "own-document-differs", "title", id="title"),
        pytest.param(
            "title: Travel Policy, kind: procedure", "own-document-differs", "kind", id="kind"
        ),
        pytest.param(
            "title: Travel Policy, kind: policy, criteria: [CC6.2]",
            "own-document-differs",
            "criteria",
            id="criteria",
        ),
    ],
)
def test_an_own_document_is_what_it_is_declared_to_be(
    workspace: SmallWorkspace, row: str, code: str | None, part: str
) -> None:
    workspace.write("policies/travel-policy.md", TRAVEL)
    line = f"    - {{id: travel-policy, {row}}}\n"
    choose(workspace, f"  own:\n{line}")
    found = told(workspace.check())
    column = line.find(f"{part}: ") + len(part) + 3
    assert found == ([(code, f"organization.yml:16:{column}")] if code else [])


def test_an_own_document_that_is_missing_or_not_own_is_told(workspace: SmallWorkspace) -> None:
    workspace.policy("Text.\n")
    choose(
        workspace,
        "  own:\n    - {id: travel-policy, title: Travel Policy, kind: policy}\n"
        "    - {id: access-control-policy, title: Access Control Policy, kind: policy,\n"
        "       criteria: [CC6.2, CC6.3]}\n",
    )
    assert told(workspace.check()) == [
        ("own-document-missing", "organization.yml:16:12"),
        ("own-document-differs", "organization.yml:17:12"),
    ]


def test_choices_name_documents_that_exist(workspace: SmallWorkspace) -> None:
    workspace.policy("Text.\n")
    choose(
        workspace,
        "  exclude: [{id: acces-control-policy, reason: r, approved_by: ada}]\n"
        "  include: [nothing]\n"
        "  overrides:\n    nowhere: {owner: ceo}\n",
    )
    found = [row for row in workspace.check() if row.code == "documents-unknown"]
    assert [str(row.location) for row in found] == [
        "organization.yml:15:18",
        "organization.yml:16:13",
        "organization.yml:18:14",
    ]
    assert found[0].hint == "did you mean access-control-policy?"


def test_overrides_may_name_a_merged_document(workspace: SmallWorkspace) -> None:
    workspace.policy("Text.\n")
    choose(
        workspace,
        "  merges: [{id: book, title: Book, of: [access-control-policy], owner: ceo, "
        "approver: ceo}]\n"
        "  overrides:\n    book: {owner: security_officer, audience: [a few people]}\n",
    )
    assert told(workspace.check()) == []
    header = workspace.document("book").record.header
    assert (header.owner, header.approver, header.audience) == (
        "security_officer",
        "ceo",
        "a few people",
    )


LEFT_OUT = (
    "  exclude: [{id: backup-policy, reason: our parent keeps the backups, approved_by: ada}]\n"
)


def test_a_document_left_out_by_decision_says_what_coverage_is_lost(
    workspace: SmallWorkspace,
) -> None:
    workspace.policy(statement("AC-19"))
    workspace.policy(
        statement("BK-01").replace("ACC-04", "BKP-01").replace("CC6.2 CC6.3", "CC6.2 CC7.5"),
        name="backup-policy",
        more="",
    )
    choose(workspace, LEFT_OUT)
    path = workspace.root / "policies/backup-policy.md"
    path.write_text(path.read_text(encoding="utf-8").replace("[CC6.2]", "[CC6.2, CC7.5]"))
    found = [row for row in workspace.check() if row.code == "documents-left-out-coverage"]
    assert {str(row.location) for row in found} == {"organization.yml:15:18"}
    assert [row.message for row in found] == [
        "leaving out backup-policy leaves no policy that has as a main criterion CC7.5",
        "leaving out backup-policy leaves no statement under control BKP-01 and criterion CC7.5",
    ]
    plans = {plan.id: plan for plan in workspace.render()[0].plans}
    assert plans["backup-policy"].reason == ("left out by decision: our parent keeps the backups")


def test_a_link_to_a_document_left_out_by_decision_becomes_a_title_that_says_so(
    workspace: SmallWorkspace,
) -> None:
    workspace.policy('Backups follow the {{ "backup-policy" | link }}.\n')
    workspace.policy("Text.\n", name="backup-policy")
    choose(workspace, LEFT_OUT)
    rendering, _, problems = workspace.render()
    assert [(row.code, row.severity) for row in problems] == [
        ("link-left-out-document", Severity.WARNING)
    ]
    assert "follow the Backup Policy (left out by decision)." in rendering.documents[0].text


def test_evidence_reasons_and_audiences_use_the_words_of_the_organization(
    workspace: SmallWorkspace,
) -> None:
    workspace.policy(
        statement("AC-01").replace("signed review", "note to the security officer of the workforce")
        + statement(
            "AC-02",
            more='when="practices.moves_money", otherwise="IT and customers move no money; a legal '
            'hold is no money"',
        ),
        more="",
    )
    path = workspace.root / "policies/access-control-policy.md"
    text = path.read_text(encoding="utf-8").replace("all workforce", "workforce, IT and legal")
    path.write_text(text, encoding="utf-8")
    profile = PROFILE.replace(
        "security_officer: {person: ben}", "security_officer: {person: ben, title: Guardian}"
    )
    workspace.write(
        "organization.yml",
        profile
        + "terms: {workforce: crew, it: platform team, legal: counsel, customers: guests}\n",
    )
    record = workspace.document().record
    assert record.header.audience == "crew, platform team and counsel"
    first, second = record.statements
    assert first.evidence == "note to the Guardian of the crew"
    assert second.not_applicable == (
        "platform team and guests move no money; a legal hold is no money"
    )


def test_a_reason_of_the_organization_stays_as_it_was_written(workspace: SmallWorkspace) -> None:
    workspace.policy(statement("AC-01"))
    choose(
        workspace,
        "  statements_left_out: [{id: AC-01, reason: the workforce does it, approved_by: ada}]\n",
        "terms: {workforce: crew}\n",
    )
    [row] = workspace.document().record.statements
    assert row.not_applicable == "left out by decision: the workforce does it"
