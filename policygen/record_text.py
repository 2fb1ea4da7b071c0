"""The text of record, read back from its bytes and written from its parts.

Any version, of any age, is read by this one parser, so that a matrix of the text in force needs
no template of that day. The text opens with a header of fixed keys whose values are JSON, which
is valid YAML and shows as a table on a forge.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from policygen import dialect
from policygen.model.document import Header, Kind, RecordText, Statement
from policygen.problems import Location, PolicygenError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

STATEMENTS_HEADING = "## Control statements"
NOT_APPLICABLE = "Does not apply: "
STATEMENT_ID = re.compile(r"[A-Z]{2,5}-\d{2,3}")

_TABLE_HEAD = (
    "| Statement | Control | Criteria | Owner | Evidence |",
    "| --- | --- | --- | --- | --- |",
)
_STATEMENT_OPENING = re.compile(rf"\*\*({STATEMENT_ID.pattern})\*\* ")
_TEXT_KEYS = (
    "id", "title", "kind", "organization", "short_name", "owner", "owner_title",
    "classification", "audience",
)  # fmt: skip
_OPTIONAL_KEYS = ("approver", "approver_title")
_LIST_KEYS = ("criteria", "primary", "related")
KEYS = (
    "id", "title", "kind", "organization", "short_name", "owner", "owner_title", "approver",
    "approver_title", "classification", "review_months", "audience", "acknowledge", "criteria",
    "primary", "related",
)  # fmt: skip
"""The header's keys in the order they are written."""


def write_record(header: Header, body: str, statements: Sequence[Statement]) -> str:
    """The whole text of record: header, title, body, table of statements."""
    lines = ["---"]
    for key in KEYS:
        value = getattr(header, key)
        plain = value.value if isinstance(value, Kind) else value
        lines.append(f"{key}: {json.dumps(plain, ensure_ascii=False)}")
    lines += ["---", "", f"# {dialect.escape(header.title)}", "", body.strip(), ""]
    if statements:
        lines += [STATEMENTS_HEADING, "", *_TABLE_HEAD]
        lines += [_table_row(statement) for statement in statements]
        lines.append("")
    return "\n".join(lines)


def _table_row(statement: Statement) -> str:
    last = (
        dialect.escape(statement.evidence)
        if statement.not_applicable is None
        else NOT_APPLICABLE + dialect.escape(statement.not_applicable)
    )
    cells = (
        statement.id,
        statement.control,
        " ".join(statement.criteria),
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
    header = _read_header(header_text, name)
    first_line = text[: len(text) - len(body)].count("\n") + 1
    return RecordText(
        header=header, body=body, statements=_read_statements(body, header.id, name, first_line)
    )


def _split(text: str, name: str) -> tuple[str, str]:
    opening, separator, rest = text.partition("---\n")
    header, closing, body = rest.partition("\n---\n")
    if opening or not separator or not closing:
        raise _format_error(name, 1, "the text does not open with a header between two lines ---")
    return header, body.lstrip("\n")


def _read_header(text: str, name: str) -> Header:
    values: dict[str, object] = {}
    for number, line in enumerate(text.split("\n"), start=2):
        key, _, raw = line.partition(": ")
        try:
            values[key] = json.loads(raw)
        except json.JSONDecodeError as error:
            raise _format_error(name, number, f"{key} is not followed by a JSON value") from error
    if tuple(values) != KEYS:
        raise _format_error(name, 2, f"the header has the keys {', '.join(values)}")
    return _header_from(values, name)


def _header_from(values: dict[str, object], name: str) -> Header:
    def text(key: str) -> str:
        value = values[key]
        if not isinstance(value, str) or not value:
            raise _format_error(name, KEYS.index(key) + 2, f"{key} is not a text")
        return value

    def optional(key: str) -> str | None:
        return None if values[key] is None else text(key)

    def texts(key: str) -> tuple[str, ...]:
        value = values[key]
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _format_error(name, KEYS.index(key) + 2, f"{key} is not a list of texts")
        return tuple(value)

    months = values["review_months"]
    if not isinstance(months, int) or isinstance(months, bool) or not 1 <= months <= 60:
        raise _format_error(name, KEYS.index("review_months") + 2, "review_months is not 1 to 60")
    kinds = {kind.value: kind for kind in Kind}
    if text("kind") not in kinds:
        raise _format_error(name, KEYS.index("kind") + 2, f"{text('kind')} is not a kind")
    return Header(
        id=text("id"),
        title=text("title"),
        kind=kinds[text("kind")],
        organization=text("organization"),
        short_name=text("short_name"),
        owner=text("owner"),
        owner_title=text("owner_title"),
        approver=optional("approver"),
        approver_title=optional("approver_title"),
        classification=text("classification"),
        review_months=months,
        audience=text("audience"),
        acknowledge=values["acknowledge"] is True,
        criteria=texts("criteria"),
        primary=texts("primary"),
        related=texts("related"),
    )


def _read_statements(body: str, document: str, name: str, first_line: int) -> tuple[Statement, ...]:
    texts = statement_texts(body)
    _, found, table = body.rpartition(STATEMENTS_HEADING + "\n")
    rows = [line for line in table.split("\n") if line.startswith("| ")][2:] if found else []
    statements = []
    columns = len(dialect.table_cells(_TABLE_HEAD[0]))
    for row in rows:
        cells = dialect.table_cells(row)
        if len(cells) != columns:
            raise _format_error(name, None, f"a row of the statement table reads {row}")
        statement_id, control, criteria, owner, last = cells
        applies = not last.startswith(NOT_APPLICABLE)
        line, text = texts.get(statement_id, (0, ""))
        if applies != bool(text):
            raise _format_error(
                name, None, f"{statement_id} stands in the table but not in the text, or twice"
            )
        reason = None if applies else dialect.unescape(last.removeprefix(NOT_APPLICABLE))
        statements.append(
            Statement(
                id=statement_id,
                document=document,
                text=text,
                control=control,
                criteria=tuple(criteria.split()),
                owner=dialect.unescape(owner),
                evidence=dialect.unescape(last) if applies else "",
                not_applicable=reason,
                line=line + first_line - 1 if text else 0,
            )
        )
    return tuple(statements)


def statement_texts(body: str) -> dict[str, tuple[int, str]]:
    """Line and Markdown of each statement in a body, by id; the text goes without the id.

    A list directly after a statement that ends in a colon belongs to it.
    """
    blocks = dialect.paragraphs(body)
    found: dict[str, tuple[int, str]] = {}
    for index, (line, block) in enumerate(blocks):
        match = _STATEMENT_OPENING.match(block)
        if not match:
            continue
        text = block[match.end() :]
        if text.rstrip().endswith(":") and index + 1 < len(blocks):
            following = blocks[index + 1][1]
            if dialect.is_list(following):
                text += "\n\n" + following
        found.setdefault(match[1], (line, text))
    return found


def _format_error(name: str, line: int | None, message: str) -> PolicygenError:
    return PolicygenError(
        Problem(
            code="record-text-format",
            location=Location(name, line),
            message=f"not a text of record as policygen writes it: {message}",
            hint="Render it again; an approved text is never edited.",
        )
    )
