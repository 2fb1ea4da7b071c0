"""Citations: statements, limits and documents that one text names of another."""

from __future__ import annotations

import pytest

from policygen.problems import Severity
from tests.small_workspace import PROFILE, SmallWorkspace, front, statement, told

PATH = "policies/access-control-policy.md"
RENDERED = "rendered/policies/access-control-policy.md"
STEPS = "procedures/access-review-procedure.md"
STEPS_RENDERED = "rendered/procedures/access-review-procedure.md"
DISABLE = "IT SHALL disable access within {{ p.access_revocation_hours }} of the end."
KEEP = "IT SHALL keep logs for {{ p.log_retention_days }}."


def procedure(workspace: SmallWorkspace, body: str, more: str = "") -> None:
    workspace.write(STEPS, front("access-review-procedure", "procedure", more=more) + body)


@pytest.mark.parametrize(
    ("body", "line", "column", "says"),
    [
        ("See AC-91.\n", 15, 5, "no template states it"),
        ("one\ntwo (AC-19, AC-91)\n", 16, 13, "no template states it"),
        ("{% if false %}AC-91{% endif %}x\n", 15, 15, "no template states it"),
    ],
)
def test_a_citation_of_nothing_is_an_error_at_its_place(
    workspace: SmallWorkspace, body: str, line: int, column: int, says: str
) -> None:
    workspace.policy(statement() + body)
    [problem] = workspace.check()
    assert (problem.code, problem.severity) == ("text-unknown-statement", Severity.ERROR)
    assert str(problem.location) == f"{PATH}:{line}:{column}"
    assert says in problem.message


def test_a_citation_of_a_retired_statement_says_why_it_went(workspace: SmallWorkspace) -> None:
    workspace.policy(statement() + "See AC-40.\n", more='retired: {AC-40: "merged into AC-19"}\n')
    [problem] = workspace.check()
    assert problem.code == "text-unknown-statement"
    assert "merged into AC-19" in problem.message


def test_a_reason_that_cites_nothing_is_found_in_its_tag(workspace: SmallWorkspace) -> None:
    workspace.policy(statement(more='when="tsc.privacy", otherwise="see AC-91"'))
    assert told(workspace.check()) == [("text-unknown-statement", f"{PATH}:12:75")]


@pytest.mark.parametrize("text", ["AES-256 and SHA-384", "control ACC-04", "CUEC-01"])
def test_what_only_looks_like_a_citation_is_none(workspace: SmallWorkspace, text: str) -> None:
    workspace.policy(statement() + text + ".\n")
    assert workspace.check() == ()


def test_a_statement_that_does_not_apply_is_not_cited(workspace: SmallWorkspace) -> None:
    workspace.policy(
        statement() + statement("AC-20", more='when="tsc.privacy", otherwise="no privacy"')
    )
    procedure(workspace, "## Steps\n\nUnder AC-19 and AC-20.\n")
    [problem] = workspace.check()
    assert told((problem,)) == [("text-idle-statement", f"{STEPS_RENDERED}:24:17")]
    assert "no privacy" in problem.message
    assert problem.severity is Severity.WARNING


def test_a_statement_of_a_document_left_out_is_not_cited(workspace: SmallWorkspace) -> None:
    procedure(
        workspace, statement("AC-20"), 'include_when: "false"\nexcluded_because: nobody asks\n'
    )
    workspace.policy(statement() + "Under AC-20.\n")
    [problem] = workspace.check()
    assert problem.code == "text-idle-statement"
    assert "nobody asks" in problem.message


def test_a_citation_under_the_condition_of_its_statement_is_fine(
    workspace: SmallWorkspace,
) -> None:
    workspace.policy(
        statement()
        + statement("AC-20", more='when="tsc.privacy", otherwise="no privacy"')
        + "Under AC-19{% if scope.tsc.privacy %} and AC-20{% endif %}.\n"
    )
    assert workspace.check() == ()


