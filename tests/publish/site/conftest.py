"""The sample site: its content, and a workspace to build it in."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from policygen.publish.site.build import build_site
from policygen.publish.site.sources import write_site_sources
from tests.publish.site.sample import (
    HIDDEN_SENTENCE,
    MAIL_CANARY,
    PLANS,
    RESTRICTED_CANARY,
    ROOT,
    edition_of,
    record_of,
    sample_content,
)
from tests.publish.site.visiting import a_browser, served, visitor_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from policygen.publish.site.content import SiteContent
    from tests.publish.site.visiting import Visitor


class Workspace:
    """A folder with the site's settings, as a user has it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.docs = folder / "build" / "docs"
        self.site = folder / "build" / "site"
        shutil.copy(ROOT / "mkdocs.yml", folder / "mkdocs.yml")
        shutil.copytree(ROOT / "overrides" / "site", folder / "overrides" / "site")
        self.pdf = folder / "sealed.pdf"
        self.pdf.write_bytes(b"%PDF-1.7 sample\n")
        self.restricted_pdf = folder / "restricted.pdf"
        self.restricted_pdf.write_bytes(f"%PDF-1.7 {RESTRICTED_CANARY}\n".encode())

    def write(self, content: SiteContent) -> tuple[str, ...]:
        # Every caller hands in all PDFs; which of them are published is decided by the site.
        files = dict.fromkeys(content.pdfs.values(), self.pdf)
        restricted = content.pdfs.get("incident-contacts-register")
        if restricted is not None:
            files[restricted] = self.restricted_pdf
        return write_site_sources(content, self.docs, files=files)

    def build(self, content: SiteContent) -> Path:
        pages = self.write(content)
        problems = build_site(self.folder, self.docs, self.site, expected_pages=pages)
        assert problems == ()
        return self.site

    def texts(self) -> dict[str, str]:
        """Every text file of the site by path."""
        kinds = (".html", ".js", ".json", ".xml", ".css", ".svg", ".txt")
        return {
            path.relative_to(self.site).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(self.site.rglob("*"))
            if path.suffix in kinds
        }


def with_title(content: SiteContent, document: str, title: str) -> SiteContent:
    """The content with another title for one document."""
    plan = next(plan for plan in PLANS if plan.id == document)
    record, text = record_of(plan, title)
    edition = replace(content.editions[document], record=record, text=text)
    entries = tuple(
        replace(entry, title=title) if entry.id == document else entry
        for entry in content.register.entries
    )
    return replace(
        content,
        editions={**content.editions, document: edition},
        register=replace(content.register, entries=entries),
        reviews=tuple(
            replace(row, title=title) if row.document == document else row
            for row in content.reviews
        ),
    )


def with_body(content: SiteContent, document: str, body: str) -> SiteContent:
    """The content with another text for one document."""
    plan = replace(next(plan for plan in PLANS if plan.id == document), body=body, extra=())
    return replace(content, editions={**content.editions, document: edition_of(plan)})


@dataclass(frozen=True)
class Sample:
    """The sample organization, with what tests change about it."""

    content: SiteContent
    preview: SiteContent
    hidden_sentence: str = HIDDEN_SENTENCE
    mail_canary: str = MAIL_CANARY
    root: Path = ROOT

    def titled(self, document: str, title: str) -> SiteContent:
        return with_title(self.content, document, title)

    def worded(self, document: str, body: str) -> SiteContent:
        return with_body(self.content, document, body)


@pytest.fixture(scope="session")
def sample() -> Sample:
    return Sample(content=sample_content(), preview=sample_content(preview=True))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The sample site, built once; tests only read it."""
    workspace = Workspace(tmp_path_factory.mktemp("site"))
    workspace.build(sample_content())
    return workspace


# For a module, not for the session: while it runs, no other test could start an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(built: Workspace) -> Iterator[str]:
    with served(built.site) as address:
        yield address


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Visitor]:
    visitor = visitor_of(browser, address)
    yield visitor
    visitor.context.close()
