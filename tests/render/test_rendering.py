"""Rendering: values come out, empty ones do not, work is limited, conditions decide."""

from __future__ import annotations

import pytest

from policygen.render.tidy import tidy
from tests.small_workspace import PROFILE, SmallWorkspace, front, statement, told

PATH = "policies/access-control-policy.md"
SYSTEMS = (
    "systems:\n"
    "  - {id: login, name: Turnstile, kind: idp, owner_role: security_officer}\n"
    "  - {id: code, name: Git <Loft> *x*, kind: vcs, owner_role: security_officer}\n"
)


def body_of(workspace: SmallWorkspace, text: str) -> str:
    workspace.policy(text)
    return workspace.document().record.body.partition("\n\n")[2].strip()


TWICE = """\
parameters:
  access_request_approvers: [system_owner, security_officer, compliance_lead]
access_roles:
  - {id: reader, approver_roles: [compliance_lead, it_lead, security_officer, engineering_lead]}
"""
"""Roles that fall back to one person and so print one title: the security officer also carries
the compliance lead, and the chief executive whoever leads IT and engineering."""


@pytest.mark.parametrize(
    ("template", "text"),
    [
        (
            "{{ p.access_request_approvers | role_list | cap }}: "
            "{{ p.access_request_approvers | length }}",
            "The system owner and the security officer: 2",
        ),
        (
            "{{ [roles.compliance_lead, roles.it_lead, roles.security_officer] | one_of }}",
            "the security officer or the chief executive",
        ),
        (
            '{{ scope.access_roles | map(attribute="approver_roles") | first | role_list }}',
            "the security officer and the chief executive",
        ),
    ],
)
def test_roles_that_one_person_carries_are_named_once(
    workspace: SmallWorkspace, template: str, text: str
) -> None:
    workspace.write("organization.yml", PROFILE + TWICE)
    assert body_of(workspace, template) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ org.short_name }} has {{ org.headcount }}.", "Quillwater has 42."),
        ("At least {{ p.access_revocation_hours }}.", "At least 24 hours."),
        ("{{ p.access_revocation_hours | number }}", "24"),
        (
            "{% for row in p.incident_severities %}{{ row.ack_minutes | minutes }}. {% endfor %}",
            "15 minutes. 30 minutes. 4 hours. 24 hours.",
        ),
        ("{{ p.access_review_frequency | every | cap }}", "Once each calendar quarter"),
        ("The {{ roles.security_officer }}.", "The security officer."),
        ("{{ roles.security_officer | role_title }}", "Security officer"),
        ("The {{ roles.it_lead }}.", "The chief executive."),
        ("{{ p.emergency_change_authorisers | one_of }}", None),
        ("The {{ systems.idp }}, {{ systems.idp.name }}.", "The identity provider, Turnstile."),
        (
            '{{ systems.all | map(attribute="name") | join(", ") }}',
            "Turnstile, Git &lt;Loft\\> \\*x\\*",
        ),
        (
            '{% for s in systems.all if s.kind == "idp" %}'
            "{{ loop.index }} {{ s.name }}{% endfor %}",
            "1 Turnstile",
        ),
        (
            '{{ systems.all | selectattr("kind", "equalto", "idp") | map(attribute="name") '
            "| and_list }}",
            "Turnstile",
        ),
        (
            '{{ ["access-control-policy"] | map("link") | and_list }}',
            "[Access Control Policy](access-control-policy.md)",
        ),
        (
            '{{ [org.legal_name, "access-control-policy" | link, "a*b"] | join("; ") }}',
            "Quillwater Software, Inc.; [Access Control Policy](access-control-policy.md); a\\*b",
        ),
        ('{{ "https://status.quillwater.example/x_y" | as_link }}', None),
        ('{{ "*x*" }} {{ 3 }} {{ 2 | count }}', "\\*x\\* 3 two"),
        ("{% set x = org.headcount %}{{ x }}{## note ##}", "42"),
        ("{{ terms.workforce | cap }}", "Workforce"),
    ],
)
def test_values_come_out_as_text(
    workspace: SmallWorkspace, template: str, text: str | None
) -> None:
    workspace.write("organization.yml", PROFILE + SYSTEMS)
    found = body_of(workspace, template)
    assert found == text or (text is None and found)


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("{{ p.rto_hours }}", "render-unanswered"),
        ("{{ p.rto_hours | number }}", "render-unanswered"),
        ("{{ p.rto_hours | count }}", "render-unanswered"),
        ("{{ p.rto_hours | cap }}", "render-unanswered"),
        ("{{ [p.rto_hours, 3] | and_list }}", "render-unanswered"),
        ("{{ [p.rto_hours] | role_list }}", "render-unanswered"),
        ("{{ systems.idp }}", "render-empty"),
        ("{{ systems.idp.name }}", "render-empty"),
        ("{{ scope.contacts.security_email }}", "render-empty"),
        ("{{ scope.contacts.security_email | as_link }}", "render-empty"),
        ("{{ '' | role_title }}", "render-empty"),
        ("{{ variant }}", "render-empty"),
        ("{{ practices.develops_software }}", "render-not-text"),
        ("{{ org.headcount == 42 }}", "render-not-text"),
        ("{{ vendors }}", "render-not-text"),
        ("{{ org }}", "render-not-text"),
        ("{{ org | words }}", "render-not-text"),
        ("{{ [] }}", "render-not-text"),
        ("{{ org.headcount | every }}{{ none }}", "render-empty"),
        ("{{ vendors | first }}", "render-failed"),
        ("{{ org.short_name | every }}", "render-failed"),
        ("{{ org | join }}", "render-failed"),
        ("{% if p.rto_hours > 4 %}x{% endif %}", "render-failed"),
        ("{% if false %}{% set x = 1 %}{% endif %}{{ x }}", "render-failed"),
        ("{{ org.short_name | default(1, 2, 3, 4) }}", "render-failed"),
    ],
)
def test_nothing_is_printed_for_a_value_that_has_no_text(
    workspace: SmallWorkspace, template: str, code: str
) -> None:
    workspace.policy(f"One.\n\nTwo\n{template}\n")
    assert told(workspace.check()) == [(code, f"{PATH}:14")]


