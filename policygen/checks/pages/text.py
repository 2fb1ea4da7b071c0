"""The rendered text: no placeholder, no duty outside a statement, no odd tag or address."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from policygen.problems import Location, Problem
from policygen.text import dialect
from policygen.text.record import before_statements, statement_places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.document import Document, Rendering
    from policygen.model.facts import Facts

_LINES_KEPT = 65_536
"""Lines whose faults are remembered: a set has some fifteen thousand, and few change at a time."""

_PLACEHOLDER = re.compile(
    r"\[(?:company|organi[sz]ation|insert|your|name|date|tbd)\b[^\]]*\](?!\()|\bTBD\b|\bTODO\b"
    r"|\bXXX\b|\blorem ipsum\b|\{\{|\{%|\{##|\bN/A\b|<(?:insert|company|name)\b",
    re.IGNORECASE,
)
_SHALL = re.compile(r"\bSHALL\b")
_TAG = re.compile(r"(?<!\\)<(?=[A-Za-z/!?])")
_ATTRIBUTES = re.compile(r"(?<!\\)\{[#.:][^}]*\}")
_BARE_URL = re.compile(r"(?<![\](<\w/])(?:https?://|www\.)\S+|(?<![\w.(:])[\w.+-]+@[\w-]+\.\w+")
_LINK_TARGET = re.compile(r"(?<!\\)\]\([^)]*\)|(?<!\\)\[[^\]]*\](?=\()")
_CODE = re.compile(r"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)")
_UNQUOTED = re.compile(r"^(?:> ?)+")
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
    (
        re.compile(r"^ *\[[^\]]+\]:"),
        "text-reference-link",
        "a link definition apart from its link",
        "Write the address at the link: [words](address).",
    ),
    (
        re.compile(r"(?<!\\)\[\^"),
        "text-footnote",
        "a footnote",
        "Write it as a sentence; notes stand elsewhere in each reader.",
    ),
    (
        re.compile(r"^ {0,3}#{1,6}[^#\s\\]|^ {1,3}#{1,6} "),
        "text-heading",
        "a heading that some readers do not take for one",
        "Write the marks at the start of the line and a space after them.",
    ),
)


def placeholders(rendering: Rendering, _facts: Facts) -> list[Problem]:
    """Words that stand where a fact should, in the header too."""
    return [
        _problem(
            document,
            number,
            line,
            "text-placeholder",
            f'"{found}" is a placeholder',
            "Put the fact itself here, or leave the sentence out.",
        )
        for document in rendering.documents
        for number, line in enumerate(document.text.split("\n"), start=1)
        if (found := _placeholder_in(line))
    ]


@lru_cache(maxsize=_LINES_KEPT)
def _placeholder_in(line: str) -> str | None:
    found = _PLACEHOLDER.search(dialect.unescape(_CODE.sub("", line)))
    return found[0] if found else None


def duties_outside_statements(rendering: Rendering, _facts: Facts) -> list[Problem]:
    """A SHALL that nobody could map to a control."""
    problems = []
    for document in rendering.documents:
        stated = {
            line
            for place in statement_places(document.record.body)
            for line in range(place.line, place.last_line + 1)
        }
        offset = _body_offset(document)
        problems += [
            _problem(
                document,
                number,
                line,
                "text-duty-outside-statement",
                "SHALL stands outside a statement, so no control tests it",
                "Make it a statement with control, criteria, owner and evidence, or reword.",
            )
            for number, line in _body_lines(document)
            if number - offset not in stated and _SHALL.search(_CODE.sub("", line))
        ]
    return problems


def refused_markdown(rendering: Rendering, _facts: Facts) -> list[Problem]:
    """What forge, site and PDF would show differently."""
    return [
        _problem(document, number, line, code, message, hint)
        for document in rendering.documents
        for number, line in _prose_lines(document)
        for code, message, hint in _refused_in(line)
    ]


@lru_cache(maxsize=_LINES_KEPT)
def _refused_in(line: str) -> tuple[tuple[str, str, str], ...]:
    """Code, message and hint of each fault."""
    bare = _CODE.sub("", line)
    found = [
        (code, f"the text holds {what}", hint)
        for pattern, code, what, hint in _REFUSED
        if pattern.search(bare)
    ]
    url = _BARE_URL.search(_LINK_TARGET.sub("", bare))
    if url:
        message = f"{url[0]} stands bare; some readers make it a link and some do not"
        found.append(("text-bare-url", message, "Write a link: [words](address)."))
    return tuple(found)


def _body_lines(document: Document) -> Iterator[tuple[int, str]]:
    """Lines of the body with their number in the text, the table of statements left out."""
    body = before_statements(document.record.body)
    yield from enumerate(body.split("\n"), start=_body_offset(document) + 1)


def _prose_lines(document: Document) -> Iterator[tuple[int, str]]:
    """Lines outside of fenced code, marks of callouts taken off."""
    fence = ""
    for number, line in _body_lines(document):
        before, fence = fence, dialect.fence_after(line, fence)
        if not before and not fence:
            yield number, _UNQUOTED.sub("", line)


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
