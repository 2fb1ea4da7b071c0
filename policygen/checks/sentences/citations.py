"""Citations: a statement that a text names exists, is not retired and binds this organization."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen import words
from policygen.checks.typed.prose import prose_of
from policygen.problems import Location, Problem, Severity
from policygen.text.record import STATEMENT_ID, before_statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.model.document import Document, Rendering
    from policygen.model.facts import Facts
    from policygen.model.template import Template

_ID = re.compile(rf"(?<![\w-])({STATEMENT_ID.pattern})(?![\w-])")
_DECLARED = re.compile(r"""\{%[-+]?\s*statement\s+["']$""")
_LONGEST_OPENING = 40
_COMMENT = re.compile(r"\{##.*?##\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Known:
    """Every id that means something."""

    stated: frozenset[str]
    retired: Mapping[str, tuple[str, str]]
    """Template and reason of each retired id."""

    series: frozenset[str]
    """The letters before the dash of all statement ids: `AES-256` is no citation."""

    others: frozenset[str]
    """Ids of controls, which look alike."""


def unknown_citations(rendering: Rendering, facts: Facts) -> list[Problem]:
    """Statement ids that a template names and that nobody states, or nobody states any more."""
    retired = {
        name: (plan.template.path, reason)
        for plan in rendering.plans
        for name, reason in plan.template.front.retired.items()
    }
    stated = frozenset(declaration.id for declaration in rendering.declared)
    known = _Known(
        stated,
        retired,
        frozenset(name.partition("-")[0] for name in (*stated, *retired)),
        frozenset(facts.registries.controls),
    )
    return [problem for plan in rendering.plans for problem in _unknown(plan.template, known)]


def _unknown(template: Template, known: _Known) -> Iterator[Problem]:
    prose = prose_of(template)
    start = len(template.text) - len(template.text.split("\n", template.body_line - 1)[-1])
    text = _COMMENT.sub(lambda found: " " * len(found[0]), template.text)
    for found in _ID.finditer(text, start):
        name = found[1]
        if name in known.stated or name in known.others:
            continue
        if name.partition("-")[0] not in known.series or _declares(text, found.start()):
            continue  # a retired id in a tag is told as what it is
        near = words.nearest(name, known.stated)
        if name in known.retired:
            where, reason = known.retired[name]
            message = f"{name} was retired in {where}: {reason}"
            hint = "Name the statement that holds now, or remove the citation."
        else:
            message = f"{name} is cited, but no template states it"
            hint = f"did you mean {near}?" if near else "Name a statement that exists."
        yield Problem(
            code="text-unknown-statement",
            location=prose.location(found.start()),
            message=message,
            hint=hint,
        )


def _declares(text: str, offset: int) -> bool:
    """Whether the id at a place is the one that a statement tag gives."""
    return bool(_DECLARED.search(text, max(0, offset - _LONGEST_OPENING), offset))


def idle_citations(rendering: Rendering, _facts: Facts) -> list[Problem]:
    """Statements that a document names and that do not bind this organization."""
    idle = _idle(rendering)
    return [problem for document in rendering.documents for problem in _idle_in(document, idle)]


def _idle(rendering: Rendering) -> dict[str, str]:
    """Why each statement that binds nobody does not, by id."""
    left_out = {plan.id: plan.reason for plan in rendering.plans if not plan.included}
    idle = {
        declaration.id: f"its document {declaration.document} is left out: "
        f"{left_out[declaration.document]}"
        for declaration in rendering.declared
        if declaration.document in left_out
    }
    for document in rendering.documents:
        for statement in document.record.statements:
            if statement.not_applicable is not None:
                idle[statement.id] = statement.not_applicable
    return idle


def _idle_in(document: Document, idle: Mapping[str, str]) -> Iterator[Problem]:
    text = before_statements(document.text)
    first = len(document.text) - len(document.record.body)
    for found in _ID.finditer(text, first):
        if found[1] in idle:
            line = text.count("\n", 0, found.start()) + 1
            column = found.start() - text.rfind("\n", 0, found.start())
            yield Problem(
                code="text-idle-statement",
                severity=Severity.WARNING,
                location=Location(document.path, line, column),
                message=f"{found[1]} is cited, but it does not apply: {idle[found[1]]}",
                hint=f"In {document.template}, put the citation under the condition of the "
                "statement.",
            )
