"""Scope: a text speaks of nothing that the organization does not have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policygen.checks.typed.prose import prose_of
from policygen.checks.typed.word_lists import word_list
from policygen.conditions.condition import ConditionContext, evaluate, parse_condition
from policygen.model.document import Kind
from policygen.model.facts import Origin
from policygen.problems import Location, Problem, Severity
from policygen.text.record import before_statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.checks.typed.word_lists import Wording
    from policygen.model.document import Document, Rendering
    from policygen.model.facts import Facts

_SENTENCE = 160
_NEGATED = re.compile(
    r"\b(?:no|not|none|nobody|nor|neither|never|without|outside|instead)\b(?:[^.!?|]|\.(?!\s))*$"
)
_LINK = re.compile(r"(?<!\\)\[[^\]\n]*\]\([^)\n]*\)")


def out_of_place(rendering: Rendering, facts: Facts) -> list[Problem]:
    """Words for premises, machines or laws that the profile says do not concern it.

    Only words that a template types are looked for: what the profile itself says of a provider's
    data center is its own, and so are the columns of a register. Sentences
    that say what there is not, and reasons why a statement does not apply, may name anything.
    """
    context = _context(facts)
    rows = [
        row for row in word_list("out_of_place") if not evaluate(parse_condition(row.when), context)
    ]
    typed = {plan.id: prose_of(plan.template).lowered for plan in rendering.plans}
    return [
        problem
        for document in rendering.documents
        if document.record.header.kind is not Kind.REGISTER
        for row in rows
        for problem in _in_document(document, typed[document.id], row)
    ]


def _in_document(document: Document, typed: str, row: Wording) -> Iterator[Problem]:
    text = before_statements(document.text)
    header = len(document.text) - len(document.record.body)
    lines = text.count("\n", 0, header)
    shown = _LINK.sub(lambda found: " " * len(found[0]), text[header:]).lower()
    for phrase in row.phrases:
        if phrase.fixed not in shown or next(phrase.spans(typed), None) is None:
            continue
        for start, end in phrase.spans(shown):
            if _NEGATED.search(shown, max(0, start - _SENTENCE), start):
                continue
            line = lines + shown.count("\n", 0, start) + 1
            yield Problem(
                code="text-out-of-place",
                severity=Severity.WARNING,
                location=Location(document.path, line, start - shown.rfind("\n", 0, start)),
                message=f'"{" ".join(shown[start:end].split())}" is named, but {row.why}',
                hint=f"In {document.template}, put the sentence under a condition.",
            )


def _context(facts: Facts) -> ConditionContext:
    values = {name: value.value for name, value in facts.parameters.items()}
    chosen = (Origin.ORGANIZATION, Origin.COMMITMENT)
    return ConditionContext(
        plain=facts.plain,
        parameters=values,
        answered=frozenset(name for name, value in values.items() if value is not None),
        overridden=frozenset(
            name for name, value in facts.parameters.items() if value.origin in chosen
        ),
        roles_held=frozenset(
            role for role, fact in facts.roles.items() if fact.holder and not fact.role.pseudo
        ),
    )
