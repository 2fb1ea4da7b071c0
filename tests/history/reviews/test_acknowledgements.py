"""Acknowledgements held against roster and versions in force, as an auditor samples them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from policygen.history.reviews.acknowledgements import (
    AcknowledgementRules,
    acknowledgements,
    audience_parts,
)
from policygen.load.acknowledgements import read_receipts, read_roster
from policygen.model.acknowledgement import Answered, Owed
from policygen.model.document import Header, Kind, RecordText
from policygen.model.evidence import Decision, Significance
from policygen.model.register import Entry, Register, State, Version
from policygen.problems import PolicygenError

ZONE = ZoneInfo("Europe/Berlin")
RULES = AcknowledgementRules(new_hire_days=14, campaign_days=30, renewal_months=12)
ROSTER = """person,name,mail,start,end,groups,leave_from,leave_to
ada,Ada Marsh,ada@quillwater.example,2025-03-01,,engineering,,
ben,Ben Okoro,ben@quillwater.example,2026-05-04,,,,
cy,Cy Lund,,2025-03-01,2026-06-30,,,
dee,Dee Roy,,2025-03-01,,,2026-01-01,2026-06-01
"""


def header(audience: str, *, acknowledge: bool = True) -> Header:
    return Header(
        id="code-of-conduct", title="Code of Conduct", kind=Kind.POLICY,
        organization="Quillwater Software, Inc.", short_name="Quillwater", owner="people_lead",
        owner_title="People lead", approver="ceo", approver_title="Chief executive",
        classification="internal", review_months=12, audience=audience, acknowledge=acknowledge,
        criteria=(), primary=(), related=(),
    )  # fmt: skip


def version(number: str, effective: str, change: Significance, audience: str) -> Version:
    day = date.fromisoformat(effective)
    return Version(
        document="code-of-conduct", version=number, decision=Decision.APPROVED,
        text=RecordText(header=header(audience), body="", statements=()),
        text_sha256=number.replace(".", "").ljust(64, "0"), text_path="evidence/x.md",
        significance=change, reason=None, consents=(),
        approved_at=datetime.combine(day, time(), UTC), effective=day, until=None,
        state=State.EFFECTIVE,
    )  # fmt: skip


def register(as_of: str, audience: str = "all workforce") -> Register:
    """Version 1.0 from January 2026, a typo mended in February, and 2.0 from October."""
    day = date.fromisoformat(as_of)
    every = (
        version("1.0", "2026-01-10", Significance.INITIAL, audience),
        version("1.1", "2026-02-10", Significance.MINOR, audience),
        version("2.0", "2026-10-01", Significance.MAJOR, audience),
    )
    shown = tuple(row for row in every if row.effective <= day)
    entry = Entry(
        id="code-of-conduct", title="Code of Conduct", kind="policy", state=State.EFFECTIVE,
        flags=frozenset(), versions=shown, in_force=shown[-1], working_sha256=None,
        last_review=None, next_review=None, approver="ceo", approver_title="Chief executive",
    )  # fmt: skip
    return Register(as_of=day, entries=(entry,), set_head="0" * 64)


def owed(as_of: str, *rows: str, roster: str = ROSTER, **more: str) -> dict[str, Owed]:
    members, faults = read_roster(roster.encode(), "roster.csv")
    text = "\n".join(("person,document,version,at", *rows))
    receipts, more_faults = read_receipts(text.encode(), "form.csv", ZONE)
    assert not faults
    assert not more_faults
    found, _ = acknowledgements(register(as_of, **more), members, receipts, RULES)
    return {row.member.id: row for row in found}


def row(person: str, at: str, number: str = "1.0") -> str:
    return f"{person},code-of-conduct,{number},{at}"


def test_a_new_version_is_owed_by_all_and_a_new_hire_from_the_first_day() -> None:
    found = owed("2026-05-10")
    assert {name: (row.why, row.due.isoformat()) for name, row in found.items()} == {
        "ada": ("new version", "2026-02-09"),
        "ben": ("first working day", "2026-05-18"),
        "cy": ("new version", "2026-02-09"),
        "dee": ("new version", "2026-06-15"),
    }
    assert found["ada"].answered is Answered.OVERDUE
    assert found["ben"].answered is Answered.OPEN


@pytest.mark.parametrize(
    ("as_of", "rows", "answered", "due"),
    [
        pytest.param("2026-03-01", [row("ada", "2026-02-09")], "acknowledged", "2026-02-09",
                     id="on the last day"),
        pytest.param("2026-03-01", [row("ada", "2026-02-10")], "acknowledged late", "2026-02-09",
                     id="a day late stays late"),
        pytest.param("2026-03-01", [row("ada@quillwater.example", "2026-02-01")], "acknowledged",
                     "2026-02-09", id="by mail address"),
        pytest.param("2026-03-01", [row("ada", "2026-02-09T23:30:00-05:00")], "acknowledged late",
                     "2026-02-09", id="the day is that of the organization"),
        pytest.param("2026-03-01", [row("ada", "2026-02-20", "1.1")], "acknowledged late",
                     "2026-02-09", id="a minor version answers for the major one"),
        pytest.param("2026-09-30", [row("ada", "2026-02-01")], "acknowledged", "2026-02-09",
                     id="a typo asks nobody again"),
        pytest.param("2026-10-20", [row("ada", "2026-02-01")], "open", "2026-10-31",
                     id="a major version asks everybody again"),
        pytest.param("2027-11-15", [row("ada", "2026-10-10", "2.0")], "overdue", "2027-10-10",
                     id="after a year it is owed again"),
        pytest.param("2027-11-15",
                     [row("ada", "2026-10-10", "2.0"), row("ada", "2027-10-09", "2.0")],
                     "acknowledged", "2027-10-10", id="renewed within the year"),
        pytest.param("2027-11-15",
                     [row("ada", "2026-10-10", "2.0"), row("ada", "2027-10-20", "2.0")],
                     "acknowledged late", "2027-10-10", id="renewed after the year"),
    ],
)  # fmt: skip
def test_what_becomes_of_an_acknowledgement(
    as_of: str, rows: list[str], answered: str, due: str
) -> None:
    found = owed(as_of, *rows)["ada"]
    assert (found.answered.value, found.due.isoformat()) == (answered, due)


def test_leavers_owe_what_was_due_before_they_left() -> None:
    assert owed("2026-07-10")["cy"].answered is Answered.LEFT
    # 2.0 took effect when Cy had gone.
    assert "cy" not in owed("2026-11-20")


def test_who_is_away_has_the_days_of_a_new_hire_on_return() -> None:
    assert owed("2026-05-10")["dee"].answered is Answered.ON_LEAVE
    assert owed("2026-06-10")["dee"].answered is Answered.OPEN
    assert owed("2026-06-16")["dee"].answered is Answered.OVERDUE


def test_nobody_owes_before_the_first_working_day() -> None:
    assert "ben" not in owed("2026-05-03")


def test_only_the_audience_owes() -> None:
    assert set(owed("2026-05-10", audience="engineering, IT and product")) == {"ada"}
    assert audience_parts("HR, managers and IT") == {"hr", "managers", "it"}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        pytest.param(row("zoe", "2026-02-01"), "acknowledgement-person", id="stranger"),
        pytest.param("ada,travel-policy,1.0,2026-02-01", "acknowledgement-document", id="document"),
        pytest.param(row("ada", "2026-02-01", "7.0"), "acknowledgement-version", id="version"),
        pytest.param(row("ada", "2026-01-09"), "acknowledgement-early", id="before it took effect"),
        pytest.param(row("ben", "2026-05-03"), "acknowledgement-early", id="before the first day"),
        pytest.param(row("ada", "2026-12-24"), "acknowledgement-future", id="from the future"),
        pytest.param(row("cy", "2026-07-01"), "acknowledgement-after-leaving", id="after leaving"),
    ],
)
def test_a_receipt_that_proves_nothing_does_not_count(line: str, code: str) -> None:
    members, _ = read_roster(ROSTER.encode(), "roster.csv")
    text = f"person,document,version,at\n{line}\n"
    receipts, _ = read_receipts(text.encode(), "form.csv", ZONE)
    found, [problem] = acknowledgements(register("2026-07-20"), members, receipts, RULES)
    assert (problem.code, str(problem.location)) == (code, "form.csv:2")
    assert {row.given for row in found} == {None}


def test_another_text_than_the_approved_one_does_not_count() -> None:
    members, _ = read_roster(ROSTER.encode(), "roster.csv")
    right = "10".ljust(64, "0")
    text = (
        "person,document,version,at,sha256\n"
        f"ada,code-of-conduct,1.0,2026-02-01,{'f' * 64}\n"
        f"ben,code-of-conduct,1.0,2026-05-05,{right}\n"
    )
    receipts, _ = read_receipts(text.encode(), "form.csv", ZONE)
    found, [problem] = acknowledgements(register("2026-07-20"), members, receipts, RULES)
    assert problem.code == "acknowledgement-digest"
    assert {row.member.id: row.given for row in found}["ben"] == date(2026, 5, 5)


def test_an_audience_that_nobody_belongs_to_is_told() -> None:
    members, _ = read_roster(ROSTER.encode(), "roster.csv")
    _, [problem] = acknowledgements(register("2026-05-10", "sales"), members, (), RULES)
    assert problem.code == "acknowledgement-audience"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        pytest.param("ada,2026-13-01", "roster.csv:2", "start must be a day", id="no such month"),
        pytest.param("ada,03/04/2026", "roster.csv:2", "start must be a day", id="two readings"),
        pytest.param("ada,", "roster.csv:2", "must be given", id="no first day"),
        pytest.param("ada,2026-01-01\nada,2026-01-01", "roster.csv:3", "twice", id="twice"),
    ],
)
def test_a_row_that_does_not_hold_is_told_at_its_line(text: str, place: str, words: str) -> None:
    _, [problem] = read_roster(f"person,start\n{text}\n".encode(), "roster.csv")
    assert (problem.code, str(problem.location)) == ("acknowledgement-row", place)
    assert words in problem.message


def test_a_time_without_offset_is_no_time() -> None:
    text = "person,document,version,at\nada,code-of-conduct,1.0,2026-02-01T10:00:00\n"
    receipts, [problem] = read_receipts(text.encode(), "form.csv", ZONE)
    assert (receipts, problem.code) == ((), "acknowledgement-row")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"\xff\xfe\x00", "UTF-8", id="other encoding"),
        pytest.param(b"name\nada\n", "no column person", id="a column is missing"),
        pytest.param(b"person,start,salary\n", 'a column "salary"', id="a column nobody needs"),
        pytest.param(b"person,start,start\n", "twice", id="a column twice"),
        pytest.param(b"person,start\nada,2026-01-01,x\n", "3 cells, not 2", id="a cell too many"),
        pytest.param(b'person,start\n"ada,2026-01-01\n', "line", id="a quote that never ends"),
    ],
)
def test_a_file_that_is_no_roster_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(PolicygenError) as caught:
        read_roster(data, "roster.csv")
    [problem] = caught.value.problems
    assert problem.code == "acknowledgement-file"
    assert words in problem.message
