"""What changed between two versions, arranged for a reader: sections, lines, rows of tables."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from policygen.text import dialect
from policygen.text.redline import Mark, Run, compared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from policygen.model.document import Header
    from policygen.model.publication import Brand
    from policygen.text.redline import Block

TOP = "Beginning of the text"
"""Stands for the heading of what has none above it."""

_RULER = re.compile(r"\|(?: *:?-+:? *\|)+ *")
_ITEM = re.compile(r"( *)(?:[-*+]|(\d{1,9}[.)])) +")
_QUOTE = re.compile(r"^> ?")
_ALERT = re.compile(r"\[!([A-Z]+)\]")
_BOLD = re.compile(r"(?<!\\)\*\*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two texts."""

    name: str
    """E.g. `version 1.0`, `the working text`, `nothing`."""

    approved: date | None
    """None where it is no approved version."""

    effective: date | None
    text: str
    """The whole text of record; empty where there is none."""

    digest: str | None
    """SHA-256 of the text; None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a changed block."""

    depth: int
    """How deep in lists it stands, from 0."""

    label: str
    """What stands before it: a bullet, a number, or nothing."""

    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """A changed paragraph, heading, list, callout or piece of code."""

    what: str
    kind: Literal["text", "heading", "code"]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A changed row of a table."""

    what: str
    cells: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Changed rows of one table."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What changed under one heading."""

    heading: str
    parts: tuple[Lines | Table, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """A comparison, ready to be published."""

    header: Header
    """Of the newer text."""

    old: Side
    new: Side
    sections: tuple[Section, ...]
    brand: Brand

    @property
    def title(self) -> str:
        """E.g. `Changes in Access Control Policy, version 1.0 to 2.0`."""
        to = self.new.name
        if self.old.name.startswith("version "):
            to = to.removeprefix("version ")
        return f"Changes in {self.header.title}, {self.old.name} to {to}"


def sections_of(blocks: Iterable[Block]) -> tuple[Section, ...]:
    """Changed blocks under their headings; rows of a table that follow each other are one table."""
    return tuple(
        Section(heading=_plain(heading) or TOP, parts=tuple(_parts(tuple(group))))
        for heading, group in itertools.groupby(blocks, key=lambda block: block.heading)
    )


def _parts(blocks: Sequence[Block]) -> Iterator[Lines | Table]:
    for head, group in itertools.groupby(blocks, key=lambda block: block.head):
        if not head:
            yield from (_lines(block) for block in group)
            continue
        names = tuple(_plain(cell) for cell in dialect.table_cells(head))
        rows = [row for block in group for row in _rows(block, len(names))]
        if rows:
            yield Table(head=names, rows=tuple(rows))


def _what(block: Block) -> str:
    """What happened, in words for who sees no colours."""
    marks = {run.mark for run in block.runs}
    if marks == {Mark.ADDED}:
        return "Moved here" if block.moved else "Added"
    if marks == {Mark.REMOVED}:
        return "Moved away" if block.moved else "Removed"
    return "Moved here, changed" if block.moved else "Changed"


def _both(block: Block) -> tuple[str, str]:
    """The block in the old text and in the new one."""
    old = "".join(run.text for run in block.runs if run.mark is not Mark.ADDED)
    new = "".join(run.text for run in block.runs if run.mark is not Mark.REMOVED)
    return old, new


def _rows(block: Block, columns: int) -> Iterator[Row]:
    """Compared cell by cell, so that no mark runs across a border."""
    old, new = (_cells(text, columns) for text in _both(block))
    if not old and not new:
        return
    pairs = itertools.zip_longest(old, new, fillvalue="")
    yield Row(what=_what(block), cells=tuple(_apart(compared(*pair)) for pair in pairs))


def _cells(row: str, columns: int) -> list[str]:
    """Texts of a row's cells, as many as the table has columns; none of a row that only rules."""
    if not row or _RULER.fullmatch(row):
        return []
    cells = [_plain(cell) for cell in dialect.table_cells(row)]
    return (cells + [""] * columns)[:columns]


def _lines(block: Block) -> Lines:
    old, new = _both(block)
    shown = new or old
    is_code = shown.startswith(("```", "~~~"))
    kind: Literal["text", "heading", "code"] = "text"
    if is_code:
        kind = "code"
    elif dialect.heading(shown.split("\n")[0]):
        kind = "heading"
    lines = [_line(runs, is_code=is_code) for runs in _split(block.runs)]
    return Lines(what=_what(block), kind=kind, lines=tuple(line for line in lines if line.runs))


def _split(runs: Iterable[Run]) -> list[list[Run]]:
    """Runs of each line."""
    lines: list[list[Run]] = [[]]
    for run in runs:
        for number, text in enumerate(run.text.split("\n")):
            if number:
                lines.append([])
            if text:
                lines[-1].append(Run(run.mark, text))
    return lines


def _line(runs: list[Run], *, is_code: bool) -> Line:
    if is_code:
        return Line(depth=0, label="", runs=tuple(runs))
    depth, label = 0, ""
    text = "".join(run.text for run in runs)
    opening = _ITEM.match(text) or _QUOTE.match(text) or re.match(r"#{1,6} +| +", text)
    if opening:
        runs = _without(runs, opening.end())
        indent = len(text) - len(text.lstrip(" "))
        depth = indent // 4
        if opening.re is _ITEM:
            label = opening[2] or "\u2022"
    plain = (Run(run.mark, _plain(run.text)) for run in runs)
    return Line(depth=depth, label=label, runs=_apart(run for run in plain if run.text))


def _apart(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Runs with a space where a word was replaced, so that old and new do not read as one."""
    found: list[Run] = []
    for run in runs:
        last = found[-1] if found else None
        replaces = last is not None and Mark.SAME not in (last.mark, run.mark)
        if last and replaces and not (last.text[-1].isspace() or run.text[0].isspace()):
            found.append(Run(Mark.SAME, " "))
        found.append(run)
    return tuple(found)


def _without(runs: list[Run], count: int) -> list[Run]:
    """The runs without their first characters."""
    kept: list[Run] = []
    for run in runs:
        text = run.text[count:]
        count = max(count - len(run.text), 0)
        if text:
            kept.append(Run(run.mark, text))
    return kept


def _plain(markdown: str) -> str:
    """Words as they are read: without emphasis marks and escapes; links stay as written."""
    text = _ALERT.sub(lambda found: found[1].capitalize(), markdown)
    return dialect.unescape(_BOLD.sub("", text))
