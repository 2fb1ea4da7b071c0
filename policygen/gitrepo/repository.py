"""Reading a repository: texts at a commit, their history, and what is not committed yet.

Paths are relative to the workspace, with forward slashes; the workspace may be a folder inside the
repository. No method runs anything the repository configures.
"""

from __future__ import annotations

import os
import weakref
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.gitrepo import layout as places
from policygen.gitrepo.batch import object_id
from policygen.gitrepo.failures import failure
from policygen.gitrepo.history import History
from policygen.gitrepo.objects import FILE_MODES, TREE_MODE, Objects
from policygen.gitrepo.process import clean_environment, run
from policygen.gitrepo.room import clear, furnish
from policygen.gitrepo.writing import own_identity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from policygen.gitrepo.history import Appearance, Change, Rewrite
    from policygen.gitrepo.objects import Commit, Entry

MAXIMUM_FILES = 500_000
MAXIMUM_FILE_BYTES = 256 * 1024 * 1024
_SHA1_LETTERS = 40


def open_repository(folder: Path) -> Repository | None:
    """The repository a workspace is in; None where there is none.

    Args:
        folder: The workspace: the repository's root or a folder below it.

    Raises:
        PolicygenError: There is one that leads nowhere.
    """
    layout = places.find_layout(folder)
    return Repository(layout, folder.resolve()) if layout else None


