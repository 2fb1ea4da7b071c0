"""Checks of the rendered set: each fault at its place, and nothing where there is none."""

from __future__ import annotations

import pytest

from policygen.checks.drift import drift
from tests.small_workspace import PROFILE, SmallWorkspace, front, statement, told

RENDERED = "rendered/policies/access-control-policy.md"
PATH = "policies/access-control-policy.md"
FIRST = 22
"""Line of a rendered text at which the body of the template begins."""


def test_a_sound_set_has_no_problems(workspace: SmallWorkspace) -> None:
    workspace.policy("## Rules\n\n" + statement() + "\n- a\n\n    - b\n\n> [!NOTE]\n> Why.\n")
    assert workspace.check() == ()


@pytest.mark.parametrize(
    ("body", "line"),
    [
        pytest.param("## Who SHALL\n\ntext", 0, id="heading"),
        pytest.param("one\ntwo SHALL", 1, id="second line of a paragraph"),
        pytest.param("- one\n- two SHALL", 1, id="list"),
        pytest.param("| a | b |\n| --- | --- |\n| x | SHALL |", 2, id="table"),
        pytest.param("> [!NOTE]\n> it SHALL", 1, id="callout"),
        pytest.param("System owners SHALL review access.", 0, id="the sentence of a statement"),
        pytest.param("- System owners SHALL review access.", 0, id="the sentence in a list"),
    ],
)
def test_a_duty_outside_a_statement_is_found_at_its_line(
    workspace: SmallWorkspace, body: str, line: int
) -> None:
    workspace.policy(body + "\n\n" + statement())
    assert told(workspace.check()) == [
        ("text-duty-outside-statement", f"{RENDERED}:{FIRST + line}")
    ]


def test_a_duty_inside_a_statement_or_its_list_is_none_outside(workspace: SmallWorkspace) -> None:
    text = "Owners SHALL:\n\n- review, and SHALL sign;\n\n    nested SHALL too"
    workspace.policy(statement(text=text) + "\nA word `SHALL` in code.\n")
    assert workspace.check() == ()


@pytest.mark.parametrize(
    ("body", "code", "line"),
    [
        ("Ask [company name] today.", "text-placeholder", 0),
        ("one\nTBD", "text-placeholder", 1),
        ("Lorem ipsum dolor.", "text-placeholder", 0),
        ("{% raw %}{{ org.short_name }}{% endraw %}", "text-placeholder", 0),
        ("Owner: N/A", "text-placeholder", 0),
        ("one <b>two</b>", "text-raw-html", 0),
        ("<!-- note -->", "text-raw-html", 0),
        ("See <https://x.example>.", "text-raw-html", 0),
        ("one\n\n## Scope {#scope}\n\ntext", "text-attributes", 2),
        ("one\\\ntwo", "text-hard-break", 0),
        ("See https://x.example today.", "text-bare-url", 0),
        ("Go to www.x.example.", "text-bare-url", 0),
        ("Write to ann@x.example.", "text-bare-url", 0),
        ("- a\n\n  - b", "text-indentation", 2),
        ("- a\n  - b", "text-indentation", 1),
        ("- a\n\n      - b", "text-indentation", 2),
        ("One:\n- a", "text-block-start", 1),
        ("One\n> two", "text-block-start", 1),
        ("One\n| a | b |\n| --- | --- |", "text-block-start", 1),
        ("Title\n=====", "text-heading", 1),
        ("Title\n---", "text-heading", 1),
        ("#Title", "text-heading", 0),
        ("[a]\n\n[a]: x.md", "text-reference-link", 2),
        ("one[^1]", "text-footnote", 0),
        ("[a](nowhere.md)", "text-dead-link", 0),
        ("[a](javascript:alert)", "text-dead-link", 0),
        ("[a](http://x.example)", "text-dead-link", 0),
        ("[a](//x.example)", "text-dead-link", 0),
        ("![a](secret.png)", "text-dead-link", 0),
        ("[a](#nothing)", "text-dead-link", 0),
        ('[a](other.md "title")', "text-dead-link", 0),
        ("[a](../../../etc/passwd)", "text-dead-link", 0),
    ],
)
def test_faults_of_the_text_are_found_at_their_line(
    workspace: SmallWorkspace, body: str, code: str, line: int
) -> None:
    workspace.policy(body + "\n")
    assert (code, f"{RENDERED}:{FIRST + line}") in told(workspace.check())
    assert {problem.code for problem in workspace.check()} == {code}


