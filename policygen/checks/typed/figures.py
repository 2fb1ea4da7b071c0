"""Figures: a limit stands in the registry, so that every document says the same."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from policygen.checks.typed.prose import READ, Zone, prose_of
from policygen.checks.typed.word_lists import word_list
from policygen.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.checks.typed.prose import Prose
    from policygen.model.document import Rendering
    from policygen.model.facts import Facts

_NUMBER = (
    r"\d[\d,.]*|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|sixty"
    r"|ninety"
)
_UNIT = (
    r"(?:(?:calendar|business|working|consecutive|full)\s+)?(?:seconds?|minutes?|hours?|days?|weeks?"
    r"|months?|quarters?|years?)|percent|characters?|attempts?|approvals?|approvers?|signatures?"
)
_LIMIT = re.compile(
    rf"(?<![\w.,#-])(?:{_NUMBER})(?:[\s-]+(?:{_UNIT})|\s?%)(?!\w)"
    r"|(?<![\w-])(?:one|1)[\s-]+(?:(?:calendar|business|working)\s+)?(?:minute|hour|day|week|month"
    r"|quarter|year)(?![\w-])"
    r"|(?<![\w-])(?:within|after|for)\s+(?:half\s+)?an?\s+(?:business\s+|working\s+|calendar\s+)?"
    r"(?:minute|hour|day|week|month|quarter|year)(?![\w-])",
)
_CADENCE = re.compile(
    r"(?<![\w-])(?:(?:once|twice)\s+(?:an?|each|per|every)\s+(?:calendar\s+)?"
    r"|(?:every|each)\s+(?:calendar\s+)?)(?:hour|day|week|month|quarter|half[\s-]year|year)(?![\w-])"
    r"|(?<![\w-])(?:hourly|daily|weekly|monthly|quarterly|yearly|annually|biannually)(?![\w-])",
)
_UNITS = (
    "second", "minute", "hour", "day", "week", "month", "quarter", "year", "dai", "annual",
    "percent", "%", "character", "attempt", "approv", "signature",
)  # fmt: skip
"""What is in every limit and frequency: a fast search for it finds all candidates."""

_ABOUT = 40
"""How many characters around a figure an allowed way of speaking may reach."""


def typed_limits(rendering: Rendering, _facts: Facts) -> list[Problem]:
    """Figures with a unit, and frequencies, that a template types instead of naming a parameter."""
    return [problem for plan in rendering.plans for problem in _found_in(prose_of(plan.template))]


@lru_cache(maxsize=READ)
def _found_in(prose: Prose) -> tuple[Problem, ...]:
    """As below; the words of a template are the same for every organization."""
    return tuple(_in_template(prose))


def _in_template(prose: Prose) -> Iterator[Problem]:
    for found in _candidates(_LIMIT, prose.lowered):
        if not _allowed(prose.lowered, found):
            zone = prose.zone(found.start())
            severity = Severity.ERROR if zone is Zone.STATEMENT else Severity.WARNING
            yield _problem(prose, found, severity, "a figure")
    for found in _candidates(_CADENCE, prose.lowered):
        if prose.zone(found.start()) is Zone.STATEMENT and not _allowed(prose.lowered, found):
            yield _problem(prose, found, Severity.WARNING, "a frequency")


def _candidates(pattern: re.Pattern[str], lowered: str) -> Iterator[re.Match[str]]:
    """What a pattern finds around the words for units, each place once."""
    seen = set()
    for unit in _UNITS:
        at = lowered.find(unit)
        while at >= 0:
            found = pattern.search(lowered, max(0, at - _ABOUT), at + _ABOUT)
            while found is not None and found.end() <= at:
                found = pattern.search(lowered, found.end(), at + _ABOUT)
            if found is not None and found.start() <= at and found.start() not in seen:
                seen.add(found.start())
                yield found
            at = lowered.find(unit, at + 1)


def _allowed(text: str, found: re.Match[str]) -> bool:
    """Whether it is part of a way of speaking that is no limit."""
    start = max(0, found.start() - _ABOUT)
    around = text[start : found.end() + _ABOUT]
    return any(
        start + first <= found.start() and found.end() <= start + last
        for row in word_list("allowed_figures")
        for first, last in row.spans(around)
    )


def _problem(prose: Prose, found: re.Match[str], severity: Severity, what: str) -> Problem:
    return Problem(
        code="text-figure",
        severity=severity,
        location=prose.location(found.start()),
        message=f'"{" ".join(found[0].split())}" is {what} typed into the template, so no other '
        "document follows when it changes",
        hint="Name a parameter: {{ p.… }}; policygen explain parameters lists them, and a file in "
        "registries/ adds one of your own.",
    )
