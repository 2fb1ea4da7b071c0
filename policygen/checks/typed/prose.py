"""Typed prose: what a template says in words of its own, at the place where it stands.

Values that the profile or the registries fill in are not typed, so they are blanked, as are code,
link targets and the front matter. What is left keeps its offsets, so that a word that is found
can be pointed at.
"""

from __future__ import annotations

import re
import string
from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

from policygen.problems import Location

if TYPE_CHECKING:
    from policygen.model.template import Template

READ = 4096
"""Texts that checks read once and remember: in a set that is written, few of them change."""

BLANK = "\ufffc"
"""Stands for each character that is not typed prose; neither space nor letter."""

_SMALL = {ord(letter): letter.lower() for letter in string.ascii_uppercase}

_NOT_PROSE = re.compile(
    r"""\{(?:\#\#.*?\#\#\}
        |%(?:"[^"]*"|'[^']*'|(?!%\}).)*%\}
        |\{(?:"[^"]*"|'[^']*'|(?!\}\}).)*\}\})
      |`(?<![`\\]`)(?P<ticks>`*)(?!`)[^\n]*?(?<!`)`(?P=ticks)(?!`)
      |\]\([^)\n]*\)""",
    re.DOTALL | re.VERBOSE,
)
"""Tags, expressions, comments, code in a line, link targets. Every alternative opens with a fixed
character, which makes the search fast."""

_FENCE = re.compile(
    r"^ *(?P<fence>```+|~~~+)[^\n]*\n.*?(?:^ *(?P=fence)[^\n]*$|\Z)", re.DOTALL | re.MULTILINE
)
_OPENING = re.compile(
    r"""\{%[-+]?\s*statement\s+["']([^"']*)["'](?:"[^"]*"|'[^']*'|(?!%\}).)*%\}""", re.DOTALL
)
_CLOSING = re.compile(r"\{%[-+]?\s*endstatement\b[^%]*%\}")
_STEPS = re.compile(r"^## +Steps\b[^\n]*\n", re.MULTILINE)
_SECTION = re.compile(r"^## ", re.MULTILINE)


class Zone(Enum):
    """What a place of a template is for."""

    STATEMENT = "statement"
    """A statement, which an auditor tests word by word."""

    STEP = "step"
    """The steps of a procedure, which somebody does on a Monday."""

    OTHER = "other"
    """Purpose, scope, roles and everything else around them."""


@dataclass(frozen=True, slots=True)
class Prose:
    """The typed words of one template."""

    path: str
    """Path of the template, relative to the workspace."""

    source: str
    """The template's whole text."""

    text: str
    """As long as the template's text; everything that is not typed prose is `BLANK`."""

    lowered: str
    """The same in small letters, for searches without regard to case."""

    statements: tuple[tuple[str, int, int], ...]
    """Id, start and end of each statement's body."""

    steps: tuple[tuple[int, int], ...]
    """Start and end of each section of steps."""

    _lines: tuple[int, ...]
    """Where each line starts."""

    def zone(self, offset: int) -> Zone:
        """What the place is for."""
        if self.statement_at(offset) is not None:
            return Zone.STATEMENT
        if any(start <= offset < end for start, end in self.steps):
            return Zone.STEP
        return Zone.OTHER

    def statement_at(self, offset: int) -> str | None:
        """The id of the statement around a place; None where there is none."""
        found = (name for name, start, end in self.statements if start <= offset < end)
        return next(found, None)

    def location(self, offset: int) -> Location:
        """Line and column of a place."""
        line = bisect_right(self._lines, offset)
        return Location(self.path, line, offset - self._lines[line - 1] + 1)


def prose_of(template: Template) -> Prose:
    """The typed words of a template."""
    return _prose(template.path, template.text, template.body_line)


@lru_cache(maxsize=READ)
def _prose(path: str, text: str, body_line: int) -> Prose:
    """As above; several checks ask for the same template."""
    lines = (0, *(found.end() for found in re.finditer("\n", text)))
    start = lines[min(body_line, len(lines)) - 1]
    typed = _blanked(text[:start]) + _typed(text[start:])
    statements = []
    for opening in _OPENING.finditer(text, start):
        closing = _CLOSING.search(text, opening.end())
        end = closing.start() if closing else len(text)
        statements.append((opening[1], opening.end(), end))
    return Prose(path, text, typed, _lowered(typed), tuple(statements), _steps(typed), lines)


def _typed(body: str) -> str:
    if "```" in body or "~~~" in body:
        body = _FENCE.sub(lambda found: _blanked(found[0]), body)
    return _NOT_PROSE.sub(lambda found: _blanked(found[0]), body)


def _steps(typed: str) -> tuple[tuple[int, int], ...]:
    found = []
    for opening in _STEPS.finditer(typed):
        following = _SECTION.search(typed, opening.end())
        found.append((opening.end(), following.start() if following else len(typed)))
    return tuple(found)


def _lowered(text: str) -> str:
    """Small letters, of the same length: a few letters of other alphabets grow in lower case."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text.translate(_SMALL)


def _blanked(text: str) -> str:
    """Blanks of the same length; lines stay lines."""
    return "\n".join(BLANK * len(line) for line in text.split("\n"))
