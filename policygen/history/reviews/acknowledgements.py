"""Acknowledgements owed: by whom, for which version, until when, and whether they were given.

Nothing about people is written anywhere: rosters and receipts are handed in and answered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from policygen.history.dates import add_months
from policygen.model.acknowledgement import Answered, Owed
from policygen.model.evidence import Significance
from policygen.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from policygen.model.acknowledgement import Member, Receipt
    from policygen.model.register import Entry, Register, Version

EVERYBODY = "all workforce"
"""The audience that every person on the roster belongs to, contractors too."""

_PARTS = re.compile(r"\s*(?:,|;|\band\b)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgementRules:
    """How long people have, by the organization's parameters."""

    new_hire_days: int
    """From the first working day, or from the return from leave."""

    campaign_days: int
    """From the day on which a new major version takes effect."""

    renewal_months: int | None
    """Until everybody acknowledges again; None where only a new version asks for it."""


def concerned(member: Member, audience: str) -> bool:
    """Whether the audience of a document includes the person."""
    parts = audience_parts(audience)
    return EVERYBODY in parts or bool(parts & member.groups)


def audience_parts(audience: str) -> frozenset[str]:
    """The groups that an audience names, lower case."""
    return frozenset(part for part in _PARTS.split(audience.casefold()) if part)


def acknowledgements(
    register: Register,
    members: Sequence[Member],
    receipts: Iterable[Receipt],
    rules: AcknowledgementRules,
) -> tuple[tuple[Owed, ...], tuple[Problem, ...]]:
    """What everybody owes as of the register's day, and receipts that count for nothing.

    A new major version is owed by all of its audience; a minor one, and a review without a change,
    ask nobody again. A receipt counts for the major version that it names, from the day on which
    that version took effect and from the person's first working day.

    Source: AICPA TSC 2017 CC1.1, CC2.2 (standards are communicated, and that is evidenced).
    """
    entries = [entry for entry in register.entries if _asks(entry)]
    by_person, problems = _sorted_out(register, entries, members, receipts)
    owed = [
        found
        for entry in entries
        for member in members
        if entry.in_force and concerned(member, entry.in_force.text.header.audience)
        if (found := _owed(entry, member, by_person, rules, register.as_of)) is not None
    ]
    return tuple(owed), (*problems, *_empty_audiences(entries, members))


def _asks(entry: Entry) -> bool:
    return entry.in_force is not None and entry.in_force.text.header.acknowledge


def _owed(
    entry: Entry,
    member: Member,
    by_person: Mapping[tuple[str, str], list[Receipt]],
    rules: AcknowledgementRules,
    as_of: date,
) -> Owed | None:
    assert entry.in_force is not None
    version = entry.in_force
    if member.start > as_of:
        return None
    given = sorted(
        (
            receipt
            for receipt in by_person.get((member.id, entry.id), [])
            if _major(receipt.version) == _major(version.version)
        ),
        key=lambda receipt: receipt.day,
    )
    why, due, counted = _latest(entry, member, given, rules, as_of)
    due = _after_leave(member, due, rules)
    if counted is None and _gone(member, due):
        # Nobody can be late who left before the last day.
        return None
    return Owed(
        member=member,
        document=entry.id,
        title=entry.title,
        version=version.version,
        why=why,
        due=due,
        given=counted.day if counted else None,
        answered=_answered(member, due, counted, as_of),
        source=counted.source if counted else None,
    )


def _latest(
    entry: Entry,
    member: Member,
    given: Sequence[Receipt],
    rules: AcknowledgementRules,
    as_of: date,
) -> tuple[str, date, Receipt | None]:
    """Why the newest acknowledgement is owed, its last day, and the receipt that answers it."""
    assert entry.in_force is not None
    began = _major_since(entry, entry.in_force)
    months = rules.renewal_months
    if given and months is not None:
        renewal = add_months(given[-1].day, months)
        if renewal < as_of and not _gone(member, renewal):
            # The year is over: what was given before proves the year before, not this one.
            return "renewal", renewal, None
        if len(given) > 1:
            return "renewal", add_months(given[-2].day, months), given[-1]
    counted = given[0] if given else None
    if member.start >= began:
        return "first working day", member.start + timedelta(days=rules.new_hire_days), counted
    return "new version", began + timedelta(days=rules.campaign_days), counted


def _answered(member: Member, due: date, counted: Receipt | None, as_of: date) -> Answered:
    if counted is not None:
        return Answered.ON_TIME if counted.day <= due else Answered.LATE
    if member.end is not None and member.end < as_of:
        return Answered.LEFT
    if member.leave is not None and member.leave[0] <= as_of <= member.leave[1] and as_of <= due:
        return Answered.ON_LEAVE
    return Answered.OPEN if as_of <= due else Answered.OVERDUE


