"""The first organization.yml of each kind: what is asked, and nothing it cannot stand behind."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from policygen.adopt.examples import practices_of_kind
from policygen.adopt.questions import QUESTIONS
from policygen.adopt.starter import starter_profile
from policygen.yaml.yamlfile import parse_yaml
from tests.organizations import ARCHETYPES, LIBRARY, organization

if TYPE_CHECKING:
    from policygen.adopt.questions import Archetype

ANSWERS = {
    "legal_name": "Marrow & Vale Ltd", "short_name": "Marrow", "headcount": "9",
    "time_zone": "Europe/Lisbon", "ceo": "Ana Vale <ana@marrow.example>",
    "security_officer": "Rui Marrow <rui@marrow.example>",
}  # fmt: skip


@pytest.mark.parametrize("archetype", ARCHETYPES)
def test_a_fresh_profile_has_only_findings_about_who_approves_and_what_is_asked(
    archetype: Archetype,
) -> None:
    answers = {q.key: q.default_for(archetype) or "" for q in QUESTIONS} | ANSWERS
    practices = practices_of_kind(LIBRARY, archetype)
    text = starter_profile(archetype, answers, date(2026, 11, 20), practices)
    value = parse_yaml(text, "organization.yml").value
    assert isinstance(value, dict)
    found = organization(value)
    assert {problem.code for problem in found.problems} <= {"role-owner-approves"}
