"""Wording of templates: what nobody can test, figures and names that are typed."""

from __future__ import annotations

import pytest

from policygen.checks.typed.word_lists import word_list
from policygen.problems import Problem, Severity
from tests.small_workspace import PROFILE, SmallWorkspace, front, statement, told

PATH = "policies/access-control-policy.md"
STEPS = "procedures/access-review-procedure.md"
LISTS = ("untestable", "ambiguous", "duties", "duties_in_statements", "flourish")


def shown(problems: tuple[Problem, ...]) -> list[tuple[str, str, str]]:
    return [(row.code, row.severity.value, str(row.location)) for row in problems]


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("IT SHALL disable access immediately.", "text-untestable", 25),
        ("IT SHALL promptly disable access.", "text-untestable", 10),
        ("IT SHALL review access regularly.", "text-untestable", 24),
        ("IT SHALL review access on a periodic basis.", "text-untestable", 29),
        ("IT SHALL review access as appropriate.", "text-untestable", 27),
        ("IT SHALL review access when necessary.", "text-untestable", 24),
        ("IT SHALL review access where possible.", "text-untestable", 24),
        ("IT SHALL act in a timely manner.", "text-untestable", 19),
        ("IT SHALL keep adequate logs.", "text-untestable", 15),
        ("IT SHALL keep logs for a reasonable time.", "text-untestable", 26),
        ("IT SHALL keep logs and/or traces.", "text-ambiguous", 20),
        ("IT SHALL revoke the token(s).", "text-ambiguous", 21),
        ("IT SHALL keep logs, traces, etc.", "text-ambiguous", 29),
        ("IT SHALL act within 24 hours.", "text-figure", 21),
        ("IT SHALL act within two business days.", "text-figure", 21),
        ("IT SHALL act within an hour.", "text-figure", 14),
        ("IT SHALL keep 99.9% of logs.", "text-figure", 15),
        ("IT SHALL ask for 12 characters.", "text-figure", 18),
    ],
)
def test_a_statement_that_nobody_could_test_is_an_error(
    workspace: SmallWorkspace, text: str, code: str, column: int
) -> None:
    workspace.policy(statement(text=text))
    assert shown(workspace.check()) == [(code, "error", f"{PATH}:13:{column}")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("IT SHALL ensure that logs are kept.", "text-flourish"),
        ("IT SHALL follow industry best practices.", "text-flourish"),
        ("IT SHALL keep every system compliant with ISO 27001.", "text-flourish"),
        ("IT SHALL act in compliance with the law.", "text-flourish"),
        ("IT SHALL keep what must be kept.", "text-duty-word"),
        ("IT SHALL know who is responsible for logs.", "text-duty-word"),
        ("IT SHALL read the logs quarterly.", "text-figure"),
        ("IT SHALL read the logs every week.", "text-figure"),
    ],
)
def test_a_statement_that_could_say_it_better_is_a_warning(
    workspace: SmallWorkspace, text: str, code: str
) -> None:
    workspace.policy(statement(text=text))
    assert {(row.code, row.severity) for row in workspace.check()} == {(code, Severity.WARNING)}


def test_words_broken_over_two_lines_are_found_where_they_begin(workspace: SmallWorkspace) -> None:
    workspace.policy(statement(text="IT SHALL act as soon\nas possible."))
    assert told(workspace.check()) == [("text-untestable", f"{PATH}:13:14")]


def test_a_branch_that_is_not_taken_is_read_too(workspace: SmallWorkspace) -> None:
    workspace.policy(statement(text="IT SHALL act{% if false %} promptly{% endif %}."))
    assert told(workspace.check()) == [("text-untestable", f"{PATH}:13:28")]


