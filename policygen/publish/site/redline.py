"""What changed between two versions of a text: words struck out and words added."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policygen.publish.changes.html import marked_html
from policygen.text import dialect
from policygen.text import redline as redlines
from policygen.text.record import before_statements
from policygen.text.redline import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.document import RecordText
    from policygen.text.redline import Block, Run

_BOLD = re.compile(r"(?<!\\)\*\*")
_RULER = re.compile(r"\|(?: *:?-+:? *\|)+ *")


def redline(old: RecordText, new: RecordText) -> str:
    """The changed blocks as HTML in which nothing can act; empty where the words are the same.

    Blocks that did not change are left out. The table of statements is left out as well: it
    repeats the text.
    """
    blocks = redlines.redline(before_statements(old.body), before_statements(new.body))
    return "".join(f"<p>{shown}</p>" for block in blocks for shown in _shown(block))


def _shown(block: Block) -> Iterator[str]:
    whole = "".join(run.text for run in block.runs)
    if _RULER.fullmatch(whole):
        return
    note = ""
    if block.moved:
        note = "Moved away: " if {run.mark for run in block.runs} == {Mark.REMOVED} else "Moved: "
    yield note + "".join(_marked(run) for run in block.runs)


def _marked(run: Run) -> str:
    plain = dialect.unescape(_BOLD.sub("", run.text)).replace("\n", " ")
    return marked_html(plain, run.mark)
