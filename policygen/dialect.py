"""The one Markdown dialect: escaping values, reading blocks, naming anchors.

The text of record is GitHub-flavoured Markdown that a forge, Python-Markdown and pandoc must read
alike. A value from the profile is text: it may never become a heading, link, list, table cell,
emphasis, mention or entity in any of the three.
"""

from __future__ import annotations

import html
import re
import unicodedata

_BACKSLASH = frozenset("\\`*_{}[]>#|~")
"""Escaped by a backslash wherever they stand."""

_ENTITY = {"<": "&lt;", "$": "&#36;", "@": "&#64;", "^": "&#94;"}
"""Tags, math, mentions and footnotes: a backslash does not stop every reader, an entity does."""

_LIST_NUMBER = re.compile(r"(\d{1,9})([.)])")
_WWW = re.compile(r"(?i)(www)\.")
_ACTING_AMPERSAND = re.compile(r"&(?=#|\w)")
_UNESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_ACTING_COLON = re.compile(r":(?=[\w/+\-])")
_HEADING = re.compile(r"^(#{1,6}) (.+)$")
_LIST_ITEM = re.compile(r"^([-*+]|\d{1,9}[.)]) ")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")


def escape(value: str) -> str:
    """The value as Markdown that shows exactly its characters, on one line.

    White space is folded to single spaces. What acts only at the start of a line is escaped at the
    start of the value, because a template may put a value there.
    """
    text = " ".join(value.split())
    if not text:
        return ""
    text = _ACTING_AMPERSAND.sub("\0", text)
    escaped = "".join(
        _ENTITY.get(character) or ("\\" + character if character in _BACKSLASH else character)
        for character in text
    )
    escaped = _ACTING_COLON.sub("&#58;", escaped.replace("\0", "&amp;"))
    return _escape_start(_WWW.sub(r"\1\\.", escaped))


def _escape_start(text: str) -> str:
    first = text[0]
    if first in "+-":
        return "\\" + text
    if first == "=":
        return "&#61;" + text[1:]
    number = _LIST_NUMBER.match(text)
    if number:
        return f"{number[1]}\\{text[number.end() - 1 :]}"
    return text


def unescape(text: str) -> str:
    """The plain characters that `escape` was given."""
    return html.unescape(_UNESCAPE.sub(_protect, text)).translate(_UNPROTECT)


# Backslash escapes are set aside in the private use area while entities are resolved, so that
# an escaped "&" and an entity beside it cannot join.
_PROTECTED = {chr(0xE000 + code): chr(code) for code in range(128)}
_UNPROTECT = str.maketrans(_PROTECTED)


def _protect(match: re.Match[str]) -> str:
    return chr(0xE000 + ord(match[1]))


def slug(heading: str) -> str:
    """The anchor of a heading: lower-case ASCII words joined by hyphens."""
    text = unicodedata.normalize("NFKD", unescape(heading))
    ascii_text = text.encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", ascii_text)
    return "-".join(words) or "section"


def paragraphs(text: str) -> list[tuple[int, str]]:
    """Blocks parted by blank lines, each with its first line (from 1); fenced code is one block."""
    blocks: list[tuple[int, str]] = []
    current: list[str] = []
    start = 1
    fence: str | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        match = _FENCE.match(line)
        if match and (fence is None or match[1].startswith(fence)):
            fence = None if fence is not None else match[1]
        if not line.strip() and fence is None:
            if current:
                blocks.append((start, "\n".join(current)))
            current = []
            continue
        if not current:
            start = number
        current.append(line)
    if current:
        blocks.append((start, "\n".join(current)))
    return blocks


def is_list(block: str) -> bool:
    """Whether a block opens with a list item."""
    return bool(_LIST_ITEM.match(block))


def heading(line: str) -> tuple[int, str] | None:
    """Level and text where the line is a heading; else None."""
    match = _HEADING.match(line)
    return (len(match[1]), match[2].strip()) if match else None


def table_cells(row: str) -> list[str]:
    """The cells of a pipe table row, still escaped; an escaped pipe does not part cells."""
    inner = row.strip().removeprefix("|")
    inner = re.sub(r"(?<!\\)\|$", "", inner)
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", inner)]
