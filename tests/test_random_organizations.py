"""Whatever organization is described, the library says something sound about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings

from policygen.load.registries.registries import package_registries
from tests.organizations import organization
from tests.profiles import TRUE_OF_A_PROFILE, profiles

if TYPE_CHECKING:
    from policygen.model.document import Document
    from tests.organizations import Plain

RANDOM = settings(
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

FAULTS = {
    "left open": re.compile(r"\{\{|\{%|\bNone\b|\bUndefined\b"),
    "an empty name": re.compile(r"\*\*\s*\*\*|\[\]\(|(?<!\\)\(\)|: ?,|, ,|,\.|\(,"),
    "a doubled space": re.compile(r"(?<=[^\s|])  +(?=[^\s|])"),
    "a stray space": re.compile(r"(?<=\w) [,;.](?=\s|$)"),
    "a word twice": re.compile(r"\b(the|a|an|of|to|and|or|is|within|every|for) \1\b"),
    "a plural of one": re.compile(
        r"(?<![\d.,])(?<!and )1 (?:business )?"
        r"(?:minutes|hours|days|months|years|characters|attempts|approvals)\b"
    ),
    "a singular of many": re.compile(
        r"(?<![\d.,-])(?:0|[2-9]|[1-9]\d+) (?:business )?(?:minute|hour|day|month|year|character)\b"
    ),
    "an empty item": re.compile(r"^\s*(?:[-*]|\d+\.)\s*$"),
    "a dangling end": re.compile(r"\b(?:and|or|the|a|within|under|every)\s*[.;]\s*$"),
}


@settings(RANDOM, max_examples=12)
@given(profile=profiles())
def test_every_text_of_a_valid_profile_is_whole_and_without_a_problem(profile: Plain) -> None:
    made = organization(profile)
    assert [row for row in made.problems if row.code not in TRUE_OF_A_PROFILE] == []
    assert [fault for document in made.rendering.documents for fault in _faults(document)] == []


def _faults(document: Document) -> list[tuple[str, str, str]]:
    """Document, what is wrong, and the line."""
    prose = re.sub(r"\]\([^)\n]*\)", "]", document.record.body)
    return [
        (document.id, what, line)
        for line in prose.split("\n")
        for what, pattern in FAULTS.items()
        if pattern.search(line)
    ]


def test_statements_that_do_not_apply_say_why_whatever_the_profile() -> None:
    controls = package_registries().controls

    @settings(RANDOM, max_examples=6)
    @given(profile=profiles())
    def holds(profile: Plain) -> None:
        made = organization(profile, checked=False)
        for document in made.rendering.documents:
            for statement in document.record.statements:
                assert statement.control in controls
                assert statement.applies or (statement.not_applicable or "").strip()

    holds()
