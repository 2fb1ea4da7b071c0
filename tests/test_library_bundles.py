"""The compact bundle over the whole library: fewer documents that say and cover the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policygen.checks.run import run_checks
from policygen.conditions.condition import evaluate
from policygen.load.facts import condition_context, resolve_facts
from policygen.load.profile.profile import profile_of
from policygen.load.registries.registries import package_registries
from policygen.load.templates import load_templates
from policygen.matrix.build import build_matrix
from policygen.model.register import Register
from policygen.publish.pdf.typeset import Typesetter
from policygen.render.documents import render_documents
from policygen.yaml.yamlfile import parse_yaml
from tests.publish.blocks import site_blocks

if TYPE_CHECKING:
    from policygen.model.document import Document, Rendering
    from policygen.model.facts import Facts

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Bound:
    """The example organization with one way of binding its documents."""

    rendering: Rendering
    facts: Facts

    def statements(self) -> list[tuple[object, ...]]:
        rows = (row for document in self.rendering.documents for row in document.record.statements)
        return sorted(
            (row.id, row.control, row.criteria, row.owner, row.evidence, row.not_applicable or "")
            for row in rows
        )

    def coverage(self) -> dict[str, tuple[object, ...]]:
        context = condition_context(self.facts)
        matrix = build_matrix(
            self.facts,
            self.rendering.documents,
            Register(as_of=date(2026, 11, 20), entries=(), set_head=""),
            lambda condition: evaluate(condition, context),
            show_working=True,
        )
        criteria = {row.criterion.id: (row.coverage, row.reason) for row in matrix.criteria}
        return {**criteria, **{row.control.id: (row.coverage,) for row in matrix.controls}}

    def merged(self) -> list[Document]:
        return [document for document in self.rendering.documents if document.record.header.parts]


def bound(bundle: str) -> Bound:
    text = (ROOT / "organization.yml").read_text(encoding="utf-8")
    assert "  bundle: full " in text
    file = parse_yaml(text.replace("  bundle: full ", f"  bundle: {bundle} "), "organization.yml")
    profile, _ = profile_of(file)
    assert profile is not None
    facts, _ = resolve_facts(profile, file, package_registries())
    rendering = render_documents(load_templates(ROOT)[0], facts, condition_context(facts))
    return Bound(rendering, facts)


@pytest.fixture(scope="module")
def full() -> Bound:
    return bound("full")


@pytest.fixture(scope="module")
def compact() -> Bound:
    return bound("compact")


def test_the_compact_bundle_states_and_covers_what_the_full_set_does(
    full: Bound, compact: Bound
) -> None:
    assert len(compact.rendering.documents) < len(full.rendering.documents) / 2
    assert compact.statements() == full.statements()
    assert compact.coverage() == full.coverage()


def test_the_compact_bundle_checks_as_clean_as_the_full_set(full: Bound, compact: Bound) -> None:
    assert compact.rendering.problems == full.rendering.problems
    expected = {problem.code for problem in run_checks(full.rendering, full.facts)}
    assert {problem.code for problem in run_checks(compact.rendering, compact.facts)} <= expected


def test_every_name_in_a_bundle_is_a_document_of_the_library() -> None:
    known = {
        path.stem for folder in ("policies", "procedures") for path in (ROOT / folder).glob("*.md")
    }
    rows = [row for rows in package_registries().bundles.values() for row in rows]
    named = [name for row in rows for name in row.of]
    assert sorted(set(named) - known) == []
    assert len(named) == len(set(named))
    assert not {row.id for row in rows} & known
    roles = package_registries().roles
    assert all({row.owner, row.approver, *(role for _, role in row.approver_when)} <= roles.keys()
               for row in rows)  # fmt: skip


def test_merged_documents_have_one_structure_on_the_site_and_on_paper(compact: Bound) -> None:
    chosen = ("information-security-handbook", "access-procedures", "data")
    with Typesetter() as typesetter:
        for document in compact.merged():
            if document.id not in chosen:
                continue
            body = document.record.body
            assert site_blocks(body) == typesetter.structure(body), document.id
            made = typesetter.body_to_typst(body)
            assert made.warnings == (), document.id


def test_no_text_of_a_merged_document_names_a_file_that_is_gone(compact: Bound) -> None:
    gone = {part.id for volume in compact.rendering.volumes for part in volume.parts}
    for document in compact.rendering.documents:
        linked = re.findall(r"\]\([^)#]*?([a-z0-9-]+)\.md[^)]*\)", document.text)
        assert not gone & set(linked), document.id
