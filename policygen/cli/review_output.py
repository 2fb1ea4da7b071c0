"""What `policygen review` prints: lists and summaries for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from policygen.cli import files, output
from policygen.problems import Location, Problem, UsageError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from policygen.model.review import NextReview, ReviewSummary


def put(data: bytes, file: Path | None) -> None:
    """A file where it was asked for, or on standard output."""
    if file is None:
        output.write(data)
        return
    files.put(file, data)
    output.say(f"written to {file}")


def refuse_file_of_table(file: Path | None) -> None:
    """Say that a table is for the terminal, instead of leaving out the file that was asked for.

    Raises:
        UsageError: A file was named.
    """
    if file is not None:
        raise UsageError(
            Problem(
                code="usage-table-file",
                location=Location(str(file)),
                message="a table is shown in the terminal and is not written to a file",
                hint="Say --format json or --format md as well, or leave -o out.",
            )
        )


def as_json(value: object) -> bytes:
    """A value as JSON in ASCII, with sorted keys."""
    return (json.dumps(value, indent=2, sort_keys=True) + "\n").encode()


def show_due(reviews: tuple[NextReview, ...], today: date, *, later: int) -> None:
    """The due list as a table."""
    if reviews:
        output.table(
            ("document", "planned", "due", "state", "owner", "approver", "tell"),
            [
                (
                    f"{review.document} {review.version}",
                    review.planned.isoformat(),
                    review.due.isoformat(),
                    review.standing.value + (f", in {review.opened}" if review.opened else ""),
                    review.owner.name or review.owner.role,
                    review.approver.name or review.approver.role,
                    _told(review),
                )
                for review in reviews
            ],
        )
        output.say()
    rest = f"; {later} later, --all shows them" if later else ""
    output.say(
        f"as of {today.isoformat()}: {len(reviews)} review{'' if len(reviews) == 1 else 's'}{rest}"
    )


def _told(review: NextReview) -> str:
    if review.escalation is None:
        return ""
    people = (one.name or one.role for one in review.escalation.told)
    return f"{review.escalation.rung}: {', '.join(people)}"


def review_values(review: NextReview) -> dict[str, object]:
    """A review that is to be done, for programs."""
    return {
        "document": review.document,
        "title": review.title,
        "kind": review.kind,
        "version": review.version,
        "planned": review.planned.isoformat(),
        "due": review.due.isoformat(),
        "state": review.standing.value,
        "open_in": review.opened,
        "owner": {"role": review.owner.role, "person": review.owner.person},
        "approver": {"role": review.approver.role, "person": review.approver.person},
        "last_review": review.last_review.isoformat(),
        "last_outcome": review.last_outcome.value if review.last_outcome else None,
        "tell": None
        if review.escalation is None
        else {
            "key": review.escalation.key,
            "rung": review.escalation.rung,
            "people": [one.person or one.role for one in review.escalation.told],
        },
    }


def show_summary(summary: ReviewSummary) -> None:
    """The closing summary as a table, the numbers last."""
    from policygen.publish.reviews.lists import lateness

    if summary.reviews:
        output.table(
            ("document", "due", "done", "outcome", "on time", "by"),
            [
                (
                    f"{row.document} {row.version}",
                    row.due.isoformat(),
                    row.done_on.isoformat() if row.done_on else "open",
                    row.outcome.value if row.outcome else "",
                    lateness(row),
                    ", ".join(row.people),
                )
                for row in summary.reviews
            ],
        )
        output.say()
    output.say(
        f"{summary.period.name} as of {summary.as_of.isoformat()}: {summary.population} reviews,"
        f" {len(summary.on_time)} on time, {len(summary.late)} late, {len(summary.open)} open"
        f" ({len(summary.overdue)} overdue); {len(summary.not_due)} documents without one"
    )


def summary_values(summary: ReviewSummary) -> dict[str, object]:
    """The closing summary for programs."""
    return {
        "cycle": summary.period.name,
        "first": summary.period.first.isoformat(),
        "last": summary.period.last.isoformat(),
        "as_of": summary.as_of.isoformat(),
        "population": summary.population,
        "on_time": len(summary.on_time),
        "late": len(summary.late),
        "open": len(summary.open),
        "overdue": len(summary.overdue),
        "not_due": list(summary.not_due),
        "reviews": [
            {
                "document": row.document,
                "title": row.title,
                "kind": row.kind,
                "version": row.version,
                "due": row.due.isoformat(),
                "done_on": row.done_on.isoformat() if row.done_on else None,
                "outcome": row.outcome.value if row.outcome else None,
                "days_late": row.days_late,
                "people": list(row.people),
                "records": list(row.records),
                "checklist_sha256": row.checklist_sha256,
            }
            for row in summary.reviews
        ],
    }
