"""The one Markdown dialect: escaping values, reading blocks, naming anchors.

The text of record is GitHub-flavoured Markdown that a forge, Python-Markdown and pandoc must read
alike. A value from the profile is text: it may never become a heading, link, list, table cell,
emphasis, mention or entity in any of the three.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_ACTING = re.compile(
    r"""(?P<mark>[\\`*_{}\[\]>#|~]|(?<=www)\.)
      | (?P<sign>[<$@^]|^[=:]|&(?=\#?\w+;)|:(?=//|[\w+-]+:))
      | ^(?P<dash>[+-])
      | ^(?P<number>\d{1,9})(?P<stop>[.)])(?=\ |$)""",
    re.VERBOSE | re.IGNORECASE,
)
"""What would be more than text: marks take a backslash; tags, math, mentions, entities, notes,
emoji and addresses an entity, since a backslash does not stop every reader. Anchors mean the start
of the value, because a template may put it at the start of a line."""

_TEXTS = 4096
"""Texts whose blocks are remembered: checks, pages and readers look at each many times."""

_REMEMBERED = 16_384
"""Names and titles that come again and again, on every page of a site."""

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w+);")
_LINK = re.compile(r"(?<![\\!])\[((?:\\.|[^\[\]\\])*)\]\(((?:\\.|[^()\s\\])*)\)")
_HEADING = re.compile(r"^(#{1,6}) +(.+?)(?: +#+)? *$")
_LIST_ITEM = re.compile(r"^([-*+]|\d{1,9}[.)]) ")
_FENCE = re.compile(r"^ *(`{3,}(?=[^`]*$)|~{3,})(.*)$")
_CELL_PART = re.compile(r"\\.|[^\\|]+|\\|\|", re.DOTALL)


@lru_cache(maxsize=_REMEMBERED)
def escape(value: str) -> str:
    r"""The value as Markdown that shows exactly its characters, on one line.

    White space is folded to single spaces. What acts only at the start of a line is escaped at the
    start of the value, because a template may put a value there. Plain prose stays as it is.

    >>> escape("Quillwater Software, Inc."), escape("A & B <x> #1")
    ('Quillwater Software, Inc.', 'A & B &lt;x\\> \\#1')
    """
    return _ACTING.sub(_as_text, " ".join(value.split()))


def _as_text(found: re.Match[str]) -> str:
    if found["sign"]:
        return _ENTITIES.get(found["sign"]) or f"&#{ord(found['sign'])};"
    return f"{found['number'] or ''}\\{found['mark'] or found['dash'] or found['stop']}"


_ENTITIES = {"<": "&lt;", "&": "&amp;"}


def unescape(text: str) -> str:
    """The plain characters that `escape` was given."""
    return _ESCAPED.sub(lambda found: found[1] or html.unescape(found[0]), text)


def plain(markdown: str) -> str:
    """A paragraph as a reader hears it: links by their words, no marks, white space folded.

    >>> plain("**Write** to [the team](mailto:a@b.example) &lt;now&gt;")
    'Write to the team <now>'
    """
    words_of_links = _LINK.sub(lambda found: found[1], " ".join(markdown.split()))
    return unescape(words_of_links.replace("**", ""))


def links_as_words(markdown: str, leads: Callable[[str], bool]) -> str:
    """The text with each link that leads nowhere put as its words.

    >>> links_as_words("[here](../a.md#b), [there](https://x.example)", lambda to: to[:4] == "http")
    'here, [there](https://x.example)'
    """
    return _LINK.sub(lambda found: found[0] if leads(found[2]) else found[1], markdown)


@lru_cache(maxsize=_REMEMBERED)
def slug(heading: str) -> str:
    """The anchor of a heading: lower-case ASCII words joined by hyphens."""
    text = unicodedata.normalize("NFKD", unescape(heading))
    ascii_text = text.encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", ascii_text)
    return "-".join(words) or "section"


@lru_cache(maxsize=_TEXTS)
def paragraphs(text: str) -> tuple[tuple[int, str], ...]:
    """Blocks parted by blank lines, each with its first line (from 1); fenced code is one block."""
    blocks: list[tuple[int, str]] = []
    current: list[str] = []
    start = 1
    fence = ""
    for number, line in enumerate(text.split("\n"), start=1):
        fence = fence_after(line, fence)
        if not line.strip() and not fence:
            if current:
                blocks.append((start, "\n".join(current)))
            current = []
            continue
        if not current:
            start = number
        current.append(line)
    if current:
        blocks.append((start, "\n".join(current)))
    return tuple(blocks)


def fence_after(line: str, fence: str) -> str:
    """The marks that would close the code the next line stands in; empty outside of code.

    Args:
        line: One line.
        fence: What this function gave for the line before.
    """
    # Nearly every line has no mark, and every line is looked at many times.
    found = _FENCE.match(line) if "```" in line or "~~~" in line else None
    if found is None:
        return fence
    if not fence:
        return found[1]
    closes = found[1].startswith(fence) and not found[2].strip()
    return "" if closes else fence


def is_list(block: str) -> bool:
    """Whether a block opens with a list item."""
    return bool(_LIST_ITEM.match(block))


def heading(line: str) -> tuple[int, str] | None:
    """Level and text where the line is a heading; else None."""
    match = _HEADING.match(line) if line.startswith("#") else None
    return (len(match[1]), match[2].strip()) if match else None


def table_cells(row: str) -> list[str]:
    """The cells of a pipe table row, still escaped; an escaped pipe does not part cells."""
    cells = [""]
    for part in _CELL_PART.findall(row.strip().removeprefix("|")):
        if part == "|":
            cells.append("")
        else:
            cells[-1] += part
    if len(cells) > 1 and not cells[-1].strip():
        cells.pop()
    return [cell.strip() for cell in cells]
