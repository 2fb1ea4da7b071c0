"""Workbooks: tables as XLSX that opens ready to filter and to print, the same bytes every time."""

from __future__ import annotations

import io
import textwrap
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import xlsxwriter

from policygen.stored_zip import stored_again
from policygen.tables import Column, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from policygen.tables import Cell

LONGEST_TEXT = 32_767
"""What a cell holds, in UTF-16 units."""

_CUT = " ... (cut here: a cell holds no more, the CSV has all of it)"
_NARROWEST, _WIDEST = 9, 64
_LONGEST_NAME = 31
_LINE, _TALLEST = 15, 409
"""Points: a line of text, and the tallest row that spreadsheets take."""

_PAPERS = {"us-letter": 1, "a4": 9}
_COLOURS = {
    Tone.GOOD: ("#E3F1E6", "#1B4D2B"),
    Tone.ATTENTION: ("#FDF0D2", "#6B4400"),
    Tone.BAD: ("#FBE0DE", "#7A1712"),
    Tone.QUIET: ("#EFEFEF", "#4A4A4A"),
}
"""Fill and text, legible on screen and on a black-and-white print."""

_HEAD = {"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", "border": 1,
         "border_color": "#8A97A8", "text_wrap": True, "valign": "vcenter"}  # fmt: skip
