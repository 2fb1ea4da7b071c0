"""Lists: documents by kind, statements by document, reviews by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.model.review import Standing
from policygen.publish.site.chrome import (
    CALENDAR,
    KIND_NAMES,
    KIND_PAGES,
    STATEMENTS,
    Page,
    control_chip,
    excerpt,
    filter_box,
    link,
    table,
    text,
)
from policygen.publish.site.content import RESTRICTED
from policygen.publish.site.document_text import criterion_chips, evidence_of
from policygen.publish.site.governed import without_links
from policygen.publish.site.states import entry_status
from policygen.text import dialect
from policygen.words import long_date, long_month

if TYPE_CHECKING:
    from policygen.model.document import Statement
    from policygen.model.publication import Edition
    from policygen.model.register import Entry
    from policygen.model.review import NextReview
    from policygen.publish.site.content import SiteContent

_INTRODUCTIONS = {
    "policy": "Policies say what holds and who answers for it.",
    "procedure": "Procedures say how a task is done: steps, time limits and the record it leaves.",
    "register": "Registers hold what changes often: systems, vendors, data, roles.",
}


def kind_page(content: SiteContent, kind: str) -> Page:
    """All documents of a kind, those that are not in force by title only."""
    here = KIND_PAGES[kind]
    rows = [_document_row(content, entry, here) for entry in content.entries(kind)]
    head = ("Document", "State", "Version", "Next review", "Owner")
    listing = table(head, rows, label=KIND_NAMES[kind]) if rows else "None yet."
    return Page(
        name=here,
        body=f"# {KIND_NAMES[kind]}\n\n{_INTRODUCTIONS[kind]}\n{{: .pg-lead }}\n\n{listing}",
        searched=False,
        hide=("tags", "toc"),
    )


def _document_row(content: SiteContent, entry: Entry, here: str) -> tuple[str, ...]:
    edition = content.edition_of(entry)
    state = entry_status(content, entry)
    hidden = content.restricted.get(entry.id)
    if hidden is not None:
        title = f"{text(entry.title)} {content.absence(entry)}"
        due = long_date(entry.next_review) if entry.next_review else ""
        version = content.editions[entry.id].version or "working text"
        return (title, state, text(version), due, text(hidden.owner_title))
    if edition is None:
        return (text(entry.title), state, "", "", "")
    header = edition.record.header
    return (
        link(here, header.path, header.title),
        state,
        text(edition.version or "working text"),
        long_date(entry.next_review) if entry.next_review else "",
        text(header.owner_title),
    )


def statements_page(content: SiteContent) -> Page:
    """Every statement of the shown documents, by document."""
    parts = [
        "# Statements",
        "Each duty has an id that stays the same for ever. The text is that of the shown version."
        "\n{: .pg-lead }",
        filter_box("Show statements with"),
    ]
    for kind in KIND_PAGES:
        for entry in content.entries(kind):
            edition = content.editions.get(entry.id)
            if edition is not None and edition.record.statements:
                parts += [f"## {text(edition.record.header.title)}", _statements(content, edition)]
    if len(parts) == 3:
        parts.append("No document with statements is in force yet.")
    return Page(name=STATEMENTS, body="\n\n".join(parts), searched=False)


def _statements(content: SiteContent, edition: Edition) -> str:
    title = edition.record.header.title
    rows = [_statement_row(content, edition, row) for row in edition.record.statements]
    head = ("Statement", "Duty", "Control", "Criteria", "Owner")
    return table(head, rows, label=f"Statements of {title}")


def _statement_row(content: SiteContent, edition: Edition, row: Statement) -> tuple[str, ...]:
    header = edition.record.header
    known = row.control in content.control_titles
    control = control_chip(STATEMENTS, row.control) if known else text(row.control)
    chips = criterion_chips(content.criterion_titles, STATEMENTS, row.criteria)
    if header.id in content.restricted:
        return (text(row.id), RESTRICTED.capitalize(), control, chips, text(row.owner))
    if row.not_applicable is not None:
        reason = f"Does not apply: {text(row.not_applicable)}"
        return (text(row.id), reason, control, chips, text(row.owner))
    target = f"{header.path}#{dialect.slug(row.id)}"
    return (
        link(STATEMENTS, target, row.id, classes="pg-row-id"),
        f"{statement_line(content, edition, row)} {evidence_of(row)}",
        control,
        chips,
        text(row.owner),
    )


def statement_line(content: SiteContent, edition: Edition, row: Statement) -> str:
    """A statement on one line for a table cell or a list, its links reduced to words."""
    return without_links(
        excerpt(row.text),
        folder=edition.record.header.kind.folder,
        absent=content.absent_pages,
    )


def calendar_page(content: SiteContent) -> Page:
    """When each document in force is reviewed next, by planned month; overdue ones first."""
    months: dict[str, list[NextReview]] = {}
    for review in content.reviews:
        overdue = review.standing is Standing.OVERDUE
        months.setdefault("Overdue" if overdue else long_month(review.planned), []).append(review)
    parts = ["# Review calendar", f"As of {long_date(content.as_of)}.\n{{: .pg-lead }}"]
    if content.reviews:
        parts.append(
            "Planned is the day that spreads the reviews over the months; by the last column a"
            " document must have been reviewed."
        )
    overdue_first = sorted(months.items(), key=lambda item: item[0] != "Overdue")
    for name, reviews in overdue_first:
        rows = [_review_row(content, review) for review in reviews]
        head = ("Planned", "Document", "Owner", "Approver", "State", "Review by")
        parts += [f"## {name}", table(head, rows, label=f"Reviews, {name}", look="calendar")]
    if not content.reviews:
        parts.append("No document is in force yet.")
    body = "\n\n".join(parts)
    return Page(name=CALENDAR, body=body, searched=False, hide=("tags", "toc"))


def _review_row(content: SiteContent, review: NextReview) -> tuple[str, ...]:
    entry = content.register.entry(review.document)
    edition = None if entry is None else content.edition_of(entry)
    title = text(review.title)
    if review.document in content.restricted and entry is not None:
        title = f"{title} {content.absence(entry)}"
    if edition is not None:
        title = link(CALENDAR, edition.record.header.path, review.title)
    return (
        _unbroken(long_date(review.planned)),
        title,
        text(review.owner.title),
        text(review.approver.title),
        "" if entry is None else entry_status(content, entry),
        _unbroken(long_date(review.due)),
    )


def _unbroken(words: str) -> str:
    """On one line: a date over three lines trebles the height of its row."""
    return words.replace(" ", "\u00a0")
