"""Finding a repository and its references by reading files; no git runs in the source."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from policygen.gitrepo.failures import failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAXIMUM_SMALL_BYTES = 1024
MAXIMUM_PACKED_BYTES = 64 * 1024 * 1024
MAXIMUM_LINKS = 5
"""How many symbolic references may follow each other, as in git."""

_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_REFERENCE = re.compile(r"refs/[A-Za-z0-9_@%+=,.#/-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the parts of a repository are."""

    top: Path
    """The work tree's root."""

    git_dir: Path
    """HEAD and the index are here; one for each work tree."""

    common_dir: Path
    """Objects and references are here; shared by work trees."""


def find_layout(folder: Path) -> Layout | None:
    """The repository around `folder`; None where there is none.

    Environment variables such as GIT_DIR, which hooks set, are not asked.

    Raises:
        PolicygenError: There is a `.git` that leads nowhere.
    """
    start = folder.resolve()
    for top in (start, *start.parents):
        mark = top / ".git"
        if mark.is_dir() and (mark / "HEAD").exists():
            return _layout(top, mark.resolve())
        if mark.is_file():
            return _layout(top, _linked(mark))
    return None


def read_small(path: Path, limit: int = MAXIMUM_SMALL_BYTES) -> bytes | None:
    """The bytes of a regular file of at most `limit` bytes; None for anything else.

    A pipe or device planted under the name does not make us wait.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError):
        return None
    # A folder opens too, but no stream is made of one.
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        return None
    with os.fdopen(handle, "rb") as stream:
        data = stream.read(limit + 1)
    return data if len(data) <= limit else None


def target(layout: Layout, name: str) -> str | None:
    """The reference a symbolic one stands for, e.g. `refs/heads/main` for `HEAD`; else None."""
    return _symbolic(read_small(_base(layout, name) / name))


def resolve(layout: Layout, name: str, packed: Mapping[str, str] | None = None) -> str | None:
    """The object id a reference or `HEAD` stands for; None where it does not exist."""
    table = packed_references(layout) if packed is None else packed
    for _ in range(MAXIMUM_LINKS):
        data = read_small(_base(layout, name) / name)
        if data is None:
            return table.get(name)
        further = _symbolic(data)
        if further is None:
            text = data.decode("ascii", "replace").strip()
            return text if _ID.fullmatch(text) else None
        name = further
    return None


def _base(layout: Layout, name: str) -> Path:
    return layout.git_dir if name == "HEAD" else layout.common_dir


def packed_references(layout: Layout) -> dict[str, str]:
    """References git has packed into one file."""
    data = read_small(layout.common_dir / "packed-refs", MAXIMUM_PACKED_BYTES) or b""
    found = {}
    for line in data.decode("utf-8", "surrogateescape").splitlines():
        object_id, _, name = line.partition(" ")
        if _ID.fullmatch(object_id) and _is_reference(name):
            found[name] = object_id
    return found


def references(layout: Layout, under: str) -> tuple[str, ...]:
    """Names of all references below `under`, e.g. `refs/replace/`, loose and packed, sorted."""
    packed = (name for name in packed_references(layout) if name.startswith(under))
    return tuple(sorted({*packed, *_loose(layout.common_dir, under)}))


def branches(layout: Layout, under: str) -> dict[str, str]:
    """The newest commit of each branch whose name begins so, own and fetched ones, by name.

    Names read `review/2027-03/ceo` for an own branch, `origin/review/2027-03/ceo` else.
    """
    packed = packed_references(layout)
    found = {}
    for folder in ("refs/heads/", "refs/remotes/"):
        for reference in references(layout, folder):
            name = reference.removeprefix(folder)
            plain = name if folder == "refs/heads/" else name.partition("/")[2]
            commit = resolve(layout, reference, packed)
            if plain.startswith(under) and commit is not None:
                found[name] = commit
    return dict(sorted(found.items()))


def _loose(common_dir: Path, under: str) -> Iterator[str]:
    root = common_dir / under
    for folder, _, names in os.walk(root):
        for name in names:
            yield Path(folder, name).relative_to(common_dir).as_posix()


def _symbolic(data: bytes | None) -> str | None:
    if data is None or not data.startswith(b"ref:"):
        return None
    name = data.removeprefix(b"ref:").decode("utf-8", "replace").strip()
    return name if _is_reference(name) else None


def _is_reference(name: str) -> bool:
    """Whether a name stays below the repository when it is used as a path."""
    return bool(_REFERENCE.fullmatch(name)) and ".." not in PurePosixPath(name).parts


def _linked(mark: Path) -> Path:
    data = read_small(mark, 8 * MAXIMUM_SMALL_BYTES) or b""
    named = os.fsdecode(data.removeprefix(b"gitdir:").strip())
    git_dir = mark.parent / named
    if not data.startswith(b"gitdir:") or not named or not (git_dir / "HEAD").is_file():
        raise failure(
            "git-repository-damaged",
            f"{mark.name} in {mark.parent.name} names no git folder",
            "Run git worktree repair, or clone the repository again.",
        )
    return git_dir.resolve()


def _layout(top: Path, git_dir: Path) -> Layout:
    data = read_small(git_dir / "commondir", 8 * MAXIMUM_SMALL_BYTES)
    shared = git_dir / os.fsdecode(data.strip()) if data else git_dir
    return Layout(top=top, git_dir=git_dir, common_dir=shared.resolve())
