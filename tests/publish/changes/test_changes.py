"""A published comparison: every changed word, told without colours, in files that do nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pikepdf
import pytest

from policygen.model.document import text_digest
from policygen.model.publication import Brand
from policygen.problems import PolicygenError
from policygen.publish.changes.arranged import Changes, Lines, Side, Table, sections_of
from policygen.publish.changes.html import changes_html
from policygen.publish.changes.pdf import changes_pdf
from policygen.text.redline import Mark, redline
from tests.publish.editions import THEME, edition

if TYPE_CHECKING:
    from pathlib import Path

OLD = """\
## Leavers

**AC-17** IT SHALL disable an identity within 24 hours.

- keep the mailbox

    - for 30 days

- return the keys

This paragraph moves elsewhere, word for word.

## Systems

| System | Owner | Cadence |
| --- | --- | --- |
| Ledger | finance | yearly |
| Vault | IT | monthly |

> [!NOTE]
> Ask the desk.
"""
NEW = """\
## Leavers

**AC-17** IT SHALL disable an identity within 8 hours.

- keep the mailbox

    - for 90 days

- return the keys

## Systems

| System | Owner | Cadence |
| --- | --- | --- |
| Ledger | finance lead | quarterly |
| Vault | IT | monthly |
| Desk | IT | yearly |

> [!NOTE]
> Ask the service desk.

This paragraph moves elsewhere, word for word.

## <Annex> \\*A\\*

