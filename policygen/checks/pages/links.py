"""Links in the rendered text lead somewhere."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from policygen.checks.typed.prose import READ
from policygen.problems import Location, Problem
from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.document import Document, Rendering
    from policygen.model.facts import Facts

_LINK = re.compile(r"(?<!\\)\]\(\s*<?([^)\s>]*)")
_CODE = re.compile(r"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)")
_MARKUP = re.compile(r"(?<!\\)\[([^\]]*)\]\([^)]*\)")
_ALLOWED = re.compile(r"https://|mailto:")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


def dead_links(rendering: Rendering, _facts: Facts) -> list[Problem]:
    """Links to documents, headings or schemes that do not exist for a reader."""
    bound = {part.id for volume in rendering.volumes for part in volume.parts}
    anchors: dict[str, frozenset[str] | None] = {
        f"{plan.template.kind.folder}/{plan.id}.md": None
        for plan in rendering.plans
        if plan.included and plan.id not in bound
    }
    for document in rendering.documents:
        anchors[document.record.header.path] = _anchors(document)
    return [
        problem
        for document in rendering.documents
        for number, target in _targets(document.text)
        if (problem := _dead(document, number, target, anchors)) is not None
    ]


@lru_cache(maxsize=READ)
def _targets(text: str) -> tuple[tuple[int, str], ...]:
    """Where each link of a text leads, with its line."""
    return tuple(
        (number, match[1])
        for number, line in _lines(text)
        for match in _LINK.finditer(_CODE.sub("", line))
    )


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines outside of fenced code."""
    fence = ""
    for number, line in enumerate(text.split("\n"), start=1):
        before, fence = fence, dialect.fence_after(line, fence)
        if not before:
            yield number, line


def _dead(
    document: Document, number: int, target: str, anchors: dict[str, frozenset[str] | None]
) -> Problem | None:
    if _ALLOWED.match(target):
        return None
    path, _, anchor = target.partition("#")
    here = document.record.header.path
    there = posixpath.normpath(posixpath.join(posixpath.dirname(here), path)) if path else here
    # None: a document of the set that could not be filled in, which is told elsewhere.
    known = anchors.get(there, frozenset())
    if _SCHEME.match(target):
        fault = f"the link {target} is neither https: nor mailto:"
    elif there not in anchors:
        fault = f"the link {target} leads to no document of this set"
    elif anchor and known is not None and anchor not in known:
        fault = f"the link {target} names a heading that {there} does not have"
    else:
        return None
    return Problem(
        code="text-dead-link",
        location=Location(document.path, number),
        message=fault,
        hint=f'In {document.template}, {{{{ "document-id" | link }}}} makes a link that holds.',
    )


def _anchors(document: Document) -> frozenset[str]:
    statements = {statement.id.lower() for statement in document.record.statements}
    return _headings(document.text) | statements


@lru_cache(maxsize=READ)
def _headings(text: str) -> frozenset[str]:
    """The anchor of each heading of a text."""
    headings = (dialect.heading(line) for _, line in _lines(text))
    texts = (_MARKUP.sub(r"\1", found[1]) for found in headings if found)
    return frozenset(dialect.slug(text) for text in texts)
