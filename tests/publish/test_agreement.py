"""Every document of the library has one structure and one wording on the site and on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policygen.model.document import text_digest
from policygen.model.publication import Brand, Edition
from policygen.publish.pdf.pool import Job, make_pdfs
from policygen.publish.pdf.typeset import Typesetter
from policygen.publish.worker import cores
from policygen.text.record import read_record
from tests.conftest import made_once
from tests.publish.blocks import (
    paper_body,
    paper_skeleton,
    site_blocks,
    skeleton,
    squeezed,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.publish.pdf.typeset import Structure

REPOSITORY = Path(__file__).parents[2]
RENDERED = REPOSITORY / "rendered"
DOCUMENTS = tuple(path.relative_to(RENDERED).as_posix() for path in sorted(RENDERED.rglob("*.md")))


def _edition(name: str) -> Edition:
    text = (RENDERED / name).read_text(encoding="utf-8")
    return Edition(
        record=read_record(text, name),
        text=text,
        text_sha256=text_digest(text),
        version=None,
        approved=None,
        effective=None,
        next_review=None,
        approvals=(),
        history=(),
        brand=Brand(),
    )


@pytest.fixture(scope="module")
def editions() -> Mapping[str, Edition]:
    return {name: _edition(name) for name in DOCUMENTS}


@pytest.fixture(scope="module")
def structures(editions: Mapping[str, Edition]) -> Mapping[str, Structure]:
    """The blocks of each text, as the PDF's pandoc reads them."""
    with Typesetter() as typesetter:
        return {
            name: typesetter.structure(edition.record.body) for name, edition in editions.items()
        }


@pytest.fixture(scope="module")
def pdfs(
    tmp_path_factory: pytest.TempPathFactory, editions: Mapping[str, Edition]
) -> Mapping[str, Path]:
    """Previews of all documents, made once for all processes."""

    def make(folder: Path) -> None:
        jobs = [Job(edition=editions[name], attachments=()) for name in DOCUMENTS]
        theme = REPOSITORY / "overrides" / "pdf"
        found = make_pdfs(jobs, theme=theme, workspace=REPOSITORY, workers=cores())
        for name, made in zip(DOCUMENTS, found, strict=True):
            assert made.problems == ()
            assert made.pdf is not None
            (folder / f"{Path(name).stem}.pdf").write_bytes(made.pdf)

    folder = made_once(tmp_path_factory, "previews", make)
    return {name: folder / f"{Path(name).stem}.pdf" for name in DOCUMENTS}


def _tables(blocks: Structure) -> Iterator[Structure]:
    for block in blocks:
        if isinstance(block, tuple):
            if block[:1] == ("table",):
                yield block
            else:
                yield from _tables(block)


def test_there_are_documents_to_compare() -> None:
    assert len(DOCUMENTS) > 40


@pytest.mark.parametrize("name", DOCUMENTS)
def test_site_shows_the_blocks_that_paper_shows(
    editions: Mapping[str, Edition], structures: Mapping[str, Structure], name: str
) -> None:
    assert site_blocks(editions[name].record.body) == structures[name]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_tags_of_the_pdf_are_the_blocks_of_the_text(
    pdfs: Mapping[str, Path], structures: Mapping[str, Structure], name: str
) -> None:
    title, *body = structures[name]
    assert isinstance(title, tuple)
    assert title[:2] == ("heading", 1)
    assert paper_skeleton(pdfs[name]) == skeleton(tuple(body))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_words_of_the_pdf_are_the_words_of_the_text_in_their_order(
    editions: Mapping[str, Edition],
    pdfs: Mapping[str, Path],
    structures: Mapping[str, Structure],
    name: str,
) -> None:
    body = structures[name][1:]
    source = squeezed("".join(words(body)))
    heads = frozenset(
        squeezed("".join(table[1][0]))  # type: ignore[index, arg-type]
        for table in _tables(body)
    )
    header = editions[name].record.header
    above = f"{header.organization} · {header.title}"
    assert paper_body(pdfs[name], source, heads, above) == source
