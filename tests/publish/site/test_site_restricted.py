from __future__ import annotations

import gzip
import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from policygen.publish.site.sources import site_pages
from tests.publish.site.sample import PLANS, RESTRICTED_CANARY, edition_of, sample_content

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.publish.site.content import SiteContent
    from tests.publish.site.conftest import Sample, Workspace

REGISTER = "incident-contacts-register"
TITLE = "Incident Contacts Register (restricted: ask the owner)"


def files_with_canary(folder: Path) -> list[str]:
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            data += gzip.decompress(data) if path.suffix == ".gz" else b""
            if RESTRICTED_CANARY.encode() in data:
                found.append(path.relative_to(folder).as_posix())
    return found


def words(path: Path) -> str:
    page = path.read_text(encoding="utf-8")
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def pages_of(content: SiteContent) -> dict[str, str]:
    return {page.name: page.source() for page in site_pages(content)}


def test_the_canary_is_in_what_the_site_is_made_from(sample: Sample, built: Workspace) -> None:
    edition = sample.content.editions[REGISTER]
    assert RESTRICTED_CANARY in edition.text
    assert RESTRICTED_CANARY in edition.record.statements[0].text
    assert REGISTER in sample.content.pdfs
    assert RESTRICTED_CANARY in built.restricted_pdf.read_text()


def test_no_file_of_the_site_has_a_word_of_a_restricted_document(built: Workspace) -> None:
    assert files_with_canary(built.site) == []
    assert files_with_canary(built.docs) == []


def test_no_page_and_no_pdf_has_the_name_of_a_restricted_document(built: Workspace) -> None:
    assert [path.name for path in built.site.rglob(f"*{REGISTER}*")] == []
    assert list(built.site.rglob("access-control-policy-2.0.pdf"))


def test_a_preview_keeps_restricted_texts_back_as_well(sample: Sample) -> None:
    pages = pages_of(sample.preview)
    assert [name for name, page in pages.items() if RESTRICTED_CANARY in page] == []
    assert TITLE in pages["registers.md"].replace("\\", "")


@pytest.mark.parametrize(
    ("page", "line"),
    [
        ("registers.html", f"{TITLE} In force 1.0 2 March 2027 incident lead"),
        ("calendar.html", f"2 March 2027 {TITLE}"),
        ("criteria.html", TITLE),
        ("policies/access-control-policy.html", TITLE),
        ("statements.html", "IC-01 Restricted: ask the owner ACC-02 CC6.1"),
        ("controls.html", "IC-01 restricted: ask the owner"),
    ],
)
def test_lists_name_a_restricted_document_with_its_state_and_owner(
    built: Workspace, page: str, line: str
) -> None:
    assert line in words(built.site / page)


def test_a_link_to_a_restricted_document_reads_as_text(sample: Sample) -> None:
    pages = pages_of(
        sample.worded("vendors-register", f"## Vendors\n\nCall [them]({REGISTER}.md#contacts).\n")
    )
    assert "Call them (restricted: ask the owner)." in pages["registers/vendors-register.md"]


def test_a_text_that_was_restricted_before_is_not_told_as_a_change(sample: Sample) -> None:
    content = sample.content
    [old, new] = next(
        entry.versions for entry in content.register.entries if entry.id == "access-control-policy"
    )
    hidden = replace(
        old,
        text=replace(
            old.text,
            header=replace(old.text.header, classification="restricted"),
            body=old.text.body.replace("within 48 hours", f"within {RESTRICTED_CANARY}"),
        ),
    )
    entries = tuple(
        replace(entry, versions=(hidden, new)) if entry.id == "access-control-policy" else entry
        for entry in content.register.entries
    )
    pages = pages_of(replace(content, register=replace(content.register, entries=entries)))
    assert RESTRICTED_CANARY not in pages["policies/access-control-policy.md"]


def test_a_document_that_becomes_restricted_takes_its_page_and_pdf_along(
    sample: Sample, workspace: Workspace
) -> None:
    workspace.write(sample.content)
    before = {path.name for path in workspace.docs.rglob("vendors-register*")}
    assert before == {"vendors-register.md", "vendors-register-1.0.pdf"}
    workspace.write(with_class(sample.content, "vendors-register", "restricted"))
    assert list(workspace.docs.rglob("vendors-register*")) == []


@pytest.mark.parametrize("name", ["Restricted", " restricted ", "secret", ""])
def test_a_class_that_nobody_knows_is_restricted(sample: Sample, name: str) -> None:
    pages = pages_of(with_class(sample.content, "vendors-register", name))
    assert "registers/vendors-register.md" not in pages


def with_class(content: SiteContent, document: str, name: str) -> SiteContent:
    plan = next(plan for plan in PLANS if plan.id == document)
    edition = edition_of(plan)
    header = replace(edition.record.header, classification=name)
    changed = replace(edition, record=replace(edition.record, header=header))
    return replace(content, editions={**content.editions, document: changed})


def test_the_decision_survives_a_copy_of_the_content() -> None:
    content = replace(replace(sample_content(), tool_version="2.0"), preview=False)
    assert REGISTER in content.restricted
    assert REGISTER not in content.shown
