"""A firm of two: roles fall on the same person, and no sentence has that role face itself."""

from __future__ import annotations

import re

import pytest

from policygen.model.document import Kind
from tests.organizations import example, organization


@pytest.fixture(scope="module")
def policies() -> dict[str, str]:
    profile = example("saas")
    profile["organization"]["headcount"] = 2
    profile["organization"]["governing_body"] = {"kind": "owner"}
    profile["roles"] = {role: profile["roles"][role] for role in ("ceo", "engineering_lead")}
    made = organization(profile, checked=False)
    return {
        document.id: " ".join(document.text.split("\n## Control statements")[0].split())
        for document in made.rendering.documents
        if document.record.header.kind is Kind.POLICY
    }


@pytest.mark.parametrize("role", ["chief executive", "engineering lead"])
def test_no_role_is_named_twice_as_two_people(policies: dict[str, str], role: str) -> None:
    twice = re.compile(rf"\bthe {role}(?:,? and|,? or)(?: of)? the {role}\b", re.IGNORECASE)
    assert [name for name, text in policies.items() if twice.search(text)] == []


@pytest.mark.parametrize("role", ["chief executive", "engineering lead"])
def test_no_role_reports_to_itself(policies: dict[str, str], role: str) -> None:
    itself = re.compile(
        rf"The {role} (?:SHALL report|SHALL send|may turn|records|asks)[^.]*? to the {role}\b"
    )
    assert [name for name, text in policies.items() if itself.search(text)] == []
