"""Confirmed reviews, the checklists they are bound to, and what a cycle comes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from policygen.history.approving.decide import Confirmation, plan_retirement, plan_review
from policygen.history.approving.plans import ApprovalPlan
from policygen.history.records.checklists import (
    binding,
    checklist_path,
    missing_answers,
    read_checklist,
    stored_path,
    write_checklist,
)
from policygen.history.records.consents import read_consent, write_consent
from policygen.history.reviews.carried_out import period_of, summarize_reviews
from policygen.model.checklist import QUESTIONS, Checklist
from policygen.model.register import State
from policygen.model.review import Outcome, ReviewSummary
from policygen.problems import PolicygenError, UsageError
from tests.history.approving.test_approving import approve, on, refusals, sitting, store
from tests.history.office import POLICY, RULES, Office, Sheet, sheet

if TYPE_CHECKING:
    from collections.abc import Callable

DUE = date(2027, 2, 2)


def filled(text: Sheet | None = None, **changes: object) -> Checklist:
    plain = Checklist(
        cycle="2026",
        document=POLICY,
        version="1.0",
        text_sha256=(text or sheet()).digest,
        due=DUE,
        outcome=Outcome.CONFIRMED,
        answered_by="sam",
        walked_through_with="Ana from the service desk",
        answers={key: f"Looked at it: {key} holds." for key in QUESTIONS},
        parameters={"access_revocation_hours": "24 hours"},
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def as_bytes(checklist: Checklist) -> bytes:
    return write_checklist(checklist, "Access Control Policy").encode()


def review(
    office: Office, at: datetime, checklist: Checklist | None = None, *, person: str = "dana",
    cycle: str = "2026", text: Sheet | None = None, remark: str | None = None,
) -> ApprovalPlan:  # fmt: skip
    confirmation = Confirmation(
        cycle=cycle,
        working_sha256=(text or sheet()).digest,
        checklist=as_bytes(checklist or filled(text)),
        remark=remark,
    )
    return plan_review(sitting(office, person=person, at=at), {POLICY: confirmation})


def summary(office: Office, cycle: str, as_of: date) -> ReviewSummary:
    register = office.register(as_of, access_control_policy=sheet())
    return summarize_reviews(register, office.judge(), period_of(cycle), RULES)


def test_a_filled_checklist_reads_back_as_it_was_written() -> None:
    found, file = read_checklist(as_bytes(filled()), "reviews/2026/access-control-policy.yml")
    assert found == filled()
    assert missing_answers(found, file) == ()


@pytest.mark.parametrize("empty", ["", " ", "TODO", "tbd", "...", "?", "-"])
def test_an_answer_that_says_nothing_is_missing_with_its_line(empty: str) -> None:
    checklist = filled(answers={**filled().answers, "law": empty})
    text = as_bytes(checklist).decode()
    [problem] = missing_answers(*read_checklist(text.encode(), "x.yml"))
    line = 1 + next(n for n, row in enumerate(text.splitlines()) if row.startswith("  law:"))
    assert (problem.code, str(problem.location)) == ("review-answer-missing", f"x.yml:{line}:3")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("schema: policygen/checklist/1", "schema: policygen/other/1", id="schema"),
        pytest.param("outcome: confirmed", "outcome: fine", id="outcome"),
        pytest.param('due: "2027-02-02"', 'due: "soon"', id="day"),
        pytest.param('due: "2027-02-02"', "due: 7", id="number"),
        pytest.param("notes:", "note:", id="unknown key"),
        pytest.param("  law:", "  laws:", id="unknown question"),
        pytest.param('version: "1.0"\n', "", id="missing fact"),
        pytest.param("document: access-control-policy", "document: ../x", id="path"),
        pytest.param("notes:", "notes: [a]", id="list"),
    ],
)
def test_what_is_no_checklist_is_refused(old: str, new: str) -> None:
    text = as_bytes(filled()).decode()
    assert old in text
    with pytest.raises(PolicygenError) as caught:
        read_checklist(text.replace(old, new, 1).encode(), "x.yml")
    assert {problem.code for problem in caught.value.problems} == {"review-format"}


def test_confirmed_review_moves_the_next_one_and_makes_no_version(office: Office) -> None:
    approve(office, sheet())
    store(office, review(office, on(11, 30), remark="read in the team"))
    assert office.codes() == []
    [entry] = office.register(date(2026, 12, 1), access_control_policy=sheet()).entries
    assert (entry.last_review, entry.next_review) == (date(2026, 11, 30), date(2027, 11, 30))
    assert [version.version for version in entry.versions] == ["1.0"]
    again = review(office, on(12, 1))
    assert refusals(again) == ["approve-nothing-changed"]


def test_the_record_of_a_confirmed_review_binds_the_stored_checklist(office: Office) -> None:
    approve(office, sheet())
    [planned] = review(office, on(11, 30), remark="read in the team").consents
    store(office, ApprovalPlan(consents=(planned,), problems=()))
    data = as_bytes(filled())
    assert read_consent(office.read(f"reviews/2026/{POLICY}.dana.json")).reason == binding(
        data, "read in the team"
    )
    [path] = planned.beside
    assert office.read(path) == data


def test_a_confirmation_by_the_owner_alone_does_not_move_the_due_date(office: Office) -> None:
    approve(office, sheet())
    store(office, review(office, on(11, 30), person="sam"), key="sam")
    assert office.codes() == []
    [entry] = office.register(date(2026, 12, 1), access_control_policy=sheet()).entries
    assert entry.last_review == date(2026, 2, 2)
    assert summary(office, "2027", date(2027, 3, 1)).open[0].days_late == 27


def test_changed_text_is_approved_not_confirmed(office: Office) -> None:
    approve(office, sheet())
    plan = review(office, on(11, 30), text=sheet(hours=4))
    assert refusals(plan) == ["review-text-drifted"]


def test_nothing_in_force_is_not_reviewed(office: Office) -> None:
    assert refusals(review(office, on(11, 30))) == ["review-nothing-in-force"]


def test_a_broken_off_confirmation_is_completed_with_the_same_checklist_only(
    office: Office,
) -> None:
    approve(office, sheet())
    store(office, review(office, on(11, 30)))
    (office.folder / f"reviews/2026/{POLICY}.dana.json.sig").unlink()
    other = review(office, on(12, 1), filled(notes="second thoughts"))
    assert refusals(other) == ["record-in-the-way"]
    assert str(other.problems[0].location) == f"evidence/reviews/2026/{POLICY}.dana.json"
    store(office, review(office, on(12, 1)))
    assert office.codes() == []


def _unbound(office: Office, reason: str | None) -> None:
    [planned] = review(office, on(11, 30)).consents
    changed = replace(planned.consent, reason=reason)
    office.put(planned.path, write_consent(changed), "dana")


def _with(checklist: Checklist) -> Callable[[Office], None]:
    def attack(office: Office) -> None:
        data = as_bytes(checklist)
        _unbound(office, binding(data))
        digest = binding(data).split()[-1]
        office.write(stored_path(digest), data)

    return attack


def _edited(office: Office) -> None:
    store(office, review(office, on(11, 30)))
    [path] = (office.folder / "external").iterdir()
    path.write_bytes(path.read_bytes().replace(b"law holds", b"law changed"))


def _removed(office: Office) -> None:
    store(office, review(office, on(11, 30)))
    [path] = (office.folder / "external").iterdir()
    path.unlink()


def _no_checklist(office: Office) -> None:
    data = b"nothing was looked at\n"
    _unbound(office, binding(data))
    office.write(stored_path(binding(data).split()[-1]), data)


@pytest.mark.parametrize(
    ("attack", "code"),
    [
        pytest.param(lambda o: _unbound(o, None), "review-checklist-missing", id="no reason"),
        pytest.param(lambda o: _unbound(o, "fine"), "review-checklist-missing", id="plain words"),
        pytest.param(_edited, "review-checklist-changed", id="edited afterwards"),
        pytest.param(_removed, "review-checklist-changed", id="removed"),
        pytest.param(_no_checklist, "review-checklist-open", id="no checklist at all"),
        pytest.param(_with(filled(outcome=None)), "review-checklist-open", id="no outcome"),
        pytest.param(
            _with(filled(outcome=Outcome.MAJOR)), "review-checklist-open", id="another outcome"
        ),
        pytest.param(_with(filled(answers={})), "review-checklist-open", id="empty"),
        pytest.param(_with(filled(version="0.9")), "review-checklist-open", id="another version"),
        pytest.param(
            _with(filled(sheet(hours=4))), "review-checklist-open", id="another text"
        ),
    ],
)  # fmt: skip
def test_a_confirmed_review_without_a_filled_checklist_counts_for_nothing(
    office: Office, attack: Callable[[Office], None], code: str
) -> None:
    approve(office, sheet())
    attack(office)
    assert office.codes() == [code]
    [entry] = office.register(date(2026, 12, 1), access_control_policy=sheet()).entries
    assert entry.last_review == date(2026, 2, 2)


@pytest.mark.parametrize(
    ("cycle", "first", "last"),
    [
        ("2027", "2027-01-01", "2027-12-31"),
        ("2027-h1", "2027-01-01", "2027-06-30"),
        ("2027-h2", "2027-07-01", "2027-12-31"),
        ("2027-q1", "2027-01-01", "2027-03-31"),
        ("2027-q4", "2027-10-01", "2027-12-31"),
        ("2028-02", "2028-02-01", "2028-02-29"),
        ("2027-12", "2027-12-01", "2027-12-31"),
    ],
)
def test_the_name_of_a_cycle_says_its_days(cycle: str, first: str, last: str) -> None:
    period = period_of(cycle)
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)


@pytest.mark.parametrize("name", ["", "soon", "2027-13", "2027-q5", "1999", "../2027", "2027 "])
def test_a_cycle_that_names_no_days_is_wrong_usage(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        period_of(name)
    assert [problem.code for problem in caught.value.problems] == ["usage-cycle"]


def told(found: ReviewSummary) -> list[tuple[str, str, str | None, str | None, int]]:
    return [
        (
            row.version,
            row.due.isoformat(),
            row.done_on.isoformat() if row.done_on else None,
            row.outcome.value if row.outcome else None,
            row.days_late,
        )
        for row in found.reviews
    ]


def test_a_summary_lists_each_review_with_outcome_and_lateness(office: Office) -> None:
    approve(office, sheet())  # 2026-02-02, due 2027-02-02
    late = datetime(2027, 2, 12, 10, 0, tzinfo=UTC)
    store(office, review(office, late, cycle="2027"))
    assert told(summary(office, "2026", date(2026, 12, 31))) == []
    assert summary(office, "2026", date(2026, 12, 31)).not_due == (POLICY,)
    assert told(summary(office, "2027", date(2027, 2, 5))) == [("1.0", "2027-02-02", None, None, 3)]
    found = summary(office, "2027", date(2027, 12, 31))
    assert told(found) == [("1.0", "2027-02-02", "2027-02-12", "confirmed", 10)]
    [row] = found.reviews
    assert row.people == ("Dana Whitfield",)
    assert row.records == (f"evidence/reviews/2027/{POLICY}.dana.json",)
    assert row.checklist_sha256 == binding(as_bytes(filled())).split()[-1]
    assert (found.population, len(found.on_time), len(found.late), len(found.open)) == (1, 0, 1, 0)


def test_an_approved_change_counts_as_the_review(office: Office) -> None:
    approve(office, sheet())
    approve(office, sheet(note="People come, people go."), on(9, 1))
    approve(office, sheet(hours=4, note="All go."), on(11, 1))
    found = summary(office, "2026", date(2026, 12, 31))
    assert told(found) == [
        ("1.1", "2027-02-02", "2026-09-01", "minor", 0),
        ("2.0", "2027-09-01", "2026-11-01", "major", 0),
    ]
    assert len(found.on_time) == 2


def test_an_open_review_stays_on_the_list_of_later_periods(office: Office) -> None:
    approve(office, sheet())
    for cycle, as_of, late in (("2027-q1", date(2027, 3, 31), 57), ("2028", date(2028, 6, 1), 485)):
        found = summary(office, cycle, as_of)
        assert told(found) == [("1.0", "2027-02-02", None, None, late)]
        assert len(found.overdue) == 1


def test_a_retirement_ends_the_reviews(office: Office) -> None:
    approve(office, sheet())
    store(office, plan_retirement(sitting(office, at=on(11, 1)), [POLICY], "no longer needed"))
    found = summary(office, "2026", date(2026, 12, 31))
    assert [row.outcome for row in found.reviews] == [Outcome.RETIRED]
    assert summary(office, "2028", date(2028, 12, 31)).reviews == ()
    assert office.register(date(2026, 12, 1)).entries[0].state is State.RETIRED


def test_every_document_in_force_is_in_the_summary_once(office: Office) -> None:
    approve(office, sheet())
    for cycle in ("2026-01", "2026", "2027", "2028"):
        found = summary(office, cycle, period_of(cycle).last)
        names = [row.document for row in found.reviews] + list(found.not_due)
        assert names == ([] if cycle == "2026-01" else [POLICY])


def test_checklists_lie_by_cycle_and_document() -> None:
    assert checklist_path("2027-03", POLICY) == f"reviews/2027-03/{POLICY}.yml"
