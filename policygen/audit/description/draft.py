"""A draft in Markdown: what is known, and the places that are left for a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from policygen import words
from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MARK = "For a person"
"""What opens a place that only people can fill."""


@dataclass(slots=True)
class Draft:
    """Blocks of Markdown, and the places that are left for a person."""

    blocks: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def say(self, *blocks: str) -> None:
        """Add blocks."""
        self.blocks += blocks

    def ask(self, request: str) -> None:
        """Add a place for a person."""
        self.open.append(request)
        self.blocks.append(f"> [!IMPORTANT]\n> **{MARK}.** {request}")

    def add(self, other: Draft) -> None:
        """Add all of another one."""
        self.blocks += other.blocks
        self.open += other.open

    def items(self, texts: Iterable[str]) -> None:
        """Add a list of plain texts."""
        self.blocks.append("\n".join(f"- {plain(each)}" for each in texts))

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Add a table of plain texts."""
        lines = [f"| {' | '.join(heads)} |", f"| {' | '.join('---' for _ in heads)} |"]
        lines += [f"| {' | '.join(plain(cell) for cell in row)} |" for row in rows]
        self.blocks.append("\n".join(lines))

    def text(self) -> str:
        """The whole text."""
        return "\n\n".join(self.blocks) + "\n"


def plain(text: str) -> str:
    """A value of the profile as Markdown that shows exactly its characters."""
    return dialect.escape(text)


def joined(texts: Iterable[str]) -> str:
    """A list as a sentence has it."""
    return words.join_words(tuple(texts), "and")
