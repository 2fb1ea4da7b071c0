"""People: whoever a text gives a duty is somebody, today."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policygen import words
from policygen.checks.typed.prose import prose_of
from policygen.problems import Problem, Severity
from policygen.text.record import before_statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.document import Document, Rendering
    from policygen.model.facts import Facts, RoleFact
    from policygen.model.template import Template

_ROLE = re.compile(r"\broles\.([a-z0-9_]+)")


def roles_nobody_fills(rendering: Rendering, facts: Facts) -> list[Problem]:
    """Roles that a text or a statement names, held by nobody and carried by nobody.

    A role outside management has no fallback, and a set without a board is not at fault for that;
    a text that names its chair all the same is.
    """
    empty = {
        role: fact
        for role, fact in facts.roles.items()
        if not fact.role.pseudo
        and fact.filled_by == role
        and fact.holder is None
        and fact.vacant_since is None
    }
    templates = {plan.id: plan.template for plan in rendering.plans}
    return [
        problem
        for document in rendering.documents
        if empty
        for problem in _in_document(document, templates[document.id], empty)
    ]


def _in_document(
    document: Document, template: Template, empty: dict[str, RoleFact]
) -> Iterator[Problem]:
    prose = prose_of(template)
    seen = set()
    for found in _ROLE.finditer(template.text):
        fact = empty.get(found[1])
        if fact is None or found[1] in seen or not _printed(fact, document):
            continue
        seen.add(found[1])
        yield Problem(
            code="role-named-but-empty",
            severity=Severity.WARNING,
            location=prose.location(found.start()),
            message=f"{document.id} names {fact.title}, a role that nobody holds",
            hint=f"Name a person under roles.{found[1]} in organization.yml, or put the sentence "
            "under a condition.",
        )
    for statement in document.record.statements:
        owners = [role for role, fact in empty.items() if fact.title == statement.owner]
        if statement.applies and owners:
            yield Problem(
                code="role-named-but-empty",
                severity=Severity.WARNING,
                location=document.statement_locations[statement.id],
                message=f"{statement.id} is owned by {statement.owner}, a role that nobody holds",
                hint=f"Name a person under roles.{owners[0]} in organization.yml.",
            )


def _printed(fact: RoleFact, document: Document) -> bool:
    """Whether the role's title stands in the text that was made."""
    body = before_statements(document.record.body)
    return fact.title in body or words.running(fact.title, fact.role.title) in body