def test_an_empty_value_may_be_guarded(workspace: SmallWorkspace) -> None:
    text = "{% if systems.idp %}{{ systems.idp }}{% endif %}{% if p.rto_hours %}x{% endif %}end"
    assert body_of(workspace, text) == "end"


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in scope.people %}{% for b in scope.people %}{% endfor %}{% endfor %}",
        "{% for a in scope.people %}" + "x" * 2000 + "{% endfor %}",
        "{% for a in scope.people %}{% if a in scope.people %}x{% endif %}{% endfor %}",
        "{% for a in scope.people %}{{ scope.people | sort(attribute='id') | length }}{% endfor %}",
        '{% set x = "ab" %}' + "{% set x = [x, x] | and_list %}" * 60 + "{{ x }}",
        '{% set x = "ab" %}' + '{% set x = [x, x] | join("y") %}' * 60 + "{{ x }}",
        statement(text="A\n{% for a in scope.people %}" + "x" * 2000 + "{% endfor %}"),
    ],
)
def test_templates_that_would_not_end_or_fill_the_disk_are_stopped(
    workspace: SmallWorkspace, text: str
) -> None:
    people = "".join(f"  - {{id: p{number}, name: P}}\n" for number in range(2000))
    workspace.write("organization.yml", PROFILE.replace("people:\n", "people:\n" + people))
    workspace.policy(text)
    rendering, _, problems = workspace.render()
    assert rendering.documents == ()
    assert [problem.code for problem in problems] == ["render-limit"]


def test_a_statement_that_does_not_apply_stays_in_the_table_with_its_reason(
    workspace: SmallWorkspace,
) -> None:
    more = 'when="practices.develops_software", otherwise="no software is developed"'
    workspace.policy(statement("AC-01") + statement("AC-02", more=more))
    first, second = workspace.document().record.statements
    assert (first.applies, first.text, first.owner) == (
        True,
        "System owners SHALL review access.",
        "System owner",
    )
    assert (second.applies, second.not_applicable) == (False, "no software is developed")


