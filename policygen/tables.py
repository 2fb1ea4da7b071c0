"""Tables: what a list says, once, so that its CSV, workbook and page cannot disagree."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Cell: TypeAlias = "str | int | float | date | None"
"""What stands in one cell; None where there is nothing to say."""

_CALCULATED = ("=", "+", "-", "@", "\t", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What opens a formula in one spreadsheet or another, as wide characters too."""


class Tone(Enum):
    """How a word in a cell is marked, beside being written."""

    GOOD = "good"
    ATTENTION = "attention"
    BAD = "bad"
    QUIET = "quiet"
    """Present, and nothing to act on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table."""

    title: str
    width: int | None = None
    """In characters; None takes the width of what stands in it, within reason."""

    tones: Mapping[str, Tone] = field(default_factory=dict)
    """How cells that say exactly this are marked."""

    choices: tuple[str, ...] = ()
    """What a person may fill in, offered as a list; empty where nothing is asked."""

    is_open: bool = False
    """Whether a person fills it in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A list with its heads."""

    name: str
    """Of its file and sheet, kebab-case, e.g. `criteria-coverage`."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str | None = None
    """What a reader must know before the first row, e.g. a disclaimer; None where nothing."""


def csv_bytes(table: Table) -> bytes:
    """The table as CSV: UTF-8 with byte order mark, LF, no text that a spreadsheet calculates.

    The note is left out, so that the first line is the heads.
    """
    return csv_of([column.title for column in table.columns], table.rows)


def csv_of(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """`csv_bytes` of bare heads and rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([written(cell) for cell in row] for row in rows)
    # A byte order mark is how spreadsheets learn that a CSV is UTF-8.
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def written(cell: Cell) -> str:
    """A cell as CSV writes it; text that would be calculated is opened by an apostrophe."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str):
        # A lone CR would end the row for some readers.
        text = cell.replace("\r\n", "\n").replace("\r", "\n")
        return "'" + text if text.startswith(_CALCULATED) else text
    return str(cell)
