"""Recordings: whole, plain and read with suspicion."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.forge import github_visits
from policygen.forge.changes import read_changes
from policygen.forge.recordings import file_name, subject_folder
from policygen.forge.redaction import MAIL, digest_in, mail_digest, redacted
from policygen.forge.replies import write_json
from policygen.forge.rules import read_rules
from policygen.forge.words import words_in
from policygen.history.records.paths import Shelf, place_of
from policygen.model.evidence import Significance
from policygen.model.forge import ForgeKind, Outcome, ReviewWords
from tests.forge.desk import Desk, open_office
from tests.forge.hub import Hub
from tests.forge.lab import Lab
from tests.forge.lab import protect as protect_lab
from tests.forge.pull_requests import CASES, OTHER, TEXT
from tests.forge.rules_of_hub import protect, suite, value
from tests.history.office import sheet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from policygen.forge.recordings import Recording
    from policygen.model.forge import ForgeChange
    from tests.history.office import Keyring

POLICY = "access-control-policy"


def test_every_name_is_a_place_for_recordings_and_fits_a_pdf(desk: Desk, hub: Hub) -> None:
    """A PDF keeps a path in its attachment's name with two underscores for each slash."""
    hub.repository = "lark__field/pol..icies"
    CASES["two pages"].build(hub)
    files = desk.record().files()
    assert len(files) > 10
    for path in files:
        place = place_of(path)
        assert place is not None
        assert place.shelf is Shelf.FORGE
        assert "__" not in path


@given(st.text(max_size=300), st.text(max_size=80), st.integers(1, 200))
def test_a_name_of_an_answer_is_plain_whatever_was_asked(path: str, ref: str, page: int) -> None:
    name = file_name(path, {"ref": ref}, page)
    assert place_of(f"forge/github.com/{name}") is not None
    assert len(name) < 130


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_a_folder_of_a_subject_stays_inside(owner: str, name: str) -> None:
    folder = subject_folder("github.com", f"{owner}/{name}", "rules")
    assert place_of(f"{folder}index.json") is not None


# redaction


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.emails(),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["email", "login", "avatar_url", "repos_url", "x"]), inner),
    max_leaves=12,
))  # fmt: skip
def test_redacting_leaves_no_address_and_is_done_once(value: object) -> None:
    once = redacted(value)
    assert redacted(once) == once
    left = MAIL.findall(json.dumps(once, ensure_ascii=False))
    assert all(mail.endswith("@redacted.invalid") for mail in left)


def test_an_address_leaves_its_digest_and_its_place() -> None:
    message = "Text\n\nCo-authored-by: Dana <Dana.W@larkfield.example>"
    [found] = [redacted({"message": message, "email": "4711+dana-w@users.noreply.example"})]
    assert isinstance(found, dict)
    before, _, rest = found["message"].partition("<")
    assert before == "Text\n\nCo-authored-by: Dana "
    assert digest_in(rest.rstrip(">")) == mail_digest("dana.w@larkfield.example")
    assert digest_in(found["email"]) == mail_digest("4711+dana-w@users.noreply.example")
    odd = redacted({"author_email": "o'brien!x@larkfield.example"})
    assert isinstance(odd, dict)
    assert digest_in(odd["author_email"]) == mail_digest("o'brien!x@larkfield.example")
    assert digest_in("dana.w@larkfield.example") is None


def test_what_lets_others_in_is_not_kept() -> None:
    answer = {
        "runners_token": "GR1348941secret",
        "temp_clone_token": "AABBsecret",
        "client_secret": "s3cret",
        "download_url": "https://raw.hub.example/x?token=ABCsecret",
        "html_url": "https://hub.example/x?a=1&access_token=ABCsecret&b=2",
        "import_url": "https://ci:hunter2secret@git.example/x.git",
        "require_password_to_approve": True,
        "ci_job_token_scope_enabled": False,
        "sha": "ab12",
    }
    assert redacted(answer) == {
        "html_url": "https://hub.example/x?a=1&&b=2",
        "import_url": "https://git.example/x.git",
        "require_password_to_approve": True,
        "ci_job_token_scope_enabled": False,
        "sha": "ab12",
    }


def test_a_line_without_end_is_redacted_in_no_time() -> None:
    for piece in ("a", "://", "?token", "@", "a@b."):
        line = piece * 500_000
        assert len(str(redacted(line))) > 1000


# hostile answers


def _hub(tmp_path: Path, keyring: Keyring) -> tuple[Desk, list[Recording]]:
    hub = Hub()
    protect(hub)
    CASES["dismissed by push"].build(hub)
    value(hub, "rulesets/rule-suites").append(suite("bypass", hub.now))
    desk = Desk(open_office(tmp_path / "evidence", keyring), hub)
    return desk, [desk.record(), desk.record_rules()]


