"""Sections of a document, taken apart and put together where several are bound as one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.text import dialect
from policygen.text.record import before_statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PURPOSE, SCOPE, DEFINITIONS, RELATED = "purpose", "scope", "definitions", "related documents"
"""Sections that stand once in a merged document, by their heading in small letters."""

_DEEPEST = 6
_RULE = re.compile(r"\|?(\s*:?-+:?\s*\|)+\s*:?-*:?\s*")
_NOT_IN_A_LIST = ("|", ">", "#", "`", "~~~", "    ")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of level 2 and the blocks below it; no heading for what stands before the first."""

    heading: str
    blocks: tuple[str, ...]

    @property
    def key(self) -> str:
        """The heading by which sections of several documents are one."""
        return self.heading.casefold()


def sections_of(body: str) -> list[Section]:
    """The sections of a body, without its title and its table of statements."""
    sections: list[Section] = []
    heading, blocks = "", list[str]()
    for _, block in dialect.paragraphs(before_statements(body)):
        found = dialect.heading(block) if "\n" not in block else None
        if found is not None and found[0] <= 2:
            sections.append(Section(heading, tuple(blocks)))
            heading, blocks = ("" if found[0] == 1 else found[1]), []
        else:
            blocks.append(block)
    sections.append(Section(heading, tuple(blocks)))
    return [section for section in sections if section.heading or section.blocks]


def deeper(section: Section) -> list[str]:
    """The blocks of a section one level deeper, its heading first."""
    blocks = [f"### {section.heading}"] if section.heading else []
    for block in section.blocks:
        found = dialect.heading(block) if "\n" not in block else None
        if found is None:
            blocks.append(block)
        else:
            blocks.append(f"{'#' * min(found[0] + 1, _DEEPEST)} {found[1]}")
    return blocks


def as_list_item(title: str, anchor: str, section: Section) -> str | None:
    """A section as one item of a list, opened by a link; None where it holds more than that can.

    Paragraphs and lists can be nested in an item; tables, callouts, code and headings cannot, as
    not every reader shows them there.
    """
    if any(block.startswith(_NOT_IN_A_LIST) for block in section.blocks[:1]) or not section.blocks:
        return None
    first, *rest = section.blocks
    if dialect.is_list(first) or any(
        block.lstrip().startswith(_NOT_IN_A_LIST[:-1]) for block in rest
    ):
        return None
    opening = f"- **[{dialect.escape(title)}](#{anchor}):** {first}"
    nested = ("\n".join(f"    {line}" for line in block.split("\n")) for block in rest)
    return "\n\n".join((opening, *nested))


def is_gathered(section: Section) -> bool:
    """Whether a section stands with those of the other parts; if not, it stays in its part."""
    if section.key in (PURPOSE, SCOPE):
        return as_list_item("", "", section) is not None
    if section.key == DEFINITIONS:
        return one_table(section) is not None
    return section.key == RELATED and list_items(section) is not None


def one_table(section: Section) -> tuple[str, list[tuple[str, str]]] | None:
    """The head and the rows of a table of two columns; None where a section is anything else."""
    if len(section.blocks) != 1:
        return None
    head, *lines = section.blocks[0].split("\n")
    if len(lines) < 2 or not _RULE.fullmatch(lines[0]):
        return None
    rows = [dialect.table_cells(line) for line in lines[1:]]
    if len(dialect.table_cells(head)) != 2 or any(len(row) != 2 for row in rows):
        return None
    return head, [(row[0], row[1]) for row in rows]


def merged_definitions(tables: Sequence[tuple[str, str, list[tuple[str, str]]]]) -> str:
    """Tables of words as one, in the order of the words.

    Args:
        tables: Title of the document, head and rows of each. A word that two documents define
            differently stands once for each, with the document's title.
    """
    meanings: dict[str, dict[str, list[str]]] = {}
    spelling: dict[str, str] = {}
    for title, _, rows in tables:
        for word, meaning in rows:
            spelling.setdefault(word.casefold(), word)
            meanings.setdefault(word.casefold(), {}).setdefault(meaning, []).append(title)
    lines = [tables[0][1], "| --- | --- |"]
    for key in sorted(meanings):
        apart = len(meanings[key]) > 1
        for meaning, titles in meanings[key].items():
            where = f" ({dialect.escape('; '.join(titles))})" if apart else ""
            lines.append(f"| {spelling[key]}{where} | {meaning} |")
    return "\n".join(lines)


def list_items(section: Section) -> list[str] | None:
    """The items of a section that is one flat list; None where it is anything else."""
    if len(section.blocks) != 1 or not section.blocks[0].startswith("- "):
        return None
    items: list[str] = []
    for line in section.blocks[0].split("\n"):
        if line.startswith("- "):
            items.append(line)
        elif line.startswith(" "):
            return None
        else:
            items[-1] += f"\n{line}"
    return items


def headings_of(sections: Iterable[Section]) -> list[str]:
    """Every heading in sections, their own first."""
    found = []
    for section in sections:
        if section.heading:
            found.append(section.heading)
        for block in section.blocks:
            heading = dialect.heading(block) if "\n" not in block else None
            if heading is not None:
                found.append(heading[1])
    return found