def test_a_statement_the_organization_leaves_out_gives_its_reason(
    workspace: SmallWorkspace,
) -> None:
    row = "{id: AC-02, reason: The parent company does it., approved_by: ada}"
    workspace.write(
        "organization.yml", PROFILE + f"documents:\n  statements_left_out:\n    - {row}\n"
    )
    workspace.policy(statement("AC-01") + statement("AC-02"))
    _, second = workspace.document().record.statements
    assert second.not_applicable == "left out by decision: The parent company does it."
    assert second.left_out


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is empty"),
        ("- a\n- b", "does not open with a paragraph"),
        ("One SHALL.\n\nTwo.", "is more than a paragraph and a list"),
        ("One SHALL.\n\n- a", "is more than a paragraph and a list"),
        ("One SHALL:\n\n- a\n\n- b", "holds more than one list"),
    ],
)
def test_a_statement_is_one_paragraph_and_at_most_one_list(
    workspace: SmallWorkspace, text: str, fault: str
) -> None:
    workspace.policy(statement(text=text))
    found = workspace.check()
    assert ("statement-shape", f"{PATH}:11") in told(found)
    assert any(fault in problem.message for problem in found)


@pytest.mark.parametrize(
    ("tag", "fault"),
    [
        ('"AC19", control="A", criteria="B", owner="c", evidence="d"', "is not a statement id"),
        ('AC, control="A", criteria="B", owner="c", evidence="d"', "must be a quoted text"),
        ('"AC-19", control="A", criteria="B", owner="c"', "evidence is missing"),
        ('"AC-19", control="A", criteria=3, owner="c", evidence="d"', "criteria must be a quoted"),
        ('"AC-19", control="A", criteria="B", owner="c", evidence="d", x="y"', "x is not one of"),
        ('"AC-19", control="A", criteria="B", owner="c", evidence="d", when="true"', "otherwise"),
        ('"AC-19", control="A", control="A", criteria="B", owner="c", evidence="d"', "twice"),
    ],
)
def test_a_statement_tag_says_what_it_lacks(
    workspace: SmallWorkspace, tag: str, fault: str
) -> None:
    workspace.policy(f"\n{{% statement {tag} %}}\nX SHALL do.\n{{% endstatement %}}\n")
    found = [problem for problem in workspace.check() if problem.code == "statement-tag"]
    assert any(fault in problem.message for problem in found)
    assert {str(problem.location) for problem in found} == {f"{PATH}:12"}


def test_a_statement_tag_opens_its_line(workspace: SmallWorkspace) -> None:
    workspace.policy("> " + statement())
    assert told(workspace.check()) == [("statement-tag", f"{PATH}:11")]


def test_words_after_a_statement_do_not_become_part_of_it(workspace: SmallWorkspace) -> None:
    workspace.policy("Before.\n" + statement() + "After.\n")
    [found] = workspace.document().record.statements
    assert found.text == "System owners SHALL review access."


def test_a_table_or_statement_written_by_hand_is_refused(workspace: SmallWorkspace) -> None:
    for text in ("## Control statements\n\nNone.\n", "**AC-01** X does it.\n"):
        workspace.policy(text)
        [code] = {problem.code for problem in workspace.check()}
        assert code in ("render-own-table", "record-text-format")


@pytest.mark.parametrize(
    ("more", "code", "place"),
    [
        ("include_when: practices.nonsense\n", "condition-unknown-name", "10:15"),
        ('include_when: "true and p.nonsense > 3"\n', "condition-unknown-name", "10:25"),
        ("include_when: 'org ='\n", "condition-syntax", "10:20"),
        (
            'owner_when: [{when: "true or x", role: security_officer}]\n',
            "condition-unknown-name",
            "10:30",
        ),
        (
            'approver_when:\n  - when: answered("rto")\n    role: ceo\n',
            "condition-unknown-name",
            "11:20",
        ),
        ("primary_when: {CC6.2: no_such}\n", "condition-unknown-name", "10:23"),
        (
            'variant: [{id: a, when: zzz}, {id: b, when: "true"}]\n',
            "condition-unknown-name",
            "10:25",
        ),
        ('variant: [{id: a, when: "false"}]\n', "template-variant-open", "10:25"),
        ('owner_when: [{when: "false", role: nobody}]\n', "template-unknown-role", "10:36"),
        ('owner_when: [{when: "false", role: line_manager}]\n', "template-unknown-role", "10:36"),
        ("primary_when: {CC6.1: practices.moves_money}\n", "template-primary-when", "10:23"),
        ("related: [nonsense]\n", "template-unknown-document", "10:11"),
        ("cadence: nonsense\n", "template-unknown-cadence", "10:10"),
    ],
)  # fmt: skip
def test_conditions_and_names_of_front_matter_are_checked_at_their_place(
    workspace: SmallWorkspace, more: str, code: str, place: str
) -> None:
    workspace.policy("x\n", more=more)
    assert told(workspace.check()) == [(code, f"{PATH}:{place}")]


