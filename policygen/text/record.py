"""The text of record, read back from its bytes and written from its parts.

Any version, of any age, is read by this one parser, so that a matrix of the text in force needs
no template of that day. The text opens with a header of fixed keys whose values are JSON, which
is valid YAML and shows as a table on a forge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from policygen.model.document import RecordText, Statement
from policygen.text import dialect
from policygen.text.header import format_error, header_lines, read_header

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policygen.model.document import Header

STATEMENTS_HEADING = "## Control statements"
NOT_APPLICABLE = "Does not apply: "
NONE = "none"
"""In the place of control and criteria where a document claims no criterion."""
STATEMENT_ID = re.compile(r"[A-Z]{2,5}-\d{2,3}")

_TABLE_HEAD = (
    "| Statement | Control | Criteria | Owner | Evidence |",
    "| --- | --- | --- | --- | --- |",
)
_STATEMENT_OPENING = re.compile(rf"\*\*({STATEMENT_ID.pattern})\*\* ")


def write_record(header: Header, body: str, statements: Sequence[Statement]) -> str:
    """The whole text of record: header, title, body, table of statements."""
    lines = [*header_lines(header), "", f"# {dialect.escape(header.title)}", "", body.strip(), ""]
    if statements:
        lines += [STATEMENTS_HEADING, "", *_TABLE_HEAD]
        lines += [_table_row(statement) for statement in statements]
        lines.append("")
    return "\n".join(lines)


def _table_row(statement: Statement) -> str:
    if statement.not_applicable is None:
        last = dialect.escape(statement.evidence)
        if last.startswith(NOT_APPLICABLE.strip()):
            # Evidence that reads like a reason must not be read back as one.
            last = last.replace(":", "&#58;", 1)
    else:
        last = NOT_APPLICABLE + dialect.escape(statement.not_applicable)
    cells = (
        statement.id,
        dialect.escape(statement.control) or NONE,
        dialect.escape(" ".join(statement.criteria)) or NONE,
        dialect.escape(statement.owner),
        last,
    )
    return f"| {' | '.join(cells)} |"


def read_record(text: str, name: str) -> RecordText:
    """Read a text of record.

    Args:
        text: The whole text.
        name: Path for problems.

    Raises:
        PolicygenError: It is not a text of record (`record-text-format`).
    """
    header_text, body = _split(text, name)
    header = read_header(header_text, name)
    first_line = text[: len(text) - len(body)].count("\n") + 1
    return RecordText(
        header=header, body=body, statements=_read_statements(body, header.id, name, first_line)
    )


def before_statements(text: str) -> str:
    """A text of record, or its body, without the table of statements at its end.

    The table is what follows the last heading of its name: an earlier one stands in the text.
    """
    before, found, _ = f"\n{text}".rpartition(f"\n{STATEMENTS_HEADING}\n")
    return before[1:] if found else text


def _split(text: str, name: str) -> tuple[str, str]:
    opening, separator, rest = text.partition("---\n")
    header, closing, body = rest.partition("\n---\n")
    if opening or not separator or not closing:
        raise format_error(name, 1, "the text does not open with a header between two lines ---")
    return header, body.lstrip("\n")


def _read_statements(body: str, document: str, name: str, first_line: int) -> tuple[Statement, ...]:
    found = statement_places(body)
    texts = {place.id: place for place in found}
    if len(texts) != len(found):
        raise format_error(name, None, "a statement stands in the text twice")
    statements: dict[str, Statement] = {}
    for number, row in _table_rows(body, name, first_line):
        statement = _read_row(row, document, name, number, texts, first_line)
        if statement.id in statements:
            raise format_error(name, number, f"{statement.id} stands in the table twice")
        statements[statement.id] = statement
    for place in found:
        if statements and place.id not in statements:
            fault = f"{place.id} stands in the text but not in the table"
            raise format_error(name, place.line + first_line - 1, fault)
    return tuple(statements.values())


def _table_rows(body: str, name: str, first_line: int) -> list[tuple[int, str]]:
    """The rows of the statement table with their lines; none where there is no table."""
    before, found, table = f"\n{body}".rpartition(f"\n{STATEMENTS_HEADING}\n")
    if not found:
        return []
    start = before.count("\n") + first_line
    lines = table.rstrip("\n").split("\n")
    if tuple(lines[:3]) != ("", *_TABLE_HEAD) or not all(lines[3:]):
        raise format_error(name, start, "the table of statements is not as it is written")
    return list(enumerate(lines[3:], start=start + 4))


def _read_row(
    row: str, document: str, name: str, number: int, texts: dict[str, Place], first_line: int
) -> Statement:
    cells = [dialect.unescape(cell) for cell in dialect.table_cells(row)]
    if len(cells) != len(dialect.table_cells(_TABLE_HEAD[0])):
        raise format_error(name, number, f"a row of the statement table reads {row[:80]}")
    statement_id, control, criteria, owner, last = cells
    applies = not row.split(" | ")[-1].startswith(NOT_APPLICABLE)
    place = texts.get(statement_id)
    if applies != (place is not None):
        stands = "in the table but not in the text" if applies else "in the text"
        raise format_error(name, number, f"{statement_id} stands {stands}")
    return Statement(
        id=statement_id,
        document=document,
        text=place.text if place else "",
        control="" if control == NONE else control,
        criteria=() if criteria == NONE else tuple(criteria.split()),
        owner=owner,
        evidence=last if applies else "",
        not_applicable=None if applies else last.removeprefix(NOT_APPLICABLE),
        line=place.line + first_line - 1 if place else 0,
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a statement stands in a body."""

    id: str
    line: int
    """Its first line in the body, from 1."""

    last_line: int
    """The last line of its paragraph, or of the list that belongs to it."""

    text: str
    """Its Markdown without the id."""


@lru_cache(maxsize=4096)
def statement_places(body: str) -> tuple[Place, ...]:
    """Every statement of a body, in the order of the text.

    A list directly after a statement that ends in a colon belongs to it.
    """
    blocks = dialect.paragraphs(body)
    found: list[Place] = []
    for index, (line, block) in enumerate(blocks):
        match = _STATEMENT_OPENING.match(block)
        if not match:
            continue
        parts = [block[match.end() :]]
        last = line + block.count("\n")
        if parts[0].rstrip().endswith(":"):
            for start, following in blocks[index + 1 :]:
                nested = len(parts) > 1 and following.startswith("    ")
                if not dialect.is_list(following) and not nested:
                    break
                parts.append(following)
                last = start + following.count("\n")
        found.append(Place(match[1], line, last, "\n\n".join(parts)))
    return tuple(found)