```
rm -rf  x_y
```
"""


def changes(old: str = OLD, new: str = NEW, **more: object) -> Changes:
    header = edition().record.header
    parts: dict[str, object] = {
        "header": header,
        "old": _side("version 1.0", old, date(2025, 12, 1)),
        "new": _side("version 2.0", new, date(2026, 12, 1)),
        "sections": sections_of(redline(old, new)),
        "brand": Brand(),
    }
    return Changes(**(parts | more))  # type: ignore[arg-type]


def _side(name: str, text: str, effective: date | None) -> Side:
    return Side(
        name=name,
        approved=effective,
        effective=effective,
        text=text,
        digest=text_digest(text),
    )


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("changes")
    path = folder / "changes.pdf"
    path.write_bytes(changes_pdf(changes(), theme=THEME, workspace=folder))
    return path


def _text(path: Path) -> str:
    done = subprocess.run(["pdftotext", "-raw", path, "-"], check=True, capture_output=True)
    return " ".join(done.stdout.decode().split())


def test_each_changed_block_says_what_happened_to_it() -> None:
    found = [
        (section.heading, part.what)
        for section in changes().sections
        for part in section.parts
        if isinstance(part, Lines)
    ]
    assert found == [
        ("Leavers", "Changed"),
        ("Leavers", "Changed"),
        ("Leavers", "Moved away"),
        ("Systems", "Changed"),
        ("Systems", "Moved here"),
        ("<Annex> *A*", "Added"),
        ("<Annex> *A*", "Added"),
    ]


def test_rows_of_a_table_are_compared_cell_by_cell_under_its_head() -> None:
    [table] = [
        part for section in changes().sections for part in section.parts if isinstance(part, Table)
    ]
    assert table.head == ("System", "Owner", "Cadence")
    assert [row.what for row in table.rows] == ["Changed", "Added"]
    [_, owner, cadence] = table.rows[0].cells
    assert [(run.mark, run.text) for run in owner] == [
        (Mark.SAME, "finance"),
        (Mark.ADDED, " lead"),
    ]
    assert [(run.mark, run.text) for run in cadence] == [
        (Mark.REMOVED, "yearly"),
        (Mark.SAME, " "),
        (Mark.ADDED, "quarterly"),
    ]


def test_items_of_a_list_keep_their_depth() -> None:
    lists = [
        part
        for section in changes().sections
        for part in section.parts
        if isinstance(part, Lines) and part.lines[0].label
    ]
    [item] = lists[0].lines
    assert (item.depth, item.label) == (1, "\u2022")


def test_a_new_table_shows_no_ruler() -> None:
    [section] = sections_of(redline("", "| a | b |\n| :-- | --- |\n| c | d |\n"))
    [table] = section.parts
    assert isinstance(table, Table)
    assert [[run.text for cell in row.cells for run in cell] for row in table.rows] == [
        ["a", "b"],
        ["c", "d"],
    ]


def test_pdf_states_versions_days_digests_and_every_changed_word(pdf: Path) -> None:
    text = _text(pdf)
    assert "Changes in Access Control Policy, version 1.0 to 2.0" in text
    assert "From version 1.0 1 December 2025" in text
    assert text_digest(OLD) in text
    assert text_digest(NEW) in text
    for words in (
        "Changed AC-17 IT SHALL disable an identity within 24 8 hours.",
        "for 30 90 days",
        "Moved away This paragraph moves elsewhere",
        "Changed Ledger finance lead yearly quarterly",
        "Added Desk IT yearly",
        "<Annex> *A*",
        "rm -rf",
    ):
        assert words in text
    assert "keep the mailbox" not in text


def test_pdf_is_archivable_accessible_and_dated_by_its_newer_version(pdf: Path) -> None:
    check = subprocess.run(["qpdf", "--check", pdf], check=True, capture_output=True)
    assert b"No syntax or stream encoding errors found" in check.stdout
    with pikepdf.open(pdf) as found, found.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert metadata["pdfuaid:part"] == "1"
        assert str(found.docinfo["/CreationDate"]).startswith("D:20261201000000")
        spans = [
            str(attribute.get("/TextDecorationType"))
            for item in found.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Span"
            for attribute in item.get("/A", pikepdf.Array()).as_list()
        ]
    assert set(spans) == {"/Underline", "/LineThrough"}


def test_pdf_has_the_same_bytes_in_another_process(tmp_path: Path, pdf: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from policygen.publish.changes.pdf import changes_pdf\n"
        "from tests.publish.changes.test_changes import THEME, changes\n"
        "Path(sys.argv[1]).write_bytes("
        "changes_pdf(changes(), theme=THEME, workspace=Path.cwd()))\n"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(THEME.parents[1]),
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "C",
    }
    subprocess.run(
        [sys.executable, "-c", script, "again.pdf"], check=True, cwd=tmp_path, env=environment
    )
    assert (tmp_path / "again.pdf").read_bytes() == pdf.read_bytes()


def test_a_character_no_font_has_is_named(tmp_path: Path) -> None:
    found = changes(new=NEW + "\n\u0e01\n")
    with pytest.raises(PolicygenError) as caught:
        changes_pdf(found, theme=THEME, workspace=tmp_path)
    assert [problem.code for problem in caught.value.problems] == ["pdf-missing-glyph"]


def test_a_font_that_is_not_there_is_named(tmp_path: Path) -> None:
    found = changes(brand=Brand(fonts=("fonts/none.ttf",)))
    with pytest.raises(PolicygenError) as caught:
        changes_pdf(found, theme=THEME, workspace=tmp_path)
    assert [problem.code for problem in caught.value.problems] == ["pdf-file"]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_html_is_one_file_that_loads_and_runs_nothing() -> None:
    hostile = "<script>alert(1)</script> ![x](https://harbor.example/x.png) <img onerror=a>\n"
    page = changes_html(changes(new=NEW + "\n" + hostile)).decode()
    found = _Tags()
    found.feed(page)
    assert not found.tags & {"script", "link", "img", "iframe", "object", "a", "form"}
    assert not found.attributes & {"src", "href", "onerror", "style"}
    assert "&lt;script&gt;" in page
    assert not re.search(r"url\(|@import", page)
    assert "default-src 'none'" in page


def test_html_marks_words_without_colours() -> None:
    page = changes_html(changes()).decode()
    assert "within <del>24</del> <ins>8</ins> hours." in page
    assert '<p class="what">Moved away</p>' in page
    assert "text-decoration: underline" in page
    assert "text-decoration: line-through" in page


def test_texts_that_agree_say_so(tmp_path: Path) -> None:
    found = changes(new=OLD)
    assert b"The two texts say the same." in changes_html(found)
    path = tmp_path / "same.pdf"
    path.write_bytes(changes_pdf(found, theme=THEME, workspace=tmp_path))
    assert "The two texts say the same." in _text(path)