@pytest.mark.parametrize(
    "text",
    [
        "IT SHALL act within {{ p.access_revocation_hours }}.",
        "IT SHALL review access {{ p.access_review_frequency | every }}.",
        "IT SHALL set `idle: 15 minutes` and `and/or` in the file.",
        "IT SHALL open the prompt for commands, and SHOULD keep TLS 1.3 with AES-256.",
        "IT SHALL log the approval of two people.",
        "IT SHALL staff the desk 24 hours a day.",
        "IT SHALL grant what is required by the role.",
        "{## regularly, within 24 hours ##}IT SHALL act on each alert.",
        '{% set due = "within 24 hours" %}IT SHALL act on each alert.',
    ],
)
def test_a_statement_with_limits_of_the_registry_is_left_alone(
    workspace: SmallWorkspace, text: str
) -> None:
    workspace.policy(statement(text=text))
    codes = {row.code for row in workspace.check()} - {"parameter-unused"}
    assert codes == set()


def test_around_statements_words_may_be_loose_but_steps_warn(workspace: SmallWorkspace) -> None:
    workspace.policy("## Purpose\n\nPeople come and go frequently. See it at once a day.\n")
    workspace.write(
        STEPS,
        front("access-review-procedure", "procedure")
        + "## Trigger\n\nWork normally stops.\n\n## Steps\n\n1. IT looks regularly.\n\n"
        "## Records\n\nUsually one file.\n",
    )
    assert shown(workspace.check()) == [("text-untestable", "warning", f"{STEPS}:17:13")]


def test_small_shall_and_must_do_not_evade_the_check_of_duties(workspace: SmallWorkspace) -> None:
    workspace.policy("Owners shall sign.\n\nUsers must lock screens.\n")
    assert shown(workspace.check()) == [
        ("text-duty-word", "warning", f"{PATH}:11:8"),
        ("text-duty-word", "warning", f"{PATH}:13:7"),
    ]


def test_a_letter_that_grows_in_small_letters_moves_no_column(workspace: SmallWorkspace) -> None:
    workspace.policy(statement(text="IT SHALL tell İİİİ promptly."))
    assert told(workspace.check()) == [("text-untestable", f"{PATH}:13:20")]


@pytest.mark.parametrize("name", LISTS)
def test_every_row_of_the_word_lists_gives_a_reason_and_a_better_form(name: str) -> None:
    for row in word_list(name):
        assert row.why
        assert not row.why.endswith(".")
        assert row.better.endswith(".")
        assert all(phrase.fixed for phrase in row.phrases)


SYSTEMS = (
    "systems:\n  - {id: sign-on, kind: idp, name: Gatehouse, owner_role: it_lead}\n"
    "  - {id: tickets, kind: ticketing, name: Box, owner_role: it_lead}\n"
    "vendors:\n  - {id: cirrostack, name: Cirrostack Cloud, tier: high, service: hosting,\n"
    "     owner_role: it_lead}\n"
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Sign in through Gatehouse.", [("text-typed-name", "warning", f"{PATH}:11:17")]),
        ("We run on Cirrostack\nCloud.", [("text-typed-name", "warning", f"{PATH}:11:11")]),
        ("Ask Ada Marsh.", [("text-typed-name", "error", f"{PATH}:11:5")]),
        ("It binds Quillwater Software, Inc. too.",
         [("text-typed-name", "warning", f"{PATH}:11:10")]),
        ("Use the Sesame identity provider.", [("text-tool-name", "warning", f"{PATH}:11:9")]),
        ("Use the identity provider (Sesame).", [("text-tool-name", "warning", f"{PATH}:11:28")]),
        ("Box the laptop. The box is sealed. Ada writes.", []),
        ("Use the identity provider (IDP) and the HR system.", []),
        ("Use {{ systems.idp.name }}, the {{ systems.idp }}.", []),
        ("Every identity provider counts. Any ticket system does.", []),
    ],
)  # fmt: skip
def test_names_of_the_profile_and_of_products_are_not_typed(
    workspace: SmallWorkspace, body: str, expected: list[tuple[str, str, str]]
) -> None:
    workspace.write("organization.yml", PROFILE + SYSTEMS)
    workspace.policy(body + "\n")
    assert shown(workspace.check()) == expected
