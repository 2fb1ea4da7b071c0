"""Volumes: the text of documents that are bound as one, and where links to them lead."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from policygen import words
from policygen.model.document import Document, Part
from policygen.model.uses import together
from policygen.render.bound import sections
from policygen.render.bound.relink import relinked
from policygen.text import dialect
from policygen.text.record import read_record, write_record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from policygen.model.document import Header
    from policygen.model.template import Volume
    from policygen.render.bound.sections import Section

_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_FIRST_LINK = re.compile(r"(?<!\\)\]\(([^()\s]+)\)")


def bound_documents(
    texts: Sequence[Document], volumes: Sequence[Volume], header: Callable[[Volume], Header]
) -> tuple[Document, ...]:
    """The documents of the set: texts that stand alone, and merged ones where they begin.

    Every statement stands once and as it was. Links lead to the section that a document became.

    Args:
        texts: What each template gives alone.
        volumes: What is bound as one.
        header: The header of a merged document, without its parts.
    """
    if not volumes:
        return tuple(texts)
    alone = {text.id: text for text in texts}
    bindings = [
        _Bound(volume, [alone[part.id] for part in volume.parts if part.id in alone])
        for volume in volumes
    ]
    inside = {text.id: bound for bound in bindings for text in bound.texts}
    addresses = {f"{text.record.header.path}": bound for bound in bindings for text in bound.texts}
    made: dict[str, Document] = {}
    for text in texts:
        found = inside.get(text.id)
        if found is None:
            made[text.id] = _with_links(text, addresses)
        elif found.volume.id not in made:
            made[found.volume.id] = found.document(header(found.volume), addresses)
    return tuple(made.values())


def _with_links(document: Document, addresses: Mapping[str, _Bound]) -> Document:
    """A document that stands alone, with links to bound ones leading to their sections."""
    here = document.record.header.path
    text = relinked(document.text, lambda link: _address(link, here, here, addresses))
    if text == document.text:
        return document
    return replace(document, text=text, record=read_record(text, f"rendered/{here}"))


def _address(link: str, before: str, now: str, addresses: Mapping[str, _Bound]) -> str:
    """Where a link leads once documents are bound.

    Args:
        link: Its target as written.
        before: Path of the text alone, e.g. `procedures/access-review-procedure.md`.
        now: Path of the document that the text is part of now.
        addresses: What each path is bound into.
    """
    if _ELSEWHERE.match(link):
        return link
    path, _, anchor = link.partition("#")
    there = posixpath.normpath(posixpath.join(posixpath.dirname(before), path)) if path else before
    bound = addresses.get(there)
    if bound is None:
        if before == now or not path:
            return link
        moved = posixpath.relpath(there, posixpath.dirname(now))
        return f"{moved}#{anchor}" if anchor else moved
    section = bound.anchor(there, anchor)
    if bound.path == now:
        return f"#{section}"
    return f"{posixpath.relpath(bound.path, posixpath.dirname(now))}#{section}"


class _Bound:
    """A volume with the texts that are bound into it."""

    def __init__(self, volume: Volume, texts: Sequence[Document]) -> None:
        self.volume = volume
        self.texts = texts
        self.path = f"{volume.kind.folder}/{volume.id}.md"
        self._sections = {
            text.record.header.path: sections.sections_of(text.record.body) for text in texts
        }
        self._parts = {text.record.header.path: _part(text) for text in texts}
        self._headings = self._count_headings()

    def anchor(self, path: str, anchor: str) -> str:
        """The anchor of a place in a part: its own where it is the only one, else the part's."""
        part = self._parts[path]
        statements = {
            row.id.lower()
            for text in self.texts
            if text.record.header.path == path
            for row in text.record.statements
        }
        own = {dialect.slug(name) for name in sections.headings_of(self._sections[path])}
        once = self._headings[anchor] == 1 or anchor in self._gathered(path)
        return anchor if anchor in statements or (anchor in own and once) else part.anchor

    def _gathered(self, path: str) -> set[str]:
        """Anchors of the sections of a part that are gathered with those of the other parts."""
        return {
            dialect.slug(section.heading)
            for section in self._sections[path]
            if sections.is_gathered(section)
        }

    def document(self, header: Header, addresses: Mapping[str, _Bound]) -> Document:
        """The merged document."""
        parts = [
            (
                self._parts[text.record.header.path],
                sections.sections_of(self._relinked(text, addresses)),
            )
            for text in self.texts
        ]
        statements = [row for text in self.texts for row in text.record.statements]
        whole = replace(header, parts=tuple(part for part, _ in parts))
        text = write_record(whole, "\n\n".join(_body(parts)), statements)
        return Document(
            record=read_record(text, f"rendered/{self.path}"),
            text=text,
            template=words.join_words([text.template for text in self.texts], "and"),
            statement_locations={
                name: place
                for text in self.texts
                for name, place in text.statement_locations.items()
            },
            uses=together(text.uses for text in self.texts),
            retired={name: reason for text in self.texts for name, reason in text.retired.items()},
        )

    def _relinked(self, text: Document, addresses: Mapping[str, _Bound]) -> str:
        before = text.record.header.path
        return relinked(text.record.body, lambda link: _address(link, before, self.path, addresses))

    def _count_headings(self) -> Counter[str]:
        """How often each anchor would be made; sections that are gathered count once."""
        counts: Counter[str] = Counter()
        gathered = set()
        for path, found in self._sections.items():
            counts[self._parts[path].anchor] += 1
            gathered |= self._gathered(path)
            apart = [section for section in found if not sections.is_gathered(section)]
            counts.update(dialect.slug(name) for name in sections.headings_of(apart))
        counts.update(gathered)
        return counts


