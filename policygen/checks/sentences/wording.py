"""Wording: a duty names a limit, one meaning and an action, or nobody can test it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from policygen.checks.typed.prose import READ, Zone, prose_of
from policygen.checks.typed.word_lists import word_list
from policygen.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.checks.typed.prose import Prose
    from policygen.model.document import Rendering
    from policygen.model.facts import Facts

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """How much the words of a list matter, by where they stand."""

    code: str
    severity: Mapping[Zone, Severity]
    """Places that are missing here may use the words."""


_RULES: Mapping[str, _Rule] = {
    "untestable": _Rule(
        code="text-untestable", severity={Zone.STATEMENT: _ERROR, Zone.STEP: _WARNING}
    ),
    "ambiguous": _Rule(
        code="text-ambiguous",
        severity={Zone.STATEMENT: _ERROR, Zone.STEP: _WARNING, Zone.OTHER: _WARNING},
    ),
    "duties": _Rule(
        code="text-duty-word",
        severity={Zone.STATEMENT: _WARNING, Zone.STEP: _WARNING, Zone.OTHER: _WARNING},
    ),
    "duties_in_statements": _Rule(
        code="text-duty-word", severity={Zone.STATEMENT: _WARNING, Zone.STEP: _WARNING}
    ),
    "flourish": _Rule(
        code="text-flourish",
        severity={Zone.STATEMENT: _WARNING, Zone.STEP: _WARNING, Zone.OTHER: _WARNING},
    ),
}
"""What each list of `data/wording.yml` means. Only what makes a tested sentence untestable, and
can always be said better, is an error."""


def wording(rendering: Rendering, _facts: Facts) -> list[Problem]:
    """Words that no auditor can test, that blur a duty, or that say nothing."""
    return [problem for plan in rendering.plans for problem in _found_in(prose_of(plan.template))]


@lru_cache(maxsize=READ)
def _found_in(prose: Prose) -> tuple[Problem, ...]:
    """As below; the words of a template are the same for every organization."""
    return tuple(_in_template(prose))


def _in_template(prose: Prose) -> Iterator[Problem]:
    for name, rule in _RULES.items():
        for row in word_list(name):
            for start, end in row.spans(prose.lowered):
                words = " ".join(prose.text[start:end].split())
                if words.isupper() and words.isalpha():
                    continue  # SHALL and SHOULD are the words to use
                severity = rule.severity.get(prose.zone(start))
                if severity is not None:
                    yield Problem(
                        code=rule.code,
                        severity=severity,
                        location=prose.location(start),
                        message=f'"{words}" {row.why}',
                        hint=row.better,
                    )
