"""What happened to files over all commits: who changed one, when one appeared, what was rewritten.

One pass compares each commit with each of its parents below a folder; everything else is read from
these differences. Trees with the same id are never opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from policygen.gitrepo.batch import CHUNK
from policygen.gitrepo.failures import failure
from policygen.gitrepo.objects import FILE_MODES, TREE_MODE
from policygen.gitrepo.trailers import co_authors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from policygen.gitrepo.objects import Commit, Entry, Objects

MAXIMUM_ENTRIES = 2_000_000
"""How many paths one pass compares; a tree of trees built to explode ends here."""

MAXIMUM_DEPTH = 64


class Difference(NamedTuple):
    """One path that differs between two trees."""

    path: str
    before: Entry | None
    after: Entry | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A commit that changed a file, with everybody who had a hand in it."""

    commit: str
    author_mail: str
    committer_mail: str
    co_authors: tuple[str, ...]
    """Mail addresses of the Co-authored-by trailers."""

    authored_at: datetime
    """As the author's machine said; forgeable."""

    committed_at: datetime
    """As the committer's machine said; forgeable."""

    parents: tuple[str, ...]
    blob: str | None
    """Id of the file's bytes after it; None where the commit deleted it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """The commit that brought a file onto the branch with the bytes it has now."""

    commit: str
    committed_at: datetime
    committer_mail: str


class RewriteKind(Enum):
    """What happened to a file that may never change."""

    CHANGED = "changed"
    """It has other bytes, or became a link, than in a parent."""

    REMOVED = "removed"
    """It was in a parent and is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """A commit that changed or removed what it found."""

    path: str
    commit: str
    kind: RewriteKind


class History:
    """All commits reachable from one, and what they did below one folder."""

    def __init__(self, objects: Objects, commits: Sequence[Commit], under: str) -> None:
        """Compare every commit with its parents.

        Args:
            objects: Where trees are read.
            commits: Newest first, complete: every parent is among them.
            under: Folder or file, relative to the repository's root; empty for everything.
        """
        self._commits = commits
        self._walk = _Walk(objects)
        trees = {commit.id: commit.tree for commit in commits}
        self._differences: dict[str, tuple[tuple[Difference, ...], ...]] = {}
        oldest_first = commits[::-1]
        for number, commit in enumerate(oldest_first):
            if number % CHUNK == 0:
                self._walk.load(oldest_first[number : number + CHUNK], under)
            before = [trees[parent] for parent in commit.parents]
            self._differences[commit.id] = tuple(
                self._walk.compare(tree, commit.tree, under) for tree in before or (None,)
            )

    def changes(self, path: str) -> tuple[Change, ...]:
        """Commits that gave a file bytes none of their parents had, newest first.

        A merge that takes one parent's bytes is no change: that parent's history holds who made it.
        """
        return tuple(_change(commit, entry) for commit, entry in self._index.get(path, ()))

    def appearances(self, until: datetime | None = None) -> dict[str, Appearance]:
        """For each file at the newest commit: since when the branch has had it as it is.

        The branch is the line of first parents, so for a merged file this is the merge. A file
        that was deleted or changed counts from when its present bytes came. A commit is never
        earlier than the ones before it, whatever its date says: dates are easily set back.

        Args:
            until: Dates after this moment are of a clock that is wrong, and move nothing behind
                them; None takes every date.
        """
        found: dict[str, Appearance] = {}
        reached: datetime | None = None
        for commit in reversed(self._first_parents()):
            dated = commit.committed_at
            if reached is not None and dated < reached:
                dated = reached
            elif until is None or dated <= until:
                reached = dated
            at = Appearance(
                commit=commit.id,
                committed_at=dated,
                committer_mail=commit.committer_mail,
            )
            for path, _, after in self._differences[commit.id][0]:
                if after is None:
                    found.pop(path, None)
                else:
                    found[path] = at
        return dict(sorted(found.items()))

    def rewrites(self) -> tuple[Rewrite, ...]:
        """Every file that differs from, or is missing against, any parent of any commit."""
        found = {
            Rewrite(
                path=path,
                commit=commit.id,
                kind=RewriteKind.REMOVED if after is None else RewriteKind.CHANGED,
            ): None
            for commit in self._commits
            for differences in self._differences[commit.id]
            for path, before, after in differences
            if before is not None
        }
        return tuple(found)

    def _first_parents(self) -> list[Commit]:
        known = {commit.id: commit for commit in self._commits}
        line = [self._commits[0]]
        while line[-1].parents:
            line.append(known[line[-1].parents[0]])
        return line

    @cached_property
    def _index(self) -> Mapping[str, list[tuple[Commit, Entry | None]]]:
        found: dict[str, list[tuple[Commit, Entry | None]]] = {}
        for commit in self._commits:
            first, *others = self._differences[commit.id]
            elsewhere = [{difference.path for difference in other} for other in others]
            for path, _, after in first:
                if all(path in paths for paths in elsewhere):
                    found.setdefault(path, []).append((commit, after))
        return found


