"""Branch rules as evidence: what they leave open, who went past them, what nobody recorded."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.forge.rules import REACH, read_rules, unrecorded
from policygen.model.forge import Bypass, RuleSnapshot, Span
from tests.forge.github_schemas import faults
from tests.forge.hub import account, sha
from tests.forge.pull_requests import CASES
from tests.forge.rules_of_hub import SCHEMAS, protect, reviews, suite, value

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.forge.desk import Desk
    from tests.forge.hub import Hub

DAY = timedelta(days=1)
JANUARY = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _protected(hub: Hub) -> None:
    protect(hub)


def recorded(desk: Desk) -> RuleSnapshot:
    desk.record_rules()
    [snapshot] = desk.rules()
    return snapshot


def test_strict_rules_leave_nothing_open(desk: Desk) -> None:
    snapshot = recorded(desk)
    assert (snapshot.weaknesses, snapshot.unreadable, snapshot.bypasses) == ((), (), ())
    assert snapshot.covers_from == snapshot.recorded_at - REACH


def test_the_fixtures_are_what_github_documents(hub: Hub) -> None:
    value(hub, "rulesets/rule-suites").append(suite("bypass", hub.now))
    for path, schema in SCHEMAS.items():
        assert faults(schema, value(hub, path)) == [], path


def _both(name: str, modern: str, new: object) -> Callable[[Hub], None]:
    def loosen(hub: Hub) -> None:
        classic, ruleset = reviews(hub)
        classic[name] = ruleset[modern] = new

    return loosen


def _pushes(setting: str, rule: str) -> Callable[[Hub], None]:
    def loosen(hub: Hub) -> None:
        value(hub, "branches/main/protection")[setting]["enabled"] = True
        rules = value(hub, "rules/branches/main")
        rules[:] = [item for item in rules if item["type"] != rule]

    return loosen


def _admins(hub: Hub) -> None:
    value(hub, "branches/main/protection")["enforce_admins"]["enabled"] = False


def _actor(hub: Hub) -> None:
    value(hub, "rulesets/7")["bypass_actors"].append(
        {"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}
    )


def _allowance(hub: Hub) -> None:
    reviews(hub)[0]["bypass_pull_request_allowances"] = {
        "users": [account("lee-p")], "teams": [], "apps": [],
    }  # fmt: skip


def _workflows(hub: Hub) -> None:
    value(hub, "actions/permissions/workflow")["can_approve_pull_request_reviews"] = True


@pytest.mark.parametrize(
    ("loosen", "weakness"),
    [
        pytest.param(
            _both("required_approving_review_count", "required_approving_review_count", 0),
            "no approving review is required", id="nobody approves",
        ),
        pytest.param(
            _both("dismiss_stale_reviews", "dismiss_stale_reviews_on_push", False),
            "an approval stands after later pushes", id="stale approvals",
        ),
        pytest.param(
            _both("require_last_push_approval", "require_last_push_approval", False),
            "whoever pushes last may approve their own push", id="own push",
        ),
        pytest.param(
            _both("require_code_owner_reviews", "require_code_owner_review", False),
            "owners of the documents need not review", id="code owners",
        ),
        pytest.param(
            _pushes("allow_force_pushes", "non_fast_forward"),
            "the branch's history may be rewritten", id="force pushes",
        ),
        pytest.param(
            _pushes("allow_deletions", "deletion"), "the branch may be deleted", id="deletion"
        ),
        pytest.param(
            _admins, "branch protection does not bind administrators", id="administrators"
        ),
        pytest.param(
            _actor, "RepositoryRole 5 may go past ruleset main (always)", id="bypass actor"
        ),
        pytest.param(_allowance, "lee-p may merge without review", id="allowance"),
        pytest.param(_workflows, "workflows may approve pull requests", id="workflows"),
    ],
)  # fmt: skip
def test_each_loosened_rule_is_named(
    desk: Desk, hub: Hub, loosen: Callable[[Hub], None], weakness: str
) -> None:
    loosen(hub)
    assert recorded(desk).weaknesses == (weakness,)


def test_a_rule_in_one_place_is_enough(desk: Desk, hub: Hub) -> None:
    reviews(hub)[0]["dismiss_stale_reviews"] = False
    value(hub, "branches/main/protection")["allow_force_pushes"]["enabled"] = True
    assert recorded(desk).weaknesses == ()


def test_a_branch_without_any_rule_is_named_so(desk: Desk, hub: Hub) -> None:
    hub.rules["branches/main/protection"] = (404, {"message": "Branch not protected"})
    value(hub, "rules/branches/main").clear()
    snapshot = recorded(desk)
    assert snapshot.weaknesses == (
        "no approving review is required",
        "the branch's history may be rewritten",
        "the branch may be deleted",
    )
    assert snapshot.unreadable == ()


def test_what_the_token_may_not_read_is_not_taken_for_absent(desk: Desk, hub: Hub) -> None:
    for path in SCHEMAS:
        hub.rules[path] = (403, {"message": "Resource not accessible"})
    snapshot = recorded(desk)
    assert snapshot.weaknesses == ()
    assert snapshot.covers_from is None
    assert snapshot.unreadable == (
        "branch protection", "rules of the branch", "rulesets", "who went past the rules",
        "rights of workflows",
    )  # fmt: skip


def test_changes_of_a_repository_named_rules_are_no_rules(desk: Desk, hub: Hub) -> None:
    hub.repository = "larkfield/rules"
    CASES["happy single"].build(hub)
    desk.record()
    assert read_rules(desk.office.evidence().files) == ((), ())
    assert recorded(desk).repository == "larkfield/rules"


def test_a_push_past_the_rules_is_kept(desk: Desk, hub: Hub) -> None:
    hub.per_page = 1
    at = hub.now - 2 * DAY
    value(hub, "rulesets/rule-suites").extend(
        [suite("pass", at), suite("bypass", at, number=22), suite("fail", at, number=23)]
    )
    assert recorded(desk).bypasses == (Bypass(at=at, actor="lee-p", commit=sha(22), branch="main"),)


def test_an_edited_recording_of_rules_is_told(desk: Desk, hub: Hub) -> None:
    value(hub, "rulesets/rule-suites").append(suite("bypass", hub.now))
    recording = desk.record_rules()
    [file] = [answer.file for answer in recording.answers if "rule-suites" in answer.file]
    suites = json.loads(desk.office.read(file))
    suites[0]["result"] = "pass"
    desk.office.write(file, json.dumps(suites).encode())
    snapshots, problems = read_rules(desk.office.evidence().files)
    assert snapshots == ()
    assert [problem.code for problem in problems] == ["forge-recording-broken"]


# what nobody recorded


def snapshot(day: int, *, shows_bypasses: bool = True) -> RuleSnapshot:
    at = JANUARY + day * DAY
    return RuleSnapshot(
        recording=f"forge/x/rules/{day}/index.json",
        host="github.com",
        repository="larkfield/policies",
        branch="main",
        recorded_at=at,
        covers_from=at - REACH if shows_bypasses else None,
        bypasses=(),
        weaknesses=(),
        unreadable=(),
    )


def days(*spans: tuple[int, int]) -> tuple[Span, ...]:
    return tuple(Span(JANUARY + first * DAY, JANUARY + last * DAY) for first, last in spans)


@pytest.mark.parametrize(
    ("recorded_on", "gaps"),
    [
        pytest.param([], [(0, 365)], id="never"),
        pytest.param([31, 62, 93, 124, 155, 186, 217, 248, 279, 310, 341, 365], [], id="monthly"),
        pytest.param([31, 93, 365], [(31, 62), (93, 334)], id="twice forgotten"),
        pytest.param([31], [(31, 365)], id="once"),
        pytest.param([365], [(0, 334)], id="at the end only"),
        pytest.param([400], [(0, 365)], id="too late"),
        pytest.param([390], [(0, 359)], id="late, but a week is still shown"),
        pytest.param([-1], [(0, 365)], id="before the period"),
    ],
)
def test_unrecorded_spans_are_gaps(recorded_on: list[int], gaps: list[tuple[int, int]]) -> None:
    snapshots = [snapshot(day) for day in recorded_on]
    assert unrecorded(snapshots, JANUARY, JANUARY + 365 * DAY) == days(*gaps)


def test_a_recording_that_could_not_see_who_went_past_covers_nothing() -> None:
    snapshots = [snapshot(day, shows_bypasses=False) for day in (31, 62)]
    assert unrecorded(snapshots, JANUARY, JANUARY + 60 * DAY) == days((0, 60))


@given(st.lists(st.integers(-60, 460), max_size=15), st.integers(0, 200), st.integers(1, 200))
def test_a_moment_is_in_a_gap_or_a_recording_shows_it(
    recorded_on: list[int], first: int, length: int
) -> None:
    snapshots = [snapshot(day) for day in recorded_on]
    start, end = JANUARY + first * DAY, JANUARY + (first + length) * DAY
    gaps = unrecorded(snapshots, start, end)
    for day in range(first, first + length):
        moment = JANUARY + day * DAY + DAY / 2
        shown = any(
            found.covers_from is not None and found.covers_from <= moment <= found.recorded_at
            for found in snapshots
        )
        assert shown != any(gap.start <= moment < gap.end for gap in gaps)
    assert all(start <= gap.start < gap.end <= end for gap in gaps)
