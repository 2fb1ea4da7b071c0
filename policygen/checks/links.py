"""Links in the rendered text lead somewhere."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from policygen import dialect
from policygen.problems import Location, Problem

if TYPE_CHECKING:
    from policygen.model.document import Document, Rendering
    from policygen.model.facts import Facts

_LINK = re.compile(r"(?<!\\)\]\(([^)\s]*)\)")
_ALLOWED = re.compile(r"https://|mailto:")


def dead_links(rendering: Rendering, _facts: Facts) -> list[Problem]:
    """Links to documents, headings or schemes that do not exist for a reader."""
    anchors = {document.record.header.path: _anchors(document) for document in rendering.documents}
    return [
        problem
        for document in rendering.documents
        for number, line in enumerate(document.text.split("\n"), start=1)
        for match in _LINK.finditer(line)
        if (problem := _dead(document, number, match[1], anchors)) is not None
    ]


def _dead(
    document: Document, number: int, target: str, anchors: dict[str, frozenset[str]]
) -> Problem | None:
    if _ALLOWED.match(target):
        return None
    path, _, anchor = target.partition("#")
    here = document.record.header.path
    there = posixpath.normpath(posixpath.join(posixpath.dirname(here), path)) if path else here
    if there not in anchors:
        fault = f"the link {target} leads to no document of this set"
    elif anchor and anchor not in anchors[there]:
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
    headings = (dialect.heading(line) for line in document.record.body.split("\n"))
    statements = {statement.id.lower() for statement in document.record.statements}
    return frozenset(dialect.slug(found[1]) for found in headings if found) | statements
