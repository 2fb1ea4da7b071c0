"""Lists of reviews for calendars, tickets and auditors."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from policygen.model.review import (
    Escalation,
    NextReview,
    Outcome,
    Period,
    ReviewedDocument,
    Reviewer,
    ReviewSummary,
    Standing,
)
from policygen.publish.reviews.lists import calendar_file, due_table, lateness, summary_page
from policygen.publish.reviews.request import RequestedReview, request_body
from tests.readers import forge

OWNER = Reviewer(role="it_lead", title="IT lead", person="sam-ortiz", name="Sam Ortiz")
NOBODY = Reviewer(role="ceo", title="Chief executive", person=None, name=None)
AS_OF = date(2027, 9, 15)
REVIEW = NextReview(
    document="access-control-policy",
    title="Access Control Policy",
    kind="policy",
    version="2.0",
    owner=OWNER,
    approver=NOBODY,
    last_review=date(2026, 10, 22),
    last_outcome=Outcome.MAJOR,
    planned=date(2027, 10, 4),
    due=date(2027, 10, 22),
    standing=Standing.DUE,
    opened=None,
    escalation=Escalation(
        key="access-control-policy/2027-10-22/T-60", rung="T-60", told=(OWNER, NOBODY)
    ),
)


def events(data: bytes) -> list[icalendar.cal.Component]:
    calendar = icalendar.Calendar.from_ical(data)
    assert calendar["VERSION"] == "2.0"
    return list(calendar.walk("VEVENT"))


def test_a_review_is_an_event_of_one_day_with_an_id_that_stays() -> None:
    [event] = events(calendar_file([REVIEW], "Quillwater"))
    assert event["UID"] == "access-control-policy-2027-10-22@quillwater.policygen"
    assert event.decoded("DTSTART") == date(2027, 10, 4)
    assert event.decoded("DTEND") == date(2027, 10, 5)
    assert str(event["SUMMARY"]) == "Review: Access Control Policy"
    assert "Sam Ortiz" in str(event["DESCRIPTION"])
    [moved] = events(calendar_file([replace(REVIEW, planned=date(2027, 10, 1))], "Quillwater"))
    assert moved["UID"] == event["UID"]
    [next_year] = events(calendar_file([replace(REVIEW, due=date(2028, 10, 22))], "Quillwater"))
    assert next_year["UID"] != event["UID"]


def test_the_calendar_is_the_same_bytes_on_every_day() -> None:
    later = replace(REVIEW, standing=Standing.OVERDUE, escalation=None, opened="review/x")
    assert calendar_file([REVIEW], "Quillwater") == calendar_file([later], "Quillwater")


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=120))
def test_any_title_comes_through_a_calendar_as_it_is(title: str) -> None:
    plain = " ".join(title.split())
    data = calendar_file([replace(REVIEW, title=title)], "Quillwater")
    [event] = events(data)
    assert str(event["SUMMARY"]) == f"Review: {plain}"
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))


def test_lines_end_as_the_standard_asks() -> None:
    data = calendar_file([REVIEW], "Quillwater")
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_the_due_list_in_markdown_names_who_is_told() -> None:
    text = due_table([REVIEW], AS_OF)
    assert "| T-60: IT lead (Sam Ortiz), Chief executive |" in text
    assert due_table([], AS_OF) == "No review is due (as of 2027-09-15).\n"


def test_a_title_cannot_add_a_column_or_a_link() -> None:
    evil = replace(REVIEW, title="A | B [x](https://evil.example) <script> @all `x`")
    rows = due_table([evil], AS_OF).splitlines()[2:]
    assert len({line.replace("\\|", "").count("|") for line in rows}) == 1
    for text in ("\n".join(rows), _body(evil)):
        tree = str(forge(text))
        assert "https://evil.example'" not in tree
        assert "'script'" not in tree


def _body(review: NextReview) -> str:
    row = RequestedReview(
        review=review,
        checklist="reviews/2027-09/access-control-policy.yml",
        parameters={"access_revocation_hours": "8 hours"},
        exceptions=(),
        changed=True,
        logins=("tobias",),
    )
    return request_body("2027-09", [row])


def test_the_request_lists_questions_figures_and_the_file_to_fill() -> None:
    body = _body(REVIEW)
    assert body.count("- [ ] ") == 8
    assert "- Fill in: `reviews/2027-09/access-control-policy.yml`" in body
    assert "| `access_revocation_hours` | 8 hours |" in body
    assert "@tobias" in body
    assert "> [!IMPORTANT]" in body


def reviewed(due: date, done: date | None, late: int = 0) -> ReviewedDocument:
    return ReviewedDocument(
        document="access-control-policy",
        title="Access Control Policy",
        kind="policy",
        version="2.0",
        due=due,
        done_on=done,
        outcome=Outcome.CONFIRMED if done else None,
        people=("Sam Ortiz",) if done else (),
        records=(),
        checklist_sha256=None,
        days_late=late,
    )


def test_the_summary_counts_on_time_late_open_and_overdue() -> None:
    due = date(2027, 8, 1)
    rows = (
        reviewed(due, due),
        reviewed(due, due + timedelta(days=1), 1),
        reviewed(due, None, 45),
        reviewed(date(2027, 12, 1), None),
    )
    summary = ReviewSummary(
        period=Period(name="2027", first=date(2027, 1, 1), last=date(2027, 12, 31)),
        as_of=AS_OF,
        grace_days=30,
        reviews=rows,
        not_due=("roles-register",),
    )
    assert [lateness(row) for row in rows] == ["yes", "1 day late", "45 days late", ""]
    text = summary_page(summary, "Quillwater Software, Inc.")
    assert "| 4 | 1 | 1 | 2 | 1 |" in text
    assert "In force without a review in this period: roles-register." in text
