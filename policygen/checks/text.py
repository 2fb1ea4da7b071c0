"""The rendered text: no placeholder, no duty outside a statement, only the one dialect."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policygen import dialect
from policygen.problems import Location, Problem
from policygen.record_text import STATEMENTS_HEADING, statement_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.document import Document, Rendering
    from policygen.model.facts import Facts

_PLACEHOLDER = re.compile(
    r"\[(?:company|organi[sz]ation|insert|name|date|tbd)[^\]]*\](?!\()|\bTBD\b|\bTODO\b|\bXXX\b"
    r"|\blorem ipsum\b|\{\{|\{%|\bN/A\b|<(?:insert|company|name)",
    re.IGNORECASE,
)
_SHALL = re.compile(r"\bSHALL\b")
_TAG = re.compile(r"(?<!\\)<(?:[A-Za-z/!?])")
_ATTRIBUTES = re.compile(r"(?<!\\)\{[#.:][^}]*\}")
_BARE_URL = re.compile(r"(?<![\](<\w/])(?:https?://|www\.)\S+|(?<![\w.(:])[\w.+-]+@[\w-]+\.\w+")
_LINK_TARGET = re.compile(r"\]\([^)]*\)|\[[^\]]*\](?=\()")
_CODE = re.compile(r"`[^`]*`")
_SHALLOW = re.compile(r"^ {1,3}(?:[-*+]|\d{1,9}[.)]|\S)")
_UNQUOTED = re.compile(r"^> ?")
_REFUSED = (
    (_TAG, "text-raw-html", "raw HTML", "Write Markdown; a tag means nothing in a PDF."),
    (
        _ATTRIBUTES,
        "text-attributes",
        "an attribute in braces",
        "Remove it; anchors are made from headings.",
    ),
    (
        re.compile(r"\\$"),
        "text-hard-break",
        "a backslash at the end of the line",
        "Start a paragraph or a list instead.",
    ),
)


def placeholders(rendering: Rendering, _facts: Facts) -> list[Problem]:
    """Words that stand where a fact should."""
    return [
        _problem(
            document,
            number,
            line,
            "text-placeholder",
            f'"{match[0]}" is a placeholder',
            "Put the fact itself here, or leave the sentence out.",
        )
        for document, number, line in _lines(rendering)
        if (match := _PLACEHOLDER.search(_CODE.sub("", line)))
    ]


def duties_outside_statements(rendering: Rendering, _facts: Facts) -> list[Problem]:
    """A SHALL that nobody could map to a control."""
    problems = []
    for document in rendering.documents:
        body = document.record.body
        inside = {text for _, text in statement_texts(body).values()}
        for line, block in dialect.paragraphs(body):
            if block.startswith("**") and any(text.startswith(_after_id(block)) for text in inside):
                continue
            if any(block in text for text in inside) or not _SHALL.search(block):
                continue
            offset = next(i for i, row in enumerate(block.split("\n")) if _SHALL.search(row))
            row = block.split("\n")[offset]
            problems.append(
                _problem(
                    document,
                    line + offset + _body_offset(document),
                    row,
                    "text-duty-outside-statement",
                    "SHALL stands outside a statement, so no control tests it",
                    "Make it a statement with control, criteria, owner and evidence, or reword.",
                )
            )
    return problems


def _after_id(block: str) -> str:
    return block.split("** ", 1)[-1]


def refused_markdown(rendering: Rendering, _facts: Facts) -> list[Problem]:
    """What forge, site and PDF would show differently."""
    problems = []
    for document, number, line in _lines(rendering):
        bare = _CODE.sub("", line)
        for pattern, code, what, hint in _REFUSED:
            if pattern.search(bare):
                problems.append(
                    _problem(document, number, line, code, f"the text holds {what}", hint)
                )
        url = _BARE_URL.search(_LINK_TARGET.sub("", bare))
        if url:
            problems.append(
                _problem(
                    document,
                    number,
                    line,
                    "text-bare-url",
                    f"{url[0]} stands bare; some readers make it a link and some do not",
                    "Write a link: [words](address).",
                )
            )
    return problems


def indentation(rendering: Rendering, _facts: Facts) -> list[Problem]:
    """Nested blocks indented by one to three spaces, which Python-Markdown flattens."""
    problems = []
    for document in rendering.documents:
        offset = _body_offset(document)
        for start, block in dialect.paragraphs(document.record.body):
            first = block.split("\n")[0]
            if _SHALLOW.match(first):
                problems.append(
                    _problem(
                        document,
                        start + offset,
                        first,
                        "text-indentation",
                        "a nested block is indented by one to three spaces",
                        "Indent it by four spaces, after a blank line.",
                    )
                )
    return problems


def _lines(rendering: Rendering) -> Iterator[tuple[Document, int, str]]:
    for document in rendering.documents:
        body, _, _ = document.record.body.partition(STATEMENTS_HEADING)
        offset = _body_offset(document)
        for number, line in enumerate(body.split("\n"), start=1):
            yield document, number + offset, _UNQUOTED.sub("", line)


def _body_offset(document: Document) -> int:
    return document.text[: len(document.text) - len(document.record.body)].count("\n")


def _problem(
    document: Document, number: int, line: str, code: str, message: str, hint: str
) -> Problem:
    return Problem(
        code=code,
        location=Location(document.path, number),
        message=message,
        hint=f"{hint} The template is {document.template}; the line reads: {line.strip()[:80]}",
    )
