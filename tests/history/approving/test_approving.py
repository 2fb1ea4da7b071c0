"""Approving: numbers, roles, refusals, and what a killed process leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from policygen.history.approving.approve import Choice, plan_approval
from policygen.history.approving.decide import plan_retirement
from policygen.history.approving.plans import ApprovalPlan, Sitting
from policygen.history.approving.signing import sign_plan, write_consents
from policygen.model.document import Kind
from policygen.model.evidence import Decision, Significance
from policygen.model.register import Flag, State
from policygen.problems import PolicygenError
from tests.history.office import POLICY, Keyring, Office, Sheet, killed_after, roster, sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

MONDAY = datetime(2026, 2, 2, 10, 0, tzinfo=UTC)


def sitting(office: Office, person: str = "dana", at: datetime = MONDAY) -> Sitting:
    return Sitting(
        evidence=office.evidence(),
        judgement=office.judge(),
        person=person,
        at=at,
        tool="policygen 0.1.0",
    )


def store(office: Office, plan: ApprovalPlan, key: str = "dana") -> Sequence[str]:
    snapshot = office.trust[-1].snapshot
    signatures = sign_plan(plan, key=office.keyring.path(key))
    return write_consents(office.folder, plan, signatures, snapshot)


def approve(
    office: Office, text: Sheet, at: datetime = MONDAY, choice: Choice | None = None
) -> str:
    plan = plan_approval(sitting(office, at=at), [text], choice)
    store(office, plan)
    assert office.codes() == []
    return plan.consents[0].consent.version


def refusals(plan: ApprovalPlan) -> list[str]:
    assert plan.consents == ()
    return [problem.code for problem in plan.problems]


def on(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 10, 0, tzinfo=UTC)


def test_versions_count_up_by_significance(office: Office) -> None:
    assert approve(office, sheet()) == "1.0"
    assert approve(office, sheet(note="People come, people go."), on(3, 1)) == "1.1"
    assert approve(office, sheet(hours=12), on(4, 1)) == "2.0"
    assert approve(office, sheet(hours=12, note="All go."), on(5, 1)) == "2.1"
    entry = office.register(date(2026, 12, 1), access_control_policy=sheet()).entries[0]
    assert [version.version for version in entry.versions] == ["1.0", "1.1", "2.0", "2.1"]
    assert entry.in_force is not None
    assert entry.in_force.version == "2.1"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(sheet(hours=12), 'a figure changed under "Access"', id="figure"),
        pytest.param(
            sheet(extra="\nThey SHALL knock.\n"), 'a duty was added or removed under "Access"',
            id="duty",
        ),
        pytest.param(
            sheet(extra="\n## Scope\n\nAll staff.\n"), 'the text under "Scope" changed', id="scope"
        ),
        pytest.param(sheet(review_months=24), "review months changed", id="header"),
    ],
)  # fmt: skip
def test_weighty_change_suggests_major_and_says_why(
    office: Office, text: Sheet, reason: str
) -> None:
    approve(office, sheet())
    [planned] = plan_approval(sitting(office, at=on(3, 1)), [text]).consents
    assert planned.consent.significance is Significance.MAJOR
    assert reason in planned.reasons


def test_lower_significance_needs_a_reason(office: Office) -> None:
    approve(office, sheet())
    minor = Choice(significance=Significance.MINOR)
    plan = plan_approval(sitting(office, at=on(3, 1)), [sheet(hours=12)], minor)
    assert refusals(plan) == ["approve-reason-needed"]
    reasoned = replace(minor, reason="the figure was a slip, practice is 12")
    assert approve(office, sheet(hours=12), on(3, 1), reasoned) == "1.1"


def test_wording_may_be_called_major(office: Office) -> None:
    approve(office, sheet())
    major = Choice(significance=Significance.MAJOR)
    assert approve(office, sheet(note="All go."), on(3, 1), major) == "2.0"


def test_second_approver_of_the_same_text_joins_the_version(office: Office) -> None:
    approve(office, sheet())
    plan = plan_approval(sitting(office, "lee", on(2, 3)), [sheet()])
    [planned] = plan.consents
    assert (planned.joins, planned.consent.version, planned.consent.role) == (True, "1.0", "ceo")
    store(office, plan, "lee")
    assert office.codes() == []
    [version] = office.register(date(2026, 3, 1)).entries[0].versions
    assert [verdict.consent.person for verdict in version.consents] == ["dana", "lee"]


def test_owner_alone_leaves_the_version_in_review_until_the_approver_joins(office: Office) -> None:
    store(office, plan_approval(sitting(office, "sam"), [sheet()]), "sam")
    entry = office.register(date(2026, 3, 1), access_control_policy=sheet()).entries[0]
    assert (entry.state, entry.in_force) == (State.IN_REVIEW, None)
    assert approve(office, sheet(), on(2, 9)) == "1.0"
    entry = office.register(date(2026, 3, 1), access_control_policy=sheet()).entries[0]
    assert entry.state is State.EFFECTIVE
    assert entry.last_review == date(2026, 2, 9)


def test_number_of_a_text_nobody_finished_is_not_used_again(office: Office) -> None:
    store(office, plan_approval(sitting(office, "sam"), [sheet()]), "sam")
    assert approve(office, sheet(hours=12), on(2, 9)) == "2.0"


def test_delegate_acts_for_the_holder(office: Office) -> None:
    text = sheet(approver="security_officer")
    [planned] = plan_approval(sitting(office, "sam", on(7, 10)), [text]).consents
    assert (planned.consent.role, planned.consent.acting_for) == ("security_officer", "dana")


def test_unchanged_text_is_not_approved_twice(office: Office) -> None:
    approve(office, sheet())
    plan = plan_approval(sitting(office, at=on(3, 1)), [sheet()])
    assert refusals(plan) == ["approve-nothing-changed"]


def test_taken_back_text_becomes_a_version_of_its_own(office: Office) -> None:
    approve(office, sheet())
    approve(office, sheet(hours=12), on(3, 1))
    assert approve(office, sheet(), on(4, 1)) == "3.0"


def test_stranger_to_the_text_is_refused(office: Office) -> None:
    register = sheet(document="systems-register", approver=None, kind=Kind.REGISTER)
    assert refusals(plan_approval(sitting(office, "dana"), [register])) == ["approval-not-entitled"]


def test_role_the_text_does_not_ask_for_is_refused(office: Office) -> None:
    asked = replace(sitting(office), role="people_lead")
    assert refusals(plan_approval(asked, [sheet()])) == ["approval-role-not-required"]


def test_effective_day_before_today_is_refused(office: Office) -> None:
    early = replace(sitting(office), effective=date(2026, 2, 1))
    assert refusals(plan_approval(early, [sheet()])) == ["approval-effective-early"]


def test_nothing_is_approved_without_trust(office: Office) -> None:
    before = sitting(office, at=datetime(2025, 1, 1, tzinfo=UTC))
    assert refusals(plan_approval(before, [sheet()])) == ["approve-trust-missing"]


def test_drafter_may_not_begin_alone_but_may_join(office: Office) -> None:
    mails = {
        "drafters": {POLICY: frozenset({"dana@larkfield.example"})},
        "people_by_mail": {"dana@larkfield.example": "dana"},
    }
    alone = replace(sitting(office), **mails)  # type: ignore[arg-type]
    assert refusals(plan_approval(alone, [sheet()])) == ["approval-drafter-alone"]
    store(office, plan_approval(sitting(office, "lee"), [sheet()]), "lee")
    joined = replace(sitting(office, at=on(2, 3)), **mails)  # type: ignore[arg-type]
    [planned] = plan_approval(joined, [sheet()]).consents
    assert planned.consent.version == "1.0"


@pytest.mark.parametrize(
    ("of_another", "code"),
    [
        pytest.param(False, "record-format", id="no record"),
        pytest.param(True, "record-in-the-way", id="somebody else's"),
    ],
)
def test_unsigned_file_under_the_name_of_ones_record_is_told_where_it_lies(
    office: Office, of_another: bool, code: str
) -> None:
    [planned] = plan_approval(sitting(office), [sheet()]).consents
    [other] = plan_approval(sitting(office, "lee"), [sheet()]).consents
    office.write(planned.path, other.data if of_another else b"{}\n")
    [problem] = plan_approval(sitting(office), [sheet()]).problems
    assert (problem.code, str(problem.location)) == (code, f"evidence/{planned.path}")
    assert problem.hint is not None


def test_refusal_of_one_document_leaves_the_others(office: Office) -> None:
    foreign = sheet(document="vendor-register", approver=None, kind=Kind.REGISTER)
    plan = plan_approval(sitting(office), [foreign, sheet()])
    assert [planned.consent.document for planned in plan.consents] == [POLICY]
    assert [problem.code for problem in plan.problems] == ["approval-not-entitled"]


def test_signature_of_another_key_is_not_written(office: Office) -> None:
    plan = plan_approval(sitting(office), [sheet()])
    with pytest.raises(PolicygenError) as caught:
        store(office, plan, "mallory")
    assert [problem.code for problem in caught.value.problems] == ["approval-key-unknown"]
    assert not (office.folder / "approvals").exists()


def test_another_file_in_the_way_is_never_written_over(office: Office) -> None:
    plan = plan_approval(sitting(office), [sheet()])
    office.write(plan.consents[0].path, b"{}\n")
    with pytest.raises(PolicygenError) as caught:
        store(office, plan)
    assert [problem.code for problem in caught.value.problems] == ["record-in-the-way"]
    assert office.read(plan.consents[0].path) == b"{}\n"


@pytest.mark.parametrize("survivors", [0, 1, 2], ids=["first", "second", "third"])
def test_kill_before_a_write_leaves_nothing_wrong_and_is_completed(
    office: Office, survivors: int
) -> None:
    plan = plan_approval(sitting(office), [sheet()])
    with killed_after(survivors):
        store(office, plan)
    assert set(office.codes()) <= {"approval-incomplete", "approval-unsigned"}
    assert office.judge().verdicts == ()
    again = plan_approval(sitting(office, at=on(2, 3)), [sheet()])
    assert again.consents[0].consent.version == "1.0"
    store(office, again)
    assert office.codes() == []
    assert len(office.judge().verdicts) == 1


def test_retirement_takes_the_document_out_of_force_on_its_day(office: Office) -> None:
    approve(office, sheet())
    leaving = replace(sitting(office, at=on(5, 1)), effective=date(2026, 6, 1))
    plan = plan_retirement(leaving, [POLICY], "merged into another policy")
    [planned] = plan.consents
    assert (planned.consent.version, planned.consent.decision) == ("2.0", Decision.RETIRED)
    assert planned.text == sheet().text.encode()
    store(office, plan)
    assert office.codes() == []
    [before] = office.register(date(2026, 5, 31)).entries
    [after] = office.register(date(2026, 6, 1)).entries
    assert (before.state, before.flags) == (State.EFFECTIVE, frozenset())
    assert (after.state, after.in_force, after.next_review) == (State.RETIRED, None, None)


def test_withdrawn_document_is_flagged_until_retired(office: Office) -> None:
    approve(office, sheet())
    [entry] = office.register(date(2026, 3, 1)).entries
    assert entry.flags == {Flag.WITHDRAWN}


def test_retired_document_comes_back_as_a_major_version(office: Office) -> None:
    approve(office, sheet())
    store(office, plan_retirement(sitting(office, at=on(5, 1)), [POLICY], "not needed"))
    assert approve(office, sheet(), on(9, 1)) == "3.0"
    assert office.register(date(2026, 9, 1)).entries[0].state is State.EFFECTIVE


def test_what_is_not_approved_is_not_retired(office: Office) -> None:
    plan = plan_retirement(sitting(office), [POLICY], "why not")
    assert refusals(plan) == ["approve-nothing-changed"]


def test_interrupted_retirement_is_completed_under_its_number(office: Office) -> None:
    approve(office, sheet())
    first = store(office, plan_retirement(sitting(office, at=on(5, 1)), [POLICY], "gone"))
    (office.folder / first[-1]).unlink()
    store(office, plan_retirement(sitting(office, at=on(5, 2)), [POLICY], "gone"))
    assert office.codes() == []
    assert sorted(path.name for path in (office.folder / "approvals" / POLICY).iterdir()) == [
        "1.0.dana.json", "1.0.dana.json.sig", "1.0.md",
        "2.0.dana.json", "2.0.dana.json.sig", "2.0.md",
    ]  # fmt: skip


def test_new_trust_is_what_the_next_approval_names(office: Office, keyring: Keyring) -> None:
    link = office.update_trust(on(2, 1), "lee", organization="Larkfield Group Ltd")
    assert roster().organization != link.snapshot.organization
    [planned] = plan_approval(sitting(office), [sheet()]).consents
    assert planned.consent.trust_sha256 == link.sha256
