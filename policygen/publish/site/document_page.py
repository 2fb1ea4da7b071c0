"""The page of one document: title, card, text, related documents, history."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from policygen.model.document import Kind
from policygen.publish.site.chrome import (
    KIND_NAMES,
    KIND_PAGES,
    VERIFY,
    Page,
    address,
    attribute,
    link,
    table,
    text,
)
from policygen.publish.site.content import is_restricted
from policygen.publish.site.document_text import criterion_chips, document_text
from policygen.publish.site.redline import redline
from policygen.publish.site.states import entry_status
from policygen.words import long_date

if TYPE_CHECKING:
    from policygen.model.document import Header
    from policygen.model.publication import Edition
    from policygen.model.register import Entry
    from policygen.publish.site.content import SiteContent

_RELATED = "## Related documents"
_KIND = {"policy": "Policy", "procedure": "Procedure", "register": "Register"}
_DIGEST_SHOWN = 12
_GLOSSARY_MARKS = frozenset("[]\\*_`<>&|:\n")


def document_page(content: SiteContent, entry: Entry, edition: Edition) -> Page:
    """The page of a document whose text is shown."""
    header = edition.record.header
    parts = [
        f"# {text(header.title)}",
        _card(content, entry, edition),
        document_text(content, edition.record),
        _related(content, edition),
        _history(entry, edition),
        _glossary(content, edition),
    ]
    return Page(
        name=header.path,
        body="\n\n".join(part for part in parts if part),
        tags=(_KIND[header.kind.value],),
    )


def _card(content: SiteContent, entry: Entry, edition: Edition) -> str:
    header = edition.record.header
    kind = header.kind.value
    kind_link = link(header.path, KIND_PAGES[kind], KIND_NAMES[kind], classes="pg-card__kind")
    facts = "\n".join(
        f'<div class="{classes}" markdown="1"><dt>{label}</dt>'
        f'<dd markdown="span">{value}</dd></div>'
        for label, value, classes in _facts(content, entry, edition)
    )
    return "\n".join(
        (
            '<div class="pg-card" markdown="1">',
            '<p class="pg-card__head" data-search-exclude="" markdown="span">'
            f"{kind_link} {entry_status(content, entry)}</p>",
            f'<dl class="pg-facts" markdown="1">\n{facts}\n</dl>',
            '<p class="pg-actions" data-search-exclude="" markdown="span">'
            f"{_actions(content, edition)}</p>",
            "</div>",
        )
    )


def _facts(content: SiteContent, entry: Entry, edition: Edition) -> list[tuple[str, str, str]]:
    header = edition.record.header
    must = ", who must acknowledge it" if header.acknowledge else ""
    digest = attribute(edition.text_sha256)
    rows = [
        ("Version", text(edition.version) if edition.version else "none, working text", ""),
        ("In force since", long_date(edition.effective) if edition.effective else "", ""),
        (
            "Next review",
            long_date(entry.next_review) if entry.next_review and edition.version else "",
            "",
        ),
        ("Owner", text(header.owner_title), ""),
        ("Approver", text(header.approver_title or header.owner_title), ""),
        ("Classification", text(header.classification.capitalize()), ""),
        ("For", text(header.audience) + must, "pg-facts__wide"),
        ("Criteria", _criteria(content, header), "pg-facts__wide"),
        (
            "Source digest",
            f'<code class="pg-digest" title="{digest}" data-pg-copy="{digest}">'
            f"{digest[:_DIGEST_SHOWN]}…</code> " + link(header.path, VERIFY, "How to check"),
            "pg-facts__wide",
        ),
    ]
    return [(label, value, f"pg-fact {classes}".strip()) for label, value, classes in rows if value]


def _criteria(content: SiteContent, header: Header) -> str:
    chips = criterion_chips(content.criterion_titles, header.path, header.criteria)
    return chips or ("" if header.kind is Kind.REGISTER else "no criterion claimed")


def _actions(content: SiteContent, edition: Edition) -> str:
    header = edition.record.header
    parts = []
    pdf = content.pdfs.get(header.id)
    if pdf is not None and edition.version is not None:
        parts.append(f"[Signed PDF]({address(header.path, pdf)}){{ .pg-button .pg-button--main }}")
    parts.append('<button type="button" class="pg-button" data-pg-print hidden>Print</button>')
    mail = content.contacts.security_mail
    if mail is not None:
        version = edition.version or "working text"
        subject = quote(f"{header.id} {version}: ", safe="")
        target = f"mailto:{quote(mail, safe='@.+-_')}?subject={subject}"
        parts.append(f"[Ask or report a problem]({target}){{ .pg-button }}")
    return " ".join(parts)


def _related(content: SiteContent, edition: Edition) -> str:
    header = edition.record.header
    if f"\n{_RELATED}\n" in f"\n{edition.record.body}\n":
        # The text says it itself, with what each is for.
        return ""
    rows = []
    for name in header.related:
        other = content.shown.get(name)
        entry = content.register.entry(name)
        if other is not None:
            title = other.record.header.title
            rows.append(f"- {link(header.path, other.record.header.path, title)}")
        elif entry is not None:
            rows.append(f"- {text(entry.title)} {content.absence(entry)}")
    return f"{_RELATED}\n\n" + "\n".join(rows) if rows else ""


def _history(entry: Entry, edition: Edition) -> str:
    if not edition.history:
        return ""
    strengths = {
        version.version: version.strength.name for version in entry.versions if version.consents
    }
    here = edition.record.header.path
    rows = [
        (
            text(line.version),
            long_date(line.effective),
            f"{text(line.approved_by)}, {long_date(line.approved)}",
            _strength(here, strengths.get(line.version)),
            text(line.summary or line.significance),
        )
        for line in reversed(edition.history)
    ]
    head = ("Version", "In force from", "Approved by", "Strength", "What changed")
    parts = ["## History", table(head, rows, label="Versions, newest first")]
    parts += _comparison(entry, edition)
    if edition.approvals:
        parts += ["### Approvals of this version", *_approvals(edition)]
    return "\n\n".join(parts)


def _comparison(entry: Entry, edition: Edition) -> list[str]:
    """What changed since the version before; closed until someone asks."""
    before = [row for row in entry.versions if row.approved_at and row.version != edition.version]
    names = [row.version for row in entry.versions]
    if edition.version in names:
        position = names.index(edition.version)
        before = [row for row in before if names.index(row.version) < position]
    # What was restricted then is not told now, not even struck out.
    hidden = bool(before) and is_restricted(before[-1].text.header)
    changes = redline(before[-1].text, edition.record) if before and not hidden else ""
    if not changes:
        return []
    title = f"What changed since version {attribute(before[-1].version)}"
    return [
        f'<details class="pg-redline" data-search-exclude=""><summary>{title}</summary>'
        f"{changes}</details>"
    ]


def _strength(here: str, name: str | None) -> str:
    return link(here, f"{VERIFY}#how-strong-an-approval-is", name) if name else ""


def _approvals(edition: Edition) -> list[str]:
    lines = [
        f"- {text(line.name)}, {text(line.role)}, {text(line.at)}: "
        f"{text(line.strength)}{', ' + text(line.note) if line.note else ''}"
        for line in edition.approvals
    ]
    return ["\n".join(lines)]


def _glossary(content: SiteContent, edition: Edition) -> str:
    """Definitions of the terms that the text uses, shown when one points at them."""
    body = edition.record.body
    rows = [
        f"*[{term}]: {' '.join(meaning.split())}"
        for term, meaning in sorted(content.glossary.items())
        if term in body and meaning.split() and term.strip() == term
        if not _GLOSSARY_MARKS & set(term)
    ]
    return "\n".join(rows)
