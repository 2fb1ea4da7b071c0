"""Limits: a text that cites a statement repeats its limit, and no procedure is slower than it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from policygen.checks.sentences.quantities import quantities
from policygen.checks.typed.prose import READ, prose_of
from policygen.model.catalogue import FREQUENCIES
from policygen.problems import Location, Problem, Severity
from policygen.text import dialect
from policygen.text.record import STATEMENT_ID, before_statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from policygen.checks.sentences.quantities import Quantity
    from policygen.checks.typed.prose import Prose
    from policygen.model.catalogue import Parameter
    from policygen.model.document import Document, Rendering
    from policygen.model.facts import Facts

_ID = STATEMENT_ID.pattern
_CITED = re.compile(rf"\((?:see |under |as in )?({_ID}(?:(?:, | and | or ){_ID})*)\)")
_NAMED_LIMIT = re.compile(
    rf"\b(?:limit|limits|deadline|interval) (?:of|in|under) ({_ID}), ([^.;:()]*)"
)
_BOUNDARY = re.compile(r"[.;:!?](?=\s)|\)|\|| - |\*\*|(?<=\w)\*(?= )")
_CODE = re.compile(r"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)")
_PRINTED = re.compile(r"\{\{[^}]*?\bp\.([a-z0-9_]+)")
_NAMED = re.compile(r"\bp\.([a-z0-9_]+)")


def limits_of_citations(rendering: Rendering, _facts: Facts) -> list[Problem]:
    """Clauses that cite a statement and print another limit than it has.

    A clause ends at a stop, a semicolon, a colon or a bracket, and the citation stands at its end
    in brackets, `within 24 hours (AC-17)`, or before the figure, `the limit of AC-17, 24 hours`.
    """
    stated = {
        statement.id: quantities(_plain(statement.text))
        for document in rendering.documents
        for statement in document.record.statements
        if statement.applies
    }
    return [
        problem for document in rendering.documents for problem in _in_document(document, stated)
    ]


def _in_document(
    document: Document, stated: Mapping[str, tuple[Quantity, ...]]
) -> Iterator[Problem]:
    offset = document.text[: len(document.text) - len(document.record.body)].count("\n")
    for line, names, printed in _citations(document.record.body):
        limits = [limit for name in names for limit in stated.get(name, ())]
        yield from _compared(document, line + offset, names, printed, limits)


@lru_cache(maxsize=READ)
def _citations(body: str) -> tuple[tuple[int, tuple[str, ...], tuple[Quantity, ...]], ...]:
    """Line, ids and printed limits of each clause of a body that cites statements."""
    text = before_statements(body)
    found = []
    for start, block in dialect.paragraphs(text):
        if not re.search(_ID, block):
            continue
        prose = _CODE.sub(lambda code: " " * len(code[0]), block.replace("\n", " "))
        for place, names, clause in _clauses(prose):
            line = start + block.count("\n", 0, place)
            found.append((line, tuple(names), quantities(_plain(clause))))
    return tuple(found)


def _clauses(text: str) -> Iterator[tuple[int, list[str], str]]:
    """Place, ids and clause of each citation of a paragraph."""
    for found in _CITED.finditer(text):
        before = text[: found.start()]
        ends = [boundary.end() for boundary in _BOUNDARY.finditer(before)]
        clause = before[ends[-1] if ends else 0 :]
        yield found.start(), re.findall(_ID, found[1]), clause
    for found in _NAMED_LIMIT.finditer(text):
        yield found.start(), [found[1]], found[2]


def _compared(
    document: Document,
    line: int,
    names: Sequence[str],
    printed: tuple[Quantity, ...],
    limits: list[Quantity],
) -> Iterator[Problem]:
    for kind in ("time", "business", "frequency"):
        ours = [quantity for quantity in printed if quantity.kind == kind]
        theirs = [quantity for quantity in limits if quantity.kind == kind]
        if not ours or not theirs or {row.size for row in ours} & {row.size for row in theirs}:
            continue
        slowest = max(theirs, key=lambda row: row.size)
        slower = all(row.limits and row.size > slowest.size for row in ours) and slowest.limits
        yield Problem(
            code="text-slower-than-statement" if slower else "text-other-limit",
            severity=Severity.ERROR if slower else Severity.WARNING,
            location=Location(document.path, line),
            message=f"{' and '.join(names)} says {slowest.shown}, but the text that cites it "
            f"says {ours[0].shown}",
            hint=f"In {document.template}, print the parameter of the statement, or end the "
            "clause before the citation where another action is meant.",
        )


def _plain(text: str) -> str:
    return " ".join(dialect.unescape(text).replace("*", "").split())


def parameters_of_citations(rendering: Rendering, facts: Facts) -> list[Problem]:
    """Clauses that cite a statement and print another parameter than it does, of the same unit.

    Today both may have the same value; they part on the day on which one is changed.
    """
    proses = [prose_of(plan.template) for plan in rendering.plans]
    parameters = facts.registries.parameters
    stated = {
        name: frozenset(_NAMED.findall(prose.source[start:end]))
        for prose in proses
        for name, start, end in prose.statements
    }
    return [problem for prose in proses for problem in _in_template(prose, stated, parameters)]


def _in_template(
    prose: Prose, stated: Mapping[str, frozenset[str]], parameters: Mapping[str, Parameter]
) -> Iterator[Problem]:
    for found in _CITED.finditer(prose.text):
        start = 0
        for boundary in _BOUNDARY.finditer(prose.text, max(0, found.start() - 400), found.start()):
            start = boundary.end()
        start = max(start, prose.text.rfind("\n\n", 0, found.start()))
        printed = frozenset(_PRINTED.findall(prose.source[start : found.start()]))
        names = re.findall(_ID, found[1])
        theirs = frozenset(name for row in names for name in stated.get(row, ()))
        for other in sorted(printed - theirs):
            same = [name for name in theirs if _unit(name, parameters) == _unit(other, parameters)]
            if same and _unit(other, parameters) and not printed.intersection(same):
                yield Problem(
                    code="text-other-parameter",
                    severity=Severity.WARNING,
                    location=prose.location(found.start()),
                    message=f"{' and '.join(names)} has its limit from {min(same)}, but the text "
                    f"that cites it prints {other}",
                    hint="Print the parameter of the statement, so that both change together.",
                )


def _unit(name: str, parameters: Mapping[str, Parameter]) -> str:
    """What makes two limits comparable; empty where a parameter is no limit."""
    parameter = parameters.get(name)
    if parameter is None:
        return ""
    if parameter.choices and set(parameter.choices) <= {*FREQUENCIES, "none", "on_major_change"}:
        return "frequency"
    unit = parameter.unit or ""
    return "business days" if unit.startswith("business") else _TIMES.get(unit.split(" ")[0], "")


_TIMES = dict.fromkeys(("minutes", "hours", "days", "weeks", "months", "years"), "time")
