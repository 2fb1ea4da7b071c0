"""Places of names in a template, from the token stream: the syntax tree knows lines only."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from policygen.problems import Location

if TYPE_CHECKING:
    from jinja2 import Environment


class TokenPositions:
    """Lines and columns of the names and texts of one template."""

    def __init__(self, path: str, source: str, environment: Environment) -> None:
        self._path = path
        self._source = source
        self._environment = environment

    @cached_property
    def _names(self) -> list[tuple[int, int, str]]:
        """Line, column and text of each name; read where a place is asked for, which is rare."""
        source = self._source
        names = []
        position = 0
        line, line_start = 1, 0
        for _, kind, value in self._environment.lex(source):
            found = source.find(value, position)
            if found < 0:
                continue
            passed = source.count("\n", position, found)
            if passed:
                line += passed
                line_start = source.rfind("\n", 0, found) + 1
            if kind in ("name", "string", "operator"):
                names.append((line, found - line_start + 1, value))
            position = found + len(value)
            inside = value.count("\n")
            if inside:
                line += inside
                line_start = source.rfind("\n", 0, position) + 1
        return names

    def of(self, line: int, chain: str) -> Location:
        """Where a dotted name stands on a line; the line where it is not found."""
        wanted = re.findall(r"[\w-]+|\.", chain)
        texts = [value.strip("'\"") for _, _, value in self._names]
        for index, (token_line, column, _) in enumerate(self._names):
            if token_line == line and texts[index : index + len(wanted)] == wanted:
                return Location(self._path, line, column)
        return Location(self._path, line)

    def of_text(self, line: int, text: str) -> Location | None:
        """Where a quoted text begins that stands on a line or after it; None where it does not."""
        for token_line, column, value in self._names:
            if token_line >= line and value[:1] in "\"'" and value[1:-1] == text:
                return Location(self._path, token_line, column + 1)
        return None
