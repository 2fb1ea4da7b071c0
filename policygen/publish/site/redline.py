"""What changed between two versions of a text: words struck out and words added."""

from __future__ import annotations

import difflib
import html
import itertools
import re
from typing import TYPE_CHECKING

from policygen import dialect
from policygen.record_text import STATEMENTS_HEADING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policygen.model.document import RecordText

_BOLD = re.compile(r"(?<!\\)\*\*")
_WORDS = re.compile(r"\s+|[^\s]+")


def redline(old: RecordText, new: RecordText) -> str:
    """The changed blocks as HTML in which nothing can act; empty where the words are the same.

    Blocks that did not change are left out. The table of statements is left out as well: it
    repeats the text.
    """
    before, after = _blocks(old), _blocks(new)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    changed = [
        _block(one, other)
        for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes()
        if tag != "equal"
        for one, other in itertools.zip_longest(
            before[old_start:old_end], after[new_start:new_end], fillvalue=""
        )
    ]
    return "".join(f"<p>{block}</p>" for block in changed)


def _blocks(record: RecordText) -> list[str]:
    text, found, _ = record.body.rpartition(STATEMENTS_HEADING + "\n")
    body = text if found else record.body
    plain = (_BOLD.sub("", block) for _, block in dialect.paragraphs(body))
    return [" ".join(dialect.unescape(block).split()) for block in plain]


def _block(old: str, new: str) -> str:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    return "".join(_marked(before, after))


def _marked(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            yield _shown(before[old_start:old_end])
            continue
        if old_end > old_start:
            yield f"<del>{_shown(before[old_start:old_end])}</del>"
        if new_end > new_start:
            yield f"<ins>{_shown(after[new_start:new_end])}</ins>"


def _shown(words: Sequence[str]) -> str:
    return html.escape("".join(words), quote=True)