def _lab(tmp_path: Path, keyring: Keyring) -> tuple[Desk, list[Recording]]:
    lab, host = Lab(), "git.larkfield.example"
    protect_lab(lab)
    merge = lab.open()
    lab.push(merge, TEXT)
    lab.approve(merge)
    lab.request_changes(merge, "lee-p")
    lab.merge(merge)
    office = open_office(tmp_path / "evidence", keyring, host=host)
    desk = Desk(office, lab, kind=ForgeKind.GITLAB, host=host, api=f"https://{host}/api/v4")
    return desk, [desk.record(), desk.record_rules()]


NONSENSE: tuple[Any, ...] = (
    None, -1, 2**70, True, "", "x", "2026-01-01", "2026-13-01T00:00:00Z", [], {}, [[]], [None],
    {"id": {}}, 1.5,
)  # fmt: skip


def _spots(value: Any) -> list[tuple[Any, Any]]:
    """Every container with a key in it, however deep."""
    found: list[tuple[Any, Any]] = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in pairs:
        found.append((value, key))
        if isinstance(inner, (dict, list)):
            found += _spots(inner)
    return found


@pytest.mark.parametrize("make", [_hub, _lab], ids=["github", "gitlab"])
def test_nonsense_in_an_answer_is_a_problem_and_never_a_crash(
    tmp_path: Path,
    keyring: Keyring,
    make: Callable[[Path, Keyring], tuple[Desk, list[Recording]]],
) -> None:
    _, made = make(tmp_path, keyring)
    dice = random.Random(4711)
    outcomes = set()
    for recording in made:
        for answer in recording.answers:
            for _ in range(12):
                body = json.loads(recording.bodies[answer.file])
                spots = _spots(body) if isinstance(body, (dict, list)) else []
                if not spots:
                    break
                inside, key = dice.choice(spots)
                inside[key] = dice.choice(NONSENSE)
                files = _with_body(recording, answer.file, write_json(body))
                read = read_rules if recording.change is None else read_changes
                found, problems = read(files)
                assert len(found) + len(problems) == 1
                outcomes |= {problem.code for problem in problems} or {"read"}
    assert outcomes == {"read", "forge-recording-incomplete"}


def _with_body(recording: Recording, file: str, body: bytes) -> dict[str, bytes]:
    """The recording as somebody would make it who can also write the index."""
    digest = hashlib.sha256(body).hexdigest()
    changed = replace(
        recording,
        answers=tuple(
            replace(answer, sha256=digest) if answer.file == file else answer
            for answer in recording.answers
        ),
        bodies={**recording.bodies, file: body},
    )
    return changed.files()


@pytest.mark.parametrize("make", [_hub, _lab], ids=["github", "gitlab"])
def test_a_recording_without_one_of_its_lists_is_not_read_as_more(
    tmp_path: Path,
    keyring: Keyring,
    make: Callable[[Path, Keyring], tuple[Desk, list[Recording]]],
) -> None:
    """Who takes out a list takes out objections, dismissals or authors with it."""
    desk, [recording, _] = make(tmp_path, keyring)
    [whole] = desk.changes().values()
    refused = 0
    for left_out in recording.answers:
        kept = tuple(answer for answer in recording.answers if answer is not left_out)
        changed = replace(recording, answers=kept)
        found, problems = read_changes({**recording.bodies, **changed.files()})
        refused += len(problems)
        for change in found.values():
            assert change.authors == whole.authors
            assert _with(change, Outcome.APPROVED) <= _with(whole, Outcome.APPROVED)
            objecting = Outcome.CHANGES_REQUESTED
            assert _with(change, objecting) == _with(whole, objecting)
            assert change.texts.items() <= whole.texts.items()
    assert refused >= 5


def _with(change: ForgeChange, outcome: Outcome) -> set[int | None]:
    return {review.user_id for review in change.reviews if review.outcome is outcome}


@pytest.mark.parametrize(
    "body", [b"", b"\xff", b"{", b'{"a": 1, "a": 2}', b"[" * 100_000], ids=range(5)
)
def test_a_body_that_is_no_json_is_a_problem(desk: Desk, hub: Hub, body: bytes) -> None:
    CASES["happy single"].build(hub)
    recording = desk.record()
    [file] = [answer.file for answer in recording.answers if "reviews" in answer.file]
    _, problems = read_changes(_with_body(recording, file, body))
    assert [problem.code for problem in problems] == ["forge-recording-incomplete"]


def test_an_answer_borrowed_from_elsewhere_is_refused(desk: Desk, hub: Hub) -> None:
    """Only an earlier visit to the same change may be pointed to."""
    CASES["happy single"].build(hub)
    recording = desk.record()
    other = "forge/github.com/larkfield/policies/change-7/20260101T000000Z/get-x-p1.json"
    first = recording.answers[0]
    borrowed = replace(first, file=other, status=304)
    body = recording.bodies[first.file]
    changed = replace(
        recording,
        answers=(borrowed, *recording.answers[1:]),
        bodies={**recording.bodies, other: body},
    )
    _, problems = read_changes({**changed.files(), other: body})
    assert [problem.code for problem in problems] == ["forge-recording-broken"]


