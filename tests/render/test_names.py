"""Names in templates: all unknown ones at once, with line and column; the language is small."""

from __future__ import annotations

import pytest

from tests.small_workspace import PROFILE, SmallWorkspace, statement, told

PATH = "policies/access-control-policy.md"


def test_every_unknown_name_is_told_at_once_also_in_branches_not_taken(
    workspace: SmallWorkspace,
) -> None:
    workspace.policy(
        "{% if org.headcount > 1000 %}\n"
        "At {{ org.shortname }} {{ p.acces_review_frequency | every }}.\n"
        "{% elif false %}\n"
        "{{ rolse.ceo }}\n"
        "{% endif %}\n"
        "{% for row in systems.all %}{{ row.nme }}{% else %}{{ x }}{% endfor %}\n"
        + statement(text="The {{ roles.security_oficer }} SHALL\nuse {{ systems.ipd }}.")
    )
    assert told(workspace.check()) == [
        ("render-unknown-name", f"{PATH}:12:7"),
        ("render-unknown-name", f"{PATH}:12:27"),
        ("render-unknown-name", f"{PATH}:14:4"),
        ("render-unknown-name", f"{PATH}:16:32"),
        ("render-unknown-name", f"{PATH}:16:55"),
        ("render-unknown-name", f"{PATH}:19:8"),
        ("render-unknown-name", f"{PATH}:20:8"),
    ]


def test_the_hint_gives_the_nearest_name_and_where_it_is_set(workspace: SmallWorkspace) -> None:
    workspace.write("organization.yml", PROFILE + "parameters:\n  password_min_length: 14\n")
    workspace.policy("{{ p.password_min_lenght }}\n")
    [problem] = workspace.check()[-1:]
    assert problem.message == "p.password_min_lenght is not a parameter"
    assert problem.hint == (
        "did you mean password_min_length? It is set at organization.yml:15:24."
    )


def test_columns_count_characters_before_the_name(workspace: SmallWorkspace) -> None:
    workspace.policy("Ünïcödé 漢字 {## a ## } note\nline ##} {{ org.nmae }}\n")
    assert told(workspace.check()) == [("render-unknown-name", f"{PATH}:12:13")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{{ "a" ~ "b" }}', "render-refused"),
        ('{{ "a" + "b" }}', "render-refused"),
        ('{{ "a" * 200000000 }}', "render-refused"),
        ("{{ 10 ** 10 ** 6 }}", "render-refused"),
        ("{{ 7 * 7 }}", "render-refused"),
        ('{{ "%s" % org }}', "render-refused"),
        ("{{ org.short_name | safe }}", "render-refused"),
        ("{{ org.short_name | escape }}", "render-refused"),
        ("{{ org.short_name | e }}", "render-refused"),
        ("{{ org | attr('short_name') }}", "render-refused"),
        ("{{ org.short_name | format }}", "render-refused"),
        ("{{ org.short_name | nonsense }}", "render-unknown-name"),
        ("{% if org is mapping %}x{% endif %}", "render-refused"),
        ("{% filter upper %}x{% endfilter %}", "render-refused"),
        ("{% autoescape false %}x{% endautoescape %}", "render-refused"),
        ("{% set x %}<b>{% endset %}{{ x }}", "render-refused"),
        ("{% with x = 1 %}{{ x }}{% endwith %}", "render-refused"),
        ("{% macro m() %}x{% endmacro %}", "render-refused"),
        ("{% call x() %}x{% endcall %}", "render-refused"),
        ("{% block b %}x{% endblock %}", "render-refused"),
        ('{% extends "x" %}', "render-refused"),
        ('{% include "/etc/passwd" %}', "render-refused"),
        ('{% import "x" as y %}', "render-refused"),
        ('{% from "x" import y %}', "render-refused"),
        ("{{ org['short_name'] }}", "render-refused"),
        ("{{ org.short_name[0:2] }}", "render-refused"),
        ("{{ org.short_name.upper() }}", "render-refused"),
        ("{{ {'a': 1} }}", "render-refused"),
        ("{{ [[1], [2]] }}", "render-refused"),
        ("{{ [1] | join(*[1]) }}", "render-refused"),
        ("{% set org = 1 %}", "render-refused"),
        ("{% set _collector = 1 %}", "render-refused"),
        ("{% set org.x = 1 %}", "render-refused"),
        ("{% for loop in systems.all %}{% endfor %}", "render-refused"),
        ("{% for a, b in systems.all %}{% endfor %}", "render-refused"),
        ("{% for a in systems.all recursive %}{% endfor %}", "render-refused"),
        ("{{ systems.all | map('default', 1) | list }}", "render-refused"),
        ("{{ systems.all | map(org.short_name) | list }}", "render-refused"),
        ("{{ systems.all | map(attribute=org.short_name) | join }}", "render-refused"),
        ("{{ systems.all | map(attribute='__class__') | join }}", "render-unknown-name"),
        ("{{ systems.all | selectattr('__class__') | list }}", "render-unknown-name"),
        ("{{ systems.all | selectattr('name', 'nonsense') | list }}", "render-unknown-name"),
        ("{{ systems.all | sort(attribute='nme') | list }}", "render-unknown-name"),
        ("{{ org.__class__.__mro__ }}", "render-unknown-name"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "render-refused"),
        ("{{ self.__init__.__globals__ }}", "render-unknown-name"),
        ("{{ cycler.__init__.__globals__.os }}", "render-unknown-name"),
        ("{{ lipsum.__globals__ }}", "render-unknown-name"),
        ("{{ joiner }}{{ namespace }}{{ range }}{{ dict }}", "render-unknown-name"),
        ("{{ _collector }}", "render-unknown-name"),
        ("{{ caller() }}", "render-refused"),
        ("{{ request.application.__globals__ }}", "render-unknown-name"),
        ("{% for x in org.short_name %}{{ x }}{% endfor %}", "render-not-a-list"),
    ],
)
def test_what_could_do_harm_is_refused_before_anything_is_filled_in(
    workspace: SmallWorkspace, text: str, code: str
) -> None:
    workspace.policy(f"Words.\n\n{text}\n")
    rendering, _, problems = workspace.render()
    assert rendering.documents == ()
    assert code in {problem.code for problem in problems}
    lines = {problem.location.line for problem in problems if problem.location}
    assert lines == {13}