def test_names_in_conditions_of_statements_have_their_column(workspace: SmallWorkspace) -> None:
    more = 'when="true or p.nonsense == 1", otherwise="never"'
    workspace.policy(statement(more=more))
    assert told(workspace.check()) == [("condition-unknown-name", f"{PATH}:12:54")]


def test_front_matter_conditions_decide(workspace: SmallWorkspace) -> None:
    workspace.policy(
        "{{ variant }}\n",
        more='owner_when: [{when: "true", role: ceo}]\n'
        'approver_when: [{when: "org.x", role: ceo}]\n'.replace("org.x", "true")
        + 'primary_when: {CC6.2: "false"}\n'
        'variant: [{id: one, when: "false"}, {id: two, when: "true"}]\n',
    )
    document = workspace.document()
    assert document.record.header.owner == "ceo"
    assert (document.record.header.primary, document.record.header.criteria) == (
        (),
        ("CC6.3", "CC6.2"),
    )
    assert "\ntwo\n" in document.text


def test_a_link_to_a_document_left_out_is_told_unless_it_is_guarded(
    workspace: SmallWorkspace,
) -> None:
    link = '{{ "change-management-policy" | link }}'
    workspace.write(
        "policies/change-management-policy.md",
        front("change-management-policy", more="include_when: practices.develops_software\n")
        + "x\n",
    )
    workspace.policy(f"One\n{link}\n")
    assert told(workspace.check()) == [("link-excluded-document", f"{PATH}:12")]
    workspace.policy("One\n{% if practices.develops_software %}" + link + "{% endif %}\n")
    assert told(workspace.check()) == []


def test_an_excluded_template_is_checked_but_not_rendered(workspace: SmallWorkspace) -> None:
    more = "include_when: practices.moves_money\nexcluded_because: no money is moved\n"
    workspace.policy("{{ nonsense }}\n", more=more)
    rendering, _, problems = workspace.render()
    assert [problem.code for problem in problems] == ["render-unknown-name"]
    assert (rendering.documents, rendering.plans[0].reason) == ((), "no money is moved")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a  b\n\n\n\nc   \n", "a b\n\nc\n"),
        ("## A\n\n## B\n\ntext\n", "## B\n\ntext\n"),
        ("## A\n\n### B\n\n### C\n\n## D\n\ntext\n", "## D\n\ntext\n"),
        ("## A\n\n### B\n\ntext\n\n### C\n", "## A\n\n### B\n\ntext\n"),
        ("## A\n### B\ntext\n", "## A\n\n### B\n\ntext\n"),
        ("```\na  b   \n\n\n# c\n\n## d\n```\n", "```\na  b   \n\n\n# c\n\n## d\n```\n"),
        ("- a\n\n    - b  c\n", "- a\n\n    - b c\n"),
        ("| a  | b |\n| ---  | --- |\n", "| a  | b |\n| ---  | --- |\n"),
        ("", "\n"),
    ],
)
def test_tidying_leaves_one_blank_line_and_no_empty_section(text: str, expected: str) -> None:
    assert tidy(text) == expected


def test_a_merged_table_of_duties_keeps_the_sides_of_its_columns() -> None:
    table = "| a | Chief | Lead | Chief |\n| :-- | :-: | --: | --- |\n| x | A | C | R |\n"
    assert tidy(table) == "| a | Chief | Lead |\n| :-- | :-: | --: |\n| x | R, A | C |\n"


def test_a_table_of_duties_inside_a_list_stays_inside() -> None:
    lines = ("| a | Chief | Chief |", "| --- | --- | --- |", "| x | A | R |")
    text = "- Item:\n\n" + "".join(f"    {line}\n" for line in lines) + "\n    After.\n"
    assert tidy(text) == text


def test_tidying_twice_changes_nothing_more() -> None:
    text = "## A\n\n### B\n\n\nx  y\n```\na  b\n\n\n```\n## C\n### D\n"
    assert tidy(tidy(text)) == tidy(text)