@pytest.mark.parametrize(
    "body",
    [
        "```\n<b> https://x.example {#a} [^1]\n\n  - x\none:\n- a\n```",
        "Write `<b>` and `https://x.example` in code.",
        "[words](https://x.example) and [ann@x.example](mailto:ann@x.example)",
        "## A & B: more\n\n[a](#a-b-more), [b](access-control-policy.md#a-b-more)",
        "## See [words](https://x.example)\n\n[a](#see-words)",
        "A - b + c * 2. Number 3) or 4.",
        "| a | b |\n| --- | --- |\n| x | - y |",
    ],
)
def test_text_of_the_dialect_is_left_alone(workspace: SmallWorkspace, body: str) -> None:
    workspace.policy(body + "\n")
    assert workspace.check() == ()


def test_links_lead_to_statements_and_other_documents(workspace: SmallWorkspace) -> None:
    workspace.write(
        "procedures/access-review-procedure.md",
        front("access-review-procedure", "procedure") + "## Steps\n\nOne.\n",
    )
    workspace.policy(
        statement() + '\n[a](#ac-19) {{ "access-review-procedure" | link }}'
        "\n[b](../procedures/access-review-procedure.md#steps)\n"
    )
    assert workspace.check() == ()


def test_a_link_to_a_document_with_faults_of_its_own_is_not_dead(
    workspace: SmallWorkspace,
) -> None:
    workspace.write(
        "procedures/access-review-procedure.md",
        front("access-review-procedure", "procedure") + "{{ nonsense }}\n",
    )
    workspace.policy('{{ "access-review-procedure" | link }}\n')
    assert [code for code, _ in told(workspace.check())] == ["render-unknown-name"]


def test_statements_name_known_controls_criteria_and_owners(workspace: SmallWorkspace) -> None:
    workspace.policy(
        statement()
        .replace("ACC-04", "ACC-99")
        .replace("CC6.2", "CC9.9")
        .replace("system_owner", "sistem_owner")
    )
    assert sorted(told(workspace.check())) == [
        ("statement-criterion-not-claimed", f"{PATH}:11"),
        ("statement-unknown-control", f"{PATH}:11"),
        ("statement-unknown-criterion", f"{PATH}:11"),
        ("statement-unknown-role", f"{PATH}:11"),
    ]


def test_a_statement_id_is_used_once_and_never_after_it_is_retired(
    workspace: SmallWorkspace,
) -> None:
    workspace.write(
        "procedures/access-review-procedure.md",
        front("access-review-procedure", "procedure", more='retired: {AC-21: "merged"}\n')
        + statement("AC-20"),
    )
    workspace.policy(statement("AC-20") + statement("AC-21"))
    assert told(workspace.check()) == [
        ("statement-retired-id", f"{PATH}:15"),
        ("statement-duplicate-id", "procedures/access-review-procedure.md:12"),
    ]


def test_a_statement_may_not_have_the_id_of_a_control(workspace: SmallWorkspace) -> None:
    workspace.policy(statement("ACC-04"))
    assert told(workspace.check()) == [("statement-id-of-control", f"{PATH}:11")]


def test_the_same_id_twice_in_one_document_is_told_once(workspace: SmallWorkspace) -> None:
    workspace.policy(statement("AC-20") + statement("AC-20"))
    assert told(workspace.check()) == [("statement-duplicate-id", f"{PATH}:15")]


def test_a_criterion_that_does_not_exist_is_told_where_it_stands(workspace: SmallWorkspace) -> None:
    workspace.write(PATH, front().replace("[CC6.3]", "[CC6.3, CC9.9]") + "x\n")
    assert told(workspace.check()) == [("template-unknown-criterion", f"{PATH}:8:20")]


def test_a_role_that_nobody_holds_cannot_own_or_approve(workspace: SmallWorkspace) -> None:
    workspace.write(
        "organization.yml", PROFILE.replace("{ceo: {person: ada}, security_officer", "{it_lead")
    )
    workspace.policy("x\n")
    found = told(workspace.check())
    assert ("role-nobody-holds", f"{PATH}:6:11") in found


