"""Approvals on GitHub: what each pull request comes to, and that GitHub would answer so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from policygen.model.evidence import Strength
from tests.forge.github_schemas import faults
from tests.forge.pull_requests import CASES, TEXT, Case

if TYPE_CHECKING:
    from tests.forge.desk import Desk
    from tests.forge.hub import Hub

SCHEMAS = (
    ("/reviews", "reviews"), ("/commits", "commits"), ("/files", "files"),
    ("/timeline", "timeline"), ("/activity", "activity"), ("/contents/", "contents"),
)  # fmt: skip


def schema_of(url: str) -> str:
    path = urlsplit(url).path
    return next((schema for part, schema in SCHEMAS if part in path), "pull")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_pull_request_comes_to_these_consents(desk: Desk, hub: Hub, case: Case) -> None:
    case.build(hub)
    desk.record()
    assert desk.import_all(access_control_policy=TEXT) == list(case.approved)
    assert desk.told_codes() == list(case.told)
    assert desk.codes() == list(case.codes)
    verdicts = desk.judge().verdicts
    assert {(verdict.strength, verdict.time_attested) for verdict in verdicts} <= {
        (Strength.A1, True)
    }
    assert len(verdicts) == len(case.approved)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_fixtures_are_what_github_documents(desk: Desk, hub: Hub, case: Case) -> None:
    case.build(hub)
    recording = desk.record()
    assert len(recording.answers) >= 6
    for answer in recording.answers:
        status, value, _ = hub.answer(answer.url)
        assert status == answer.status
        if status == 200:
            assert faults(schema_of(answer.url), value) == [], answer.url


def test_a_fixture_that_github_would_not_give_is_noticed(hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, TEXT)
    review = hub.review(pull)
    assert faults("reviews", [review]) == []
    del review["author_association"]
    assert faults("reviews", [review]) == ["0: 'author_association' is a required property"]
    assert faults("pull", json.loads('{"number": "42"}'))
