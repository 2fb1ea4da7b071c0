"""Typed prose: what a template says in words of its own, at the place where it stands.

Values that the profile or the registries fill in are not typed, so they are blanked, as are code,
link targets and the front matter. What is left keeps its offsets, so that a word that is found
can be pointed at.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from policygen.problems import Location

if TYPE_CHECKING:
    from policygen.model.template import Template

BLANK = "\ufffc"
"""Stands for each character that is not typed prose; neither space nor letter."""

_TAG = r"""\{%(?:"[^"]*"|'[^']*'|(?!%\}).)*%\}"""
_NOT_PROSE = re.compile(
    rf"\{{\#\#.*?\#\#\}}|{_TAG}|"
    r"""\{\{(?:"[^"]*"|'[^']*'|(?!\}\}).)*\}\}"""
    r"|^[ ]*(?P<fence>```+|~~~+)[^\n]*\n.*?(?:^[ ]*(?P=fence)[^\n]*$|\Z)"
    r"|(?<![`\\])(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`)"
    r"|\]\([^)\n]*\)",
    re.DOTALL | re.MULTILINE,
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

    template: Template
    text: str
    """As long as the template's text; everything that is not typed prose is `BLANK`."""

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
        return Location(self.template.path, line, offset - self._lines[line - 1] + 1)


def prose_of(template: Template) -> Prose:
    """The typed words of a template."""
    text = template.text
    lines = (0, *(found.end() for found in re.finditer("\n", text)))
    start = lines[min(template.body_line, len(lines)) - 1]
    typed = _blanked(text[:start]) + _NOT_PROSE.sub(lambda found: _blanked(found[0]), text[start:])
    statements = []
    for opening in _OPENING.finditer(text, start):
        closing = _CLOSING.search(text, opening.end())
        end = closing.start() if closing else len(text)
        statements.append((opening[1], opening.end(), end))
    return Prose(template, typed, tuple(statements), _steps(typed), lines)


def _steps(typed: str) -> tuple[tuple[int, int], ...]:
    found = []
    for opening in _STEPS.finditer(typed):
        following = _SECTION.search(typed, opening.end())
        found.append((opening.end(), following.start() if following else len(typed)))
    return tuple(found)


def _blanked(text: str) -> str:
    """Blanks of the same length; lines stay lines."""
    return re.sub(r"[^\n]", BLANK, text)
