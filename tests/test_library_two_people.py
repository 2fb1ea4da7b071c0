"""A firm of two: roles fall on the same person, and no sentence has that role face itself."""

from __future__ import annotations

import re

import pytest

from tests.organizations import example, organization


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    profile = example("saas")
    profile["organization"]["headcount"] = 2
    profile["organization"]["governing_body"] = {"kind": "owner"}
    profile["roles"] = {role: profile["roles"][role] for role in ("ceo", "engineering_lead")}
    made = organization(profile, checked=False)
    return {
        document.id: document.text.split("\n## Control statements")[0]
        for document in made.rendering.documents
    }


@pytest.fixture(scope="module")
def policies(texts: dict[str, str]) -> dict[str, str]:
    return {
        name: " ".join(text.split()) for name, text in texts.items() if name.endswith("-policy")
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


def test_no_table_of_duties_names_one_person_in_two_columns(texts: dict[str, str]) -> None:
    heads = {
        name: [
            line.strip("| ").split(" | ") for line in text.splitlines() if "| activity |" in line
        ]
        for name, text in texts.items()
    }
    assert sum(len(found) for found in heads.values()) > 25
    assert [
        (name, head) for name, found in heads.items() for head in found if len({*head}) < len(head)
    ] == []


def test_who_carries_several_roles_does_what_any_of_them_does(texts: dict[str, str]) -> None:
    rows = texts["vendor-review-procedure"].splitlines()
    assert "| activity | Requester | Vendor owner | Chief executive | Engineering lead |" in rows
    assert "| Contract and refusals | none | none | R, A | C on refusals |" in rows
    assert "| Exit | none | R, A | R for the register, C | none |" in rows
