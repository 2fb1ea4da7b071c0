"""The handbook page: all that everybody acknowledges on one page, with the versions it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.publish.handbook.text import TITLE
from policygen.publish.site.chrome import (
    HANDBOOK,
    VERIFY,
    Page,
    address,
    attribute,
    link,
    table,
    text,
)
from policygen.publish.site.governed import safe_text
from policygen.words import long_date

if TYPE_CHECKING:
    from policygen.publish.handbook.text import Chapter, Handbook
    from policygen.publish.site.content import SiteContent


def handbook_page(content: SiteContent) -> Page:
    """The page; where there is no handbook, why not."""
    handbook = content.handbook
    if handbook is None:
        reason = (
            "The handbook holds texts in force, and this is a preview of working text."
            if content.preview
            else "No document that everybody acknowledges is in force yet."
        )
        body = f"# {TITLE}\n\n{reason}\n{{: .pg-lead }}"
        return Page(name=HANDBOOK, body=body, searched=False, hide=("tags", "toc"))
    parts = [
        f"# {TITLE}",
        f"What everybody at {text(content.short_name)} reads and acknowledges, as in force on "
        f"{long_date(handbook.as_of)}.\n{{: .pg-lead }}",
        _actions(content),
        "## What you sign",
        _manifest(handbook),
        _digest(handbook),
        *(_chapter(handbook, chapter) for chapter in handbook.chapters),
    ]
    # The documents are found on their own pages; twice would be once too often.
    return Page(name=HANDBOOK, body="\n\n".join(parts), searched=False)


def _actions(content: SiteContent) -> str:
    pdf = content.handbook_pdf
    button = f"[PDF]({address(HANDBOOK, pdf)}){{ .pg-button .pg-button--main }} " if pdf else ""
    return (
        f'<p class="pg-actions" markdown="span">{button}'
        '<button type="button" class="pg-button" data-pg-print hidden>Print</button></p>'
    )


def _manifest(handbook: Handbook) -> str:
    rows = [
        (
            f"[{text(chapter.title)}](#{chapter.anchor})",
            link(HANDBOOK, chapter.edition.record.header.path, chapter.edition.version or ""),
            long_date(chapter.edition.effective) if chapter.edition.effective else "",
            _code(chapter.edition.text_sha256),
        )
        for chapter in handbook.chapters
    ]
    head = ("Document", "Version", "In force since", "Digest of the text")
    return table(head, rows, label="Versions in this handbook")


def _digest(handbook: Handbook) -> str:
    how = link(HANDBOOK, VERIFY, "How to check")
    return (
        f"Whoever acknowledges this handbook acknowledges these versions. Together they carry the "
        f"digest {_code(handbook.digest)}, which changes whenever one of them does. {how}. The "
        "texts below are the approved ones; the tables of control statements are left out."
    )


def _code(digest: str) -> str:
    shown = attribute(digest)
    return f'<code class="pg-digest" title="{shown}" data-pg-copy="{shown}">{shown[:12]}…</code>'


def _chapter(handbook: Handbook, chapter: Chapter) -> str:
    blocks = [
        safe_text(block, folder="", absent={}, moved={})
        for block in handbook.chapter_blocks(chapter)
    ]
    return "\n\n".join(_in_frame(block) for block in blocks)


def _in_frame(block: str) -> str:
    """A wide table scrolls on its own, as on the page of its document."""
    if not block.startswith("|"):
        return block
    return f'<div class="pg-table" data-label="{TITLE}" markdown="1">\n\n{block}\n\n</div>'
