"""Recurring duties: found in the sentences, counted for who carries them, on days of a calendar."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import icalendar
import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from policygen import words
from policygen.audit.data_rows import data_of, rows_of
from policygen.audit.duties.calendar import duties_calendar
from policygen.audit.duties.duties import recurring_duties
from policygen.audit.duties.intervals import first_due, interval_in, recurrence
from policygen.audit.duties.tables import TOTAL, duties_table, figure, totals_table
from policygen.conditions.condition import evaluate
from policygen.model.catalogue import FREQUENCIES
from policygen.pipeline.obligations import obligations
from policygen.tables import csv_bytes
from tests.load.profile_cases import MINIMAL, judged
from tests.small_workspace import PROFILE, statement

if TYPE_CHECKING:
    from policygen.audit.duties.duties import Duty
    from policygen.pipeline.sources.survey import Survey
    from tests.small_workspace import SmallWorkspace

STAMP = datetime(2026, 9, 30, 12, 0, tzinfo=UTC)


def duties_of(workspace: SmallWorkspace, *bodies: str, profile: str = "") -> tuple[Duty, ...]:
    workspace.write("organization.yml", PROFILE + profile)
    workspace.policy("\n".join(("## Rules\n", *bodies)))
    rendering, facts, problems = workspace.render()
    assert problems == ()
    named = {
        row.id: document.uses.behind_text
        for document in rendering.documents
        for row in document.record.statements
    }
    return recurring_duties([document.record for document in rendering.documents], facts, named)


@pytest.mark.parametrize(
    ("phrase", "times"),
    [
        ("once each week", 52),
        ("at least once each calendar quarter", 4),
        ("once in each half of the year", 2),
        ("every 12 months", 1),
        ("every 24 months", Fraction(1, 2)),
        ("every 18 months", Fraction(2, 3)),
        ("on every business day", 260),
        ("every day", 365),
        ("every hour", 8760),
        ("every 2 years", Fraction(1, 2)),
        ("once each calendar quarter, for at least every 12 months of logs", 4),
    ],
)
def test_a_sentence_that_names_an_interval_is_counted(phrase: str, times: Fraction) -> None:
    interval = interval_in(f"IT SHALL do it {phrase}.")
    assert interval is not None
    assert interval.times_a_year == times


@pytest.mark.parametrize(
    "sentence",
    [
        "IT SHALL disable the identity within 24 hours.",
        "Logs SHALL be kept for 12 months.",
        "IT SHALL record every change.",
        "IT SHALL run the service continuously.",
        "IT SHALL write every monthly report down.",
        "IT SHALL do it every 0 days.",
    ],
)
def test_a_sentence_without_an_interval_is_no_recurring_duty(sentence: str) -> None:
    assert interval_in(sentence) is None


def test_work_after_each_build_recurs_and_nobody_can_count_it() -> None:
    interval = interval_in("Engineering SHALL scan dependencies in each build.")
    assert interval is not None
    assert interval.times_a_year is None
    assert first_due(interval, 2026, 1) is None


def test_a_duty_of_system_owners_is_counted_for_each_system_of_each_role(
    workspace: SmallWorkspace,
) -> None:
    systems = """\
systems:
  - {id: a, kind: idp, name: Keyring, owner_role: ceo, access_review: monthly}
  - {id: b, kind: vcs, name: Branchline, owner_role: security_officer}
  - {id: c, kind: email, name: Mailroom, owner_role: security_officer}
  - {id: d, kind: crm, name: Rolodex, owner_role: security_officer, in_scope: false}