def test_one_person_as_owner_and_approver_is_a_warning(workspace: SmallWorkspace) -> None:
    workspace.write("organization.yml", PROFILE.replace("person: ben", "person: ada"))
    workspace.policy("x\n")
    assert told(workspace.check()) == [("role-owner-approves", f"{PATH}:6:11")]


@pytest.mark.parametrize(
    ("body", "more", "used"),
    [
        ("x", "", False),
        ("{{ p.password_min_length }}", "", True),
        ("{% if true %}{{ p.password_min_length }}{% endif %}", "", True),
        ("{% if false %}{{ p.password_min_length }}{% endif %}x", "", False),
        (statement(more='when="p.password_min_length > 3", otherwise="x"'), "", True),
        ("x", "include_when: p.password_min_length > 99\n", True),
        ("x", 'variant: [{id: a, when: answered("password_min_length")}, '
         '{id: b, when: "true"}]\n', True),
    ],
)  # fmt: skip
def test_a_parameter_that_nothing_reads_is_a_warning(
    workspace: SmallWorkspace, body: str, more: str, used: bool
) -> None:
    workspace.write("organization.yml", PROFILE + "parameters: {password_min_length: 14}\n")
    workspace.policy(body + "\n", more=more)
    expected = [] if used else [("parameter-unused", "organization.yml:14:35")]
    assert told(workspace.check()) == expected


def test_a_left_out_statement_that_nobody_states_is_told(workspace: SmallWorkspace) -> None:
    row = "{id: AC-77, reason: none, approved_by: ada}"
    workspace.write("organization.yml", PROFILE + f"documents: {{statements_left_out: [{row}]}}\n")
    workspace.policy("x\n")
    assert told(workspace.check()) == [("statement-left-out-unknown", "organization.yml:14:40")]


def left_out(workspace: SmallWorkspace, *ids: str) -> None:
    rows = ", ".join(f"{{id: {name}, reason: none, approved_by: ada}}" for name in ids)
    workspace.write("organization.yml", PROFILE + f"documents: {{statements_left_out: [{rows}]}}\n")


def test_leaving_out_the_last_statement_of_a_control_says_what_is_lost(
    workspace: SmallWorkspace,
) -> None:
    workspace.policy(statement("AC-19") + statement("AC-20"))
    left_out(workspace, "AC-19")
    assert told(workspace.check()) == []
    left_out(workspace, "AC-19", "AC-20")
    found = workspace.check()
    assert told(found) == [
        ("statement-left-out-coverage", "organization.yml:14:40"),
        ("statement-left-out-coverage", "organization.yml:14:85"),
    ]
    assert found[0].message == (
        "leaving out AC-19 leaves no statement under control ACC-04, criterion CC6.2 and "
        "criterion CC6.3"
    )


def test_leaving_out_what_does_not_apply_is_idle(workspace: SmallWorkspace) -> None:
    condition = 'when="practices.moves_money", otherwise="no money is moved"'
    workspace.policy(statement("AC-19") + statement("AC-20", more=condition))
    left_out(workspace, "AC-20")
    assert told(workspace.check()) == [("statement-left-out-idle", "organization.yml:14:40")]


def test_drift_is_missing_different_or_stale(workspace: SmallWorkspace) -> None:
    workspace.policy("One.\n\nTwo.\n")
    document = workspace.document()
    good = document.text.encode()
    assert drift([document], {RENDERED: good}) == []
    assert told(tuple(drift([document], {}))) == [("drift-missing", RENDERED)]
    changed = good.replace(b"Two.", b"Two!")
    assert told(tuple(drift([document], {RENDERED: changed, "rendered/x.md": b""}))) == [
        ("drift-differs", f"{RENDERED}:{FIRST + 2}"),
        ("drift-stale", "rendered/x.md"),
    ]
    assert [code for code, _ in told(tuple(drift([document], {RENDERED: good + b"\n"})))] == [
        "drift-differs"
    ]


def test_a_heading_named_like_the_table_of_statements_hides_nothing_below_it(
    workspace: SmallWorkspace,
) -> None:
    workspace.policy(
        "## Control statements\n\nOwners SHALL sign. See https://x.example today.\n\n" + statement()
    )
    assert told(workspace.check()) == [
        ("text-bare-url", f"{RENDERED}:{FIRST + 2}"),
        ("text-duty-outside-statement", f"{RENDERED}:{FIRST + 2}"),
    ]
