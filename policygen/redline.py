"""Redlines: what changed between two texts, word by word, in blocks a person can read."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from policygen import dialect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Mark(Enum):
    """What happened to a run of words."""

    SAME = "same"
    """Stands in both texts."""

    ADDED = "added"
    """Stands in the new text only."""

    REMOVED = "removed"
    """Stood in the old text only."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words that share a mark."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list, heading or table that changed."""

    heading: str
    """The heading it stands under, in the new text where it is there; empty above the first."""

    runs: tuple[Run, ...]
    moved: bool = False
    """Whether the same words stood elsewhere."""

    head: str = ""
    """First row of the table where the block is a row; empty elsewhere."""


class _Piece(NamedTuple):
    """A block of one text."""

    heading: str
    text: str
    head: str


_WORDS = re.compile(r"\s+|[^\s]+")
_SIMILAR = 0.5
"""Paragraphs at least this alike are one changed paragraph, not one removed and one added."""


def redline(old: str, new: str) -> tuple[Block, ...]:
    """The blocks that differ, in the order of the new text; removed ones where they stood."""
    old_blocks, new_blocks = _with_headings(old), _with_headings(new)
    old_texts = [piece.text for piece in old_blocks]
    new_texts = [piece.text for piece in new_blocks]
    matcher = difflib.SequenceMatcher(a=old_texts, b=new_texts, autojunk=False)
    found: list[Block] = []
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        if tag != "equal":
            found += _changed(old_blocks[a1:a2], new_blocks[b1:b2])
    return tuple(_with_moves(found))


def _with_headings(text: str) -> list[_Piece]:
    """Each block with the heading above it; table rows count as blocks of their own."""
    rows: list[_Piece] = []
    under = ""
    for _, block in dialect.paragraphs(text):
        found = dialect.heading(block.split("\n")[0])
        if found:
            under = found[1]
        if block.startswith("|"):
            head, *others = block.split("\n")
            rows += [_Piece(under, row, head) for row in (head, *others)]
        else:
            rows.append(_Piece(under, _unwrapped(block), ""))
    return rows


def _unwrapped(block: str) -> str:
    """A paragraph on one line: where its lines are broken means nothing to a reader."""
    if dialect.is_list(block) or block.startswith((" ", ">", "`", "~")):
        return block
    return " ".join(block.split())


def _changed(old: Sequence[_Piece], new: Sequence[_Piece]) -> Iterator[Block]:
    """Pair what is alike, say the rest as removed and added."""
    left = list(old)
    added: list[Block] = []
    for piece in new:
        twin = _most_alike(piece.text, left)
        if twin is None:
            runs = (Run(Mark.ADDED, piece.text),)
            added.append(Block(piece.heading, runs, head=piece.head))
            continue
        # What stood before the twin and found no partner was removed there.
        position = left.index(twin)
        yield from _removed(left[:position])
        yield from added
        added = []
        del left[: position + 1]
        yield Block(piece.heading, compared(twin.text, piece.text), head=piece.head)
    yield from _removed(left)
    yield from added


def _removed(pieces: Sequence[_Piece]) -> Iterator[Block]:
    for piece in pieces:
        yield Block(piece.heading, (Run(Mark.REMOVED, piece.text),), head=piece.head)


def _most_alike(text: str, candidates: Sequence[_Piece]) -> _Piece | None:
    best, score = None, _SIMILAR
    for candidate in candidates:
        matcher = difflib.SequenceMatcher(a=candidate.text.split(), b=text.split(), autojunk=False)
        if matcher.quick_ratio() > score and matcher.ratio() > score:
            best, score = candidate, matcher.ratio()
    return best


def compared(old: str, new: str) -> tuple[Run, ...]:
    """Two texts as one, word by word: what stayed, what went and what came."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    runs: list[Run] = []
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        if tag == "equal":
            runs.append(Run(Mark.SAME, "".join(after[b1:b2])))
            continue
        removed, added = "".join(before[a1:a2]), "".join(after[b1:b2])
        if removed:
            runs.append(Run(Mark.REMOVED, removed))
        if added:
            runs.append(Run(Mark.ADDED, added))
    return tuple(runs)


def _with_moves(blocks: list[Block]) -> Iterator[Block]:
    """Mark blocks that were only moved: removed here, added there, word for word."""
    removed = {_only(block, Mark.REMOVED) for block in blocks} - {None}
    added = {_only(block, Mark.ADDED) for block in blocks} - {None}
    both = removed & added
    for block in blocks:
        text = _only(block, Mark.ADDED) or _only(block, Mark.REMOVED)
        yield replace(block, moved=text in both)


def _only(block: Block, mark: Mark) -> str | None:
    if len(block.runs) == 1 and block.runs[0].mark is mark:
        return block.runs[0].text
    return None


def as_text(blocks: Sequence[Block]) -> str:
    """A redline for a terminal or a mail: `[-gone-]` and `{+new+}`."""
    lines: list[str] = []
    under: str | None = None
    for block in blocks:
        if block.heading != under:
            under = block.heading
            lines += ["", f"@ {dialect.unescape(under)}" if under else "@ (top)"]
        note = "(moved) " if block.moved else ""
        lines += ["", note + "".join(_marked(run) for run in block.runs)]
    return "\n".join(lines).strip("\n")


def _marked(run: Run) -> str:
    match run.mark:
        case Mark.SAME:
            return run.text
        case Mark.ADDED:
            return "{+" + run.text + "+}"
        case Mark.REMOVED:
            return "[-" + run.text + "-]"
