"""The body of a review's pull request: what to read, what to answer, what happens then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.model.checklist import QUESTIONS
from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from policygen.model.review import NextReview


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionLine:
    """An exception from a statement of the document that is in force."""

    id: str
    statement: str
    reason: str
    expires: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedReview:
    """One document of the request."""

    review: NextReview
    checklist: str
    """Path of the file to fill."""

    parameters: Mapping[str, str]
    """Value in words by parameter."""

    exceptions: tuple[ExceptionLine, ...]
    changed: bool
    """Whether the working text differs from the text in force already."""

    logins: tuple[str, ...]
    """Logins of the approver on forges, as the profile has them."""


def request_body(cycle: str, rows: Sequence[RequestedReview]) -> str:
    """The body in Markdown as forges show it.

    Args:
        cycle: Name of the cycle.
        rows: The documents; one owner's, or all.
    """
    owners = sorted({str(row.review.owner) for row in rows})
    count = f"{len(rows)} document{'' if len(rows) == 1 else 's'}"
    parts = [
        f"Review {cycle} of {count}. Owner: {dialect.escape(', '.join(owners))}.",
        "Each document has a file below `reviews/`: open it here in the browser, answer its"
        " questions, set its outcome and save. The boxes below are for your own overview; what"
        " counts is the file.",
        "- `confirmed`: nothing changes. The approver then confirms it with"
        " `policygen review confirm --waiting`.\n"
        "- `minor` or `major`: change the template or `organization.yml` on this branch as well;"
        " the rendered text follows. The approver then approves the new text.\n"
        "- `retired`: the document goes out of force with `policygen approve --retire`.",
    ]
    for row in rows:
        parts += _document(row)
    return "\n\n".join(parts) + "\n"


def _document(row: RequestedReview) -> Iterator[str]:
    review = row.review
    approver = dialect.escape(str(review.approver))
    mention = " ".join(f"@{login}" for login in row.logins)
    yield f"## {dialect.escape(review.title)} {review.version}"
    yield "\n".join(
        [
            f"- Due {review.due}, planned for {review.planned}, last reviewed {review.last_review}",
            f"- Approver: {approver}{f' {mention}' if mention else ''}",
            f"- Fill in: `{row.checklist}`",
            f"- Read: `policygen diff {review.document}`"
            if row.changed
            else f"- Read: `evidence/approvals/{review.document}/{review.version}.md`",
        ]
    )
    if row.changed:
        yield "> [!IMPORTANT]\n> The working text differs from the text in force already."
    yield "\n".join(f"- [ ] {question}" for question in QUESTIONS.values())
    if row.exceptions:
        yield "Exceptions in force:"
        yield "\n".join(
            f"- {line.id} from {line.statement} until {line.expires}: {dialect.escape(line.reason)}"
            for line in row.exceptions
        )
    if row.parameters:
        yield "Figures that the text states:"
        cells = (
            f"| `{name}` | {dialect.escape(value)} |" for name, value in row.parameters.items()
        )
        yield "\n".join(["| Parameter | Value |", "| --- | --- |", *cells])