def _part(text: Document) -> Part:
    header = text.record.header
    return Part(
        id=header.id,
        title=header.title,
        kind=header.kind,
        criteria=header.criteria,
        primary=header.primary,
    )


def _body(parts: list[tuple[Part, list[Section]]]) -> list[str]:
    """The blocks of a merged document: what stands once, each part, what leads elsewhere."""
    left = {part.id: list(found) for part, found in parts}
    count = "one part" if len(parts) == 1 else f"{words.count(len(parts))} parts"
    lead = (
        f"This document has {count}, with one owner and one approver. Every statement keeps its id."
    )
    blocks = ["## Purpose", lead, *_purposes(parts, left)]
    scopes = _gathered_items(parts, left, sections.SCOPE)
    blocks += ["## Scope", *scopes] if scopes else []
    definitions = _definitions(parts, left)
    blocks += ["## Definitions", definitions] if definitions else []
    related = _related(parts, left)
    for part, _ in parts:
        blocks.append(f"## {dialect.escape(part.title)}")
        blocks += [block for section in left[part.id] for block in sections.deeper(section)]
    return blocks + (["## Related documents", "\n".join(related)] if related else [])


def _purposes(parts: list[tuple[Part, list[Section]]], left: dict[str, list[Section]]) -> list[str]:
    """One list item a part; where a purpose cannot stand in a list, the title alone."""
    items = {part.id: f"- **[{dialect.escape(part.title)}](#{part.anchor})**" for part, _ in parts}
    for part, _ in parts:
        item = _taken(part, left, sections.PURPOSE)
        items[part.id] = item or items[part.id]
    return list(items.values())


def _gathered_items(
    parts: list[tuple[Part, list[Section]]], left: dict[str, list[Section]], key: str
) -> list[str]:
    items = (_taken(part, left, key) for part, _ in parts)
    return [item for item in items if item is not None]


def _taken(part: Part, left: dict[str, list[Section]], key: str) -> str | None:
    """A section of a part as a list item, taken out of what is left; None where it has to stay."""
    section = next((row for row in left[part.id] if row.key == key), None)
    if section is None:
        return None
    item = sections.as_list_item(part.title, part.anchor, section)
    if item is not None:
        left[part.id].remove(section)
    return item


def _definitions(
    parts: list[tuple[Part, list[Section]]], left: dict[str, list[Section]]
) -> str | None:
    tables = []
    for part, _ in parts:
        section = next((row for row in left[part.id] if row.key == sections.DEFINITIONS), None)
        table = sections.one_table(section) if section else None
        if section is not None and table is not None:
            tables.append((part.title, *table))
            left[part.id].remove(section)
    return sections.merged_definitions(tables) if tables else None


def _related(parts: list[tuple[Part, list[Section]]], left: dict[str, list[Section]]) -> list[str]:
    """Links to other documents, each once; those between the parts are left to the text."""
    items: dict[str, str] = {}
    for part, _ in parts:
        section = next((row for row in left[part.id] if row.key == sections.RELATED), None)
        found = sections.list_items(section) if section else None
        if section is None or found is None:
            continue
        left[part.id].remove(section)
        for item in found:
            link = _FIRST_LINK.search(item)
            target = link[1] if link else item
            if not target.startswith("#"):
                items.setdefault(target, item)
    return list(items.values())
