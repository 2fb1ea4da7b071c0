"""Derived lists of each kind of organization: whole, in agreement, and free of made-up words."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import icalendar
import pytest

from policygen.audit.description.system_description import SLOTS, system_description
from policygen.audit.duties.calendar import duties_calendar
from policygen.audit.duties.duties import recurring_duties
from policygen.audit.duties.tables import duties_table, totals_table
from policygen.audit.interchange.insurance import Standing, answers_markdown, insurance_answers
from policygen.audit.interchange.oscal import Issue, PublishedText, oscal_files
from policygen.tables import csv_bytes
from tests.audit.matrices import in_force
from tests.audit.oscal_checks import oscal_faults
from tests.organizations import ARCHETYPES, Organization, exemplary

if TYPE_CHECKING:
    from policygen.audit.duties.duties import Duty

STAMP = datetime(2026, 9, 30, tzinfo=UTC)
HABITS = {
    "filters_mail": {"CFM-17"},
    "marks_outside_mail": {"CFM-18"},
    "authenticates_mail": {"CFM-19"},
    "blocks_outside_macros": {"EPS-21"},
    "confirms_bank_details": {"VM-25", "HRS-20"},
}
"""What the profile says of an organization's habits, and the statements that promise them."""

BLANK = re.compile(r"\bNone\b|\bN/A\b|\{\{|\}\}|\bnull\b")


@pytest.fixture(scope="module", params=ARCHETYPES)
def made(request: pytest.FixtureRequest) -> Organization:
    return exemplary(request.param)


@pytest.fixture
def duties(made: Organization) -> tuple[Duty, ...]:
    documents = made.rendering.documents
    named = {
        row.id: document.uses.behind_text
        for document in documents
        for row in document.record.statements
    }
    return recurring_duties([document.record for document in documents], made.facts, named)


def test_recurring_duties_are_counted_for_roles_that_exist(
    made: Organization, duties: tuple[Duty, ...]
) -> None:
    assert len(duties) > 60
    roles = {role.title for role in made.facts.roles.values()}
    for duty in duties:
        assert duty.role in roles or duty.role_id is None, duty.statement.id
        assert duty.count is None or duty.count > 0
        assert not BLANK.search(duty.text)
    assert not BLANK.search(csv_bytes(duties_table(duties, made.facts)).decode())
    assert not BLANK.search(csv_bytes(totals_table(duties, made.facts)).decode())


def test_their_calendar_is_read_and_no_event_stands_twice(
    made: Organization, duties: tuple[Duty, ...]
) -> None:
    data = duties_calendar(duties, made.facts, year=2027, stamp=STAMP, tool="policygen 1.0.0")
    uids = [str(each["UID"]) for each in icalendar.Calendar.from_ical(data).walk("VEVENT")]
    assert len(uids) == len(set(uids)) > 50


def test_an_insurer_gets_an_answer_to_every_question(made: Organization) -> None:
    answers = insurance_answers(in_force(made.matrix()), made.facts)
    stated = [answer for answer in answers if answer.standing is not Standing.UNKNOWN]
    assert len(stated) > len(answers) / 2
    text = answers_markdown(answers, organization="x", as_of="2026-09-30").decode()
    assert not BLANK.search(text)


def test_a_habit_is_quoted_to_the_insurer_exactly_where_the_profile_names_it(
    made: Organization,
) -> None:
    answers = insurance_answers(in_force(made.matrix()), made.facts)
    quoted = {name for answer in answers for name in answer.statements}
    said = [sentence for answer in answers for sentence in answer.sentences]
    for habit, statements in HABITS.items():
        named = getattr(made.facts.profile.practices, habit)
        assert quoted & statements == (statements if named else set()), habit
        left_out = {s for s in statements if any(f"{s} is not stated: " in each for each in said)}
        assert left_out == (set() if named else statements), habit


def test_the_description_has_every_place_and_no_blank(made: Organization) -> None:
    headers = [document.record.header for document in made.rendering.documents]
    text = system_description(
        made.facts, in_force(made.matrix()), headers, last=date(2026, 9, 30), first=None
    )
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    assert [part[:4] for part in parts[:-1]] == [number for number, _ in SLOTS]
    assert all(len(part.splitlines()) > 2 for part in parts)
    assert not BLANK.search(text)


def test_oscal_files_hold_together(made: Organization) -> None:
    texts = [
        PublishedText(text=document.record, version="1.0", pdf=None, pdf_sha256=None)
        for document in made.rendering.documents
    ]
    issue = Issue(organization="x", version="1", last_modified=STAMP, tool="policygen 1.0.0")
    assert oscal_faults(oscal_files(made.facts.registries.criteria, texts, issue)) == []
