"""Commits and trees, parsed from bytes whose ids were checked."""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from policygen.gitrepo.batch import Batch
from policygen.gitrepo.failures import damaged, failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

TREE_MODE = "40000"
FILE_MODES = frozenset({"100644", "100755", "100664"})
MAXIMUM_CACHED_ENTRIES = 400_000

_ENTRIES = {
    width: re.compile(rb"([0-7]{5,6}) ([^\0/]+)\0(.{%d})" % width, re.DOTALL) for width in (20, 32)
}
_SIGNATURE = re.compile(rb"(.*?) ?<([^<>\n]*)> (-?\d{1,14}) ([+-])(\d\d)(\d\d)", re.DOTALL)
_FORBIDDEN_NAMES = frozenset({b".", b"..", b".git"})


class Entry(NamedTuple):
    """One line of a tree."""

    mode: str
    """`40000` for a folder, `100644` or `100755` for a file, others for links and submodules."""

    object_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit as it was written."""

    id: str
    tree: str
    parents: tuple[str, ...]
    author_mail: str
    authored_at: datetime
    committer_mail: str
    committed_at: datetime
    message: str


class Objects:
    """The object database of one repository, read through a clean room."""

    def __init__(self, room: Path) -> None:
        self._batch = Batch(room)
        self._trees: OrderedDict[str, Mapping[str, Entry]] = OrderedDict()
        self._cached_entries = 0

    def close(self) -> None:
        """End the process behind it."""
        self._batch.close()

    def commits(self, ids: Sequence[str]) -> tuple[Commit, ...]:
        """The commits of these ids, in order.

        Raises:
            PolicygenError: One is missing or damaged.
        """
        answers = self._batch.read([(name, "commit") for name in ids])
        return tuple(
            parse_commit(name, _there(name, data)) for name, data in zip(ids, answers, strict=True)
        )

    def blob(self, name: str) -> bytes:
        """The bytes of a file.

        Raises:
            PolicygenError: It is missing or damaged.
        """
        [data] = self._batch.read([(name, "blob")])
        return _there(name, data)

    def tree(self, name: str) -> Mapping[str, Entry]:
        """The entries of a folder by name.

        Raises:
            PolicygenError: It is missing or damaged.
        """
        known = self._trees.get(name)
        if known is None:
            [data] = self._batch.read([(name, "tree")])
            known = parse_tree(name, _there(name, data))
            self._remember(name, known)
        else:
            self._trees.move_to_end(name)
        return known

    def load(self, names: Iterable[str]) -> None:
        """Read trees ahead, many at a time, into the cache."""
        wanted = [name for name in dict.fromkeys(names) if name not in self._trees]
        answers = self._batch.read([(name, "tree") for name in wanted])
        for name, data in zip(wanted, answers, strict=True):
            self._remember(name, parse_tree(name, _there(name, data)))

    def entry(self, tree: str, path: str) -> Entry | None:
        """What is at a path below a tree; the tree itself for an empty path."""
        found: Entry | None = Entry(TREE_MODE, tree)
        for name in path.split("/") if path else ():
            if found is None or found.mode != TREE_MODE:
                return None
            found = self.tree(found.object_id).get(name)
        return found

    def _remember(self, name: str, entries: Mapping[str, Entry]) -> None:
        self._trees[name] = entries
        self._cached_entries += len(entries)
        while self._cached_entries > MAXIMUM_CACHED_ENTRIES and len(self._trees) > 1:
            _, dropped = self._trees.popitem(last=False)
            self._cached_entries -= len(dropped)


def parse_tree(name: str, data: bytes) -> Mapping[str, Entry]:
    """The entries in a tree's bytes; names that are not UTF-8 keep their bytes as surrogates.

    Raises:
        PolicygenError: It holds what git would not write: `..`, `.git`, a name twice.
    """
    width = len(name) // 2
    found = _ENTRIES[width].findall(data)
    names = [entry for _, entry, _ in found]
    # findall steps over what is no entry, so the lengths must add up to the whole.
    if sum(map(len, names)) + sum(len(mode) + 2 + width for mode, _, _ in found) != len(data):
        raise damaged(name, "is not a well-formed tree")
    different = {entry.lower() for entry in names}
    if len(set(names)) != len(names) or different & _FORBIDDEN_NAMES:
        raise damaged(name, "is a tree with a forbidden name, or with one twice")
    return {
        entry.decode("utf-8", "surrogateescape"): Entry(_mode(mode), object_id.hex())
        for mode, entry, object_id in found
    }


@cache
def _mode(text: bytes) -> str:
    """A mode without leading zeros, as git writes it; there are few, so each is made once."""
    return text.lstrip(b"0").decode("ascii")


def parse_commit(name: str, data: bytes) -> Commit:
    """A commit from its bytes.

    Raises:
        PolicygenError: It is not well formed.
    """
    head, _, message = data.partition(b"\n\n")
    lines = [line.partition(b" ") for line in head.split(b"\n")]
    parents = [value for key, _, value in lines if key == b"parent"]
    # A second author line, or lines in another order, would let two readers see two authors.
    if [key for key, _, _ in lines[: len(parents) + 3]] != [
        b"tree",
        *[b"parent"] * len(parents),
        b"author",
        b"committer",
    ]:
        raise damaged(name, "is not a well-formed commit")
    tree, author, committer = lines[0][2], lines[len(parents) + 1][2], lines[len(parents) + 2][2]
    author_mail, authored_at = _signature(name, author)
    committer_mail, committed_at = _signature(name, committer)
    return Commit(
        id=name,
        tree=tree.decode("ascii", "replace"),
        parents=tuple(parent.decode("ascii", "replace") for parent in parents),
        author_mail=author_mail,
        authored_at=authored_at,
        committer_mail=committer_mail,
        committed_at=committed_at,
        message=message.decode("utf-8", "replace"),
    )


def _signature(name: str, line: bytes) -> tuple[str, datetime]:
    match = _SIGNATURE.fullmatch(line)
    if match is None:
        raise damaged(name, "has an author or committer line that git would not write")
    _, mail, seconds, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == b"-" else 1)
    try:
        at = datetime.fromtimestamp(int(seconds), UTC).astimezone(timezone(offset))
    except (ValueError, OverflowError, OSError) as error:
        raise damaged(name, "has a date outside the calendar") from error
    return mail.decode("utf-8", "replace").strip(), at


def _there(name: str, data: bytes | None) -> bytes:
    if data is None:
        raise failure(
            "git-object-missing",
            f"object {name[:12]} is not in the repository",
            "Fetch the whole history: git fetch --unshallow, or clone again without --depth.",
        )
    return data
