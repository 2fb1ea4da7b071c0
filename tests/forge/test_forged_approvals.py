"""Forged approvals: records written by hand around what a recording shows, each with its code."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from policygen.forge.changes import read_changes
from policygen.history.consents.forge_reviews import first_day
from policygen.history.records.consents import (
    read_consent,
    read_observation,
    write_consent,
    write_observation,
)
from policygen.history.records.paths import approval_path, observation_path, text_path
from policygen.history.trust.renewal import Enrollment, RosterPerson
from policygen.model.evidence import (
    Decision,
    Method,
    Observation,
    Previous,
    Significance,
    Strength,
)
from policygen.model.forge import Binding
from tests.forge.desk import staff
from tests.forge.hub import ACCOUNTS, MAILS, account
from tests.forge.pull_requests import CASES, OTHER, TEXT
from tests.history.office import BERLIN, sheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from policygen.model.forge import ForgeChange
    from tests.forge.desk import Desk
    from tests.forge.hub import Hub

CONSENT = approval_path("access-control-policy", "1.0", "dana")
OBSERVATION = observation_path(CONSENT)


def pretend(
    desk: Desk, change: ForgeChange | None = None, *, user_id: int = 4711, login: str = "dana-w"
) -> None:
    """Write consent and observation as if the account had approved, whatever the recording says."""
    if change is None:
        [change] = desk.changes().values()
    review = change.review_of(user_id)
    at = (review and review.submitted_at) or desk.forge.now
    text = sheet()
    day = first_day(change, review, BERLIN) if review and change.merged_at else at.date()
    consent = desk.office.consent(text, method=Method.FORGE, at=at, effective=day)
    data = write_consent(consent)
    observation = Observation(
        binding=Binding.STATED,
        consent_sha256=hashlib.sha256(data).hexdigest(),
        host=change.host,
        repository=change.repository,
        change=change.number,
        review=review.review if review else 80,
        user_id=user_id,
        login=login,
        commit=review.commit if review else None,
        submitted_at=at,
        merged_at=change.merged_at,
        imported_at=at + timedelta(days=1),
        imported_by="lee",
        raw=change.raw,
    )
    desk.office.write(text_path("access-control-policy", "1.0"), text.text.encode())
    desk.office.write(CONSENT, data)
    desk.office.write(OBSERVATION, write_observation(observation))


def imported(desk: Desk, hub: Hub) -> None:
    """One honest approval."""
    CASES["happy single"].build(hub)
    desk.record()
    assert desk.import_all(access_control_policy=TEXT) == ["access-control-policy 1.0 dana"]
    assert desk.codes() == []


def edit_observation(desk: Desk, **changes: object) -> None:
    found = read_observation(desk.office.read(OBSERVATION))
    desk.office.write(OBSERVATION, write_observation(replace(found, **changes)))  # type: ignore[arg-type]


def edit_consent(desk: Desk, **changes: object) -> None:
    """Change the consent, and let the observation belong to it again."""
    consent = replace(read_consent(desk.office.read(CONSENT)), **changes)  # type: ignore[arg-type]
    data = write_consent(consent)
    desk.office.write(CONSENT, data)
    edit_observation(desk, consent_sha256=hashlib.sha256(data).hexdigest())


def _not_merged(hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, TEXT)
    hub.review(pull)


def _into_another_branch(hub: Hub) -> None:
    pull = hub.open(base="playground")
    hub.push(pull, TEXT)
    hub.review(pull)
    hub.merge(pull)


def _unbound(hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, TEXT)
    hub.review(pull, commit=None)
    hub.merge(pull)


def _merged_with_another_text(hub: Hub) -> None:
    """The branch had moved on, and merging made a text that nobody looked at."""
    pull = hub.open()
    hub.push(pull, TEXT)
    hub.review(pull)
    hub.merge(pull, tree={"rendered/policies/access-control-policy.md": OTHER.encode()})


def _another_document(hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, TEXT)
    pull.files[0]["filename"] = "rendered/policies/password-policy.md"
    hub.review(pull)
    hub.merge(pull)


def _own_bot(hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, TEXT)
    hub.review(pull, "octobot[bot]", user_id=4711, login="dana-w")
    hub.merge(pull)


@pytest.mark.parametrize(
    ("build", "code"),
    [
        pytest.param(_not_merged, "forge-not-merged", id="not merged"),
        pytest.param(_into_another_branch, "forge-not-into-default", id="another branch"),
        pytest.param(
            CASES["dismissed by push"].build, "forge-review-dismissed", id="dismissed review"
        ),
        pytest.param(CASES["late approval"].build, "forge-review-late", id="after the merge"),
        pytest.param(_unbound, "forge-review-unbound", id="no commit"),
        pytest.param(_own_bot, "forge-review-bot", id="bot"),
        pytest.param(
            CASES["null user"].build, "approval-observation-differs", id="deleted account"
        ),
        pytest.param(
            CASES["stale with changed content"].build, "forge-review-stale", id="older text"
        ),
        pytest.param(
            CASES["force push after approval"].build, "forge-review-stale", id="force push"
        ),
        pytest.param(_merged_with_another_text, "forge-review-stale", id="merge made a new text"),
        pytest.param(_another_document, "forge-review-stale", id="another document"),
        pytest.param(
            CASES["approved then changes requested"].build, "forge-changes-requested",
            id="changes requested",
        ),
    ],
)  # fmt: skip
def test_a_review_that_does_not_count_carries_no_record(
    desk: Desk, hub: Hub, build: Callable[[Hub], None], code: str
) -> None:
    build(hub)
    desk.record()
    pretend(desk)
    assert code in desk.codes()
    assert desk.judge().verdicts == ()


def test_an_honest_record_written_the_same_way_counts(desk: Desk, hub: Hub) -> None:
    CASES["happy single"].build(hub)
    desk.record()
    pretend(desk)
    assert desk.codes() == []


def test_an_objection_of_somebody_entitled_blocks_others(desk: Desk, hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, TEXT)
    hub.review(pull, "lee-p", state="CHANGES_REQUESTED")
    hub.review(pull)
    hub.merge(pull)
    desk.record()
    pretend(desk)
    assert desk.codes() == ["forge-changes-requested"]


def test_an_objection_of_somebody_who_stands_in_blocks_others(desk: Desk, hub: Hub) -> None:
    """Sam stands in for Dana in July."""
    hub.tick(24 * 155)
    pull = hub.open(author="octobot[bot]")
    hub.push(pull, TEXT, by="lee-p")
    hub.review(pull, "sam-o", state="CHANGES_REQUESTED")
    hub.review(pull)
    hub.merge(pull)
    assert hub.now.month == 7
    desk.record()
    pretend(desk)
    assert desk.codes() == ["forge-changes-requested"]


def test_a_host_is_the_same_in_small_and_capital_letters(desk: Desk, hub: Hub) -> None:
    desk.office.update_trust(datetime(2026, 1, 20, tzinfo=UTC), "lee", people=staff("GitHub.com"))
    CASES["happy single"].build(hub)
    desk.record()
    assert desk.import_all(access_control_policy=TEXT) == ["access-control-policy 1.0 dana"]
    assert desk.codes() == []


def test_a_recording_of_what_had_not_happened_yet_is_not_read(desk: Desk, hub: Hub) -> None:
    CASES["happy single"].build(hub)
    hub.now -= timedelta(hours=2)
    desk.record()
    changes, problems = read_changes(desk.office.evidence().files)
    assert changes == {}
    assert [problem.code for problem in problems] == ["forge-recording-incomplete"]


def test_an_objection_of_a_stranger_blocks_nobody(desk: Desk, hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, TEXT)
    hub.review(pull, "stranger", state="CHANGES_REQUESTED")
    hub.review(pull)
    hub.merge(pull)
    desk.record()
    pretend(desk)
    assert desk.codes() == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"user_id": 4712}, id="another account"),
        pytest.param({"host": "git.larkfield.example"}, id="another forge"),
        pytest.param({"repository": "larkfield/toys"}, id="another repository"),
        pytest.param({"change": 43}, id="another change"),
        pytest.param({"review": 1}, id="another review"),
        pytest.param({"commit": "0" * 40}, id="another commit"),
        pytest.param({"binding": Binding.INFERRED}, id="another binding"),
        pytest.param({"consent_sha256": "0" * 64}, id="another consent"),
        pytest.param({"merged_at": datetime(2026, 2, 1, tzinfo=UTC)}, id="another merge"),
        pytest.param({"imported_at": datetime(2026, 1, 6, tzinfo=UTC)}, id="imported before"),
    ],
)
def test_an_observation_that_does_not_fit_proves_nothing(
    desk: Desk, hub: Hub, change: dict[str, object]
) -> None:
    imported(desk, hub)
    edit_observation(desk, **change)
    assert set(desk.codes()) == {"approval-observation-differs"}


def test_a_consent_without_an_observation_proves_nothing(desk: Desk, hub: Hub) -> None:
    imported(desk, hub)
    (desk.office.folder / OBSERVATION).unlink()
    assert desk.codes() == ["approval-observation-missing"]


def test_another_recording_of_the_same_change_proves_nothing(desk: Desk, hub: Hub) -> None:
    """Recorded before the merge, when the approval stood."""
    pull = hub.open()
    hub.push(pull, TEXT)
    review = hub.review(pull)
    early = desk.record().raw()
    hub.dismiss(pull, review)
    hub.merge(pull)
    desk.record()
    changes = desk.changes()
    assert len(changes) == 2
    merged = next(change for change in changes.values() if change.merged_at)
    pretend(desk, merged)
    assert desk.codes() == ["forge-review-dismissed"]
    edit_observation(desk, raw=(early,))
    assert set(desk.codes()) == {"approval-observation-differs", "forge-not-merged"}


def test_a_recording_with_another_digest_proves_nothing(desk: Desk, hub: Hub) -> None:
    imported(desk, hub)
    [raw] = read_observation(desk.office.read(OBSERVATION)).raw
    edit_observation(desk, raw=(replace(raw, sha256="0" * 64),))
    assert set(desk.codes()) == {"approval-observation-differs"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(
            {"effective": datetime(2026, 3, 1, tzinfo=UTC).date()},
            "approval-observation-differs", id="another day",
        ),
        pytest.param({"reason": "board"}, "approval-observation-differs", id="another reason"),
        pytest.param(
            {"at": datetime(2026, 2, 2, 9, 0, tzinfo=UTC)}, "approval-observation-differs",
            id="another time",
        ),
        pytest.param(
            {
                "decision": Decision.RETIRED, "reason": "gone", "significance": Significance.MAJOR,
                "previous": Previous(version="0.9", text_sha256="0" * 64),
            },
            "approval-observation-differs", id="another decision",
        ),
        pytest.param({"role": "ceo"}, "approval-not-entitled", id="another role"),
    ],
)  # fmt: skip
def test_a_consent_that_says_more_than_the_review_proves_nothing(
    desk: Desk, hub: Hub, change: dict[str, object], code: str
) -> None:
    imported(desk, hub)
    edit_consent(desk, **change)
    assert code in desk.codes()
    assert desk.judge().verdicts == ()


def test_an_observation_beside_another_document_proves_nothing(desk: Desk, hub: Hub) -> None:
    imported(desk, hub)
    other = sheet(document="password-policy")
    consent = replace(
        read_consent(desk.office.read(CONSENT)),
        document="password-policy",
        text_sha256=other.digest,
    )
    data = write_consent(consent)
    path = approval_path("password-policy", "1.0", "dana")
    found = read_observation(desk.office.read(OBSERVATION))
    found = replace(found, consent_sha256=hashlib.sha256(data).hexdigest())
    desk.office.write(text_path("password-policy", "1.0"), other.text.encode())
    desk.office.write(path, data)
    desk.office.write(observation_path(path), write_observation(found))
    assert desk.codes() == ["forge-review-stale"]


def test_an_observation_moved_to_another_version_proves_nothing(desk: Desk, hub: Hub) -> None:
    imported(desk, hub)
    text = sheet(hours=8)
    desk.office.write(text_path("access-control-policy", "2.0"), text.text.encode())
    consent = replace(
        read_consent(desk.office.read(CONSENT)),
        version="2.0",
        text_sha256=text.digest,
        significance=Significance.MAJOR,
        previous=Previous(version="1.0", text_sha256=sheet().digest),
    )
    path = approval_path("access-control-policy", "2.0", "dana")
    data = write_consent(consent)
    found = read_observation(desk.office.read(OBSERVATION))
    found = replace(found, consent_sha256=hashlib.sha256(data).hexdigest())
    desk.office.write(path, data)
    desk.office.write(observation_path(path), write_observation(found))
    assert desk.codes() == ["forge-review-stale"]


def test_an_edited_recording_proves_nothing(desk: Desk, hub: Hub) -> None:
    CASES["approved then changes requested"].build(hub)
    recording = desk.record()
    pretend(desk)
    [file] = [answer.file for answer in recording.answers if "reviews" in answer.file]
    reviews = json.loads(desk.office.read(file))
    reviews[-1]["state"] = "COMMENTED"
    desk.office.write(file, json.dumps(reviews).encode())
    assert set(desk.codes()) == {"approval-observation-differs"}
    _, problems = read_changes(desk.office.evidence().files)
    assert [problem.code for problem in problems] == ["forge-recording-broken"]


@pytest.mark.parametrize("page", [1, 2, 3])
def test_an_index_that_leaves_out_a_page_proves_nothing(desk: Desk, hub: Hub, page: int) -> None:
    """There is an objection on it, which somebody takes out, index and all."""
    hub.per_page = 1
    pull = hub.open()
    hub.push(pull, TEXT)
    hub.review(pull, state="COMMENTED")
    hub.review(pull, "lee-p", state="CHANGES_REQUESTED")
    hub.review(pull)
    hub.merge(pull)
    recording = desk.record()
    kept = [item for item in recording.answers if f"reviews-p{page}." not in item.file]
    assert len(kept) == len(recording.answers) - 1
    desk.office.write(recording.index, replace(recording, answers=tuple(kept)).write_index())
    changes, problems = read_changes(desk.office.evidence().files)
    assert changes == {}
    assert [problem.code for problem in problems] == ["forge-recording-incomplete"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('"https://api.github.com"', '"https://api.hub.example"', id="other address"),
        pytest.param('"https://api.github.com"', '"http://api.github.com"', id="not encrypted"),
        pytest.param('"larkfield/policies"', '"larkfield/toys"', id="other repository"),
        pytest.param('"change-42"', '"change-43"', id="other change"),
        pytest.param('"status": 200', '"status": 200, "status": 404', id="key twice"),
        pytest.param("policygen/recording/1", "policygen/recording/2", id="other form"),
        pytest.param('"branch": "main"', '"branch": "main", "more": 1', id="unknown key"),
        pytest.param("\n}\n", "\n}\n\n", id="other bytes"),
    ],
)
def test_a_recording_whose_index_was_edited_is_not_read(
    desk: Desk, hub: Hub, old: str, new: str
) -> None:
    CASES["happy single"].build(hub)
    recording = desk.record()
    text = desk.office.read(recording.index).decode()
    assert old in text
    desk.office.write(recording.index, text.replace(old, new).encode())
    changes, problems = read_changes(desk.office.evidence().files)
    assert changes == {}
    assert [problem.code for problem in problems] == ["forge-recording-broken"]


def test_a_renamed_login_is_still_the_same_account(desk: Desk, hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, TEXT)
    hub.review(pull, "dana-w", login="dana-whitfield")
    hub.merge(pull)
    desk.record()
    assert desk.import_all(access_control_policy=TEXT) == ["access-control-policy 1.0 dana"]
    assert desk.codes() == []


def test_a_login_used_again_by_another_account_is_nobodys(desk: Desk, hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, TEXT)
    hub.review(pull, "dana-w", user_id=777777)
    hub.merge(pull)
    desk.record()
    assert desk.import_all(access_control_policy=TEXT) == []
    assert desk.told_codes() == ["forge-account-unknown"]
    pretend(desk, user_id=777777)
    assert desk.codes() == ["forge-account-unknown"]


def test_an_account_of_two_people_is_nobodys(desk: Desk, hub: Hub) -> None:
    doubled = (
        *staff(),
        RosterPerson(id="max", name="Max", title="", end_date=None,
                     logins=(("github.com", 4711, "dana-w"),)),
    )  # fmt: skip
    desk.office.update_trust(datetime(2026, 1, 20, tzinfo=UTC), "lee", people=doubled)
    CASES["happy single"].build(hub)
    desk.record()
    assert desk.import_all(access_control_policy=TEXT) == []
    assert desk.told_codes() == ["forge-account-unknown"]


def test_an_account_named_after_the_review_does_not_count(desk: Desk, hub: Hub) -> None:
    strangers = tuple(replace(person, logins=()) for person in staff())
    desk.office.update_trust(datetime(2026, 1, 20, tzinfo=UTC), "lee", people=strangers)
    CASES["happy single"].build(hub)
    desk.office.update_trust(datetime(2026, 2, 10, tzinfo=UTC), "lee", people=staff())
    desk.record()
    assert desk.import_all(access_control_policy=TEXT) == []
    assert desk.told_codes() == ["forge-account-unknown"]


# who is behind a change


def _authored(hub: Hub, **push: str) -> None:
    pull = hub.open(author="octobot[bot]")
    hub.push(pull, TEXT, **push)
    hub.review(pull)
    hub.merge(pull)


def _pushed_by_the_approver(hub: Hub) -> None:
    pull = hub.open(author="octobot[bot]")
    hub.push(pull, TEXT, by="octobot[bot]")
    pull.pushes[-1]["actor"] = account("dana-w")
    hub.review(pull)
    hub.merge(pull)


def _forced_by_the_approver(hub: Hub) -> None:
    pull = hub.open(author="octobot[bot]")
    hub.push(pull, OTHER, by="octobot[bot]")
    hub.force_push(pull, TEXT, by="octobot[bot]")
    pull.timeline[-1]["actor"] = account("dana-w")
    hub.review(pull)
    hub.merge(pull)


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda hub: _authored(hub, by="dana-w"), id="author"),
        pytest.param(lambda hub: _authored(hub, by="octobot[bot]", committer="dana-w"),
                     id="committer"),
        pytest.param(
            lambda hub: _authored(
                hub, by="octobot[bot]",
                message=f"Text\n\nCo-authored-by: Dana <{MAILS['dana-w']}>",
            ),
            id="co-author",
        ),
        pytest.param(_pushed_by_the_approver, id="pusher"),
        pytest.param(_forced_by_the_approver, id="force pusher"),
    ],
)  # fmt: skip
def test_whoever_is_behind_the_change_does_not_approve_it_alone(
    desk: Desk, hub: Hub, build: Callable[[Hub], None]
) -> None:
    build(hub)
    desk.record()
    desk.import_all(access_control_policy=TEXT)
    assert desk.codes() == ["approval-drafter-alone"]


def test_a_drafter_and_a_second_person_approve_together(desk: Desk, hub: Hub) -> None:
    pull = hub.open(author="octobot[bot]")
    hub.push(pull, TEXT, by="dana-w", committer="web-flow")
    hub.review(pull)
    hub.review(pull, "lee-p")
    hub.merge(pull)
    desk.record()
    assert len(desk.import_all(access_control_policy=TEXT)) == 2
    assert desk.codes() == []


def test_an_author_who_is_nobody_in_the_profile_is_told(desk: Desk, hub: Hub) -> None:
    """It could be the approver's second account."""
    pull = hub.open(author="stranger")
    hub.push(pull, TEXT, by="stranger")
    hub.review(pull)
    hub.merge(pull)
    desk.record()
    desk.import_all(access_control_policy=TEXT)
    assert desk.codes() == ["approval-author-unknown"]


