"""The body of a document page: the text of record with anchors and chips at its statements."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from policygen.publish.site.chrome import attribute, control_chip, criterion_chip, table, text
from policygen.publish.site.governed import safe_text
from policygen.text import dialect
from policygen.text.record import NONE, STATEMENT_ID, STATEMENTS_HEADING, before_statements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policygen.model.document import RecordText, Statement
    from policygen.publish.site.content import SiteContent

_STATEMENT = re.compile(rf"\*\*({STATEMENT_ID.pattern})\*\* ")

_DOCUMENTS = 1024
"""Texts whose bodies are remembered while somebody writes one of them."""


@dataclass(frozen=True, slots=True)
class _Names:
    """What the bodies of all pages are written with: titles, and where links lead."""

    said: tuple[tuple[tuple[str, str], ...], ...]
    """All of it, to compare."""

    criterion_titles: Mapping[str, str] = field(compare=False)
    control_titles: Mapping[str, str] = field(compare=False)
    absent_pages: Mapping[str, str] = field(compare=False)
    moved_pages: Mapping[str, str] = field(compare=False)


def document_text(content: SiteContent, record: RecordText) -> str:
    """The body below the card: sections, statements, and the table of statements."""
    names = (
        content.criterion_titles, content.control_titles,
        content.absent_pages, content.moved_pages,
    )  # fmt: skip
    return _document_text(_Names(tuple(tuple(found.items()) for found in names), *names), record)


@lru_cache(maxsize=_DOCUMENTS)
def _document_text(names: _Names, record: RecordText) -> str:
    blocks = [block for _, block in dialect.paragraphs(before_statements(record.body))]
    if blocks and blocks[0].startswith("# "):
        del blocks[0]
    writer = _Writer(names, record)
    parts = writer.blocks(blocks)
    if record.statements:
        parts += [STATEMENTS_HEADING, writer.statement_table()]
    return "\n\n".join(parts)


class _Writer:
    """Turns the blocks of one document into the blocks of its page."""

    def __init__(self, names: _Names, record: RecordText) -> None:
        self._names = names
        self._here = record.header.path
        self._folder = record.header.kind.folder
        self._statements = {row.id: row for row in record.statements}
        self._record = record
        self._heading = record.header.title

    def blocks(self, blocks: list[str]) -> list[str]:
        parts: list[str] = []
        index = 0
        while index < len(blocks):
            block = blocks[index]
            match = _STATEMENT.match(block)
            statement = self._statements.pop(match[1], None) if match else None
            index += 1
            if match is None or statement is None:
                parts.append(self._plain(block))
                continue
            inner = [block[match.end() :]]
            if block.rstrip().endswith(":") and index < len(blocks):
                while index < len(blocks) and _continues_list(blocks[index], first=len(inner) == 1):
                    inner.append(blocks[index])
                    index += 1
            parts.append(self._statement(statement, inner))
        return parts

    def _plain(self, block: str) -> str:
        found = dialect.heading(block)
        if found is not None:
            self._heading = dialect.unescape(found[1])
        if not block.startswith("|"):
            return self._safe(block)
        # A wide table scrolls on its own, or becomes cards on a phone.
        opening = f'<div class="pg-table" data-label="{attribute(self._heading)}" markdown="1">'
        return f"{opening}\n\n{self._safe(block)}\n\n</div>"

    def _safe(self, block: str) -> str:
        return safe_text(
            block,
            folder=self._folder,
            absent=self._names.absent_pages,
            moved=self._names.moved_pages,
        )

    def _statement(self, statement: Statement, inner: list[str]) -> str:
        anchor = dialect.slug(statement.id)
        opening = f"[**{statement.id}**](#{anchor}){{ .pg-anchor }} "
        lines = [
            f'<div class="pg-statement" id="{anchor}" markdown="1">',
            opening + self._safe(inner[0]),
            *(self._safe(block) for block in inner[1:]),
            f"{self._chips(statement)} "
            f'<span class="pg-meta">{text(statement.owner)}</span> {evidence_of(statement)}\n'
            "{: .pg-chips data-search-exclude }",
            "</div>",
        ]
        return "\n\n".join(lines)

    def _chips(self, statement: Statement) -> str:
        return f"{self._control(statement)} {self._criteria(statement)}".strip()

    def _control(self, statement: Statement) -> str:
        title = self._names.control_titles.get(statement.control)
        if title is None:
            return text(statement.control)
        return control_chip(self._here, statement.control, title)

    def _criteria(self, statement: Statement) -> str:
        return criterion_chips(self._names.criterion_titles, self._here, statement.criteria)

    def statement_table(self) -> str:
        rows = []
        for row in self._record.statements:
            anchor = dialect.slug(row.id)
            applies = row.not_applicable is None
            rows.append(
                (
                    f"[{row.id}](#{anchor})" if applies else row.id,
                    self._control(row) or NONE,
                    self._criteria(row) or NONE,
                    text(row.owner),
                    text(row.evidence)
                    if row.not_applicable is None
                    else f"Does not apply: {text(row.not_applicable)}",
                )
            )
        head = ("Statement", "Control", "Criteria", "Owner", "Evidence")
        # A search for an id should lead to the duty itself, not to its row.
        label = "Control statements of this document"
        return table(head, rows, label=label, searched=False)


def criterion_chips(titles: Mapping[str, str], here: str, criteria: tuple[str, ...]) -> str:
    """Chips for criteria; one that the matrix does not know stands as text."""
    return " ".join(
        criterion_chip(here, name, titles[name]) if name in titles else text(name)
        for name in criteria
    )


def evidence_of(row: Statement) -> str:
    """What proves a statement, as a quiet line of its own; empty where nothing is named."""
    if not row.evidence.strip():
        return ""
    return f'<span class="pg-evidence">Evidence: {text(row.evidence)}</span>'


def _continues_list(block: str, *, first: bool) -> bool:
    return dialect.is_list(block) if first else block.startswith("    ")
