"""Workbooks: readable, printable, harmless, and the same bytes every time."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.audit.lists.sheets import LONGEST_TEXT, Imprint, workbook
from policygen.stored_zip import zip_bytes
from policygen.tables import Column, Table, Tone, csv_bytes
from tests.audit.reading import MAIN, read_workbook

IMPRINT = Imprint(
    title="Document register", organization="Birch & Sons Ltd", as_of=date(2026, 9, 30),
    tool="policygen 1.0.0", about=(("Rows", "2"),),
)  # fmt: skip


def table(*rows: str, note: str | None = None, title: str = "Register") -> Table:
    return Table(
        name="register",
        title=title,
        columns=(Column(title="Text", tones={"gap": Tone.BAD}), Column(title="Count")),
        rows=tuple((row, number) for number, row in enumerate(rows)),
        note=note,
    )


FORMULAS = (
    "=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "=HYPERLINK(\"http://x.example\")", "{=1}",
    "https://x.example", "mailto:a@b.example", "internal:'About'!A1", "007", "1e5",
)  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_text_stays_text_in_a_workbook(text: str) -> None:
    sheet = read_workbook(workbook([table(text)], IMPRINT))[0]
    assert sheet.rows[1] == [text, 0.0]
    assert sheet.root.find(f".//{MAIN}hyperlink") is None


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60)))
def test_every_text_comes_back_from_a_workbook_and_its_csv_is_never_calculated(
    texts: list[str],
) -> None:
    sheet = read_workbook(workbook([table(*texts)], IMPRINT))[0]
    expected = [_lines(text) for text in texts]
    assert [_lines(_unescaped(str(row[0]))) for row in sheet.rows[1:]] == expected
    rows = list(csv.reader(io.StringIO(csv_bytes(table(*texts)).decode("utf-8-sig"), newline="")))
    for row, text in zip(rows[1:], expected, strict=True):
        assert row[0] in (text, "'" + text)
        assert not row[0].startswith(("=", "+", "-", "@", "\t", "\r"))


def _unescaped(text: str) -> str:
    """Undoes `_xHHHH_`, as spreadsheets do for what XML cannot carry."""
    return re.sub("_x([0-9A-F]{4})_", lambda match: chr(int(match[1], 16)), text)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def test_heads_are_frozen_filtered_and_repeated_on_every_printed_page() -> None:
    sheet = read_workbook(workbook([table("a", "b")], IMPRINT))[0]
    pane = sheet.find("sheetViews/sheetView/pane")
    assert (pane.get("ySplit"), pane.get("xSplit"), pane.get("state")) == ("1", "1", "frozen")
    assert sheet.find("autoFilter").get("ref") == "A1:B3"
    setup = sheet.find("pageSetup")
    assert (setup.get("orientation"), setup.get("paperSize")) == ("landscape", "9")
    assert setup.get("fitToHeight") == "0"
    # `&` opens a code in a header, so it is doubled.
    assert "Birch && Sons Ltd" in (sheet.find("headerFooter/oddHeader").text or "")
    with zipfile.ZipFile(io.BytesIO(workbook([table("a")], IMPRINT))) as archive:
        assert b"Register!$1:$1" in archive.read("xl/workbook.xml")


def test_a_note_stands_above_the_heads_and_stays_in_sight() -> None:
    sheet = read_workbook(workbook([table("a", note="Informative only.")], IMPRINT))[0]
    assert sheet.rows[0][0] == "Informative only."
    assert sheet.rows[1] == ["Text", "Count"]
    assert sheet.find("sheetViews/sheetView/pane").get("ySplit") == "2"
    assert sheet.find("autoFilter").get("ref") == "A2:B3"


def test_sheet_names_fit_whatever_the_titles_are() -> None:
    long = "A title that is far longer than a sheet's name may be"
    tables = [
        table("a", title=title) for title in (long, long, "a/b:[c]", "About", "''", "History")
    ]
    names = [sheet.name for sheet in read_workbook(workbook(tables, IMPRINT))]
    assert len({name.casefold() for name in names}) == len(names) == 7
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert names[-1] == "About"


def test_a_text_too_long_for_a_cell_says_that_it_is_cut() -> None:
    sheet = read_workbook(workbook([table("\U0001f512" * 20_000)], IMPRINT))[0]
    text = str(sheet.rows[1][0])
    assert text.endswith("the CSV has all of it)")
    assert len(text.encode("utf-16-le")) // 2 <= LONGEST_TEXT


def test_dates_and_figures_are_values_that_can_be_sorted() -> None:
    dated = Table(
        name="t", title="T", columns=(Column(title="Day"), Column(title="Hours")),
        rows=((date(2026, 1, 31), 1.5), (None, None)),
    )  # fmt: skip
    sheet = read_workbook(workbook([dated], IMPRINT))[0]
    assert sheet.rows[1:] == [[46053.0, 1.5], ["", ""]]
    assert csv_bytes(dated).decode("utf-8-sig") == "Day,Hours\n2026-01-31,1.5\n,\n"


def test_a_column_that_people_fill_in_offers_the_answers() -> None:
    asked = Table(
        name="t", title="T", columns=(Column(title="Answer", choices=("yes", "no"), is_open=True),),
        rows=(("",), ("",)),
    )  # fmt: skip
    sheet = read_workbook(workbook([asked], IMPRINT))[0]
    validation = sheet.find("dataValidations/dataValidation")
    assert validation.get("sqref") == "A2:A3"
    assert validation.findtext(f"{MAIN}formula1") == '"yes,no"'


def test_the_same_tables_give_the_same_bytes_in_another_process_on_another_day() -> None:
    program = (
        "import sys; from tests.audit.lists.test_sheets import *; "
        "sys.stdout.buffer.write(workbook([table('gap', 'b')], IMPRINT))"
    )
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    made = subprocess.run(
        [sys.executable, "-c", program], cwd=root, env=environment, check=True, capture_output=True
    ).stdout
    assert made == workbook([table("gap", "b")], IMPRINT)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2026-09-30T00:00:00Z"}


def test_an_archive_keeps_order_and_contents() -> None:
    data = zip_bytes({"b.txt": b"2", "a.txt": b"1"})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["b.txt", "a.txt"]
        assert archive.read("a.txt") == b"1"
        assert archive.testzip() is None


def test_a_row_is_tall_enough_for_its_longest_text() -> None:
    sheet = read_workbook(workbook([table("short", "word " * 60)], IMPRINT))[0]
    heights = [float(row.attrib["ht"]) for row in sheet.root.iter(f"{MAIN}row")]
    width = float(sheet.find("cols/col").attrib["width"])
    assert heights[1] < 2 * 15
    assert heights[2] >= 15 * (300 / width)
