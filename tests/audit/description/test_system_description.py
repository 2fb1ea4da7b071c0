"""The system description: a place for every criterion, and nothing made up."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from policygen import words
from policygen.audit.description.system_description import SLOTS, system_description
from policygen.model.matrix import Coverage, Matrix
from policygen.model.profile.choices import PrivacyForOthers
from policygen.model.profile.services import SystemDescription
from tests.audit.matrices import matrix_in_force

if TYPE_CHECKING:
    from policygen.model.facts import Facts
    from policygen.pipeline.sources.survey import Survey

LAST = date(2026, 9, 30)
FIRST = date(2025, 10, 1)


@pytest.fixture(scope="module")
def matrix(library: Survey) -> Matrix:
    return matrix_in_force(library)


def drafted(
    library: Survey, matrix: Matrix, *, facts: Facts | None = None, first: date | None = FIRST
) -> str:
    headers = [document.record.header for document in library.rendering.documents]
    return system_description(facts or library.facts, matrix, headers, last=LAST, first=first)


def section(text: str, number: str) -> str:
    found = re.search(rf"^## {number} .*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, number
    return found[0]


def empty(facts: Facts) -> Facts:
    """The same organization with nothing said about its system."""
    profile = facts.profile.model_copy(
        update={
            "services": (), "system_description": SystemDescription(), "systems": (),
            "locations": (), "data": type(facts.profile.data)(),
            "hosting": type(facts.profile.hosting)(),
        }
    )  # fmt: skip
    return replace(facts, profile=profile)


def test_each_description_criterion_has_its_place(library: Survey, matrix: Matrix) -> None:
    text = drafted(library, matrix)
    headings = re.findall(r"^## (DC \d) ", text, re.MULTILINE)
    assert headings == [number for number, _ in SLOTS] == [f"DC {n}" for n in range(1, 10)]


def test_what_the_profile_says_is_carried_over(library: Survey, matrix: Matrix) -> None:
    text = drafted(library, matrix)
    assert "Clausewell reads the contracts that customers upload" in section(text, "DC 1")
    assert "restored within 8 hours. | SLA, 3.2 |" in section(text, "DC 2")
    assert "| Gatehouse Workforce | identity provider | IT lead |" in section(text, "DC 3")
    assert "| CC6.1 | Only known and authorized users" in section(text, "DC 5")
    assert "| CUEC-02 | Customers who connect their own sign-on" in section(text, "DC 6")
    assert "- Criteria relied on: CC6.4 A1.2" in section(text, "DC 7")
    assert "Not examined, and so not described: processing integrity and privacy." in section(
        text, "DC 8"
    )


def test_incidents_and_changes_are_always_left_for_a_person(
    library: Survey, matrix: Matrix
) -> None:
    text = drafted(library, matrix)
    for number in ("DC 4", "DC 9"):
        assert "**For a person.**" in section(text, number)
    assert "of the period" in section(text, "DC 4")
    assert text.rstrip().endswith("Two places above are marked.")


def test_a_day_asks_for_no_changes_of_a_period(library: Survey, matrix: Matrix) -> None:
    text = drafted(library, matrix, first=None)
    assert "on 2026-09-30" in text
    assert "**For a person.**" not in section(text, "DC 9")
    assert "known on the day" in section(text, "DC 4")


def test_what_the_profile_does_not_say_is_marked_and_not_made_up(
    library: Survey, matrix: Matrix
) -> None:
    text = drafted(library, matrix, facts=empty(library.facts))
    for number in ("DC 1", "DC 2", "DC 3", "DC 4", "DC 6", "DC 7", "DC 9"):
        assert "**For a person.**" in section(text, number), number
    assert "Clausewell" not in text
    marked = text.count("> **For a person.**")
    assert text.rstrip().endswith(f"{words.count(marked).capitalize()} places above are marked.")


def test_a_gap_and_a_criterion_left_out_are_told(library: Survey, matrix: Matrix) -> None:
    criteria = list(matrix.criteria)
    criteria[0] = replace(criteria[0], coverage=Coverage.GAP)
    criteria[1] = replace(criteria[1], coverage=Coverage.NOT_APPLICABLE, reason="no *board*")
    text = drafted(library, replace(matrix, criteria=tuple(criteria)))
    assert f"No control covers {criteria[0].criterion.id}." in section(text, "DC 5")
    row = next(
        line for line in section(text, "DC 8").splitlines() if criteria[1].criterion.id in line
    )
    assert row.endswith("| no \\*board\\* |")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(
            PrivacyForOthers(
                reason="wages are *here*",
                auditor_agreed_by="Quade LLP",
                auditor_agreed_on=date(2025, 6, 2),
            ),
            "- Why: wages are \\*here\\*\n- Agreed: with Quade LLP on 2025-06-02\n",
            id="agreed",
        ),
        pytest.param(None, "> **For a person.** Say why privacy is examined", id="not yet"),
    ],
)
def test_a_processor_explains_why_privacy_is_examined(
    library: Survey, matrix: Matrix, answer: PrivacyForOthers | None, said: str
) -> None:
    profile = library.facts.profile
    changed = profile.model_copy(
        update={
            "tsc": profile.tsc.model_copy(update={"privacy": True}),
            "audit": profile.audit.model_copy(update={"privacy_for_others": answer}),
        }
    )
    text = drafted(library, matrix, facts=replace(library.facts, profile=changed))
    assert said in section(text, "DC 5")
    assert said not in drafted(library, matrix)


def test_no_sentence_gives_an_opinion(library: Survey, matrix: Matrix) -> None:
    text = drafted(library, matrix)
    assert not re.search(r"\b(?:compliant|certified|effective controls)\b", text, re.IGNORECASE)