@pytest.mark.parametrize(
    "text",
    [
        "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
        "{{ " + "not " * 3000 + "true }}",
        "{{ org" + ".x" * 3000 + " }}",
        "{{ " + "[" * 3000 + "]" * 3000 + " }}",
        "{{ " + "9" * 5000 + " }}",
        "{% if true %}" * 150 + "x" + "{% endif %}" * 150,
        "{{ '\\x' }}",
        "{% if %}",
        "{{ org.",
        "{% statement %}",
        "{% endstatement %}",
        '{% statement "AC-19" %}',
        "{## x",
        "{% raw %} x",
    ],
)
def test_templates_that_break_the_parser_give_problems(
    workspace: SmallWorkspace, text: str
) -> None:
    workspace.policy(text)
    rendering, _, problems = workspace.render()
    assert rendering.documents == ()
    assert problems
    assert all(problem.location and problem.location.path == PATH for problem in problems)


def test_loops_nest_two_deep_and_no_deeper(workspace: SmallWorkspace) -> None:
    one = "{% for NAME in systems.all %}\n"
    text = "".join(one.replace("NAME", name) for name in "abc") + "{% endfor %}\n" * 3
    workspace.policy(text)
    assert told(workspace.check()) == [("render-refused", f"{PATH}:13")]


def test_statement_inside_a_condition_a_loop_or_a_statement_is_refused(
    workspace: SmallWorkspace,
) -> None:
    workspace.policy(
        "{% if true %}\n" + statement("AC-01") + "{% endif %}\n"
        "{% for x in systems.all %}\n"
        + statement("AC-02")
        + "{% endfor %}\n"
        + statement("AC-03", statement("AC-04"))
    )
    assert told(workspace.check()) == [
        ("statement-conditional", f"{PATH}:{line}") for line in (12, 18, 25)
    ]


def test_link_to_a_document_that_does_not_exist_has_its_column(workspace: SmallWorkspace) -> None:
    workspace.policy('See {{ "access-control-polcy" | link }}.\n')
    [problem] = workspace.check()
    assert (problem.code, str(problem.location)) == ("link-unknown-document", f"{PATH}:11:8")
    assert problem.hint == "did you mean access-control-policy?"