def test_a_later_visit_that_points_to_an_earlier_one_is_read(desk: Desk, hub: Hub) -> None:
    CASES["happy single"].build(hub)
    first = desk.record()
    hub.tick()
    second = desk.record(earlier=first)
    assert {answer.status for answer in second.answers} == {304, 404}
    changes = desk.changes()
    assert changes[first.index].reviews == changes[second.index].reviews
    (desk.office.folder / first.answers[0].file).unlink()
    _, problems = read_changes(desk.office.evidence().files)
    assert [problem.code for problem in problems] == ["forge-recording-broken"] * 2


# what reviewers write


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Looks right.", ReviewWords()),
        ("Effective: 2026-12-01", ReviewWords(effective=date(2026, 12, 1))),
        ("ok\r\neffective:2026-12-01\r\n\r\nbye", ReviewWords(effective=date(2026, 12, 1))),
        ("Effective: soon", ReviewWords()),
        ("Effective: 2026-02-30", ReviewWords()),
        ("see Effective: 2026-12-01", ReviewWords()),
        ("> Effective: 2026-12-01", ReviewWords()),
        ("Significance: minor\nReason: it is so", ReviewWords(minor=True, reason="it is so")),
        ("Significance: major", ReviewWords()),
        ("Reason: a\nReason: b\x07c", ReviewWords(reason="b c")),
        ("Reason:   ", ReviewWords()),
    ],
)
def test_words_of_a_review(body: str, words: ReviewWords) -> None:
    assert words_in(body) == words


def test_a_reviewer_chooses_day_and_significance(desk: Desk, hub: Hub) -> None:
    CASES["happy single"].build(hub)
    desk.record()
    desk.import_all(access_control_policy=TEXT)
    hub.tick(24)
    pull = hub.open(43)
    hub.push(pull, OTHER)
    hub.review(pull, body="Significance: minor\nReason: we did so already\nEffective: 2026-04-01")
    hub.merge(pull)
    desk.record(43)
    found = desk.import_all(access_control_policy=OTHER)
    assert found == [f"{POLICY} 1.1 dana"]
    assert desk.codes() == []
    consent = desk.judge().verdicts[-1].consent
    assert (consent.significance, consent.reason) == (Significance.MINOR, "we did so already")
    assert str(consent.effective) == "2026-04-01"


def test_minor_without_a_reason_is_refused_where_it_looks_major(desk: Desk, hub: Hub) -> None:
    CASES["happy single"].build(hub)
    desk.record()
    desk.import_all(access_control_policy=TEXT)
    pull = hub.open(43)
    hub.push(pull, OTHER)
    hub.review(pull, body="Significance: minor")
    hub.merge(pull)
    desk.record(43)
    assert desk.import_all(access_control_policy=OTHER) == []
    assert desk.told_codes() == ["approve-reason-needed"]


def test_a_day_before_the_merge_is_the_day_of_the_merge(desk: Desk, hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, TEXT)
    hub.review(pull, body="Effective: 2026-01-01")
    hub.tick(72)
    hub.merge(pull)
    desk.record()
    desk.import_all(access_control_policy=TEXT)
    assert desk.codes() == []
    assert str(desk.judge().verdicts[0].consent.effective) == "2026-02-05"


# one version after the other


def test_versions_follow_each_other_and_are_imported_once(desk: Desk, hub: Hub) -> None:
    texts = [sheet(hours=hours).text for hours in (24, 12, 24)]
    found = []
    for number, text in enumerate(texts, start=42):
        pull = hub.open(number)
        hub.push(pull, text)
        hub.review(pull)
        hub.merge(pull)
        hub.tick(24)
        desk.record(number)
    by_change = {change.number: change for change in desk.changes().values()}
    for _ in range(2):
        for number, text in enumerate(texts, start=42):
            found += desk._import(by_change[number], "dana-w", {"access_control_policy": text})
    assert found == [f"{POLICY} {version} dana" for version in ("1.0", "2.0", "3.0")]
    assert (desk.codes(), desk.told_codes()) == ([], [])


def test_a_change_that_was_replaced_before_it_was_imported_is_passed_over(
    desk: Desk, hub: Hub
) -> None:
    CASES["happy single"].build(hub)
    newer = sheet(hours=8)
    desk.office.approve(newer, at=hub.now.replace(day=20))
    desk.record()
    assert desk.import_all(access_control_policy=TEXT) == []
    assert (desk.codes(), desk.told_codes()) == ([], [])


def test_a_workspace_in_a_folder_of_its_repository_finds_its_texts(desk: Desk, hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, TEXT, path=f"handbook/rendered/policies/{POLICY}.md")
    hub.push(pull, OTHER, path=f"rendered/policies/{POLICY}.md")
    hub.review(pull)
    hub.merge(pull)
    visit = desk.visit("change-42")
    visit.repository = replace(visit.repository, folder="handbook/")
    github_visits.record_change(visit, 42)
    desk.keep(visit)
    assert desk.import_all(access_control_policy=TEXT) == [f"{POLICY} 1.0 dana"]
    assert desk.codes() == []
