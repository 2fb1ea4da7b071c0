"""Templates made of odd pieces: a document or problems come out, never a traceback or harm."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from policygen.load.facts import condition_context, resolve_facts
from policygen.load.registries.registries import package_registries
from policygen.model.profile.root import Profile
from policygen.model.template import FrontMatter, Template
from policygen.render.documents import render_documents
from policygen.yaml.yamlfile import parse_yaml
from tests.small_workspace import PROFILE, front

if TYPE_CHECKING:
    from policygen.model.document import Rendering
    from policygen.model.facts import Facts

PIECES = (
    "{{ ", " }}", "{% ", " %}", "{%- ", "-%}", "{## ", " ##}", "{#", "#}", "if ", "elif ", "else",
    "endif", "for x in ", "endfor", "set x = ", "set ", "raw", "endraw", "statement ",
    "endstatement", "block b", "macro m()", "filter ", "autoescape false", "with ", "call ",
    "include ", "do ", "org", "org.headcount", "org.short_name", "p.access_review_frequency",
    "p.rto_hours", "roles.ceo", "systems.all", "systems.idp", "scope.people", "vendors", "variant",
    "x", "loop", "self", "_collector", ".", ".name", ".__class__", "|", "| every", "| join",
    "| join(', ')", "| map(attribute='name')", "| selectattr('name')", "| first", "| last",
    "| sort", "| unique", "| length", "| link", "| words", "| cap", "| number", "| count",
    "| minutes",
    "| role_list", "| as_link", "| default('')", "| safe", "(", ")", "[", "]", "{", "}", ",", ":",
    "=", "==", "!=", "<", ">", "+", "-", "*", "**", "/", "//", "%", "~", " is ", " in ", " not ",
    " and ", " or ", "defined", "none", "true", "1", "1.5", "9" * 50, "'a'", '"AC-19"',
    ', control="ACC-04"', ', criteria="CC6.2"', ', owner="ceo"', ', evidence="e"', ', when="true"',
    ', when="x >"', ', otherwise="o"', "\n", "\n\n", "# ", "## H\n\n", "- ", "| a | b |\n",
    "```\n", "> ", "SHALL", "word ", "**AC-19** ", "\\", "<b>", "&",
)  # fmt: skip


@cache
def facts() -> Facts:
    file = parse_yaml(PROFILE, "organization.yml")
    return resolve_facts(Profile.model_validate(file.value), file, package_registries())[0]


@cache
def front_matter() -> FrontMatter:
    text = front().removeprefix("---\n").removesuffix("---\n")
    return FrontMatter.model_validate(parse_yaml(text, "x.md").value)


def rendered(body: str) -> Rendering:
    template = Template(
        path="policies/access-control-policy.md",
        front=front_matter(),
        text=front() + body,
        body_line=11,
        own=False,
        places={},
    )
    return render_documents([template], facts(), condition_context(facts()))


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_any_template_gives_a_document_or_problems(body: str) -> None:
    found = rendered(body)
    assert found.documents or found.problems or found.declared
    for problem in found.problems:
        assert problem.location is not None
        assert problem.code
        assert "object at 0x" not in problem.message


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join))
def test_any_expression_gives_text_or_problems(expression: str) -> None:
    found = rendered("Words {{ " + expression + " }} end.\n")
    assert found.documents or found.problems or found.declared
    for document in found.documents:
        assert "object at 0x" not in document.text
        assert "Undefined" not in document.text


def test_the_same_template_twice_gives_the_same_text() -> None:
    body = "{% for x in scope.people %}\n- {{ x.name }}\n{% endfor %}\n"
    first, second = rendered(body), rendered(body)
    assert [document.text for document in first.documents] == [
        document.text for document in second.documents
    ]