@pytest.mark.parametrize(
    ("clause", "code"),
    [
        pytest.param(
            "within 30 hours of the end (AC-19)", "text-slower-than-statement", id="hours"
        ),
        pytest.param("within 2 days (AC-19)", "text-slower-than-statement", id="other unit"),
        pytest.param("at most 2 days (see AC-19)", "text-slower-than-statement", id="see"),
        pytest.param("the limit of AC-19, 30 hours", "text-other-limit", id="limit of"),
        pytest.param("within 4 hours (AC-19)", "text-other-limit", id="faster"),
        pytest.param("kept for 90 days (AC-21)", "text-other-limit", id="kept for less"),
    ],
)
def test_another_limit_than_the_cited_statement_has_is_told(
    workspace: SmallWorkspace, clause: str, code: str
) -> None:
    workspace.policy(statement(text=DISABLE) + statement("AC-21", text=KEEP))
    procedure(workspace, f"## Steps\n\nOne.\n\nAccess ends {clause}.\n")
    found = [row for row in workspace.check() if row.code != "text-figure"]
    assert told(tuple(found)) == [(code, f"{STEPS_RENDERED}:26")]
    slower = code == "text-slower-than-statement"
    assert found[0].severity is (Severity.ERROR if slower else Severity.WARNING)


@pytest.mark.parametrize(
    "clause",
    [
        "within {{ p.access_revocation_hours }} of the end (AC-19)",
        "within 1 day (AC-19)",
        "at the end (AC-19); papers are filed within 9 days",
        "Papers are filed within 9 days. Access ends in time (AC-19)",
        "the request waits for 2 business days (AC-19)",
        "within 9 days",
        "`within 9 days (AC-19)`",
    ],
)
def test_the_same_limit_or_one_of_another_clause_is_fine(
    workspace: SmallWorkspace, clause: str
) -> None:
    workspace.policy(statement(text=DISABLE))
    procedure(workspace, f"## Steps\n\n{clause}.\n")
    assert [row for row in workspace.check() if row.code != "text-figure"] == []


def test_a_slower_interval_than_the_cited_statement_is_an_error(workspace: SmallWorkspace) -> None:
    review = "Owners SHALL review access {{ p.access_review_frequency | every }}."
    workspace.policy(statement(text=review))
    procedure(workspace, "## Steps\n\nAccess is reviewed every 12 months (AC-19).\n")
    assert ("text-slower-than-statement", f"{STEPS_RENDERED}:24") in told(workspace.check())


def test_a_list_of_a_statement_counts_among_its_limits(workspace: SmallWorkspace) -> None:
    text = "IT SHALL disable access:\n\n- by hand within {{ p.access_revocation_hours }}\n"
    workspace.policy(statement(text=text))
    procedure(workspace, "## Steps\n\nEnds within {{ p.access_revocation_hours }} (AC-19).\n")
    assert workspace.check() == ()


def test_the_same_figure_from_another_parameter_is_a_warning(workspace: SmallWorkspace) -> None:
    workspace.policy(statement(text=DISABLE))
    procedure(
        workspace, "## Steps\n\nAccess ends within {{ p.break_glass_review_hours }} (AC-19).\n"
    )
    [problem] = workspace.check()
    assert told((problem,)) == [("text-other-parameter", f"{STEPS}:13:53")]
    assert "access_revocation_hours" in problem.message