class _Walk:
    """Comparing trees, with a count of what was looked at."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._left = MAXIMUM_ENTRIES

    def load(self, commits: Sequence[Commit], under: str) -> None:
        """Read the trees on the way down to a path ahead, for many commits at once."""
        trees = {commit.tree for commit in commits}
        for name in under.split("/") if under else ():
            self._objects.load(trees)
            entries = (self._objects.tree(tree).get(name) for tree in trees)
            trees = {entry.object_id for entry in entries if entry and entry.mode == TREE_MODE}
        self._objects.load(trees)

    def compare(self, before: str | None, after: str, under: str) -> tuple[Difference, ...]:
        """The files that differ at or below a path between two trees."""
        if before == after:
            return ()
        old = self._objects.entry(before, under) if before else None
        return tuple(self._differences(under, old, self._objects.entry(after, under), 0))

    def _differences(
        self, path: str, old: Entry | None, new: Entry | None, depth: int
    ) -> Iterator[Difference]:
        if old == new:
            return
        self._count(depth)
        old_tree, new_tree = self._folder(old), self._folder(new)
        if old_tree is not None or new_tree is not None:
            was, now = old_tree or {}, new_tree or {}
            for name in sorted(dict(was.items() ^ now.items())):
                below = f"{path}/{name}" if path else name
                yield from self._differences(below, was.get(name), now.get(name), depth + 1)
        was_file = None if old_tree is not None else old
        now_file = None if new_tree is not None else new
        if not same_file(was_file, now_file):
            yield Difference(path, was_file, now_file)

    def _folder(self, entry: Entry | None) -> Mapping[str, Entry] | None:
        if entry is None or entry.mode != TREE_MODE:
            return None
        return self._objects.tree(entry.object_id)

    def _count(self, depth: int) -> None:
        self._left -= 1
        if self._left < 0 or depth > MAXIMUM_DEPTH:
            raise failure(
                "git-too-large",
                f"the history has more than {MAXIMUM_ENTRIES} changed paths, or folders nested"
                f" deeper than {MAXIMUM_DEPTH}",
            )


def same_file(one: Entry | None, other: Entry | None) -> bool:
    """Whether two entries are the same bytes of the same kind; the executable bit is no change."""
    if one is None or other is None:
        return one is other
    same_kind = one.mode == other.mode or {one.mode, other.mode} <= FILE_MODES
    return same_kind and one.object_id == other.object_id


def _change(commit: Commit, entry: Entry | None) -> Change:
    return Change(
        commit=commit.id,
        author_mail=commit.author_mail,
        committer_mail=commit.committer_mail,
        co_authors=co_authors(commit.message),
        authored_at=commit.authored_at,
        committed_at=commit.committed_at,
        parents=commit.parents,
        blob=entry.object_id if entry else None,
    )
