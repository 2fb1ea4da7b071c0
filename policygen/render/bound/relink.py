"""Links of a text, each replaced by where it leads now; code stays as it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Callable

_TARGET = re.compile(r"(?<=(?<!\\)\]\()[^()\s<>]+(?=\))")
_CODE = re.compile(r"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)")


def relinked(text: str, target: Callable[[str], str]) -> str:
    """The text with every link target put through a function.

    Args:
        text: Markdown.
        target: From the target as written to the one that holds.
    """
    lines = []
    fence = ""
    for line in text.split("\n"):
        before, fence = fence, dialect.fence_after(line, fence)
        lines.append(line if before else _line(line, target))
    return "\n".join(lines)


def _line(line: str, target: Callable[[str], str]) -> str:
    if "](" not in line:
        return line
    parts = []
    position = 0
    for code in _CODE.finditer(line):
        parts += [_links(line[position : code.start()], target), code[0]]
        position = code.end()
    parts.append(_links(line[position:], target))
    return "".join(parts)


def _links(text: str, target: Callable[[str], str]) -> str:
    return _TARGET.sub(lambda found: target(found[0]), text)
