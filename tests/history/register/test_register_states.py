"""States and review dates on every day, by example and by property."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.history.dates import add_months, local_day, next_review
from policygen.history.register.versions import fold_versions, in_force
from policygen.model.evidence import Consent, Decision, Method, Previous, Significance, Strength
from policygen.model.register import Flag, State, Verdict, Version
from tests.history.office import POLICY, Office, follows, sheet

FIRST, SECOND = sheet(), sheet(hours=12)
DAYS = st.dates(date(2020, 1, 1), date(2090, 1, 1))
MONTHS = st.integers(1, 60)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        pytest.param("2026-01-31", 1, "2026-02-28", id="last of January"),
        pytest.param("2028-01-31", 1, "2028-02-29", id="last of January in a leap year"),
        pytest.param("2028-02-29", 12, "2029-02-28", id="leap day"),
        pytest.param("2028-02-29", 48, "2032-02-29", id="leap day to leap day"),
        pytest.param("2026-11-30", 3, "2027-02-28", id="over the new year"),
        pytest.param("2026-12-15", 12, "2027-12-15", id="December"),
        pytest.param("2037-12-31", 6, "2038-06-30", id="past 2038"),
    ],
)
def test_months_are_calendar_months(day: str, months: int, expected: str) -> None:
    assert next_review(date.fromisoformat(day), months).isoformat() == expected


@given(DAYS, MONTHS)
def test_a_later_month_has_the_same_day_or_is_cut_to_its_last(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (
        later.day < day.day and (later + timedelta(days=1)).day == 1
    )  # fmt: skip


@given(DAYS, MONTHS, st.integers(0, 400))
def test_a_later_review_is_never_due_earlier(day: date, months: int, days: int) -> None:
    assert add_months(day, months) <= add_months(day + timedelta(days=days), months)


@given(st.integers(0, 4_000_000_000))
def test_a_moment_is_one_day_in_one_place(seconds: int) -> None:
    aware = datetime.fromtimestamp(seconds, UTC)
    auckland, honolulu = ZoneInfo("Pacific/Auckland"), ZoneInfo("Pacific/Honolulu")
    assert local_day(aware, honolulu) <= local_day(aware, UTC) <= local_day(aware, auckland)


def state(office: Office, day: str) -> tuple[State, str | None]:
    register = office.register(date.fromisoformat(day), access_control_policy=SECOND)
    [entry] = register.entries
    return entry.state, None if entry.in_force is None else entry.in_force.version


def two_versions(office: Office, *, effective: date, second: date) -> None:
    office.approve(FIRST, effective=effective)
    office.approve(
        SECOND, version="2.0", at=datetime(2026, 2, 3, 10, tzinfo=UTC), effective=second,
        previous=follows(FIRST, "1.0"), significance=Significance.MAJOR,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param("2026-02-01", (State.DRAFT, None), id="the day before anything"),
        pytest.param("2026-02-02", (State.APPROVED, None), id="approved for later"),
        pytest.param("2026-02-09", (State.APPROVED, None), id="the day before it takes effect"),
        pytest.param("2026-02-10", (State.EFFECTIVE, "1.0"), id="first day in force"),
        pytest.param("2026-02-28", (State.EFFECTIVE, "1.0"), id="last day of the first"),
        pytest.param("2026-03-01", (State.EFFECTIVE, "2.0"), id="first day of the second"),
    ],
)
def test_document_walks_through_its_states(
    office: Office, day: str, expected: tuple[State, str | None]
) -> None:
    two_versions(office, effective=date(2026, 2, 10), second=date(2026, 3, 1))
    assert state(office, day) == expected


def test_superseded_version_says_until_when(office: Office) -> None:
    two_versions(office, effective=date(2026, 2, 10), second=date(2026, 3, 1))
    first, second = office.register(date(2026, 3, 1)).entries[0].versions
    assert (first.state, first.until) == (State.SUPERSEDED, date(2026, 3, 1))
    assert (second.state, second.until) == (State.EFFECTIVE, None)


def test_newest_wins_where_two_take_effect_on_one_day(office: Office) -> None:
    two_versions(office, effective=date(2026, 3, 1), second=date(2026, 3, 1))
    first, second = office.register(date(2026, 3, 1)).entries[0].versions
    assert (first.state, first.until) == (State.SUPERSEDED, first.effective)
    assert second.state is State.EFFECTIVE


def test_version_overtaken_before_it_took_effect_is_never_in_force(office: Office) -> None:
    two_versions(office, effective=date(2026, 3, 1), second=date(2026, 2, 20))
    for day in ("2026-02-19", "2026-02-20", "2026-03-01", "2026-04-01"):
        assert state(office, day)[1] != "1.0"


def test_past_register_knows_nothing_of_later_consents(office: Office) -> None:
    two_versions(office, effective=date(2026, 2, 10), second=date(2026, 3, 1))
    [entry] = office.register(date(2026, 2, 2)).entries
    assert [version.version for version in entry.versions] == ["1.0"]


def test_day_of_approval_is_the_day_in_the_organizations_zone(office: Office) -> None:
    office.approve(FIRST, at=datetime(2026, 2, 2, 23, 30, tzinfo=UTC))  # 3 February in Berlin
    assert office.codes() == []
    [entry] = office.register(date(2026, 2, 3)).entries
    assert entry.last_review == date(2026, 2, 3)


@pytest.mark.parametrize(
    ("day", "flags"),
    [
        pytest.param("2026-12-18", set(), id="46 days before"),
        pytest.param("2026-12-19", {Flag.DUE}, id="45 days before"),
        pytest.param("2027-02-02", {Flag.DUE}, id="the review date"),
        pytest.param("2027-03-04", {Flag.DUE}, id="last day of grace"),
        pytest.param("2027-03-05", {Flag.OVERDUE}, id="grace is over"),
    ],
)
def test_review_is_due_then_overdue(office: Office, day: str, flags: set[Flag]) -> None:
    office.approve(FIRST)
    [entry] = office.register(date.fromisoformat(day), access_control_policy=FIRST).entries
    assert entry.next_review == date(2027, 2, 2)
    assert entry.flags == flags
    assert entry.state is State.EFFECTIVE


def test_leap_day_approval_is_reviewed_by_the_28th(office: Office) -> None:
    office.approve(FIRST, at=datetime(2028, 2, 29, 10, tzinfo=UTC))
    [entry] = office.register(date(2028, 3, 1)).entries
    assert entry.next_review == date(2029, 2, 28)


def test_changed_working_text_is_drift(office: Office) -> None:
    office.approve(FIRST)
    [entry] = office.register(date(2026, 3, 1), access_control_policy=SECOND).entries
    assert (entry.flags, entry.working_sha256) == (frozenset({Flag.DRIFTED}), SECOND.digest)


def test_text_without_evidence_is_a_draft(office: Office) -> None:
    [entry] = office.register(date(2026, 3, 1), access_control_policy=FIRST).entries
    assert (entry.state, entry.versions, entry.flags) == (State.DRAFT, (), frozenset())
    assert (entry.approver, entry.approver_title) == ("security_officer", "Security officer")


# Folding, by property: any list of versions, any day.

RECORD = FIRST.record


def verdict(number: int, effective: date, *, complete: bool, retired: bool) -> Verdict:
    consent = Consent(
        acting_for=None,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        decision=Decision.RETIRED if retired else Decision.APPROVED,
        document=POLICY,
        effective=effective,
        external=None,
        kind="policy",
        method=Method.SSH,
        person="dana",
        previous=None if number == 1 else Previous(version="1.0", text_sha256=FIRST.digest),
        reason=None,
        role="security_officer" if complete else "ceo",
        significance=Significance.INITIAL,
        text_sha256=FIRST.digest,
        tool="policygen 0.1.0",
        trust_sha256="0" * 64,
        version=f"{number}.0",
    )
    return Verdict(
        consent=consent,
        path="evidence/x",
        strength=Strength.A3,
        time_attested=False,
        name="Dana Whitfield",
        role_title="Security officer",
        fingerprint=None,
        note="",
    )


FATES = st.lists(
    st.tuples(st.dates(date(2026, 1, 1), date(2026, 1, 12)), st.booleans(), st.booleans()),
    max_size=6,
)


def folded(fates: list[tuple[date, bool, bool]], day: date) -> tuple[Version, ...]:
    verdicts = [
        verdict(number, effective, complete=complete, retired=retired)
        for number, (effective, complete, retired) in enumerate(fates, start=1)
    ]
    texts = {(POLICY, item.consent.version): RECORD for item in verdicts}
    return fold_versions(verdicts, texts, day)


@given(FATES, st.dates(date(2025, 12, 30), date(2026, 1, 14)))
def test_the_newest_effective_version_is_in_force(
    fates: list[tuple[date, bool, bool]], day: date
) -> None:
    versions = folded(fates, day)
    effective = [
        (number, retired)
        for number, (start, complete, retired) in enumerate(fates, start=1)
        if complete and start <= day
    ]
    newest, retired = max(effective, default=(0, True))
    current = in_force(versions)
    assert (None if current is None else current.version) == (
        None if retired else f"{newest}.0"
    )  # fmt: skip
    assert sum(item.state in (State.EFFECTIVE, State.RETIRED) for item in versions) <= 1


@given(FATES)
def test_intervals_of_force_never_overlap_and_agree_with_the_states(
    fates: list[tuple[date, bool, bool]],
) -> None:
    for offset in range(16):
        day = date(2025, 12, 30) + timedelta(days=offset)
        inside = [
            item.version
            for item in folded(fates, day)
            if item.approved_at is not None
            and item.effective <= day
            and (item.until is None or day < item.until)
        ]
        current = [
            item.version
            for item in folded(fates, day)
            if item.state in (State.EFFECTIVE, State.RETIRED)
        ]
        assert inside == current
