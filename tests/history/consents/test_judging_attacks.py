"""What is tried on evidence, and the code that answers."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from policygen.history.consents.judging import judge
from policygen.history.records.checklists import binding, stored_path
from policygen.history.records.consents import read_consent, write_consent
from policygen.history.records.evidence import gather
from policygen.history.records.paths import approval_path, text_path
from policygen.history.trust.renewal import Enrollment
from policygen.model.evidence import Decision, External, Method, Significance, Strength
from policygen.model.judgement import LoneApproval, Witness
from policygen.problems import Severity
from tests.history.office import POLICY, Office, follows, roster, sheet
from tests.history.reviews.test_reviews import as_bytes, filled

if TYPE_CHECKING:
    from collections.abc import Callable

RECORD = approval_path(POLICY, "1.0", "dana")
TEXT = text_path(POLICY, "1.0")
AT = datetime(2026, 2, 2, 10, 0, tzinfo=UTC)


def edited(office: Office) -> None:
    office.edit(RECORD, lambda consent: replace(consent, effective=date(2026, 3, 1)))


def unsigned(office: Office) -> None:
    (office.folder / (RECORD + ".sig")).unlink()


def signed_by_nobody(office: Office) -> None:
    office.put(RECORD, office.read(RECORD), "mallory")


def signed_by_another(office: Office) -> None:
    office.put(RECORD, office.read(RECORD), "lee")


def signed_for_git(office: Office) -> None:
    armored = office.signature(office.read(RECORD), "dana", "git")
    office.write(RECORD + ".sig", armored)


def garbled_signature(office: Office) -> None:
    office.write(RECORD + ".sig", b"-----BEGIN SSH SIGNATURE-----\n")


def moved_to_another_document(office: Office) -> None:
    other = sheet(document="change-policy")
    office.write(text_path("change-policy", "1.0"), other.text.encode())
    for ending in ("", ".sig"):
        data = (office.folder / (RECORD + ending)).rename(office.folder / ("x" + ending))
        office.write(approval_path("change-policy", "1.0", "dana") + ending, data.read_bytes())
        data.unlink()


def moved_to_another_version(office: Office) -> None:
    office.write(text_path(POLICY, "2.0"), office.read(TEXT))
    for ending in ("", ".sig"):
        office.write(approval_path(POLICY, "2.0", "dana") + ending, office.read(RECORD + ending))


def moved_to_another_person(office: Office) -> None:
    for ending in ("", ".sig"):
        office.write(approval_path(POLICY, "1.0", "lee") + ending, office.read(RECORD + ending))


def text_changed(office: Office) -> None:
    office.write(TEXT, sheet(hours=48).text.encode())


def text_removed(office: Office) -> None:
    (office.folder / TEXT).unlink()


def text_of_another_document(office: Office) -> None:
    other = sheet(document="change-policy")
    consent = office.consent(other, document=POLICY)
    office.file(consent, other)


def trust_edited(office: Office) -> None:
    data = office.read("trust/1.yml").replace(b"Whitfield", b"Whitfeld")
    office.write("trust/1.yml", data)


def trust_unknown(office: Office) -> None:
    office.file(office.consent(sheet(), trust_sha256="0" * 64))


def before_trust(office: Office) -> None:
    office.file(office.consent(sheet(), at=datetime(2025, 12, 1, tzinfo=UTC)))


def two_texts(office: Office) -> None:
    office.file(office.consent(sheet(hours=48), person="lee", role="ceo"))


def two_descriptions(office: Office) -> None:
    retirement = office.consent(
        sheet(), person="lee", role="ceo", decision=Decision.RETIRED, reason="gone",
        previous=follows(sheet(), "0.9"), significance=Significance.MAJOR,
    )  # fmt: skip
    office.file(retirement)


def role_not_held(office: Office) -> None:
    office.file(office.consent(sheet(), person="sam"))


def role_not_required(office: Office) -> None:
    text = sheet(approver="people_lead")
    office.file(office.consent(text, role="security_officer"), text)


def delegate_after_window(office: Office) -> None:
    at = datetime(2026, 8, 1, 10, tzinfo=UTC)
    office.file(office.consent(sheet(), person="sam", acting_for="dana", at=at))


def delegate_of_nobody(office: Office) -> None:
    at = datetime(2026, 7, 10, 10, tzinfo=UTC)
    office.file(office.consent(sheet(), person="sam", acting_for="lee", at=at))


def effective_before_approval(office: Office) -> None:
    office.file(office.consent(sheet(), effective=date(2026, 2, 1)))


def no_previous(office: Office) -> None:
    text = sheet(hours=12)
    office.approve(text, version="2.0", at=AT + timedelta(days=9))


def previous_of_another_text(office: Office) -> None:
    text = sheet(hours=12)
    office.approve(
        text, version="2.0", at=AT + timedelta(days=9), significance=Significance.MAJOR,
        previous=follows(sheet(hours=13), "1.0"),
    )  # fmt: skip


def previous_skips_a_version(office: Office) -> None:
    second, third = sheet(hours=12), sheet(hours=6)
    for version, text in (("2.0", second), ("3.0", third)):
        office.approve(
            text, version=version, at=AT + timedelta(days=9), significance=Significance.MAJOR,
            previous=follows(sheet(), "1.0"),
        )  # fmt: skip


def duplicate_key(office: Office) -> None:
    data = office.read(RECORD).replace(b'  "at":', b'  "at": "2026-01-01T00:00:00Z",\n  "at":', 1)
    office.put(RECORD, data, "dana")


def trailing_data(office: Office) -> None:
    office.put(RECORD, office.read(RECORD) + b"{}\n", "dana")


def not_canonical(office: Office) -> None:
    office.put(RECORD, json.dumps(json.loads(office.read(RECORD))).encode(), "dana")


def unknown_field(office: Office) -> None:
    plain = {**json.loads(office.read(RECORD)), "approved_by": "everyone"}
    text = json.dumps(plain, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    office.put(RECORD, text.encode(), "dana")


def stray_file(office: Office) -> None:
    office.write(f"approvals/{POLICY}/notes.txt", b"trust me")


def link_as_text(office: Office) -> None:
    (office.folder / TEXT).rename(office.folder.parent / "elsewhere.md")
    (office.folder / TEXT).symlink_to(office.folder.parent / "elsewhere.md")


def legacy_of_today(office: Office) -> None:
    digest = "ab" * 32
    external = External(file=f"external/{digest}.pdf", sha256=digest, attested_by="lee")
    office.file(office.consent(sheet(), method=Method.LEGACY, external=external))


def review_of_nothing(office: Office) -> None:
    data = as_bytes(filled())
    stored = stored_path(hashlib.sha256(data).hexdigest())
    consent = office.consent(
        sheet(), decision=Decision.CONFIRMED, significance=Significance.MINOR,
        reason=binding(data, None),
    )  # fmt: skip
    office.write(stored, data)
    unapproved(office)
    office.put(f"reviews/2026/{POLICY}.dana.json", write_consent(consent), "dana")


def review_without_answers(office: Office) -> None:
    consent = office.consent(
        sheet(), decision=Decision.CONFIRMED, significance=Significance.MINOR, version="1.0"
    )
    unapproved(office)
    office.put(f"reviews/2026/{POLICY}.dana.json", write_consent(consent), "dana")


def unapproved(office: Office) -> None:
    (office.folder / RECORD).unlink()
    (office.folder / (RECORD + ".sig")).unlink()


ATTACKS: tuple[tuple[Callable[[Office], None], str], ...] = (
    (edited, "approval-signature-bad"),
    (unsigned, "approval-unsigned"),
    (signed_by_nobody, "approval-key-unknown"),
    (signed_by_another, "approval-key-unknown"),
    (signed_for_git, "approval-signature-bad"),
    (garbled_signature, "approval-signature-bad"),
    (moved_to_another_document, "approval-misplaced"),
    (text_changed, "approval-text-changed"),
    (text_removed, "approval-text-missing"),
    (text_of_another_document, "approval-misplaced"),
    (trust_edited, "trust-signature-bad"),
    (trust_edited, "approval-trust-unknown"),
    (trust_unknown, "approval-trust-unknown"),
    (before_trust, "approval-trust-unknown"),
    (two_descriptions, "approval-version-fork"),
    (role_not_required, "approval-role-not-required"),
    (effective_before_approval, "approval-effective-early"),
    (duplicate_key, "record-format"),
    (trailing_data, "record-format"),
    (not_canonical, "record-format"),
    (unknown_field, "record-format"),
    (link_as_text, "record-odd-file"),
    (legacy_of_today, "approval-legacy-late"),
    (legacy_of_today, "approval-external-changed"),
    (review_of_nothing, "review-version-unknown"),
    (review_without_answers, "review-checklist-missing"),
)
"""What takes the approval out of force."""

ADDITIONS: tuple[tuple[Callable[[Office], None], str], ...] = (
    (moved_to_another_version, "approval-misplaced"),
    (moved_to_another_person, "approval-misplaced"),
    (two_texts, "approval-version-fork"),
    (role_not_held, "approval-not-entitled"),
    (delegate_after_window, "approval-not-entitled"),
    (delegate_of_nobody, "approval-not-entitled"),
    (no_previous, "approval-previous-unknown"),
    (previous_of_another_text, "approval-previous-unknown"),
    (previous_skips_a_version, "approval-previous-unknown"),
    (stray_file, "record-unexpected"),
)
"""What adds a record that counts for nothing."""


def in_force(office: Office) -> list[str]:
    register = office.register(date(2026, 12, 31))
    return [entry.in_force.version for entry in register.entries if entry.in_force is not None]


def named(case: tuple[Callable[[Office], None], str]) -> str:
    return f"{case[0].__name__} is {case[1]}"


@pytest.mark.parametrize("case", ATTACKS, ids=named)
def test_attack_takes_the_approval_out_and_is_named(
    office: Office, case: tuple[Callable[[Office], None], str]
) -> None:
    attack, code = case
    office.approve(sheet())
    attack(office)
    assert code in office.codes()
    assert in_force(office) == []


@pytest.mark.parametrize("case", ADDITIONS, ids=named)
def test_planted_record_counts_for_nothing_and_is_named(
    office: Office, case: tuple[Callable[[Office], None], str]
) -> None:
    attack, code = case
    office.approve(sheet())
    attack(office)
    assert code in office.codes()
    expected = ["2.0"] if attack is previous_skips_a_version else ["1.0"]
    assert in_force(office) == expected


def test_honest_evidence_has_no_problem(office: Office) -> None:
    office.approve(sheet())
    judgement = office.judge()
    assert judgement.problems == ()
    [verdict] = judgement.verdicts
    assert (verdict.name, verdict.role_title) == ("Dana Whitfield", "Security officer")
    assert verdict.strength is Strength.A3
    assert not verdict.time_attested


def test_delegate_decides_inside_the_window(office: Office) -> None:
    at = datetime(2026, 7, 31, 21, 59, tzinfo=UTC)  # 23:59 in Berlin, the last day
    office.approve(sheet(), person="sam", acting_for="dana", at=at)
    assert office.codes() == []


def test_delegate_is_late_one_minute_after_the_window(office: Office) -> None:
    at = datetime(2026, 7, 31, 22, 1, tzinfo=UTC)
    office.approve(sheet(), person="sam", acting_for="dana", at=at)
    assert office.codes() == ["approval-not-entitled"]


def test_delegation_signed_by_the_delegate_is_none(office: Office) -> None:
    own = replace(roster().delegations[0], signed_by="sam", end=date(2026, 12, 31))
    office.update_trust(AT, "dana", delegations=(own,))
    office.approve(sheet(), person="sam", acting_for="dana", at=datetime(2026, 9, 1, tzinfo=UTC))
    assert office.codes() == ["approval-not-entitled"]


def dana_leaves(office: Office) -> None:
    """A snapshot of 2 April says that the last day was 31 March."""
    people = tuple(
        replace(person, end_date=date(2026, 3, 31)) if person.id == "dana" else person
        for person in roster().people
    )
    office.update_trust(datetime(2026, 4, 2, tzinfo=UTC), "lee", people=people)


def test_key_of_a_leaver_counts_until_the_window_closes(office: Office) -> None:
    office.approve(sheet(), at=datetime(2026, 3, 31, 21, 0, tzinfo=UTC))
    dana_leaves(office)
    assert office.codes() == []


def test_key_of_a_leaver_is_void_after_the_last_day(office: Office) -> None:
    # Given on 1 April under the old snapshot; the one of 2 April says the last day was 31 March.
    office.approve(sheet(), at=datetime(2026, 4, 1, 9, 0, tzinfo=UTC))
    dana_leaves(office)
    assert office.codes() == ["approval-key-window"]
    assert in_force(office) == []


def test_new_key_does_not_count_before_it_was_enrolled(office: Office) -> None:
    key = Enrollment(
        person="dana", public_key=office.keyring.public("dana-new"), enrolled_by="lee",
        method="video call",
    )  # fmt: skip
    office.update_trust(datetime(2026, 5, 1, tzinfo=UTC), "lee", keys=(key,))
    text = sheet()
    office.file(office.consent(text), text, key="dana-new")
    assert office.codes() == ["approval-key-unknown"]


def test_key_that_only_its_holder_enrolled_proves_little(office: Office) -> None:
    key = Enrollment(
        person="dana", public_key=office.keyring.public("dana-new"), enrolled_by="dana",
        method="own word",
    )  # fmt: skip
    office.update_trust(datetime(2026, 5, 1, tzinfo=UTC), "dana", keys=(key,))
    text = sheet()
    at = datetime(2026, 5, 2, 10, tzinfo=UTC)
    office.file(office.consent(text, at=at), text, key="dana-new")
    judgement = office.judge()
    assert [problem.code for problem in judgement.problems] == ["approval-own-key"]
    assert judgement.problems[0].severity is Severity.WARNING
    [verdict] = judgement.verdicts
    assert (verdict.strength, verdict.note) == (
        Strength.A0,
        "signed with a key that only its holder enrolled",
    )


def test_old_snapshot_is_not_named_after_a_newer_one(office: Office) -> None:
    root = office.trust[0].sha256
    office.update_trust(datetime(2026, 1, 20, tzinfo=UTC), "lee")
    office.approve(sheet(), trust_sha256=root)
    assert office.codes() == ["approval-trust-unknown"]


@pytest.mark.parametrize(
    ("seen", "code"),
    [
        pytest.param(AT + timedelta(days=2), [], id="merged two days later"),
        pytest.param(AT + timedelta(days=4), ["approval-time-implausible"], id="back-dated"),
        pytest.param(AT + timedelta(days=700), ["approval-time-implausible"], id="years later"),
        pytest.param(AT - timedelta(days=2), ["approval-time-implausible"], id="post-dated"),
        pytest.param(AT - timedelta(minutes=5), [], id="clocks differ"),
    ],
)
def test_claimed_time_is_held_against_git(
    office: Office, seen: datetime, code: list[str]
) -> None:  # fmt: skip
    office.approve(sheet())
    assert office.codes(Witness(appeared_at={f"evidence/{RECORD}": seen})) == code


def test_time_stamp_attests_and_strengthens(office: Office) -> None:
    office.approve(sheet())
    [verdict] = office.judge(Witness(stamped_at={f"evidence/{RECORD}": AT})).verdicts
    assert (verdict.strength, verdict.time_attested) == (Strength.A4, True)


def test_time_stamp_after_the_key_was_closed_beats_the_claimed_time(office: Office) -> None:
    dana_leaves(office)
    office.approve(sheet())
    stamped = Witness(stamped_at={f"evidence/{RECORD}": datetime(2026, 6, 1, tzinfo=UTC)})
    assert "approval-key-window" in office.codes(stamped)
    assert office.judge(stamped).verdicts == ()


def test_consent_from_the_future_is_refused(office: Office) -> None:
    office.approve(sheet())
    assert office.codes(Witness(now=AT - timedelta(days=1))) == ["approval-time-implausible"]


DRAFTED = {(POLICY, "1.0"): frozenset({"Dana@larkfield.example"})}
PEOPLE = {"dana@larkfield.example": "dana", "sam@larkfield.example": "sam"}


def test_drafter_is_not_the_sole_approver(office: Office) -> None:
    office.approve(sheet())
    witness = Witness(drafters=DRAFTED, people_by_mail=PEOPLE)
    assert office.codes(witness) == ["approval-drafter-alone"]


def waiver(**changes: object) -> LoneApproval:
    plain = LoneApproval(
        id="w-01",
        person="dana",
        document=None,
        start=date(2026, 2, 1),
        end=date(2026, 2, 28),
        approved_by="lee",
        reason="nobody else is here yet",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_founder_approves_alone_under_a_waiver_of_somebody_else(office: Office) -> None:
    office.approve(sheet())
    witness = Witness(drafters=DRAFTED, people_by_mail=PEOPLE, lone_approvals=(waiver(),))
    [problem] = office.judge(witness).problems
    assert (problem.code, problem.severity) == ("approval-drafter-alone", Severity.WARNING)
    assert "under waiver w-01 approved by lee" in problem.message


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"end": date(2026, 2, 1)}, id="it ended the day before"),
        pytest.param({"start": date(2026, 2, 3)}, id="it begins the day after"),
        pytest.param({"person": "sam"}, id="it is for somebody else"),
        pytest.param({"document": "change-policy"}, id="it is for another document"),
    ],
)
def test_waiver_that_does_not_cover_the_consent_changes_nothing(
    office: Office, changes: dict[str, object]
) -> None:
    office.approve(sheet())
    found = waiver(**changes)
    witness = Witness(drafters=DRAFTED, people_by_mail=PEOPLE, lone_approvals=(found,))
    [problem] = office.judge(witness).problems
    assert (problem.code, problem.severity) == ("approval-drafter-alone", Severity.ERROR)


def test_drafter_approves_beside_the_chief_executive(office: Office) -> None:
    office.approve(sheet())
    office.file(office.consent(sheet(), person="lee", role="ceo"))
    assert office.codes(Witness(drafters=DRAFTED, people_by_mail=PEOPLE)) == []
    titles = [verdict.role_title for verdict in office.judge().verdicts]
    assert titles == ["Security officer", "Chief executive"]


def test_unknown_author_is_a_problem(office: Office) -> None:
    office.approve(sheet())
    assert office.codes(Witness(drafters=DRAFTED)) == ["approval-author-unknown"]


def test_unsigned_record_that_nobody_committed_is_still_to_come(office: Office) -> None:
    office.approve(sheet())
    (office.folder / (RECORD + ".sig")).unlink()
    assert office.codes(Witness(appeared_at={})) == ["approval-incomplete"]


def test_record_that_fails_leaves_the_older_version_in_force(office: Office) -> None:
    office.approve(sheet())
    second = sheet(hours=12)
    path = office.approve(
        second, version="2.0", at=AT + timedelta(days=9), previous=follows(sheet(), "1.0"),
        significance=Significance.MAJOR,
    )  # fmt: skip
    assert in_force(office) == ["2.0"]
    office.edit(path, lambda consent: replace(consent, reason="none"))
    assert in_force(office) == ["1.0"]


def test_pdf_carries_its_own_version_only(office: Office) -> None:
    office.approve(sheet())
    second = sheet(hours=12)
    office.approve(
        second, version="2.0", at=AT + timedelta(days=9), previous=follows(sheet(), "1.0"),
        significance=Significance.MAJOR,
    )  # fmt: skip
    carried = gather(
        {
            path: data
            for path, data in office.evidence().files.items()
            if path.startswith(("trust/", f"approvals/{POLICY}/2.0"))
        }
    )
    assert [problem.code for problem in judge(carried).problems] == ["approval-previous-unknown"]
    inside = judge(carried, partial=True)
    assert inside.problems == ()
    assert [verdict.consent.version for verdict in inside.verdicts] == ["2.0"]


def test_record_reads_back_to_the_same_bytes(office: Office) -> None:
    path = office.approve(sheet())
    data = office.read(path)
    assert write_consent(read_consent(data)) == data
