"""Approvals on GitLab: bound to the newest version of the change at their time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from policygen.forge.changes import read_changes
from policygen.history.records.consents import read_observation
from policygen.model.evidence import Strength
from policygen.model.forge import Binding, ForgeKind
from tests.forge.desk import Desk, open_office
from tests.forge.lab import Lab, protect
from tests.forge.pull_requests import OTHER, TEXT
from tests.forge.test_forged_approvals import OBSERVATION
from tests.history.office import sheet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.history.office import Keyring

HOST = "git.larkfield.example"
DANA = ["access-control-policy 1.0 dana"]


@pytest.fixture
def lab() -> Lab:
    return Lab()


@pytest.fixture
def desk(tmp_path: Path, keyring: Keyring, lab: Lab) -> Desk:
    office = open_office(tmp_path / "evidence", keyring, host=HOST)
    return Desk(office, lab, kind=ForgeKind.GITLAB, host=HOST, api=f"https://{HOST}/api/v4")


def _plain(lab: Lab, how: str = "merge") -> None:
    merge = lab.open()
    lab.push(merge, TEXT)
    lab.approve(merge)
    lab.merge(merge, how)


def _by_note(lab: Lab) -> None:
    lab.states_times = False
    _plain(lab)


def _without_time(lab: Lab) -> None:
    lab.states_times = False
    merge = lab.open()
    lab.push(merge, TEXT)
    lab.approve(merge, noted=False)
    lab.merge(merge)


def _taken_back(lab: Lab) -> None:
    merge = lab.open()
    lab.push(merge, TEXT)
    lab.approve(merge)
    lab.unapprove(merge)
    lab.merge(merge)


def _given_again(lab: Lab) -> None:
    merge = lab.open()
    lab.push(merge, TEXT)
    lab.approve(merge)
    lab.unapprove(merge)
    lab.approve(merge)
    lab.merge(merge)


def _fallen_with_a_push(lab: Lab) -> None:
    merge = lab.open()
    lab.push(merge, OTHER)
    lab.approve(merge)
    lab.push(merge, TEXT)
    lab.lose_approvals(merge, "dana-w")
    lab.merge(merge)


def _stale(lab: Lab) -> None:
    merge = lab.open()
    lab.push(merge, OTHER)
    lab.approve(merge)
    lab.push(merge, TEXT)
    lab.merge(merge)


def _rebased(lab: Lab) -> None:
    merge = lab.open()
    lab.push(merge, TEXT)
    lab.approve(merge)
    lab.push(merge, "notes", path="notes.txt")
    lab.merge(merge)


def _pushed_in_the_same_second(lab: Lab) -> None:
    """The push came half a second after the approval."""
    merge = lab.open()
    lab.push(merge, OTHER)
    lab.approve(merge)
    lab.now += timedelta(milliseconds=500) - timedelta(hours=1)
    lab.push(merge, TEXT)
    lab.merge(merge)


def _late(lab: Lab) -> None:
    merge = lab.open()
    lab.push(merge, TEXT)
    lab.merge(merge)
    lab.approve(merge)


def _objection(lab: Lab) -> None:
    merge = lab.open()
    lab.push(merge, TEXT)
    lab.approve(merge)
    lab.request_changes(merge, "lee-p")
    lab.merge(merge)


def _own_objection(lab: Lab) -> None:
    merge = lab.open()
    lab.push(merge, TEXT)
    lab.approve(merge)
    lab.request_changes(merge)
    lab.merge(merge)


def _objection_without_a_note(lab: Lab) -> None:
    merge = lab.open()
    lab.push(merge, TEXT)
    lab.approve(merge)
    lab.request_changes(merge, "lee-p", noted=False)
    lab.merge(merge)


def _objection_after_the_merge(lab: Lab) -> None:
    merge = lab.open()
    lab.push(merge, TEXT)
    lab.approve(merge)
    lab.merge(merge)
    lab.request_changes(merge, "lee-p")


def _bot(lab: Lab) -> None:
    merge = lab.open()
    lab.push(merge, TEXT)
    lab.approve(merge, "project_7_bot_ab12", user_id=4711)
    lab.merge(merge)


def _service_account(lab: Lab) -> None:
    lab.bots.add(4711)
    _plain(lab)


def _deleted_account(lab: Lab) -> None:
    merge = lab.open()
    lab.push(merge, TEXT)
    merge.approved_by.append({"user": None})
    lab.merge(merge)


def _merged_with_another_text(lab: Lab) -> None:
    merge = lab.open()
    lab.push(merge, TEXT)
    lab.approve(merge)
    lab.merge(merge, tree={"rendered/policies/access-control-policy.md": OTHER.encode()})


def _own_commit(lab: Lab) -> None:
    merge = lab.open(author="dana-w")
    lab.push(merge, TEXT)
    lab.approve(merge)
    lab.merge(merge)


def _own_mail(lab: Lab) -> None:
    merge = lab.open()
    lab.push(merge, TEXT, by="dana-w", pusher="sam-o")
    lab.approve(merge)
    lab.merge(merge)


def _own_push(lab: Lab) -> None:
    merge = lab.open()
    lab.push(merge, TEXT, pusher="dana-w")
    lab.approve(merge)
    lab.merge(merge)


def _unknown_mail(lab: Lab) -> None:
    merge = lab.open()
    lab.push(merge, TEXT, by="stranger", pusher="sam-o")
    lab.approve(merge)
    lab.merge(merge)


@pytest.mark.parametrize(
    ("build", "approved", "told", "codes"),
    [
        pytest.param(_plain, DANA, [], [], id="approved"),
        pytest.param(lambda lab: _plain(lab, "squash"), DANA, [], [], id="squash"),
        pytest.param(lambda lab: _plain(lab, "fast-forward"), DANA, [], [], id="fast-forward"),
        pytest.param(_by_note, DANA, [], [], id="time from the note"),
        pytest.param(_given_again, DANA, [], [], id="taken back and given again"),
        pytest.param(_rebased, DANA, [], [], id="later push, same text"),
        pytest.param(_without_time, [], ["forge-review-unbound"], [], id="no time at all"),
        pytest.param(_taken_back, [], ["forge-review-dismissed"], [], id="taken back"),
        pytest.param(_fallen_with_a_push, [], ["forge-review-dismissed"], [], id="reset"),
        pytest.param(_stale, [], ["forge-review-stale"], [], id="later push, other text"),
        pytest.param(
            _pushed_in_the_same_second, [], ["forge-review-stale"], [], id="half a second later"
        ),
        pytest.param(_late, [], ["forge-review-late"], [], id="after the merge"),
        pytest.param(
            _objection, [], ["forge-changes-requested", "forge-changes-requested"], [],
            id="somebody objects",
        ),
        pytest.param(
            _objection_without_a_note, [], ["forge-changes-requested", "forge-changes-requested"],
            [], id="somebody objects, without a note",
        ),
        pytest.param(_objection_after_the_merge, DANA, [], [], id="somebody objects too late"),
        pytest.param(_own_objection, [], ["forge-changes-requested"], [], id="objects later"),
        pytest.param(_bot, [], ["forge-review-bot"], [], id="access token"),
        pytest.param(_service_account, [], ["forge-review-bot"], [], id="service account"),
        pytest.param(_deleted_account, [], ["forge-review-nobody"], [], id="deleted account"),
        pytest.param(
            _merged_with_another_text, [], ["forge-review-stale"], [], id="merge made a new text"
        ),
        pytest.param(_own_commit, DANA, [], ["approval-drafter-alone"], id="opened it"),
        pytest.param(_own_mail, DANA, [], ["approval-drafter-alone"], id="wrote it"),
        pytest.param(_own_push, DANA, [], ["approval-drafter-alone"], id="pushed it"),
        pytest.param(_unknown_mail, DANA, [], ["approval-author-unknown"], id="unknown author"),
    ],
)  # fmt: skip
def test_a_merge_request_comes_to_these_consents(
    desk: Desk,
    lab: Lab,
    build: Callable[[Lab], None],
    approved: list[str],
    told: list[str],
    codes: list[str],
) -> None:
    build(lab)
    desk.record()
    assert desk.import_all(access_control_policy=TEXT) == approved
    assert (desk.told_codes(), desk.codes()) == (told, codes)


def test_the_commit_is_said_to_be_inferred(desk: Desk, lab: Lab) -> None:
    _plain(lab)
    desk.record()
    desk.import_all(access_control_policy=TEXT)
    observation = read_observation(desk.office.read(OBSERVATION))
    assert (observation.binding, observation.commit) == (
        Binding.INFERRED,
        lab.merges[42].versions[0]["head_commit_sha"],
    )
    [verdict] = desk.judge().verdicts
    assert (verdict.strength, verdict.time_attested) == (Strength.A1, True)
    assert "inferred" in verdict.note


def test_pages_are_counted_and_a_missing_one_is_noticed(desk: Desk, lab: Lab) -> None:
    lab.per_page = 1
    _given_again(lab)
    recording = desk.record()
    assert desk.import_all(access_control_policy=TEXT) == DANA
    [file] = [item.file for item in recording.answers if "notes" in item.file and "p2" in item.file]
    (desk.office.folder / file).unlink()
    changes, problems = read_changes(desk.office.evidence().files)
    assert changes == {}
    assert [problem.code for problem in problems] == ["forge-recording-broken"]


def test_a_merge_request_that_shows_only_some_files_is_not_read(desk: Desk, lab: Lab) -> None:
    _plain(lab)
    lab.object_of = lambda merge: {**Lab.object_of(lab, merge), "changes_count": "1000+"}  # type: ignore[method-assign]
    desk.record()
    changes, problems = read_changes(desk.office.evidence().files)
    assert changes == {}
    assert [problem.code for problem in problems] == ["forge-recording-incomplete"]


def test_recordings_hold_no_address_and_no_picture(desk: Desk, lab: Lab) -> None:
    _plain(lab)
    stored = b"".join(desk.record().files().values())
    for secret in (b"@larkfield.example", b"@private.example", b"avatar"):
        assert secret not in stored


def test_other_documents_in_the_same_merge_request_are_judged_on_their_own(
    desk: Desk, lab: Lab
) -> None:
    other = sheet(document="password-policy", kind=sheet().record.header.kind)
    merge = lab.open()
    lab.push(merge, TEXT)
    lab.push(merge, "draft", path="rendered/policies/password-policy.md")
    lab.approve(merge)
    lab.push(merge, other.text, path="rendered/policies/password-policy.md")
    lab.merge(merge)
    desk.record()
    found = desk.import_all(access_control_policy=TEXT, password_policy=other.text)
    assert (found, desk.told_codes()) == (DANA, ["forge-review-stale"])


# the rules of the branch


def test_strict_rules_leave_nothing_open(desk: Desk, lab: Lab) -> None:
    protect(lab)
    desk.record_rules()
    [snapshot] = desk.rules()
    assert (snapshot.weaknesses, snapshot.unreadable) == ((), ())
    assert snapshot.covers_from is not None


@pytest.mark.parametrize(
    ("path", "change", "weakness"),
    [
        ("approvals", {"reset_approvals_on_push": False},
         "an approval stands after later pushes"),
        ("approvals", {"merge_requests_author_approval": True},
         "authors may approve their own merge requests"),
        ("approvals", {"merge_requests_disable_committers_approval": False},
         "whoever committed to a merge request may approve it"),
        ("approvals", {"disable_overriding_approvers_per_merge_request": False},
         "approval rules may be changed for one merge request"),
        ("approval_rules", {"approvals_required": 0}, "no approval is required"),
        ("protected_branches", {"name": "other"}, "the branch is not protected"),
        ("protected_branches", {"allow_force_push": True},
         "the branch's history may be rewritten"),
        ("protected_branches",
         {"push_access_levels": [{"access_level": 40, "access_level_description": "Maintainers"}]},
         "Maintainers may push without review"),
    ],
)  # fmt: skip
def test_each_loosened_rule_is_named(
    desk: Desk, lab: Lab, path: str, change: dict[str, object], weakness: str
) -> None:
    protect(lab)
    value = lab.rules[path][1]
    (value[0] if isinstance(value, list) else value).update(change)
    desk.record_rules()
    [snapshot] = desk.rules()
    assert snapshot.weaknesses == (weakness,)


def test_a_tier_without_approval_rules_is_told_as_unread(desk: Desk, lab: Lab) -> None:
    desk.record_rules()
    [snapshot] = desk.rules()
    assert (snapshot.weaknesses, snapshot.covers_from) == ((), None)
    assert snapshot.unreadable == (
        "approval settings", "approval rules", "protected branches", "audit events",
    )  # fmt: skip
