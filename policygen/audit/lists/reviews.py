"""Reviews as a list: every review that was due or carried out, on time, late or missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.tables import Column, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Callable

    from policygen.model.review import ReviewedDocument, ReviewSummary
    from policygen.tables import Cell

ON_TIME, LATE, OPEN, OVERDUE = "on time", "late", "open", "overdue"


def reviews(
    summary: ReviewSummary, name_of: Callable[[str], str], *, with_records: bool
) -> tuple[Table, Table]:
    """The population with its outcome, and the numbers it comes to.

    Args:
        summary: Of the window.
        name_of: How a person's name is shown.
        with_records: Whether paths of records are shown, which hold people's ids.
    """
    overdue = {(row.document, row.due) for row in summary.overdue}
    rows = [
        _row(row, name_of, is_overdue=(row.document, row.due) in overdue, with_records=with_records)
        for row in summary.reviews
    ]
    grace = summary.grace_days
    return (
        Table(
            name="reviews",
            title="Reviews",
            columns=(
                Column(title="Document"),
                Column(title="Title", width=34),
                Column(title="Kind"),
                Column(title="Version"),
                Column(title="Due"),
                Column(title="Done"),
                Column(title="Outcome"),
                Column(
                    title="Standing",
                    tones={
                        ON_TIME: Tone.GOOD,
                        LATE: Tone.ATTENTION,
                        OPEN: Tone.QUIET,
                        OVERDUE: Tone.BAD,
                    },
                ),
                Column(title="Days late"),
                Column(title="By", width=32),
                Column(title="SHA-256 of the checklist", width=24),
                Column(title="Records", width=44),
            ),
            rows=tuple(rows),
            note="Late stays late: a review done after its due date is late, however it ended. "
            "Open means not done by the end of the window; overdue, that "
            f"{grace} days of grace have passed as well.",
        ),
        Table(
            name="reviews-in-numbers",
            title="Reviews in numbers",
            columns=(Column(title="What", width=48), Column(title="Number")),
            rows=(
                ("Reviews that were due or carried out", summary.population),
                ("Done on time", len(summary.on_time)),
                ("Done late", len(summary.late)),
                ("Not done by the end of the window", len(summary.open)),
                ("Of these overdue", len(summary.overdue)),
                ("Documents in force of which no review fell into it", len(summary.not_due)),
            ),
        ),
    )


def _row(
    row: ReviewedDocument,
    name_of: Callable[[str], str],
    *,
    is_overdue: bool,
    with_records: bool,
) -> tuple[Cell, ...]:
    if row.done_on is None:
        standing = OVERDUE if is_overdue else OPEN
    else:
        standing = ON_TIME if row.on_time else LATE
    return (
        row.document,
        row.title,
        row.kind,
        row.version,
        row.due,
        row.done_on,
        row.outcome.value if row.outcome else None,
        standing,
        row.days_late,
        ", ".join(map(name_of, row.people)) or None,
        row.checklist_sha256,
        "\n".join(row.records) if with_records and row.records else None,
    )
