"""Tidying filled-in text: one blank line between blocks, no empty section, code as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policygen.render.duty_tables import with_merged_roles
from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Iterator

_DOUBLE_SPACE = re.compile(r"(?<=[^\s|])  +(?=[^\s|])")


def tidy(text: str) -> str:
    """The filled-in text with one blank line between blocks and no empty section.

    A heading always is a block of its own. Nothing inside fenced code is touched. Columns of a
    table of duties that bear one title become one.
    """
    blocks = [block for _, block in dialect.paragraphs("\n".join(_lines(text)))]
    merged = [with_merged_roles(block) for block in _without_empty_sections(blocks)]
    return "\n\n".join(merged).strip("\n") + "\n"


def _lines(text: str) -> Iterator[str]:
    fence = ""
    for line in text.split("\n"):
        before, fence = fence, dialect.fence_after(line, fence)
        if before:
            yield line
            continue
        tidied = _DOUBLE_SPACE.sub(" ", line.rstrip())
        if not fence and dialect.heading(tidied):
            yield from ("", tidied, "")
        else:
            yield tidied


def _without_empty_sections(blocks: list[str]) -> list[str]:
    """Drop headings under which nothing is left after conditions were applied."""
    kept: list[str] = []
    for block in reversed(blocks):
        found = dialect.heading(block) if "\n" not in block else None
        if found is not None:
            following = dialect.heading(kept[-1]) if kept else (0, "")
            if following is not None and following[0] <= found[0]:
                continue
        kept.append(block)
    return kept[::-1]
