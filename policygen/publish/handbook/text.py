"""The employee handbook: all that everybody acknowledges, as one text with a manifest of versions.

It holds texts in force and nothing else: each as it was approved, one heading level deeper, its
table of control statements left out. Whoever signs the manifest signs these versions.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.publish.site.audience import EVERYONE, groups
from policygen.publish.site.content import is_restricted
from policygen.text import dialect
from policygen.text.record import before_statements
from policygen.words import long_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from policygen.model.publication import Brand, Edition

NAME = "employee-handbook"
"""Stem of its files."""

TITLE = "Employee Handbook"

_DEEPEST = 6
_CODE = re.compile(r"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"(!?)\[((?:\\.|[^\[\]\\])*)\]\(([^()\s]+)\)", re.DOTALL)
_OUTSIDE = re.compile(r"https?:|mailto:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One document of the handbook."""

    edition: Edition
    """The version in force."""

    approved_text: str
    """Where the approved bytes lie, relative to the workspace."""

    @property
    def title(self) -> str:
        """Its title, which is the heading of the chapter."""
        return self.edition.record.header.title

    @property
    def anchor(self) -> str:
        """The anchor of the chapter."""
        return dialect.slug(self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handbook:
    """What everybody acknowledges, as of a day."""

    organization: str
    short_name: str
    brand: Brand
    as_of: date
    chapters: tuple[Chapter, ...]
    """Policies first, then by title."""

    @property
    def sums(self) -> str:
        """The approved texts in `sha256sum` format: `sha256sum -c` checks them."""
        rows = sorted((row.approved_text, row.edition.text_sha256) for row in self.chapters)
        return "".join(f"{digest}  {path}\n" for path, digest in rows)

    @property
    def digest(self) -> str:
        """SHA-256 of `sums`: names this very set of versions, whatever the day."""
        return hashlib.sha256(self.sums.encode()).hexdigest()

    def manifest(self) -> bytes:
        """Which documents in which version, as JSON."""
        value = {
            "as_of": self.as_of.isoformat(),
            "documents": [
                {
                    "approved_text": row.approved_text,
                    "effective": row.edition.effective.isoformat() if row.edition.effective else "",
                    "id": row.edition.record.header.id,
                    "text_sha256": row.edition.text_sha256,
                    "title": row.title,
                    "version": row.edition.version,
                }
                for row in self.chapters
            ],
            "organization": self.organization,
            "schema": "policygen/handbook/1",
            "versions_sha256": self.digest,
        }
        return (json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()

    def introduction(self) -> tuple[str, ...]:
        """What stands before the chapters: the day, the versions, what signing means."""
        rows = [
            f"| [{dialect.escape(row.title)}](#{row.anchor}) | "
            f"{dialect.escape(row.edition.version or '')} | "
            f"{long_date(row.edition.effective) if row.edition.effective else ''} | "
            f"`{row.edition.text_sha256[:16]}` |"
            for row in self.chapters
        ]
        table = [
            "| document | version | in force since | text begins |",
            "| --- | --- | --- | --- |",
        ]
        return (
            f"What everybody at {dialect.escape(self.short_name)} reads and acknowledges, as in "
            f"force on {long_date(self.as_of)}.",
            "## What you sign",
            "\n".join([*table, *rows]),
            "Whoever acknowledges this handbook acknowledges these versions. Together they carry "
            f"the digest `{self.digest}`. It is the SHA-256 of the list SHA256SUMS, which names "
            "the approved text of each version, and it changes whenever one of them does.",
            "The texts below are the approved ones, with headings one level deeper. The tables of "
            "control statements, made for those who test them, are left out.",
        )

    def chapter_blocks(self, chapter: Chapter) -> list[str]:
        """The blocks of a chapter, its heading first, its links leading to where they can."""
        header = chapter.edition.record.header
        pages = {row.edition.record.header.path: row.anchor for row in self.chapters}
        body = chapter.edition.record.body
        blocks = [f"## {dialect.escape(chapter.title)}"]
        for _, block in dialect.paragraphs(before_statements(body)):
            found = dialect.heading(block) if "\n" not in block else None
            if found is None:
                blocks.append(_relinked(block, header.path, pages, chapter.anchor))
            elif found[0] > 1:
                blocks.append(f"{'#' * min(found[0] + 1, _DEEPEST)} {found[1]}")
        return blocks

    def body(self) -> str:
        """The whole handbook as Markdown, under its title."""
        blocks = [f"# {TITLE}", *self.introduction()]
        for chapter in self.chapters:
            blocks += self.chapter_blocks(chapter)
        return "\n\n".join(blocks) + "\n"


def handbook_of(
    chapters: Iterable[Chapter],
    *,
    organization: str,
    short_name: str,
    brand: Brand,
    as_of: date,
    workforce: str,
) -> Handbook | None:
    """The handbook of a day; None where nothing that everybody acknowledges is in force.

    Args:
        chapters: Every document in force; those for a few, drafts and restricted ones are passed
            over.
        organization: Legal name.
        short_name: The name that texts use.
        brand: How publications look.
        as_of: The day.
        workforce: The organization's word for everybody who works for it.
    """
    chosen = [
        row
        for row in chapters
        if row.edition.version is not None
        and row.edition.record.header.acknowledge
        and not is_restricted(row.edition.record.header)
        and EVERYONE in groups(row.edition.record.header.audience, workforce)
    ]
    chosen.sort(key=lambda row: (row.edition.record.header.kind.folder, row.title.casefold()))
    if not chosen:
        return None
    return Handbook(
        organization=organization,
        short_name=short_name,
        brand=brand,
        as_of=as_of,
        chapters=tuple(chosen),
    )


def _relinked(block: str, path: str, pages: Mapping[str, str], own: str) -> str:
    """A block whose links lead to chapters; a link to anything else of the set is its words."""
    if block.lstrip().startswith(("```", "~~~")):
        return block

    def replaced(found: re.Match[str]) -> str:
        picture, words, target = found.groups()
        if picture:
            return words  # files beside the documents do not come along
        if _OUTSIDE.match(target):
            return found[0]
        page, _, _ = target.partition("#")
        there = posixpath.normpath(posixpath.join(posixpath.dirname(path), page)) if page else path
        anchor = own if there == path else pages.get(there)
        return words if anchor is None else f"[{words}](#{anchor})"

    parts = []
    position = 0
    for code in _CODE.finditer(block):
        parts += [_LINK.sub(replaced, block[position : code.start()]), code[0]]
        position = code.end()
    return "".join([*parts, _LINK.sub(replaced, block[position:])])
