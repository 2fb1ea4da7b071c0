"""Lists of reviews for other programs: a calendar file and Markdown tables."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from policygen.model.review import NextReview, ReviewedDocument, ReviewSummary

_LINE_OCTETS = 75


def calendar_file(reviews: Iterable[NextReview], organization: str) -> bytes:
    """The reviews as iCalendar, one event on the planned day of each.

    The id of an event stays the same while the review is the same, so that a calendar that is
    imported again moves the event instead of doubling it.

    Args:
        reviews: What is to be done.
        organization: Name by which ids differ from those of other organizations.

    Source: RFC 5545.
    """
    host = f"{dialect.slug(organization)}.policygen"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//policygen//reviews//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(f'Policy reviews of {organization}')}",
    ]
    for review in reviews:
        lines += _event(review, host)
    lines.append("END:VCALENDAR")
    return "".join(f"{line}\r\n" for text in lines for line in _folded(text)).encode()


def due_table(reviews: Sequence[NextReview], as_of: date) -> str:
    """The reviews as a Markdown table for a ticket or a chat."""
    if not reviews:
        return f"No review is due (as of {as_of}).\n"
    rows = [
        (
            review.planned.isoformat(),
            review.due.isoformat(),
            f"{dialect.escape(review.title)} {review.version}",
            dialect.escape(str(review.owner)),
            dialect.escape(str(review.approver)),
            review.standing.value + (f", open in `{review.opened}`" if review.opened else ""),
            _told(review),
        )
        for review in reviews
    ]
    head = ("Planned", "Due", "Document", "Owner", "Approver", "State", "Tell")
    return f"Reviews as of {as_of}\n\n{_table(head, rows)}\n"


def summary_page(summary: ReviewSummary, organization: str) -> str:
    """A closing summary in Markdown: the numbers, then every review."""
    period = summary.period
    begun = f"{period.first} to {period.last}"
    head = ("Document", "Version", "Due", "Done", "Outcome", "On time", "By")
    parts = [
        f"# Reviews of {dialect.escape(organization)}, {period.name}",
        f"Reviews that were due or carried out from {begun}, as of {summary.as_of}.",
        _table(
            ("Reviews", "Done on time", "Done late", "Open", "Of these overdue"),
            [
                (
                    str(summary.population),
                    str(len(summary.on_time)),
                    str(len(summary.late)),
                    str(len(summary.open)),
                    str(len(summary.overdue)),
                )
            ],
        ),
    ]
    if summary.reviews:
        parts.append(_table(head, [_summary_row(review) for review in summary.reviews]))
    if summary.not_due:
        names = ", ".join(summary.not_due)
        parts.append(f"In force without a review in this period: {names}.")
    return "\n\n".join(parts) + "\n"


def lateness(review: ReviewedDocument) -> str:
    """`yes`, or how late it was or is; empty while it is open and not late."""
    if review.days_late:
        unit = "day" if review.days_late == 1 else "days"
        return f"{review.days_late} {unit} late"
    return "yes" if review.done_on is not None else ""


def _summary_row(review: ReviewedDocument) -> tuple[str, ...]:
    return (
        dialect.escape(review.title),
        review.version,
        review.due.isoformat(),
        review.done_on.isoformat() if review.done_on else "open",
        review.outcome.value if review.outcome else "",
        lateness(review),
        dialect.escape(", ".join(review.people)),
    )


def _told(review: NextReview) -> str:
    if review.escalation is None:
        return ""
    names = ", ".join(str(one) for one in review.escalation.told)
    return f"{review.escalation.rung}: {dialect.escape(names)}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _event(review: NextReview, host: str) -> Iterator[str]:
    text = (
        f"Version {review.version} is to be reviewed by {review.due}. Owner: {review.owner}."
        f" Approver: {review.approver}. Open it with: policygen review open"
    )
    yield "BEGIN:VEVENT"
    yield f"UID:{review.document}-{review.due.isoformat()}@{host}"
    # What is known dates from the latest review: a stamp of now would change the file each day.
    yield f"DTSTAMP:{review.last_review:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{review.planned:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{review.planned + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(f'Review: {review.title}')}"
    yield f"DESCRIPTION:{_escaped(text)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    plain = " ".join(text.split())
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets; a character is never cut."""
    piece, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > _LINE_OCTETS:
            yield piece
            piece, size = " ", 1
        piece += character
        size += octets
    yield piece