# the importer's signature


def signed(desk: Desk, key: str) -> None:
    data = desk.office.read(OBSERVATION)
    desk.office.write(OBSERVATION + ".sig", desk.office.signature(data, key))


def strengths(desk: Desk) -> list[Strength]:
    return [verdict.strength for verdict in desk.judge().verdicts]


def test_a_signed_import_is_stronger(desk: Desk, hub: Hub) -> None:
    imported(desk, hub)
    signed(desk, "lee")
    assert (desk.codes(), strengths(desk)) == ([], [Strength.A2])


def test_an_import_signed_by_another_proves_nothing(desk: Desk, hub: Hub) -> None:
    imported(desk, hub)
    signed(desk, "sam")
    assert (desk.codes(), strengths(desk)) == (["approval-key-unknown"], [])


def test_a_changed_observation_fails_its_signature(desk: Desk, hub: Hub) -> None:
    imported(desk, hub)
    signed(desk, "lee")
    edit_observation(desk, imported_by="sam")
    assert (desk.codes(), strengths(desk)) == (["approval-signature-bad"], [])


def test_an_import_signed_with_a_key_that_only_its_holder_enrolled_stays_a1(
    desk: Desk, hub: Hub
) -> None:
    own = Enrollment(
        person="lee", public_key=desk.office.keyring.public("mallory"), enrolled_by="lee",
        method="own",
    )  # fmt: skip
    desk.office.update_trust(datetime(2026, 1, 20, tzinfo=UTC), "dana", keys=(own,), people=staff())
    imported(desk, hub)
    signed(desk, "mallory")
    assert (desk.codes(), strengths(desk)) == (["approval-own-key"], [Strength.A1])


def test_an_import_signed_before_the_key_counted_proves_nothing(desk: Desk, hub: Hub) -> None:
    imported(desk, hub)
    late = Enrollment(
        person="lee", public_key=desk.office.keyring.public("dana-new"), enrolled_by="dana",
        method="in person",
    )  # fmt: skip
    desk.office.update_trust(datetime(2026, 3, 1, tzinfo=UTC), "dana", keys=(late,), people=staff())
    signed(desk, "dana-new")
    assert (desk.codes(), strengths(desk)) == (["approval-key-unknown"], [])


def test_every_account_of_the_forge_has_its_own_number() -> None:
    assert len(set(ACCOUNTS.values())) == len(ACCOUNTS)
