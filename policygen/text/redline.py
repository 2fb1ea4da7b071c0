"""Redlines: what changed between two texts, word by word, in blocks a person can read."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from policygen.text import dialect

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
    """A paragraph, heading, item of a list or row of a table that changed."""

    heading: str
    """The heading it stands under, in the new text where it is there; empty above the first."""

    runs: tuple[Run, ...]
    moved: bool = False
    """Whether the same words, or nearly the same, stood elsewhere."""

    head: str = ""
    """First row of the table where the block is a row; empty elsewhere."""


class _Piece(NamedTuple):
    """A block of one text."""

    heading: str
    text: str
    head: str
    label: str = ""
    """Number of a list item with the space behind it; it is shown, not compared."""


_WORDS = re.compile(r"\s+|[^\s]+")
_SIMILAR = 0.5
"""Paragraphs at least this alike are one changed paragraph, not one removed and one added."""

_FAR_SIMILAR = 0.7
"""The same for paragraphs that stand in different places."""

_FAR_WORDS = 5
"""Shorter ones are alike by chance."""

_ITEM = re.compile(r" *(?:[-*+]|\d{1,9}[.)]) +")
_NUMBER = re.compile(r"( *\d{1,9}[.)] +)(.*)", re.DOTALL)


def redline(old: str, new: str) -> tuple[Block, ...]:
    """The blocks that differ, in the order of the new text; removed ones where they stood.

    Items of a list and rows of a table are blocks of their own. The number of an item is shown and
    not compared: one more item renumbers all that follow, and changes none of them.
    """
    old_blocks, new_blocks = _with_headings(old), _with_headings(new)
    old_texts = [piece.text for piece in old_blocks]
    new_texts = [piece.text for piece in new_blocks]
    matcher = difflib.SequenceMatcher(a=old_texts, b=new_texts, autojunk=False)
    changed = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    gone = Counter(text for _, a1, a2, _, _ in changed for text in old_texts[a1:a2])
    come = Counter(text for _, _, _, b1, b2 in changed for text in new_texts[b1:b2])
    moved = frozenset(gone & come)
    found: list[Block] = []
    for _, a1, a2, b1, b2 in changed:
        found += _changed(old_blocks[a1:a2], new_blocks[b1:b2], moved)
    return tuple(_with_far_moves(found))


def _with_headings(text: str) -> list[_Piece]:
    """Each block with the heading above it."""
    pieces: list[_Piece] = []
    under = ""
    for _, block in dialect.paragraphs(text):
        found = dialect.heading(block.split("\n")[0])
        if found:
            under = found[1]
        if block.startswith("|"):
            head, *others = block.split("\n")
            pieces += [_Piece(under, row, head) for row in (head, *others)]
        elif _ITEM.match(block):
            pieces += [_item(under, item) for item in _items(block)]
        else:
            pieces.append(_Piece(under, _unwrapped(block), ""))
    return pieces


def _items(block: str) -> Iterator[str]:
    """The items of a list, each with the lines that belong to it."""
    lines: list[str] = []
    for line in block.split("\n"):
        if lines and _ITEM.match(line):
            yield "\n".join(lines)
            lines = []
        lines.append(line)
    yield "\n".join(lines)


def _item(under: str, text: str) -> _Piece:
    numbered = _NUMBER.fullmatch(text)
    return _Piece(under, numbered[2], "", numbered[1]) if numbered else _Piece(under, text, "")


def _unwrapped(block: str) -> str:
    """A paragraph on one line: where its lines are broken means nothing to a reader."""
    if block.startswith((" ", ">", "`", "~")):
        return block
    return " ".join(block.split())


def _changed(
    old: Sequence[_Piece], new: Sequence[_Piece], moved: frozenset[str]
) -> Iterator[Block]:
    """Pair what is alike, say the rest as removed and added; what moved is paired with nothing."""
    left = list(old)
    added: list[Block] = []
    for piece in new:
        if piece.text in moved:
            added.append(_whole(piece, Mark.ADDED, moved))
            continue
        twin = _most_alike(piece.text, [each for each in left if each.text not in moved])
        if twin is None:
            added.append(_whole(piece, Mark.ADDED, moved))
            continue
        # What stood before the twin and found no partner was removed there.
        position = left.index(twin)
        yield from (_whole(each, Mark.REMOVED, moved) for each in left[:position])
        yield from added
        added = []
        del left[: position + 1]
        label = (Run(Mark.SAME, piece.label),) if piece.label else ()
        yield Block(piece.heading, (*label, *compared(twin.text, piece.text)), head=piece.head)
    yield from (_whole(each, Mark.REMOVED, moved) for each in left)
    yield from added


def _whole(piece: _Piece, mark: Mark, moved: frozenset[str]) -> Block:
    runs = (Run(mark, piece.label + piece.text),)
    return Block(piece.heading, runs, moved=piece.text in moved, head=piece.head)


def _most_alike(text: str, candidates: Sequence[_Piece]) -> _Piece | None:
    best, score = None, _SIMILAR
    for candidate in candidates:
        ratio = _likeness(candidate.text, text, score)
        if ratio > score:
            best, score = candidate, ratio
    return best


def _likeness(old: str, new: str, least: float) -> float:
    """How alike two texts are word by word, 0 to 1; 0 where it is plain that they are less."""
    matcher = difflib.SequenceMatcher(a=old.split(), b=new.split(), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() > least else 0.0


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


def _with_far_moves(blocks: list[Block]) -> Iterator[Block]:
    """Join a paragraph that went here with one that came there, where they say nearly the same."""
    partners: dict[int, int] = {}
    for place, block in enumerate(blocks):
        text = None if block.moved else _only(block, Mark.ADDED)
        if text is None or len(text.split()) < _FAR_WORDS:
            continue
        score = _FAR_SIMILAR
        for other, gone in enumerate(blocks):
            was = None if gone.moved or other in partners.values() else _only(gone, Mark.REMOVED)
            if was is None or bool(gone.head) is not bool(block.head):
                continue
            ratio = _likeness(was, text, score)
            if ratio > score:
                partners[place], score = other, ratio
    for place, block in enumerate(blocks):
        if place in partners:
            runs = compared(blocks[partners[place]].runs[0].text, block.runs[0].text)
            yield replace(block, runs=runs, moved=True)
        elif place not in partners.values():
            yield block


def _only(block: Block, mark: Mark) -> str | None:
    if len(block.runs) == 1 and block.runs[0].mark is mark:
        return block.runs[0].text
    return None


def as_text(blocks: Sequence[Block]) -> str:
    """A redline for a terminal or a mail: `[-gone-]` and `{+new+}`.

    Changed rows of a table stand below its head, which says what their cells are.
    """
    lines: list[str] = []
    under: str | None = None
    head = ""
    for block in blocks:
        if block.heading != under:
            under, head = block.heading, ""
            lines += ["", f"@ {dialect.unescape(under)}" if under else "@ (top)"]
        if not block.head or block.head != head:
            lines.append("")
        if block.head and block.head != head and _row(block) != block.head:
            lines.append(block.head)
        head = block.head
        lines.append(_note(block) + "".join(_marked(run) for run in block.runs))
    return "\n".join(lines).strip("\n")


def _row(block: Block) -> str:
    return "".join(run.text for run in block.runs if run.mark is not Mark.REMOVED)


def _note(block: Block) -> str:
    if not block.moved:
        return ""
    if _only(block, Mark.REMOVED) is not None:
        return "(moved away) "
    return "(moved here) " if _only(block, Mark.ADDED) is not None else "(moved here, changed) "


def _marked(run: Run) -> str:
    match run.mark:
        case Mark.SAME:
            return run.text
        case Mark.ADDED:
            return "{+" + run.text + "+}"
        case Mark.REMOVED:
            return "[-" + run.text + "-]"