@pytest.mark.parametrize(
    ("body", "more", "expected"),
    [
        pytest.param("See the Access Review Procedure.", "",
                     [("text-title-not-linked", f"{PATH}:11:9")], id="no link"),
        pytest.param("See the Access\nReview Procedure.", "",
                     [("text-title-not-linked", f"{PATH}:11:9")], id="over two lines"),
        pytest.param('See {{ "access-review-procedure" | link }}, the Access Review Procedure.', "",
                     [], id="linked once"),
        pytest.param("{% if false %}The Access Review Procedure.{% endif %}x", "", [],
                     id="branch not taken"),
        pytest.param("The Access Control Policy itself.", "", [], id="its own title"),
        pytest.param("See the Access Review Procedure.",
                     'include_when: "false"\nexcluded_because: nobody asks\n',
                     [("text-title-left-out", f"{PATH}:11:9")], id="left out"),
    ],
)  # fmt: skip
def test_a_document_named_by_its_title_can_be_reached(
    workspace: SmallWorkspace, body: str, more: str, expected: list[tuple[str, str]]
) -> None:
    procedure(workspace, "x\n", more)
    workspace.policy(body + "\n")
    assert told(workspace.check()) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Owners review access.", "statement-no-duty"),
        ("Owners SHALL review access. They SHALL sign.", "statement-two-duties"),
        ("Where access ends, IT SHALL remove it.", "statement-actor-first"),
        ("People leave. After that, IT SHALL remove access.", "statement-actor-first"),
    ],
)
def test_a_statement_is_one_duty_that_opens_with_its_actor(
    workspace: SmallWorkspace, text: str, code: str
) -> None:
    workspace.policy(statement(text=text))
    [problem] = workspace.check()
    assert told((problem,)) == [(code, f"{PATH}:11")]
    assert problem.severity is Severity.WARNING


@pytest.mark.parametrize(
    "text",
    [
        "At least two people SHALL approve it.",
        "IT MAY remove access.",
        "People leave. IT SHALL remove access. Where it stays, somebody finds it.",
        "No person SHALL approve access for themselves.",
    ],
)
def test_a_statement_that_opens_with_who_is_bound_is_fine(
    workspace: SmallWorkspace, text: str
) -> None:
    workspace.policy(statement(text=text))
    assert workspace.check() == ()


PREMISES = "locations: [{id: hq, kind: office, name: Head office, operated_by: us}]\n"


@pytest.mark.parametrize(
    ("body", "added", "codes"),
    [
        ("The badge opens the door.", "", ["text-out-of-place"]),
        ("The badge opens the door.", PREMISES, []),
        ("The standby generator is tested.", PREMISES, ["text-out-of-place"]),
        ("Keys come from a random number generator.", "", []),
        ("There is no badge here, and no camera.", "", []),
        ("{% if scope.locations %}The badge opens the door.{% endif %}x", "", []),
        ("A pull request is approved.", "", ["text-out-of-place"]),
        ("A pull request is approved.", "practices: {develops_software: true}\n", []),
        (statement(more='when="tsc.privacy", otherwise="there is a badge elsewhere"'), "", []),
    ],
)
def test_what_the_organization_does_not_have_is_not_spoken_of(
    workspace: SmallWorkspace, body: str, added: str, codes: list[str]
) -> None:
    workspace.write("organization.yml", PROFILE + added)
    workspace.policy(body + "\n")
    assert [row.code for row in workspace.check()] == codes


def test_words_of_the_profile_are_its_own(workspace: SmallWorkspace) -> None:
    profile = PROFILE.replace("short_name: Quillwater", "short_name: Badge Works")
    workspace.write("organization.yml", profile)
    workspace.policy("The {{ org.short_name }} binds all.\n")
    assert workspace.check() == ()


def test_a_role_that_nobody_fills_is_not_named(workspace: SmallWorkspace) -> None:
    workspace.policy("Ask the {{ roles.board }}.\n\nAsk the {{ roles.it_lead }}.\n")
    assert told(workspace.check()) == [("role-named-but-empty", f"{PATH}:11:12")]


def test_a_role_named_under_a_condition_that_is_false_is_fine(workspace: SmallWorkspace) -> None:
    workspace.policy("{% if org.headcount > 99 %}Ask the {{ roles.board }}.{% endif %}x\n")
    assert workspace.check() == ()


def test_a_statement_owned_by_a_role_that_nobody_fills_is_told(workspace: SmallWorkspace) -> None:
    workspace.policy(statement().replace("system_owner", "outside_adviser"))
    assert told(workspace.check()) == [("role-named-but-empty", f"{PATH}:11")]
