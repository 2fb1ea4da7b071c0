"""A year, day by day: what was seen then, and what is seen when looking back."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from policygen.history.register.register import register_from
from policygen.model.evidence import Decision, Significance, Strength
from policygen.pipeline.review.rounds import summary_of
from policygen.pipeline.situation import review_rules, situation
from policygen.pipeline.verification import verify_workspace
from tests.year import (
    BEGIN,
    CYCLE,
    DOCUMENTS,
    END,
    OUTCOMES,
    POLICY,
    PROCEDURE,
    ROLES,
    SYSTEMS,
    VISITORS,
)

if TYPE_CHECKING:
    from policygen.model.register import Register, Verdict
    from policygen.pipeline.situation import Situation
    from tests.year import Year


@pytest.fixture(scope="module")
def found(year: Year) -> Situation:
    return situation(year.root, now=END)


@pytest.fixture(scope="module")
def registers(found: Situation) -> dict[date, Register]:
    """The register of every day, as it is seen from the year's end."""
    days = [BEGIN + timedelta(days=day) for day in range((END.date() - BEGIN).days + 1)]
    working = {document.id: document for document in found.survey.rendering.documents}
    rules = review_rules(found.survey.facts, found.zone)
    return {
        day: register_from(found.judgement, found.evidence, working, as_of=day, rules=rules)
        for day in days
    }


