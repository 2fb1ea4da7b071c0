"""Drafts as DOCX: structure kept, places for people marked, nothing of the machine inside."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

import pypandoc
import pytest

from policygen.problems import PolicygenError
from policygen.publish.docx import draft_docx

TEXT = """\
# Title of the draft

Opening <b>words</b> & more.

## A section

> [!IMPORTANT]
> **For a person.** Fill this in.

| Short | Long |
| --- | --- |
| a | A sentence that needs far more room than its neighbour does. |

- one
- two
"""


def docx(text: str = TEXT, paper: str = "a4") -> bytes:
    return draft_docx(
        text, title="A draft", organization="Birch & Sons", day=date(2026, 9, 30), paper=paper
    )


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_headings_lists_and_tables_are_those_of_the_text() -> None:
    body = parts(docx())["word/document.xml"]
    styles = re.findall(r'<w:pStyle w:val="(\w+)"', body)
    assert styles.count("Heading2") == 1
    assert "Title of the draft" not in body
    assert body.count("<w:tr>") == 2
    # A tag that somebody typed is no tag there, and its words stay.
    assert "Opening words &amp; more." in re.sub(r"<[^>]*>", "", body)


def test_a_place_for_a_person_stands_out_and_loses_the_word_before_it() -> None:
    found = parts(docx())
    place = re.search(r'<w:pStyle w:val="Foraperson" />.*?</w:p>', found["word/document.xml"])
    assert place
    assert "Fill this in." in place[0]
    assert "Important" not in found["word/document.xml"]
    style = re.search(r'w:styleId="Foraperson">.*?</w:style>', found["word/styles.xml"], re.DOTALL)
    assert style
    assert 'w:fill="FEF3C7"' in style[0]


def test_columns_are_as_wide_as_their_texts_ask_for() -> None:
    body = parts(docx())["word/document.xml"]
    short, long = (int(width) for width in re.findall(r'<w:gridCol w:w="(\d+)"', body))
    assert long > 2 * short


@pytest.mark.parametrize(("paper", "width"), [("a4", 11906), ("us-letter", 12240)])
def test_the_page_is_that_of_the_profile(paper: str, width: int) -> None:
    assert f'<w:pgSz w:w="{width}"' in parts(docx(paper=paper))["word/document.xml"]


def test_the_same_text_gives_the_same_bytes_with_the_day_inside() -> None:
    assert docx() == docx()
    core = parts(docx())["docProps/core.xml"]
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2026-09-30T00:00:00Z"}
    assert "Birch &amp; Sons" in core


def test_no_file_of_the_machine_gets_into_it() -> None:
    found = parts(docx("![picture](/etc/hostname)\n\n![other](https://x.example/y.png)\n"))
    assert not [name for name in found if name.startswith("word/media")]
    assert "https://x.example" not in found["word/_rels/document.xml.rels"]


def test_pandoc_that_fails_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pypandoc, "get_pandoc_path", lambda: "/bin/false")
    with pytest.raises(PolicygenError) as caught:
        docx()
    assert [problem.code for problem in caught.value.problems] == ["docx-not-made"]
