"""Interchange: what other programs import says what the register says."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from policygen.audit.interchange.imports import assistant_documents, platform_sidecar, policy_sheet
from policygen.model.register import Flag, Register, State
from policygen.pipeline.situation import Situation, situation
from policygen.yaml.yamlfile import parse_yaml
from tests.audit.interchange.test_oscal import published
from tests.moments import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.audit.interchange.oscal import PublishedText
    from policygen.pipeline.sources.survey import Survey

STATUSES = {"to_do", "in_progress", "on_hold", "active", "degraded", "deprecated"}


@pytest.fixture(scope="module")
def found(demonstration: Path) -> Situation:
    return situation(demonstration, now=NOW)


@pytest.fixture
def register(found: Situation) -> Register:
    return found.register


def changed(register: Register, name: str, **changes: object) -> Register:
    entries = tuple(
        replace(entry, **changes) if entry.id == name else entry  # type: ignore[arg-type]
        for entry in register.entries
    )
    return replace(register, entries=entries)


def templates(documents: list[PublishedText]) -> dict[str, str]:
    data = assistant_documents(documents, organization="Quillwater & Co.")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_each_document_is_a_template_with_the_front_matter_that_is_read(library: Survey) -> None:
    found = templates(published(library))
    headers = [document.record.header for document in library.rendering.documents]
    open_to_all = {header.id for header in headers if header.classification != "restricted"}
    assert found.keys() == {f"en/quillwater-co-{name}.md" for name in open_to_all}
    assert len(open_to_all) < len(headers), "a document for a few only is not handed on"
    text = found["en/quillwater-co-access-control-policy.md"]
    facts = parse_yaml(text.split("---\n")[1], "x").value
    assert facts == {
        "title": "Access Control Policy",
        "description": "Version 1.0, for all workforce",
        "document_type": "policy",
        "locale": "en",
        "provider": "Quillwater & Co.",
    }
    kinds = {str(parse_yaml(each.split("---\n")[1], "x").value) for each in found.values()}
    assert len(kinds) == len(found)
    assert "\n**AC-17** IT SHALL disable" in text


def test_links_that_would_lead_nowhere_are_words_and_others_stay(library: Survey) -> None:
    for text in templates(published(library)).values():
        assert not re.search(r"\]\((?!https://|mailto:|#)", text)
    whole = "".join(templates(published(library)).values())
    assert "](mailto:" in whole


def test_templates_keep_to_the_caps_of_the_importer(library: Survey) -> None:
    found = templates(published(library))
    assert len(found) <= 1000
    assert max(len(text.encode()) for text in found.values()) < 10 * 2**20
    assert sum(len(text.encode()) for text in found.values()) < 50 * 2**20


def test_the_same_set_gives_the_same_archive(library: Survey) -> None:
    documents = published(library)
    again = assistant_documents(documents[::-1], organization="Quillwater")
    assert again == assistant_documents(documents, organization="Quillwater")


def test_policies_carry_state_link_and_next_review(register: Register) -> None:
    table = policy_sheet(register, site_url="https://policies.quillwater.example/")
    assert [column.title for column in table.columns][:6] == [
        "ref_id", "name", "description", "domain", "status", "link",
    ]  # fmt: skip
    policies = [entry for entry in register.entries if entry.kind == "policy"]
    assert [row[0] for row in table.rows] == [entry.id for entry in policies]
    for row, entry in zip(table.rows, policies, strict=True):
        assert row[4] == "active"
        assert row[5] == f"https://policies.quillwater.example/policies/{entry.id}.html"
        assert row[9] == entry.next_review


def test_states_are_told_in_the_words_of_the_importer(register: Register) -> None:
    name = next(entry.id for entry in register.entries if entry.kind == "policy")

    def status(found: Register) -> str:
        rows = {row[0]: row for row in policy_sheet(found, site_url=None).rows}
        assert rows[name][5] is None
        return str(rows[name][4])

    overdue = changed(register, name, flags=frozenset({Flag.OVERDUE}))
    draft = changed(register, name, in_force=None, state=State.DRAFT)
    retired = changed(register, name, in_force=None, state=State.RETIRED)
    told = [status(each) for each in (overdue, draft, retired)]
    assert told == ["degraded", "in_progress", "deprecated"]
    assert set(told) <= STATUSES


def test_facts_stand_beside_each_pdf_and_documents_without_one_are_left_out(
    register: Register,
) -> None:
    first, *_ = register.entries
    pdfs = {first.id: (f"policies/{first.id}-1.0.pdf", "ab" * 32)}
    table = platform_sidecar(register, pdfs, lambda moment: moment.date())
    [row] = table.rows
    facts = dict(zip((column.title for column in table.columns), row, strict=True))
    assert first.in_force is not None
    assert facts["File"] == f"policies/{first.id}-1.0.pdf"
    assert facts["Version"] == first.in_force.version
    assert facts["Renewal due"] == first.next_review
    assert isinstance(facts["Approved on"], date)
    assert first.in_force.consents[0].name in str(facts["Approved by"])
    assert facts["SHA-256"] == "ab" * 32