class Repository:
    """One repository, seen from a workspace. Not for use by several threads at once."""

    def __init__(self, layout: places.Layout, workspace: Path) -> None:
        self.layout = layout
        """Where its parts are on disk."""

        self.workspace = workspace
        """The folder paths are relative to."""

        self._prefix = workspace.relative_to(layout.top).as_posix().removeprefix(".")
        self._room: Path | None = None
        self._objects: Objects | None = None
        self._commits: tuple[str, tuple[Commit, ...]] | None = None
        self._histories: dict[tuple[str, str], History] = {}

    def head(self) -> str | None:
        """Id of the commit that is checked out; None before the first."""
        return places.resolve(self.layout, "HEAD")

    def branch(self) -> str | None:
        """Name of the branch that is checked out; None where HEAD is detached."""
        name = places.target(self.layout, "HEAD")
        return name.removeprefix("refs/heads/") if name else None

    def branches(self, under: str) -> Mapping[str, str]:
        """The newest commit of each branch whose name begins so; see `layout.branches`."""
        return places.branches(self.layout, under)

    def default_commit(self) -> str | None:
        """Id of the newest commit of the default branch; HEAD where no branch is known as such.

        The default branch is what origin calls so, else main, else master; a local branch goes
        before the one fetched from origin.
        """
        origin = places.target(self.layout, "refs/remotes/origin/HEAD")
        names = [origin.rpartition("/")[2]] if origin else []
        packed = places.packed_references(self.layout)
        for name in (*names, "main", "master"):
            for reference in (f"refs/heads/{name}", f"refs/remotes/origin/{name}"):
                found = places.resolve(self.layout, reference, packed)
                if found is not None:
                    return found
        return self.head()

    def default_branch(self) -> tuple[Commit, ...]:
        """The commits of the default branch by first parents, newest first.

        What was merged counts from its merge.

        Raises:
            PolicygenError: The history is not complete (shallow clone), or damaged.
        """
        name = self.default_commit()
        commits = {commit.id: commit for commit in self._all_commits(name)} if name else {}
        line: list[Commit] = []
        while name is not None:
            line.append(commits[name])
            name = next(iter(commits[name].parents), None)
        return tuple(line)

    def blob(self, commit: str, path: str) -> bytes | None:
        """The bytes of a file at a commit; None where there is no regular file of that name."""
        entry = self._entry(commit, path)
        if entry is None or entry.mode not in FILE_MODES:
            return None
        return self._database(commit).blob(entry.object_id)

    def tree(self, commit: str, under: str) -> Mapping[str, str]:
        """Blob ids of the regular files at or below a folder, by path."""
        files = self._files(commit, under)
        return {path: entry.object_id for path, entry in files if entry.mode in FILE_MODES}

    def irregular(self, commit: str, under: str) -> tuple[str, ...]:
        """Paths below a folder that are symbolic links or submodules."""
        files = self._files(commit, under)
        return tuple(path for path, entry in files if entry.mode not in FILE_MODES)

    def changes(self, path: str) -> tuple[Change, ...]:
        """All commits reachable from HEAD that changed a file, newest first.

        Raises:
            PolicygenError: The history is not complete (shallow clone), or damaged.
        """
        history = self._history(path.partition("/")[0])
        return history.changes(self._inside(path)) if history else ()

    def appearances(self, under: str, *, until: datetime | None = None) -> Mapping[str, Appearance]:
        """For each file below a folder at HEAD: the commit that brought it onto the branch.

        For a merged pull request this is the merge. A file counts from when its present bytes came,
        and never from before the commits that came before it.

        Args:
            under: The folder.
            until: Dates after this moment are of a clock that is wrong; None takes every date.

        Raises:
            PolicygenError: The history is not complete (shallow clone), or damaged.
        """
        history = self._history(under)
        found = history.appearances(until) if history else {}
        return {self._outside(path): appearance for path, appearance in found.items()}

    def rewrites(self, under: str) -> tuple[Rewrite, ...]:
        """Every commit reachable from HEAD that changed or removed a file below a folder.

        Each commit is compared with each of its parents, so a merge that drops or alters a record
        is found too.

        Raises:
            PolicygenError: The history is not complete (shallow clone), or damaged.
        """
        history = self._history(under)
        found = history.rewrites() if history else ()
        return tuple(replace(each, path=self._outside(each.path)) for each in found)

    def replace_refs(self) -> tuple[str, ...]:
        """Names of references that would show other objects in git; reads here ignore them."""
        return places.references(self.layout, "refs/replace/")

    def grafts(self) -> tuple[str, ...]:
        """Lines of info/grafts, which would show other parents in git; reads here ignore them."""
        data = places.read_small(self.layout.common_dir / "info" / "grafts", 1024 * 1024) or b""
        lines = data.decode("utf-8", "backslashreplace").splitlines()
        return tuple(line for line in lines if line and not line.startswith("#"))

    def uncommitted(self, under: str) -> tuple[str, ...]:
        """Files below a folder whose bytes on disk are not those at HEAD, sorted.

        New and deleted files count. Below the workspace itself (`""`) only files that HEAD has are
        compared, since a workspace also holds what is never committed.
        """
        commit = self.head()
        known = dict(self._files(commit, under)) if commit else {}
        names = {*known, *(self._on_disk(under) if under else ())}
        letters = len(commit) if commit else _SHA1_LETTERS
        return tuple(
            sorted(name for name in names if not self._is_as_committed(name, known, letters))
        )

    def mails(self) -> tuple[str | None, str | None]:
        """The user's configured name and mail, as git would put them on a commit made here."""
        return own_identity(self.workspace)

    def blob_id(self, data: bytes) -> str:
        """The id git gives these bytes in this repository."""
        return object_id("blob", data, letters=len(self.head() or "0" * _SHA1_LETTERS))

    def close(self) -> None:
        """End git and remove the clean room; otherwise done when the repository is forgotten."""
        if self._objects is not None and self._room is not None:
            _leave(self._objects, self._room)
            self._objects = self._room = None

    def _database(self, sample_id: str) -> Objects:
        if self._objects is None:
            self._room = furnish(self.layout, sample_id)
            self._objects = Objects(self._room)
            weakref.finalize(self, _leave, self._objects, self._room)
        return self._objects

    def _entry(self, commit: str, path: str) -> Entry | None:
        objects = self._database(commit)
        [found] = objects.commits([commit])
        return objects.entry(found.tree, self._inside(path))

    def _files(self, commit: str, under: str) -> Iterator[tuple[str, Entry]]:
        start = self._entry(commit, under)
        waiting = [(under, start)] if start else []
        seen = 0
        while waiting:
            path, entry = waiting.pop()
            seen += 1
            if seen > MAXIMUM_FILES:
                raise failure("git-too-large", f"a commit has more than {MAXIMUM_FILES} paths")
            if entry.mode != TREE_MODE:
                yield path, entry
                continue
            below = self._database(commit).tree(entry.object_id)
            waiting += [
                (f"{path}/{name}" if path else name, below[name])
                for name in sorted(below, reverse=True)
            ]

    def _history(self, under: str) -> History | None:
        head = self.head()
        if head is None:
            return None
        key = (head, under)
        if key not in self._histories:
            objects = self._database(head)
            self._histories[key] = History(objects, self._all_commits(head), self._inside(under))
        return self._histories[key]

    def _all_commits(self, head: str) -> tuple[Commit, ...]:
        if self._commits is None or self._commits[0] != head:
            self._commits = (head, self._read_commits(head))
        return self._commits[1]

    def _read_commits(self, head: str) -> tuple[Commit, ...]:
        if (self.layout.common_dir / "shallow").exists():
            raise failure(
                "git-shallow",
                "the repository is a shallow clone: its history is cut off",
                "Run git fetch --unshallow (in CI: check out with the full history).",
            )
        objects = self._database(head)
        assert self._room is not None
        ids = run(
            ["rev-list", "--topo-order", "--end-of-options", head],
            folder=self._room,
            environment=clean_environment(self._room),
        )
        commits = objects.commits(ids.decode("ascii").split())
        known = {commit.id for commit in commits}
        missing = next((p for each in commits for p in each.parents if p not in known), None)
        if missing is not None or not commits or commits[0].id != head:
            raise failure(
                "git-history-incomplete",
                f"commit {(missing or head)[:12]} is missing from what git lists as history",
                "Run git fsck, and clone the repository again from a place you trust.",
            )
        return commits

    def _inside(self, path: str) -> str:
        """A workspace path as the repository names it."""
        return "/".join(part for part in (self._prefix, path) if part)

    def _outside(self, path: str) -> str:
        return path.removeprefix(f"{self._prefix}/") if self._prefix else path

    def _on_disk(self, under: str) -> Iterator[str]:
        for folder, folders, names in os.walk(self.workspace / under):
            here = Path(folder)
            links = [name for name in folders if (here / name).is_symlink()]
            for name in (*names, *links):
                if not (name.startswith(".") and name.endswith(".partial")):
                    yield (here / name).relative_to(self.workspace).as_posix()

    def _is_as_committed(self, path: str, known: Mapping[str, Entry], letters: int) -> bool:
        entry = known.get(path)
        file = self.workspace / path
        if entry is None or entry.mode not in FILE_MODES or file.is_symlink():
            return False
        data = places.read_small(file, MAXIMUM_FILE_BYTES)
        return data is not None and object_id("blob", data, letters=letters) == entry.object_id


def _leave(objects: Objects, room: Path) -> None:
    objects.close()
    clear(room)
