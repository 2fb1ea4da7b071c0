"""Lists: documents by kind, statements by document, reviews by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen import dialect
from policygen.model.register import Flag, State
from policygen.publish.site.chrome import (
    CALENDAR,
    KIND_NAMES,
    KIND_PAGES,
    STATEMENTS,
    Page,
    control_chip,
    day,
    excerpt,
    filter_box,
    link,
    month,
    table,
    text,
)
from policygen.publish.site.content import RESTRICTED
from policygen.publish.site.document_text import criterion_chips, evidence_of
from policygen.publish.site.governed import without_links
from policygen.publish.site.states import entry_status

if TYPE_CHECKING:
    from policygen.model.document import Statement
    from policygen.model.publication import Edition
    from policygen.model.register import Entry
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
        due = day(entry.next_review) if entry.next_review else ""
        version = content.editions[entry.id].version or "working text"
        return (title, state, text(version), due, text(hidden.owner_title))
    if edition is None:
        return (text(entry.title), state, "", "", "")
    header = edition.record.header
    return (
        link(here, header.path, header.title),
        state,
        text(edition.version or "working text"),
        day(entry.next_review) if entry.next_review else "",
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
    chips = criterion_chips(content, STATEMENTS, row.criteria)
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
    """When each document in force is reviewed next, by month; overdue ones first."""
    dated = sorted(
        (entry for entry in content.register.entries if _is_reviewed(entry)),
        key=lambda entry: (entry.next_review or content.as_of, entry.title.casefold()),
    )
    months: dict[str, list[Entry]] = {}
    for entry in dated:
        overdue = Flag.OVERDUE in entry.flags
        when = "Overdue" if overdue else month(entry.next_review or content.as_of)
        months.setdefault(when, []).append(entry)
    parts = ["# Review calendar", f"As of {day(content.as_of)}.\n{{: .pg-lead }}"]
    overdue_first = sorted(months.items(), key=lambda item: item[0] != "Overdue")
    for name, entries in overdue_first:
        rows = [_review_row(content, entry) for entry in entries]
        head = ("Review by", "Document", "Owner", "Approver", "State")
        parts += [f"## {name}", table(head, rows, label=f"Reviews, {name}")]
    if not dated:
        parts.append("No document is in force yet.")
    return Page(name=CALENDAR, body="\n\n".join(parts), searched=False)


def _is_reviewed(entry: Entry) -> bool:
    return entry.next_review is not None and entry.state is not State.RETIRED


def _review_row(content: SiteContent, entry: Entry) -> tuple[str, ...]:
    edition = content.edition_of(entry)
    title = text(entry.title)
    if entry.id in content.restricted:
        title = f"{title} {content.absence(entry)}"
    if edition is not None:
        title = link(CALENDAR, edition.record.header.path, entry.title)
    stated = content.editions.get(entry.id)
    return (
        # Grouped by month: a date that breaks over two lines would double each row's height.
        day(entry.next_review).replace(" ", "\u00a0") if entry.next_review else "",
        title,
        text(stated.record.header.owner_title) if stated else "",
        text(entry.approver_title),
        entry_status(content, entry),
    )
