"""Documents bound as one: every statement once and as it was, links right, coverage the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policygen.checks.run import run_checks
from policygen.conditions.condition import evaluate
from policygen.load.facts import condition_context
from policygen.matrix.build import build_matrix
from policygen.model.document import Document, Kind, Statement
from policygen.model.register import Register
from policygen.problems import has_errors, in_reading_order
from policygen.text.record import read_record
from tests.small_workspace import PROFILE, SmallWorkspace, front, told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from policygen.model.document import Rendering
    from policygen.model.facts import Facts

POLICIES = ("access-policy", "backup-policy", "conduct-policy", "data-policy", "exit-policy")
PROCEDURES = ("access-procedure", "backup-procedure", "conduct-procedure")
REGISTER = "systems-register"


def tag(name: str, text: str, control: str = "ACC-04", more: str = "") -> str:
    return (
        f'{{% statement "{name}", control="{control}", criteria="CC6.2 CC6.3", '
        f'owner="system_owner",\n evidence="signed review"{more} %}}\n'
        f"{text}\n{{% endstatement %}}\n"
    )


def write_library(workspace: SmallWorkspace) -> None:
    """Nine short documents of every shape that merging has to do with."""
    workspace.policy(
        "## Purpose\n\nThis policy decides who gets in.\n\n"
        "## Scope\n\nThis policy covers:\n\n- **People:** all.\n- **Systems:** all.\n\n"
        "Outside it is the past.\n\n"
        "## Definitions\n\n| word | meaning here |\n| --- | --- |\n| Owner | Who owns. |\n"
        "| Token | A key. |\n\n"
        "## Roles\n\n- The owner decides.\n\n## Policy statements\n\n### Granting\n\n"
        + tag("AC-01", "System owners SHALL grant access.")
        + tag("AC-02", "System owners SHALL:\n\n- review access;\n- record it.")
        + "## Related documents\n\n"
        '- {{ "backup-policy" | link }}: backups\n- {{ "access-procedure" | link }}: how\n'
        '- {{ "systems-register" | link }}: which\n',
        name="access-policy",
    )
    workspace.policy(
        "## Purpose\n\nThis policy decides what is kept, as [here](#roles) and in the\n"
        "[register](../registers/systems-register.md).\n\n"
        "## Scope\n\n| what | where |\n| --- | --- |\n| Data | all |\n\n"
        "## Definitions\n\n| word | meaning here |\n| --- | --- |\n| Owner | Who owns. |\n"
        "| Token | A coin. |\n\n"
        "## Roles\n\nSee [the grants](access-policy.md#granting), "
        "[its roles](access-policy.md#roles) and [a rule](access-policy.md#ac-01).\n\n"
        "## Policy statements\n\n"
        + tag("BK-01", "System owners SHALL back up data.", "BKP-01")
        + tag(
            "BK-02",
            "System owners SHALL wait.",
            "BKP-01",
            ', when="practices.moves_money", otherwise="no money is moved"',
        ),
        name="backup-policy",
    )
    workspace.policy(
        "Words before any heading.\n\n## Purpose\n\n"
        "> [!NOTE]\n> A purpose that cannot be listed.\n\n"
        "```\n## Not a heading [x](access-policy.md)\n```\n\n"
        "## Rules\n\n" + tag("CO-01", "System owners SHALL behave.", "HR-01"),
        name="conduct-policy",
    )
    workspace.policy(
        "## Rules\n\n"
        + tag("DA-01", "System owners SHALL label data.")
        + '\nAs the {{ "access-policy" | link }} says, `](access-policy.md)` is code.\n',
        name="data-policy",
        more='include_when: "not practices.moves_money"\n',
    )
    workspace.policy(
        "## Rules\n\n" + tag("EX-01", "System owners SHALL leave."),
        name="exit-policy",
        more='include_when: practices.moves_money\nexcluded_because: "no money is moved"\n',
    )
    for name, statement_id in zip(PROCEDURES, ("AP-01", "BP-01", "CP-01"), strict=True):
        workspace.write(
            f"procedures/{name}.md",
            front(name, "procedure")
            + "## Purpose\n\nSteps of the "
            + f'{{{{ "{name.replace("procedure", "policy")}" | link }}}}.\n\n'
            "## Steps\n\n1. Open it.\n2. Close it.\n\n## Statements\n\n"
            + tag(statement_id, "System owners SHALL follow the steps."),
        )
    workspace.write(
        f"procedures/registers/{REGISTER}.md",
        front(REGISTER, "register").replace("primary: [CC6.2]\nsecondary: [CC6.3]\n", "")
        + '## Systems\n\nReviewed under the {{ "access-policy" | link }}.\n\n'
        "{% for row in scope.documents %}\n- {{ row.title }}\n{% endfor %}\n",
    )


@dataclass(frozen=True)
class Merges:
    """A workspace whose documents can be bound in any way."""

    workspace: SmallWorkspace

    def profile(self, merges: Sequence[tuple[str, Sequence[str]]]) -> None:
        rows = "".join(
            f"    - {{id: {name}, title: The {name} Book, of: [{', '.join(of)}], "
            "owner: security_officer, approver: ceo}\n"
            for name, of in merges
        )
        listed = f"documents:\n  merges:\n{rows}" if rows else ""
        self.workspace.write("organization.yml", PROFILE + listed)

    def rendered(self, *merges: tuple[str, Sequence[str]]) -> tuple[Rendering, Facts]:
        self.profile(merges)
        rendering, facts, problems = self.workspace.render()
        assert [str(problem) for problem in problems if has_errors([problem])] == []
        return rendering, facts

    def document(self, name: str, *merges: tuple[str, Sequence[str]]) -> Document:
        rendering, _ = self.rendered(*merges)
        return next(row for row in rendering.documents if row.id == name)

    def told(self, *merges: tuple[str, Sequence[str]]) -> list[tuple[str, str]]:
        self.profile(merges)
        return told(self.workspace.check())


@pytest.fixture(scope="module")
def full(merges: Merges) -> tuple[Rendering, Facts]:
    return merges.rendered()


@pytest.fixture(scope="module")
def merges(tmp_path_factory: pytest.TempPathFactory) -> Merges:
    workspace = SmallWorkspace(tmp_path_factory.mktemp("library"))
    write_library(workspace)
    return Merges(workspace)


def atoms(rendering: Rendering) -> dict[str, tuple[object, ...]]:
    """Each statement with all that an auditor tests, links aside."""
    rows = [row for document in rendering.documents for row in document.record.statements]
    assert len({row.id for row in rows}) == len(rows)
    return {row.id: _atom(row) for row in rows}


def _atom(row: Statement) -> tuple[object, ...]:
    words = re.sub(r"\]\([^)]*\)", "]", row.text)
    return words, row.control, row.criteria, row.owner, row.evidence, row.not_applicable


def coverage(rendering: Rendering, facts: Facts) -> dict[str, tuple[object, ...]]:
    """State and reason of every criterion and control."""
    context = condition_context(facts)
    matrix = build_matrix(
        facts,
        rendering.documents,
        Register(as_of=date(2026, 11, 20), entries=(), set_head=""),
        lambda condition: evaluate(condition, context),
        show_working=True,
    )
    criteria = {
        row.criterion.id: (row.coverage, row.reason, row.controls) for row in matrix.criteria
    }
    controls = {
        row.control.id: (row.coverage, {found.statement.id for found in row.statements})
        for row in matrix.controls
    }
    return {**criteria, **controls}


@st.composite
def partitions(draw: st.DrawFn) -> list[tuple[str, list[str]]]:
    """Some documents, in any order, dealt into any number of merged ones."""
    chosen = draw(st.permutations([*POLICIES, *PROCEDURES]))
    used = chosen[: draw(st.integers(0, len(chosen)))]
    places = draw(st.lists(st.integers(0, 3), min_size=len(used), max_size=len(used)))
    names = ("first", "second", "third", "fourth")
    return [
        (names[place], [name for name, at in zip(used, places, strict=True) if at == place])
        for place in sorted(set(places))
    ]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(chosen=partitions())
def test_any_merge_keeps_every_statement_once_and_every_criterion_as_it_was(
    merges: Merges, full: tuple[Rendering, Facts], chosen: list[tuple[str, list[str]]]
) -> None:
    bound, bound_facts = merges.rendered(*chosen)
    assert atoms(bound) == atoms(full[0])
    assert coverage(bound, bound_facts) == coverage(*full)
    codes = {problem.code for problem in run_checks(bound, bound_facts)}
    assert codes <= {problem.code for problem in run_checks(*full)}
    for document in bound.documents:
        assert read_record(document.text, document.path) == document.record
    parts = {name for _, of in chosen for name in of}
    left = {document.id for document in full[0].documents} - parts
    assert {document.id for document in bound.documents} >= left


def test_purpose_scope_and_definitions_stand_once_in_a_merged_document(merges: Merges) -> None:
    text = merges.document("book", ("book", ["access-policy", "backup-policy"])).text
    headings = re.findall(r"^#+ .*$", text, re.MULTILINE)
    assert headings == [
        "# The book Book",
        "## Purpose",
        "## Scope",
        "## Definitions",
        "## Access Policy",
        "### Roles",
        "### Policy statements",
        "#### Granting",
        "## Backup Policy",
        "### Scope",  # a table cannot stand in a list
        "### Roles",
        "### Policy statements",
        "## Related documents",
        "## Control statements",
    ]
    assert (
        "- **[Access Policy](#access-policy):** This policy covers:\n\n"
        "    - **People:** all.\n    - **Systems:** all.\n\n    Outside it is the past.\n"
    ) in text
    assert text.count("| Statement | Control | Criteria |") == 1


def test_words_that_parts_define_alike_stand_once_and_others_name_their_document(
    merges: Merges,
) -> None:
    text = merges.document("book", ("book", ["access-policy", "backup-policy"])).text
    rows = [line for line in text.split("\n") if line.startswith(("| Owner", "| Token"))]
    assert rows == [
        "| Owner | Who owns. |",
        "| Token (Access Policy) | A key. |",
        "| Token (Backup Policy) | A coin. |",
    ]


@pytest.mark.parametrize(
    ("words", "target"),
    [
        pytest.param("the grants", "#granting", id="a heading that stands once"),
        pytest.param("its roles", "#access-policy", id="a heading that stands twice"),
        pytest.param("a rule", "#ac-01", id="a statement"),
        pytest.param("here", "#backup-policy", id="a heading of the same part"),
        pytest.param("register", "../registers/systems-register.md", id="a document alone"),
    ],
)
def test_links_inside_a_merged_document_lead_to_the_right_section(
    merges: Merges, words: str, target: str
) -> None:
    text = merges.document("book", ("book", ["access-policy", "backup-policy"])).text
    assert f"[{words}]({target})" in text


def test_links_to_a_bound_document_lead_to_its_section(merges: Merges) -> None:
    rendering, _ = merges.rendered(("book", ["access-policy", "backup-policy"]))
    texts = {document.id: document.text for document in rendering.documents}
    assert "[Access Policy](../policies/book.md#access-policy)" in texts["access-procedure"]
    assert "[Access Policy](book.md#access-policy)" in texts["data-policy"]
    assert "`](access-policy.md)` is code" in texts["data-policy"]
    assert "[x](access-policy.md)" in texts["conduct-policy"]  # in fenced code


def test_links_of_a_procedure_bound_with_policies_follow_it_into_their_folder(
    merges: Merges,
) -> None:
    document = merges.document("book", ("book", ["conduct-policy", "access-procedure"]))
    assert document.record.header.kind is Kind.POLICY
    assert document.path == "rendered/policies/book.md"
    assert "[Access Policy](access-policy.md)" in document.text


def test_what_leads_elsewhere_stands_once_at_the_end(merges: Merges) -> None:
    text = merges.document("book", ("book", ["access-policy", "backup-policy"])).text
    related = text.partition("## Related documents\n\n")[2].partition("\n\n")[0]
    assert related.split("\n") == [
        "- [Access Procedure](../procedures/access-procedure.md): how",
        "- [Systems Register](../registers/systems-register.md): which",
    ]


def test_registers_list_merged_documents_by_their_own_title(merges: Merges) -> None:
    text = merges.document(REGISTER, ("book", ["access-policy", "data-policy"])).text
    assert "- The book Book\n" in text
    assert "- Access Policy\n" not in text


def test_a_merged_document_is_as_strict_as_its_strictest_part(tmp_path: Path) -> None:
    workspace = SmallWorkspace(tmp_path)
    workspace.policy("One.\n", name="one-policy", more="acknowledge: true\n")
    workspace.policy(
        "Two.\n",
        name="two-policy",
        more="classification: restricted\ncadence: register_review_frequency\n",
    )
    made = Merges(workspace)
    header = made.document("book", ("book", ["one-policy", "two-policy"])).record.header
    shortest = made.document("two-policy").record.header.review_months
    assert (header.classification, header.acknowledge) == ("restricted", True)
    assert header.review_months == shortest
    assert header.audience == "all workforce"
    found = made.told(("book", ["one-policy", "two-policy"]))
    assert ("merge-restricted", "organization.yml:16:7") in found


@pytest.mark.parametrize(
    ("rows", "code", "place"),
    [
        pytest.param([("book", ["acess-policy"])], "merge-unknown-document", "16:45", id="unknown"),
        pytest.param([("book", [REGISTER])], "merge-register", "16:45", id="register"),
        pytest.param(
            [("book", ["data-policy"]), ("tome", ["data-policy"])],
            "merge-twice",
            "17:45",
            id="twice",
        ),
        pytest.param(
            [("data-policy", ["data-policy"])], "merge-id-taken", "16:12", id="id of a document"
        ),
        pytest.param(
            [("book", ["data-policy"]), ("book", ["exit-policy"])],
            "merge-id-taken",
            "17:12",
            id="id of another",
        ),
    ],
)
def test_a_merge_that_cannot_be_is_foundat_its_place(
    merges: Merges, rows: list[tuple[str, list[str]]], code: str, place: str
) -> None:
    assert (code, f"organization.yml:{place}") in merges.told(*rows)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"title: The book Book": "title: Data Policy"}, "merge-title"),
        ({"owner: security_officer, approver: ceo": "owner: chief, approver: ceo"},
         "merge-unknown-role"),
        ({"owner: security_officer, approver: ceo": "owner: ceo, approver: line_manager"},
         "merge-unknown-role"),
        ({"owner: security_officer, approver: ceo": "owner: ceo, approver: ceo"},
         "role-owner-approves"),
    ],
)  # fmt: skip
def test_title_owner_and_approver_of_a_merged_document_are_checked(
    merges: Merges, changed: Mapping[str, str], code: str
) -> None:
    merges.profile([("book", ["data-policy"])])
    path = merges.workspace.root / "organization.yml"
    text = path.read_text(encoding="utf-8")
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    found = {problem.code: str(problem.location) for problem in merges.workspace.check()}
    assert found[code].startswith("organization.yml:16:")


def test_every_fault_of_a_merge_is_told_at_once(merges: Merges) -> None:
    merges.profile([("book", ["acess-policy"])])
    path = merges.workspace.root / "organization.yml"
    text = path.read_text(encoding="utf-8").replace("approver: ceo}", "approver: chief}")
    path.write_text(text, encoding="utf-8")
    codes = {problem.code for problem in merges.workspace.check()}
    assert codes == {"merge-unknown-document", "merge-unknown-role"}


def test_a_merged_document_of_which_nothing_applies_is_not_there(merges: Merges) -> None:
    rendering, _ = merges.rendered(("book", ["exit-policy"]))
    assert "book" not in {document.id for document in rendering.documents}


def test_a_fault_in_a_part_is_foundat_its_line_in_the_merged_document(tmp_path: Path) -> None:
    workspace = SmallWorkspace(tmp_path)
    workspace.policy("One.\n", name="one-policy")
    workspace.policy("## Rules\n\nThis is TBD here.\n", name="two-policy")
    made = Merges(workspace)
    document = made.document("book", ("book", ["one-policy", "two-policy"]))
    line = document.text.split("\n").index("This is TBD here.") + 1
    [problem] = in_reading_order(workspace.check())
    assert (problem.code, str(problem.location)) == (
        "text-placeholder",
        f"rendered/policies/book.md:{line}",
    )