_BODY = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#D0D5DC"}
_OPEN = _BODY | {"bg_color": "#FFFBE6"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """What a workbook states about itself, in its properties and on every printed page."""

    title: str
    organization: str
    as_of: date
    """The day whose facts it shows, which is also the creation time inside the file."""

    tool: str
    """E.g. `policygen 1.0.0`."""

    paper: str = "a4"
    """`a4` or `us-letter`."""

    about: tuple[tuple[str, str], ...] = ()
    """Source, filter and counts, by label: a last sheet of their own; none where empty."""


def workbook(tables: Sequence[Table], imprint: Imprint) -> bytes:
    """One sheet a table, in their order, heads frozen and filtered, text never a formula."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    book.set_properties(
        {
            "title": imprint.title,
            "author": imprint.organization,
            "comments": f"Made by {imprint.tool}, as of {imprint.as_of.isoformat()}",
            "created": datetime.combine(imprint.as_of, time(), tzinfo=UTC),
        }
    )
    pen = _Pen(book)
    for name, table in zip(_sheet_names(tables), tables, strict=True):
        _draw(book.add_worksheet(name), table, imprint, pen)
    if imprint.about:
        _draw(book.add_worksheet("About"), _about(imprint), imprint, pen)
    book.close()
    return stored_again(stream.getvalue())


class _Pen:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, Tone | None, bool], Format] = {}
        self.head = book.add_format(_HEAD)
        self.note = book.add_format({"text_wrap": True, "valign": "top", "italic": True})

    def body(self, cell: Cell, column: Column) -> Format:
        tone = column.tones.get(cell) if isinstance(cell, str) else None
        kind = "date" if isinstance(cell, date) else "other"
        key = (kind, tone, column.is_open)
        if key not in self._made:
            look: dict[str, object] = dict(_OPEN if column.is_open else _BODY)
            if kind == "date":
                look |= {"num_format": "yyyy-mm-dd", "align": "left"}
            if tone is not None:
                fill, text = _COLOURS[tone]
                look |= {"bg_color": fill, "font_color": text}
            self._made[key] = self._book.add_format(look)
        return self._made[key]


def _draw(sheet: Worksheet, table: Table, imprint: Imprint, pen: _Pen) -> None:
    last = len(table.columns) - 1
    widths = [_width(table, index) for index in range(len(table.columns))]
    top = 0
    if table.note is not None:
        top = 1
        _write_note(sheet, table, pen)
    for index, column in enumerate(table.columns):
        sheet.write_string(top, index, column.title, pen.head)
        sheet.set_column(index, index, widths[index])
        if column.choices and table.rows:
            sheet.data_validation(
                top + 1, index, top + len(table.rows), index,
                {"validate": "list", "source": list(column.choices)},
            )  # fmt: skip
    sheet.set_row(
        top, _height(zip((column.title for column in table.columns), widths, strict=True))
    )
    for line, row in enumerate(table.rows, start=top + 1):
        # Said here, for a row that is not given a height grows with its text only in Excel.
        sheet.set_row(line, _height(zip(row, widths, strict=True)))
        for index, (cell, column) in enumerate(zip(row, table.columns, strict=True)):
            _write(sheet, line, index, cell, pen.body(cell, column))
    sheet.freeze_panes(top + 1, 1)
    sheet.autofilter(top, 0, top + len(table.rows), last)
    _set_up_print(sheet, table, imprint, top, last)


def _write(sheet: Worksheet, line: int, index: int, cell: Cell, look: Format) -> None:
    if cell is None:
        sheet.write_blank(line, index, None, look)
    elif isinstance(cell, str):
        sheet.write_string(line, index, _fitting(cell), look)
    elif isinstance(cell, date):
        sheet.write_datetime(line, index, datetime.combine(cell, time()), look)
    else:
        sheet.write_number(line, index, cell, look)


def _write_note(sheet: Worksheet, table: Table, pen: _Pen) -> None:
    assert table.note is not None
    room = sum(_width(table, index) for index in range(len(table.columns)))
    sheet.set_row(0, _height([(table.note, room)]))
    if len(table.columns) > 1:
        sheet.merge_range(0, 0, 0, len(table.columns) - 1, "", pen.note)
    sheet.write_string(0, 0, table.note, pen.note)


def _set_up_print(sheet: Worksheet, table: Table, imprint: Imprint, top: int, last: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(_PAPERS[imprint.paper])
    sheet.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.75)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
    sheet.print_area(0, 0, top + len(table.rows), last)
    sheet.set_header(f"&L{_code(imprint.organization)}&R{_code(table.title)}")
    sheet.set_footer(f"&LAs of {imprint.as_of.isoformat()}&C{_code(imprint.tool)}&RPage &P of &N")


def _code(text: str) -> str:
    """Text in a header or footer, where `&` opens a code and 255 characters are all there is."""
    return text[:80].replace("&", "&&")


def _height(cells: Iterable[tuple[Cell, int]]) -> int:
    """Points that a row needs for its longest cell, each given with its width in characters."""
    lines = max((_lines(cell, width) for cell, width in cells if isinstance(cell, str)), default=1)
    return min(_TALLEST, lines * _LINE + 1)


def _lines(text: str, width: int) -> int:
    # Most letters are narrower than the digits in which widths are counted.
    room = max(int(width * 1.1) - 1, 1)
    return max(
        1,
        sum(
            1 if len(line) <= room else len(textwrap.wrap(line, room)) for line in text.splitlines()
        ),
    )


def _width(table: Table, index: int) -> int:
    column = table.columns[index]
    if column.width is not None:
        return column.width
    longest = max((_longest_line(row[index]) for row in table.rows), default=0)
    # The arrow of the filter covers what stands under it.
    return min(_WIDEST, max(_NARROWEST, longest + 2, _longest_word(column.title) + 4))


def _longest_line(cell: Cell) -> int:
    text = cell.isoformat() if isinstance(cell, date) else str("" if cell is None else cell)
    return max((len(line) for line in text.splitlines()), default=0)


def _longest_word(text: str) -> int:
    return max((len(word) for word in text.split()), default=0)


def _fitting(text: str) -> str:
    units = text.encode("utf-16-le")
    if len(units) // 2 <= LONGEST_TEXT:
        return text
    return units[: 2 * (LONGEST_TEXT - len(_CUT))].decode("utf-16-le", "ignore") + _CUT


def _sheet_names(tables: Sequence[Table]) -> list[str]:
    """Names that spreadsheets take: at most 31 characters, each another one."""
    names: dict[str, None] = {}
    for table in tables:
        plain = "".join("-" if letter in "[]:*?/\\" else letter for letter in table.title)
        name = plain.strip("' ")[:_LONGEST_NAME].strip("' ") or table.name
        number = 2
        while name.casefold() in {*map(str.casefold, names), "about", "history"}:
            name = f"{plain[: _LONGEST_NAME - 3].strip()} {number}"
            number += 1
        names[name] = None
    return list(names)


def _about(imprint: Imprint) -> Table:
    first: Mapping[str, Cell] = {
        "Title": imprint.title,
        "Organization": imprint.organization,
        "As of": imprint.as_of.isoformat(),
        "Made by": imprint.tool,
    }
    return Table(
        name="about",
        title="About",
        columns=(Column(title="What", width=24), Column(title="Value", width=100)),
        rows=(*first.items(), *imprint.about),
    )
