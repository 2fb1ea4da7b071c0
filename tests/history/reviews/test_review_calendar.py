"""The review calendar: every review has a day in time, and no day has them all."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.history.dates import next_review
from policygen.history.reviews.calendar import CalendarRules, Interval, planned_days

OWNERS = ("ceo", "it_lead", "people_lead", "security_officer")
SPREAD = CalendarRules(anchor_month=3, spread=True)


def interval(number: int, last: date, months: int = 12) -> Interval:
    return Interval(
        document=f"document-{number:03d}",
        owner=OWNERS[number % len(OWNERS)],
        last_review=last,
        due=next_review(last, months),
        months=months,
        begun=frozenset({(2026, 11), (last.year, last.month)}),
    )


def first_year(count: int = 80) -> list[Interval]:
    """Everything was approved on one day."""
    return [interval(number, date(2026, 11, 20)) for number in range(count)]


def test_the_first_year_spreads_eighty_documents_over_eight_months() -> None:
    planned = planned_days(first_year(), SPREAD)
    months = Counter(day.month for day in planned.values())
    assert set(months) == {3, 4, 5, 6, 7, 8, 9, 10, 11}
    assert max(months.values()) <= 12
    assert max(Counter(planned.values()).values()) <= 2
    assert min(planned.values()) == date(2027, 3, 19)
    assert date(2027, 11, 12) < max(planned.values()) <= date(2027, 11, 20)


def test_without_spreading_all_are_planned_for_the_anchor_month() -> None:
    rules = CalendarRules(anchor_month=9, spread=False)
    assert {day.isoformat() for day in planned_days(first_year(), rules).values()} == {"2027-09-01"}


def test_where_the_anchor_month_comes_too_soon_the_due_date_stands() -> None:
    rules = CalendarRules(anchor_month=1, spread=False)
    assert {*planned_days(first_year(), rules).values()} == {date(2027, 11, 19)}  # a Friday


def test_reviews_done_on_their_planned_days_stay_apart() -> None:
    intervals = first_year()
    planned = planned_days(intervals, SPREAD)
    for _ in range(4):
        intervals = [interval(int(row.document[-3:]), planned[row.document]) for row in intervals]
        planned = planned_days(intervals, SPREAD)
        assert all((row.due - planned[row.document]).days <= 2 for row in intervals)
    assert max(Counter(day.month for day in planned.values()).values()) <= 12


def test_few_documents_that_began_together_are_not_spread() -> None:
    intervals = [
        *(interval(number, date(2026, 11, 20)) for number in range(2)),
        *(replace(interval(n, date(2027, n % 12 + 1, 9)), begun=frozenset()) for n in range(2, 40)),
    ]
    planned = planned_days(intervals, SPREAD)
    assert {planned["document-000"], planned["document-001"]} == {date(2027, 11, 19)}  # a Friday


def test_spreading_begins_with_the_anchor_month() -> None:
    rules = CalendarRules(anchor_month=9, spread=True)
    months = Counter(day.month for day in planned_days(first_year(), rules).values())
    assert set(months) == {9, 10, 11}


def test_a_review_that_is_done_moves_no_other() -> None:
    before = planned_days(first_year(), SPREAD)
    done = first_year()
    done[0] = interval(0, date(2027, 6, 1))
    after = planned_days(done, SPREAD)
    assert {name for name in before if before[name] != after[name]} == {"document-000"}


def test_documents_of_one_owner_are_planned_next_to_each_other() -> None:
    planned = planned_days(first_year(), SPREAD)
    days = [
        planned[row.document]
        for row in sorted(first_year(), key=lambda row: (row.owner, row.document))
        if row.owner == "it_lead"
    ]
    assert max(days) - min(days) < timedelta(days=70)


@pytest.mark.parametrize(
    ("month", "blackout"),
    [
        pytest.param(8, ((8, 1), (8, 31)), id="a month"),
        pytest.param(1, ((12, 20), (1, 10)), id="over the new year"),
    ],
)
def test_nothing_is_planned_in_a_blackout(
    month: int, blackout: tuple[tuple[int, int], tuple[int, int]]
) -> None:
    rules = CalendarRules(anchor_month=month, spread=True, blackout=(blackout,))
    start, end = blackout
    for day in planned_days(first_year(), rules).values():
        here = (day.month, day.day)
        assert not (start <= here <= end if start <= end else here >= start or here <= end)


@given(
    last=st.lists(
        st.dates(date(2020, 1, 1), date(2040, 12, 31)), min_size=1, max_size=12, unique=False
    ),
    months=st.sampled_from([1, 3, 6, 12, 24]),
    anchor=st.integers(1, 12),
    spread=st.booleans(),
)
def test_a_planned_day_lies_between_the_latest_review_and_the_due_date(
    last: list[date], months: int, anchor: int, spread: bool
) -> None:
    rules = CalendarRules(
        anchor_month=anchor, spread=spread, blackout=(((12, 24), (1, 2)), ((7, 1), (7, 15)))
    )
    intervals = [interval(number, day, months) for number, day in enumerate(last)]
    planned = planned_days(intervals, rules)
    for row in intervals:
        assert row.last_review < planned[row.document] <= row.due
