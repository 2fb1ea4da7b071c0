"""Templates on disk: front matter with places, and files that do not belong."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policygen.load.templates import load_templates
from policygen.model.document import Kind
from tests.small_workspace import SmallWorkspace, front, told

PATH = "policies/access-control-policy.md"


def test_templates_come_in_a_fixed_order_with_their_kind(workspace: SmallWorkspace) -> None:
    for path, kind in (
        ("procedures/registers/b-register.md", "register"),
        ("procedures/a-procedure.md", "procedure"),
        ("policies/z-policy.md", "policy"),
        ("policies/a-policy.md", "policy"),
    ):
        workspace.write(path, front(path.rpartition("/")[2][:-3], kind) + "x\n")
    templates, problems = load_templates(workspace.root)
    assert problems == ()
    assert [(template.front.id, template.kind) for template in templates] == [
        ("a-policy", Kind.POLICY),
        ("z-policy", Kind.POLICY),
        ("a-procedure", Kind.PROCEDURE),
        ("b-register", Kind.REGISTER),
    ]


def test_a_template_knows_its_places_and_where_its_text_begins(workspace: SmallWorkspace) -> None:
    workspace.policy("first line\n", more='owner_when: [{when: "true", role: ceo}]\n')
    [template], _ = load_templates(workspace.root)
    assert template.text.split("\n")[template.body_line - 1] == "first line"
    assert str(template.place("owner")) == f"{PATH}:5:8"
    assert str(template.place("owner_when.0.role")) == f"{PATH}:10:35"
    assert str(template.place("owner_when.7.role")) == f"{PATH}:10:13"
    assert str(template.place("variant.0.when")) == f"{PATH}:2:1"


def test_line_ends_and_marks_of_other_systems_are_read(workspace: SmallWorkspace) -> None:
    (workspace.root / "policies").mkdir()
    text = "\ufeff" + (front() + "one\n").replace("\n", "\r\n")
    (workspace.root / PATH).write_bytes(text.encode())
    [template], problems = load_templates(workspace.root)
    assert problems == ()
    assert template.text == front() + "one\n"


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("---\nid", "id", "template-front-matter", "1"),
        ("all workforce\n---", "all workforce\n", "template-front-matter", "1"),
        (front()[4:-4], "- a\n", "template-front-matter", "1"),
        ("id: access-control-policy", "id: other-policy", "template-id-differs", "2:5"),
        ("id: access-control-policy", "id: Access", "template-value", "2:5"),
        ("id: access-control-policy", "id: con", "template-value", "2:5"),
        ("kind: policy", "kind: procedure", "template-kind-differs", "4:7"),
        ("kind: policy", "kind: law", "template-value", "4:7"),
        ("owner: security_officer", "ovner: security_officer", "template-unknown-key", "5:1"),
        ("audience: all workforce\n", "", "template-missing", "2:1"),
        ("audience: all workforce", "audience:", "template-value", "9:1"),
        ("audience: all workforce", "acknowledge: 'yes'\naudience: a", "template-value", "9:14"),
        ("primary: [CC6.2]", "primary: [CC6.2, X1]", "template-value", "7:18"),
        ("primary: [CC6.2]", "primary: &a [CC6.2]", "yaml-alias", "7:10"),
        ("title: Access", "title: Acc\u202eess", "template-character", "3:11"),
        ("x\n", "a\tb\n", "template-character", "11:2"),
        ("x\n", "zero\u200bwidth\n", "template-character", "11:5"),
    ],
)
def test_a_template_that_does_not_hold_is_told_at_its_place(
    workspace: SmallWorkspace, old: str, new: str, code: str, place: str
) -> None:
    text = front() + "x\n"
    assert old in text
    workspace.write(PATH, text.replace(old, new, 1))
    templates, problems = load_templates(workspace.root)
    assert templates == ()
    assert (code, f"{PATH}:{place}") in told(problems)


def test_only_regular_files_of_the_workspace_are_read(
    workspace: SmallWorkspace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "secret-policy.md").write_text(front("secret-policy"))
    (workspace.root / "policies").mkdir()
    (workspace.root / "policies/secret-policy.md").symlink_to(elsewhere / "secret-policy.md")
    (workspace.root / "policies/folder-policy.md").mkdir()
    (workspace.root / "procedures").symlink_to(elsewhere)
    templates, problems = load_templates(workspace.root)
    assert templates == ()
    assert told(problems) == [
        ("template-not-a-file", "policies/folder-policy.md"),
        ("template-not-a-file", "policies/secret-policy.md"),
        ("template-not-a-file", "procedures"),
    ]


def test_other_encodings_and_huge_files_are_refused(workspace: SmallWorkspace) -> None:
    (workspace.root / "policies").mkdir()
    (workspace.root / "policies/a-policy.md").write_bytes(front("a-policy").encode() + b"\n\xff")
    workspace.write("policies/b-policy.md", front("b-policy") + "x" * 300_000)
    _, problems = load_templates(workspace.root)
    assert told(problems) == [
        ("template-encoding", "policies/a-policy.md:12"),
        ("template-too-large", "policies/b-policy.md"),
    ]


def test_two_documents_may_not_share_an_id(workspace: SmallWorkspace) -> None:
    workspace.write("policies/access.md", front("access") + "x\n")
    workspace.write("procedures/access.md", front("access", "procedure") + "x\n")
    _, problems = load_templates(workspace.root)
    assert told(problems) == [("template-duplicate-id", "procedures/access.md:2:5")]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_damaged_templates_give_problems_never_tracebacks(
    workspace: SmallWorkspace, data: st.DataObject
) -> None:
    text = front(more='variant: [{id: a, when: "true"}]\nretired: {AC-01: gone}\n') + "x\n"
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 20)))
        text = text[:start] + data.draw(st.text("-:{}[]\"' \n#&*!|ab1", max_size=6)) + text[end:]
    workspace.write(PATH, text)
    templates, problems = load_templates(workspace.root)
    assert len(templates) + bool(problems) >= 1