"""
    body = statement(
        "AC-19",
        "The system owner SHALL review access, at least {{ p.access_review_frequency | every }}.",
    )
    found = duties_of(workspace, body, profile=systems)
    assert [
        (row.role, row.interval.shown, row.count, figure(row.times_a_year)) for row in found
    ] == [
        ("Chief executive", "once each calendar month", 1, 12),
        ("Security officer", "once each calendar quarter", 2, 8),
    ]
    assert {row.parameters for row in found} == {("access_review_frequency",)}


def test_a_duty_of_everyone_is_counted_for_the_whole_headcount(workspace: SmallWorkspace) -> None:
    body = statement(
        "AC-20", "Each member of the {{ terms.workforce }} SHALL sign "
        "{{ p.policy_ack_frequency | every }}.",
    )  # fmt: skip
    [duty] = duties_of(workspace, body, profile="duty_hours: {AC-20: 0.5}\n")
    assert (duty.count, figure(duty.times_a_year), figure(duty.hours_a_year)) == (42, 42, 21)


def test_a_duty_that_does_not_apply_is_not_counted(workspace: SmallWorkspace) -> None:
    body = statement(
        "AC-20", "System owners SHALL do it {{ p.access_review_frequency | every }}.",
        more='when="practices.moves_money", otherwise="no money is moved"',
    )  # fmt: skip
    assert duties_of(workspace, body) == ()


@pytest.mark.parametrize(
    ("row", "place", "message"),
    [
        pytest.param("AC-19: two", "16:10", 'a number of hours above 0 and at most 10000, '
                     'not "two"', id="a word"),
        pytest.param("AC-19: 0", "16:10", "a number of hours above 0 and at most 10000, not 0",
                     id="no time at all"),
        pytest.param("AC: 1", "16:3", 'the id of a statement, such as AC-19, not "AC"', id="no id"),
    ],
)  # fmt: skip
def test_hours_that_are_none_are_told_at_their_place(row: str, place: str, message: str) -> None:
    [problem] = judged(MINIMAL + f"duty_hours:\n  {row}\n")
    assert str(problem.location) == f"organization.yml:{place}"
    assert problem.message.endswith(f"must be {message}")


def test_hours_for_a_statement_that_nobody_states_are_told(workspace: SmallWorkspace) -> None:
    workspace.write("organization.yml", PROFILE + "duty_hours: {ZZ-99: 2}\n")
    workspace.policy("## Rules\n\n" + statement())
    codes = [problem.code for problem in workspace.check()]
    assert "statement-hours-unknown" in codes


def test_every_control_with_a_cadence_has_a_recurring_duty(library: Survey) -> None:
    found = {duty.statement.control for duty in obligations(library)}
    expected = {
        control.id
        for control in library.facts.registries.controls.values()
        if control.frequency not in ("event", "continuous")
        and evaluate(control.when, library.context)
    }
    # Kept by doing another control's duty: the risk assessment, the access review, the vendor's.
    assert expected - found == {"RSK-03", "ACC-11", "PHY-03"}


def test_statements_with_their_interval_elsewhere_are_statements_of_the_library(
    library: Survey,
) -> None:
    named = {row["statement"] for row in rows_of(data_of("duties")["duties"])}
    assert named <= {row.id for row in library.rendering.declared}


def test_documents_registers_and_vendors_are_each_reviewed_once_in_the_count(
    library: Survey,
) -> None:
    found = obligations(library)
    documents = library.rendering.documents
    registers = [each for each in documents if each.record.header.kind.value == "register"]
    counted = {
        name: sum(row.count or 0 for row in found if row.statement.id == name)
        for name in ("PM-12", "PM-14", "VM-15")
    }
    assert counted == {
        "PM-12": len(documents) - len(registers),
        "PM-14": len(registers),
        "VM-15": len(library.facts.profile.vendors),
    }


def test_totals_are_the_sums_of_the_rows(library: Survey) -> None:
    found = obligations(library)
    totals = totals_table(found, library.facts)
    *roles, everything = totals.rows
    assert everything[0] == TOTAL
    assert everything[2] == len(found) == sum(int(str(row[2])) for row in roles)
    summed = sum(float(str(row[3])) for row in roles)
    assert abs(summed - float(str(everything[3]))) < 0.1 * len(roles)
    held = {row[0]: row[1] for row in roles}
    assert held["IT lead"] == "Jonas Becker"


def test_the_table_says_where_a_promise_is_set_and_how_loose_it_may_be(library: Survey) -> None:
    table = duties_table(obligations(library), library.facts)
    rows = list(csv.DictReader(io.StringIO(csv_bytes(table).decode("utf-8-sig"))))
    [drill] = [row for row in rows if row["Statement"] == "SAT-13"]
    assert drill["Parameter"] == "phishing_simulation_frequency"
    assert (drill["How often"], drill["Times a year"]) == ("once each calendar quarter", "4")
    assert drill["Loosest allowed"] == "every 12 months"
    assert drill["Document"] == "Security Awareness and Training Policy"
    external = next(row for row in rows if row["Statement"] == "VMP-02")
    assert external["Parameter"] == "scan_frequency_external"


@pytest.fixture(scope="module")
def calendar(library: Survey) -> bytes:
    return duties_calendar(
        obligations(library), library.facts, year=2026, stamp=STAMP, tool="policygen 1.0.0"
    )


def test_calendar_is_read_by_a_parser_and_every_duty_has_its_days(
    library: Survey, calendar: bytes
) -> None:
    parsed = icalendar.Calendar.from_ical(calendar)
    events = parsed.walk("VEVENT")
    with_a_day = [
        duty for duty in obligations(library) if first_due(duty.interval, 2026, 1) is not None
    ]
    assert len(events) == len(with_a_day) > 100
    assert len({str(event["UID"]) for event in events}) == len(events)
    assert {event.decoded("DTSTAMP") for event in events} == {STAMP}
    assert all(len(line) <= 75 for line in calendar.split(b"\r\n"))
    [board] = [event for event in events if str(event["UID"]).startswith("govp-01.")]
    assert "review the security report" in str(board["DESCRIPTION"])
    assert board.decoded("DTSTART") == date(2026, 3, 31)
    rule = board["RRULE"]
    assert isinstance(rule, icalendar.vRecur)
    assert {name: rule[name] for name in rule} == {
        "FREQ": ["MONTHLY"], "INTERVAL": [3], "BYMONTHDAY": [-1],
    }  # fmt: skip


def test_an_event_keeps_its_uid_when_the_words_and_the_year_change(
    library: Survey, calendar: bytes
) -> None:
    later = duties_calendar(
        obligations(library), library.facts, year=2027, stamp=STAMP + timedelta(days=300),
        tool="policygen 2.0.0",
    )  # fmt: skip
    uids = [
        [str(event["UID"]) for event in icalendar.Calendar.from_ical(data).walk("VEVENT")]
        for data in (calendar, later)
    ]
    assert uids[0] == uids[1]


@given(
    frequency=st.sampled_from(FREQUENCIES),
    year=st.integers(2000, 2199),
    anchor=st.integers(1, 12),
)
def test_a_year_holds_as_many_days_as_the_count_says(
    frequency: str, year: int, anchor: int
) -> None:
    interval = interval_in(f"IT SHALL do it {words.every(frequency)}.")
    if interval is None or (start := first_due(interval, year, anchor)) is None:
        return
    assert start.year == year
    rule = rrulestr(recurrence(interval), dtstart=datetime.combine(start, datetime.min.time()))
    last = datetime.combine(date(year, 12, 31), datetime.min.time())
    days = len(rule.between(datetime.combine(start, datetime.min.time()), last, inc=True))
    times = interval.times_a_year
    assert times is not None
    # A year may hold a 53rd Friday and a 366th day; every second year falls on the first.
    assert days - times in (0, 1, Fraction(1, 2))
