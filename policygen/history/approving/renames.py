"""Renames: changes that only call something by its new name, wherever they stand.

A role with another title, a tool swapped for another, an organization with a new name touch many
documents and bind nobody to anything new. Such a change is told from others by what it says: each
place that differs holds a name that the profile has now, where it held one that it had before and
has no more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import TYPE_CHECKING

from policygen.model.document import Header
from policygen.text import dialect
from policygen.text.redline import Mark, compared, redline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policygen.model.document import RecordText
    from policygen.text.redline import Run

NAMED_FIELDS = frozenset(
    {"organization", "short_name", "title", "owner_title", "approver_title", "audience"}
)
"""Header fields in words, which may hold names."""

_NEIGHBOURS = 5
"""Words around a changed one that may belong to the name it is part of."""

_EDGE = re.compile(r"^[^\w]+|[^\w]+$")
_BINDING = re.compile(r"\d|\b(?:SHALL|SHOULD|MAY|NOT)\b")


@dataclass(frozen=True, slots=True, order=True)
class Rename:
    """What was called one thing is called another."""

    old: str
    new: str

    def __str__(self) -> str:
        return f'"{self.old}" is called "{self.new}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What things are called, and what they were called."""

    now: frozenset[str] = frozenset()
    """Names in the profile: of roles, systems, vendors, words of the organization's own."""

    before: frozenset[str] = frozenset()
    """Names that evidence shows, or that stand in for one that the profile does not give."""

    def are_a_rename(self, was: str, now: str) -> bool:
        """Whether the first is a name that nothing has any more, and the second one that it has."""
        current = _folded_all(self.now)
        return (
            _folded(now) in current
            and _folded(was) not in current
            and _folded(was) in _folded_all(self.before)
            and not _BINDING.search(f"{was} {now}")
        )


def renames(old: RecordText, new: RecordText, names: Names) -> frozenset[Rename] | None:
    """The renames that explain everything in which two texts differ.

    A name with a figure in it is left to a person: figures bind. So is a name that the profile
    still has, since a duty that moves to another role reads like a rename.

    Args:
        old: The text before.
        new: The text after.
        names: By which a rename is told from another change.

    Returns:
        None where something else differs too, or nothing differs.
    """
    found: set[Rename] = set()
    for runs in _changes(old, new):
        explained = None if runs is None else _explained(runs, names)
        if explained is None:
            return None
        found |= explained
    return frozenset(found) or None


def _changes(old: RecordText, new: RecordText) -> Iterator[tuple[Run, ...] | None]:
    """Runs of each place that differs; None for what no name explains."""
    for field in fields(Header):
        before, after = getattr(old.header, field.name), getattr(new.header, field.name)
        if before == after:
            continue
        both_words = isinstance(before, str) and isinstance(after, str)
        yield compared(before, after) if both_words and field.name in NAMED_FIELDS else None
    for block in redline(old.body, new.body):
        whole = len(block.runs) == 1
        yield None if whole or block.moved else block.runs


def _explained(runs: Sequence[Run], names: Names) -> set[Rename] | None:
    """The renames behind each changed run of a place; None where one is no rename."""
    before, after, changed = _words(runs)
    found: set[Rename] = set()
    for first_old, last_old, first_new, last_new in changed:
        rename = _rename(before, after, (first_old, last_old), (first_new, last_new), names)
        if rename is None:
            return None
        found.add(rename)
    return found


def _words(runs: Sequence[Run]) -> tuple[list[str], list[str], list[tuple[int, int, int, int]]]:
    """Words of both texts, and for each change where it lies in the one and in the other."""
    before: list[str] = []
    after: list[str] = []
    changed: list[tuple[int, int, int, int]] = []
    start: tuple[int, int] | None = None
    for run in runs:
        words = run.text.split()
        if run.mark is Mark.SAME:
            if start is not None and words:
                changed.append((start[0], len(before), start[1], len(after)))
                start = None
            before += words
            after += words
            continue
        start = start or (len(before), len(after))
        (after if run.mark is Mark.ADDED else before).extend(words)
    if start is not None:
        changed.append((start[0], len(before), start[1], len(after)))
    return before, after, [where for where in changed if where[0] < where[1] or where[2] < where[3]]


def _rename(
    before: Sequence[str],
    after: Sequence[str],
    old: tuple[int, int],
    new: tuple[int, int],
    names: Names,
) -> Rename | None:
    """The name that a change is part of, the shortest that fits."""
    for size in range(_NEIGHBOURS + 1):
        for left in range(size + 1):
            right = size - left
            if left > min(old[0], new[0]):
                continue
            was = _name(before[old[0] - left : old[1] + right])
            now = _name(after[new[0] - left : new[1] + right])
            if was and names.are_a_rename(was, now):
                return Rename(was, now)
    return None


def _name(words: Sequence[str]) -> str:
    """Words as a name: without escapes, marks and punctuation around them."""
    text = dialect.unescape(" ".join(words)).replace("*", "")
    text = _EDGE.sub("", text)
    return text.removesuffix("'s").removesuffix("\u2019s")


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


@lru_cache(maxsize=8)
def _folded_all(names: frozenset[str]) -> frozenset[str]:
    return frozenset(_folded(name) for name in names if name.strip())