SEEN: dict[str, tuple[str, str, str, str, str]] = {
    # policy, procedure, visitors, roles, systems
    "draft": ("draft",) * 5,
    "trust": ("draft",) * 5,
    "first approval": ("approved", "approved", "approved", "effective 1.0", "effective 1.0"),
    "vendor added": (
        "effective 1.0", "effective 1.0", "effective 1.0", "effective 1.0",
        "effective 1.0 drifted",
    ),
    "vendor approved": (
        "effective 1.0", "effective 1.0", "effective 1.0", "effective 1.0", "effective 2.0",
    ),
    "parameter changed": (
        "effective 1.0 drifted", "effective 1.0 drifted", "effective 1.0", "effective 1.0",
        "effective 2.0",
    ),
    "stale approval": (
        "effective 1.0 drifted", "effective 1.0 drifted", "effective 1.0", "effective 1.0",
        "effective 2.0",
    ),
    "re-approval": (
        "effective 1.0", "effective 1.0", "effective 1.0", "effective 1.0", "effective 2.0",
    ),
    "leaver": (
        "effective 2.0", "effective 2.0", "effective 1.0", "effective 1.0 drifted due",
        "effective 2.0",
    ),
    "acting holder": (
        "effective 2.0", "effective 2.0", "effective 1.0", "effective 2.0", "effective 2.1",
    ),
    "successor": (
        "effective 2.0", "effective 2.0", "effective 1.0", "effective 3.0", "effective 2.1",
    ),
    "delegate": (
        "effective 2.0", "effective 2.1", "effective 1.0", "effective 3.0", "effective 2.1",
    ),
    "delegate too late": (
        "effective 2.0", "effective 2.2", "effective 1.0", "effective 3.0", "effective 2.1",
    ),
    "rename": (
        "effective 2.0 drifted", "effective 2.2 drifted", "effective 1.0", "effective 3.0",
        "effective 2.1",
    ),
    "rename approved": (
        "effective 2.1", "effective 2.3", "effective 1.0", "effective 3.0", "effective 2.1",
    ),
    "withdrawn": (
        "effective 2.1", "effective 2.3", "effective 1.0 withdrawn", "effective 3.0 due",
        "effective 2.1 due",
    ),
    "retired": (
        "effective 2.1", "effective 2.3", "effective 1.0", "effective 3.0 due",
        "effective 2.1 due",
    ),
    "review opened": (
        "effective 2.1", "effective 2.3", "retired", "effective 3.0 due", "effective 2.1 overdue",
    ),
    "review answered": (
        "effective 2.1", "effective 2.3 drifted", "retired", "effective 3.0 drifted due",
        "effective 2.1 overdue",
    ),
    "review done": (
        "effective 2.1", "effective 2.4", "retired", "effective 4.0", "effective 2.1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("event", SEEN)
def test_status_on_the_day_of_an_event(year: Year, event: str) -> None:
    documents = year.on(event).documents
    order = (POLICY, PROCEDURE, VISITORS, ROLES, SYSTEMS)
    assert tuple(documents[name] for name in order) == SEEN[event]


def test_every_event_of_the_year_is_looked_at(year: Year) -> None:
    assert [seen.event for seen in year.seen] == list(SEEN)


IN_FORCE: dict[str, tuple[tuple[str, str | None], ...]] = {
    POLICY: (("2026-02-01", "1.0"), ("2026-05-01", "2.0"), ("2026-09-09", "2.1")),
    PROCEDURE: (
        ("2026-02-01", "1.0"), ("2026-05-01", "2.0"), ("2026-07-10", "2.1"),
        ("2026-07-28", "2.2"), ("2026-09-09", "2.3"), ("2027-01-11", "2.4"),
    ),
    VISITORS: (("2026-02-01", "1.0"), ("2026-11-16", None)),
    ROLES: (
        ("2026-01-19", "1.0"), ("2026-06-03", "2.0"), ("2026-07-01", "3.0"),
        ("2027-01-11", "4.0"),
    ),
    SYSTEMS: (("2026-01-19", "1.0"), ("2026-03-04", "2.0"), ("2026-06-03", "2.1")),
}  # fmt: skip
"""First day of each version, and None from the day on which nothing is in force."""


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_day_has_the_version_that_was_in_force(
    registers: dict[date, Register], document: str
) -> None:
    expected = None
    changes = {date.fromisoformat(day): version for day, version in IN_FORCE[document]}
    for day, register in registers.items():
        expected = changes.get(day, expected)
        entry = register.entry(document)
        current = entry.in_force.version if entry and entry.in_force else None
        assert (day, current) == (day, expected)


def test_review_dates_follow_the_latest_decision(registers: dict[date, Register]) -> None:
    flagged = {
        document: [
            day
            for day, register in registers.items()
            if (entry := register.entry(document)) and "due" in {f.value for f in entry.flags}
        ]
        for document in (ROLES, SYSTEMS)
    }
    # Half a year after 1 July and 3 June; the first reminder comes 60 days before.
    assert flagged[ROLES][-1] == date(2027, 1, 10)
    assert date(2026, 11, 1) not in flagged[ROLES]
    assert date(2026, 11, 2) in flagged[ROLES]
    assert date(2026, 10, 4) in flagged[SYSTEMS]
    assert date(2026, 10, 3) not in flagged[SYSTEMS]
    overdue = registers[date(2027, 1, 3)].entry(SYSTEMS)
    assert overdue is not None
    assert {flag.value for flag in overdue.flags} == {"overdue"}


def test_a_confirmed_review_moves_the_next_one_and_makes_no_version(found: Situation) -> None:
    for document, version in ((POLICY, "2.1"), (SYSTEMS, "2.1")):
        entry = found.register.entry(document)
        assert entry is not None
        assert entry.versions[-1].version == version
        assert entry.last_review == date(2027, 1, 11)


def test_the_review_round_has_every_outcome_and_one_that_was_late(year: Year) -> None:
    summary = summary_of(situation(year.root, now=END), CYCLE)
    outcomes = {row.document: row.outcome.value for row in summary.reviews if row.outcome}
    assert outcomes == OUTCOMES
    assert {row.document for row in summary.late} == {ROLES, SYSTEMS}


def test_what_was_tried_in_vain_has_its_reason(year: Year) -> None:
    assert year.refused == {
        "approver of another document": ("approval-not-entitled",),
        "approval of an older text": ("pack-text-stale",),
        "minor without a reason": ("approve-reason-needed",),
        "leaver after the last day": ("approval-not-entitled",),
        "delegate after the window": ("approval-not-entitled",),
        "retirement without a role": ("approval-not-entitled",),
    }


def test_a_new_vendor_reopens_no_policy(year: Year) -> None:
    before, after = year.on("first approval"), year.on("vendor added")
    assert [name for name in DOCUMENTS if "drifted" in after.documents[name]] == [SYSTEMS]
    assert "drifted" not in str(before.documents)


def _consents(found: Situation, document: str, version: str) -> list[Verdict]:
    return [
        verdict
        for verdict in found.judgement.verdicts
        if (verdict.consent.document, verdict.consent.version) == (document, version)
        and verdict.consent.decision is not Decision.CONFIRMED
    ]


def test_a_rename_is_one_class_of_change_over_documents(found: Situation) -> None:
    for document, version in ((POLICY, "2.1"), (PROCEDURE, "2.3")):
        [verdict] = _consents(found, document, version)
        assert verdict.consent.significance is Significance.MINOR
        assert verdict.consent.reason is None


def test_the_delegate_signed_for_the_holder(found: Situation) -> None:
    [verdict] = _consents(found, PROCEDURE, "2.1")
    consent = verdict.consent
    assert (consent.person, consent.acting_for) == ("priya-raghunathan", "dana-whitfield")


def test_the_acting_holder_signed_in_her_own_right(found: Situation) -> None:
    [verdict] = _consents(found, SYSTEMS, "2.1")
    assert (verdict.consent.person, verdict.consent.acting_for) == ("priya-raghunathan", None)


def test_wording_was_minor_and_figures_were_major(found: Situation) -> None:
    chosen = {
        (item.consent.document, item.consent.version): item.consent.significance
        for item in found.judgement.verdicts
    }
    counted = Counter(chosen.values())
    assert chosen[POLICY, "2.0"] is Significance.MAJOR
    assert chosen[PROCEDURE, "2.1"] is Significance.MINOR
    assert chosen[POLICY, "2.1"] is Significance.MINOR
    assert chosen[SYSTEMS, "2.0"] is Significance.MAJOR
    assert chosen[SYSTEMS, "2.1"] is Significance.MINOR
    assert counted[Significance.INITIAL] == len(DOCUMENTS)


def test_the_retirement_carries_the_text_it_takes_out_of_force(found: Situation) -> None:
    [verdict] = _consents(found, VISITORS, "2.0")
    entry = found.register.entry(VISITORS)
    assert verdict.consent.decision is Decision.RETIRED
    assert entry is not None
    assert entry.versions[0].text_sha256 == entry.versions[1].text_sha256


def test_every_consent_of_the_year_is_as_strong_as_a_key_can_make_it(found: Situation) -> None:
    assert {verdict.strength for verdict in found.judgement.verdicts} == {Strength.A3}


def test_the_year_verifies(year: Year) -> None:
    finding = verify_workspace(
        year.root, trust=frozenset(), now=END, rebuild=False, advance=lambda _: None
    )
    assert finding.problems == ()
