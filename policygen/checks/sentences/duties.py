"""Duties: a statement binds one actor, named first, to one thing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policygen.problems import Problem, Severity
from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.document import Rendering, Statement
    from policygen.model.facts import Facts

_BINDING = re.compile(r"\b(?:SHALL|SHOULD|MAY)\b")
_SHALL = re.compile(r"\bSHALL\b")
_SENTENCE_END = re.compile(r"[.:;!?] +(?=[A-Z\"*\[])")
_NOT_AN_ACTOR = re.compile(
    r"(?:When|Whenever|If|Where|Wherever|Before|After|Within|Until|Unless|On|At(?! least| most)|In"
    r"|Upon|During|For|To|By|There|It|This)\b"
)


def shape_of_duties(rendering: Rendering, _facts: Facts) -> list[Problem]:
    """Statements that bind nobody, bind twice, or name something else before their actor."""
    return [
        Problem(
            code=code,
            severity=Severity.WARNING,
            location=document.statement_locations[statement.id],
            message=f"{statement.id} {message}",
            hint=hint,
        )
        for document in rendering.documents
        for statement in document.record.statements
        if statement.applies
        for code, message, hint in _faults(statement)
    ]


def _faults(statement: Statement) -> Iterator[tuple[str, str, str]]:
    opening = " ".join(statement.text.split("\n\n", 1)[0].split())
    duties = len(_SHALL.findall(opening))
    if not _BINDING.search(statement.text):
        yield (
            "statement-no-duty",
            "holds neither SHALL nor SHOULD nor MAY, so it binds nobody",
            "Name who SHALL do what, or make it plain text.",
        )
    if duties > 1:
        yield (
            "statement-two-duties",
            f"holds SHALL {duties} times, so one piece of evidence cannot prove it",
            "Make each duty a statement of its own.",
        )
    if duties and _NOT_AN_ACTOR.match(_sentence_of_the_duty(opening)):
        first = _sentence_of_the_duty(opening).split(" ", 1)[0]
        yield (
            "statement-actor-first",
            f'opens its duty with "{first}", not with who is bound',
            'Begin with the actor: "System owners SHALL …".',
        )


def _sentence_of_the_duty(opening: str) -> str:
    """The sentence in which SHALL stands first."""
    before = opening[: opening.index("SHALL")]
    ends = [found.end() for found in _SENTENCE_END.finditer(before)]
    return dialect.unescape(opening[ends[-1] if ends else 0 :])