def _after_leave(member: Member, due: date, rules: AcknowledgementRules) -> date:
    if member.leave is None or not member.leave[0] <= due <= member.leave[1]:
        return due
    back = member.leave[1]
    days = timedelta(days=rules.new_hire_days)
    return back if back > back.max - days else back + days


def _gone(member: Member, day: date) -> bool:
    return member.end is not None and member.end < day


def _major_since(entry: Entry, version: Version) -> date:
    """First day of the newest version at or before this one that asks everybody again."""
    began = version.effective
    for earlier in entry.versions:
        if not earlier.is_approval or _major(earlier.version) != _major(version.version):
            continue
        if earlier.significance is not Significance.MINOR:
            return earlier.effective
        began = min(began, earlier.effective)
    return began


def _major(version: str) -> str:
    return version.partition(".")[0]


def _sorted_out(
    register: Register,
    entries: Sequence[Entry],
    members: Sequence[Member],
    receipts: Iterable[Receipt],
) -> tuple[dict[tuple[str, str], list[Receipt]], list[Problem]]:
    """Receipts that count, by person and document; a problem for each of the others."""
    people = {member.id: member for member in members}
    mails = {member.mail: member for member in members if member.mail}
    known = {entry.id: entry for entry in entries}
    found: dict[tuple[str, str], list[Receipt]] = {}
    problems: list[Problem] = []
    for receipt in receipts:
        member = people.get(receipt.person) or mails.get(receipt.person.casefold())
        entry = known.get(receipt.document)
        fault = _fault(receipt, member, entry, register)
        if fault is not None or member is None:
            problems += [fault] if fault else []
            continue
        found.setdefault((member.id, receipt.document), []).append(receipt)
    return found, problems


def _fault(
    receipt: Receipt, member: Member | None, entry: Entry | None, register: Register
) -> Problem | None:
    """Why a receipt does not count; None where it does."""
    if member is None:
        hint = "Add the person to the roster, leavers too, or correct the address."
        return _void(receipt, "person", f"nobody on the roster is {receipt.person}", hint)
    if entry is None:
        stated = register.entry(receipt.document)
        message = (
            f"{stated.title} asks nobody to acknowledge it, or is not in force"
            if stated
            else f"{receipt.document} is no document here"
        )
        return _void(receipt, "document", message, "policygen status lists the ids in force.")
    version = next(
        (row for row in entry.versions if row.version == receipt.version and row.is_approval), None
    )
    if version is None:
        message = f"{entry.title} has no version {receipt.version}"
        return _void(receipt, "version", message, "The form must name the version in force.")
    if receipt.text_sha256 not in (None, version.text_sha256):
        message = f"the text shown was not version {receipt.version} of {entry.title}"
        return _void(receipt, "digest", message, "Find out which text the form showed.")
    return _misdated(receipt, member, entry, version, register.as_of)


def _misdated(
    receipt: Receipt, member: Member, entry: Entry, version: Version, as_of: date
) -> Problem | None:
    if receipt.day > as_of:
        return _void(receipt, "future", f"it is dated after {as_of.isoformat()}", "Correct it.")
    if receipt.day < max(version.effective, member.start):
        what = "the person began" if member.start > version.effective else "it took effect"
        message = f"{entry.title} {version.version} was acknowledged before {what}"
        return _void(receipt, "early", message, "Ask for it again.")
    if _gone(member, receipt.day):
        message = f"{member.name} acknowledged {entry.title} after leaving"
        return _void(receipt, "after-leaving", message, "Look who still had the account.")
    return None


def _void(receipt: Receipt, kind: str, message: str, hint: str) -> Problem:
    return Problem(
        code=f"acknowledgement-{kind}",
        severity=Severity.WARNING,
        location=receipt.location,
        message=f"a receipt does not count: {message}",
        hint=hint,
    )


def _empty_audiences(entries: Sequence[Entry], members: Sequence[Member]) -> Iterator[Problem]:
    for entry in entries:
        assert entry.in_force is not None
        audience = entry.in_force.text.header.audience
        if members and not any(concerned(member, audience) for member in members):
            title = entry.title
            yield Problem(
                code="acknowledgement-audience",
                severity=Severity.WARNING,
                message=f"nobody on the roster belongs to the audience of {title}: {audience}",
                hint="Name these groups in the column groups of the roster, with ; between them.",
            )
