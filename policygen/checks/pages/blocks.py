"""Blocks of the rendered text: nesting and beginnings that all three readers see alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policygen.problems import Location, Problem
from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.document import Document, Rendering
    from policygen.model.facts import Facts

_ITEM = re.compile(r"^ *(?:[-*+]|\d{1,9}[.)])(?: |$)")
_UNDERLINE = re.compile(r"^ {0,3}(?:=+|-+) *$")
_FENCE = re.compile(r"^ *(?:```|~~~)")


def indentation(rendering: Rendering, _facts: Facts) -> list[Problem]:
    """Nested blocks that are not indented by four spaces, which Python-Markdown flattens."""
    return [
        _problem(
            document,
            number,
            "text-indentation",
            "a nested block is not indented by four spaces for each level",
            "Indent it by four spaces, after a blank line.",
        )
        for document, start, lines in _blocks(rendering)
        for number, line in enumerate(lines, start=start)
        if (number == start or _ITEM.match(line)) and (len(line) - len(line.lstrip(" "))) % 4
    ]


def beginnings(rendering: Rendering, _facts: Facts) -> list[Problem]:
    """Lists, tables, quotes and headings that begin inside a paragraph."""
    problems = []
    for document, start, lines in _blocks(rendering):
        prose = not lines[0].lstrip().startswith(("|", ">")) and not _ITEM.match(lines[0])
        for number, line in enumerate(lines[1:], start=start + 1):
            if prose and (_ITEM.match(line) or line.lstrip().startswith((">", "|"))):
                problems.append(
                    _problem(
                        document,
                        number,
                        "text-block-start",
                        "a list, table or quote begins inside a paragraph",
                        "Put a blank line before it; a dash or figure in a sentence may not "
                        "open a line.",
                    )
                )
                break
            if prose and _UNDERLINE.match(line):
                problems.append(
                    _problem(
                        document,
                        number,
                        "text-heading",
                        "a line of dashes makes the line above a heading",
                        "Write headings with ##, and put a blank line before a rule.",
                    )
                )
    return problems


def _blocks(rendering: Rendering) -> Iterator[tuple[Document, int, list[str]]]:
    """Every block but fenced code, with its first line in the text."""
    for document in rendering.documents:
        body = document.record.body
        offset = document.text[: len(document.text) - len(body)].count("\n")
        for start, block in dialect.paragraphs(body):
            if not _FENCE.match(block):
                yield document, start + offset, block.split("\n")


def _problem(document: Document, number: int, code: str, message: str, hint: str) -> Problem:
    return Problem(
        code=code,
        location=Location(document.path, number),
        message=message,
        hint=f"{hint} The template is {document.template}.",
    )
