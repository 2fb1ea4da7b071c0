"""The default branch in time: where it stood at a moment, and what a file was on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from policygen.gitrepo.objects import Commit
    from policygen.gitrepo.repository import Repository


def commit_before(repository: Repository, moment: datetime) -> Commit | None:
    """The newest commit of the default branch made before a moment; None where there is none.

    Raises:
        PolicygenError: The history is not complete (shallow clone), or damaged.
    """
    branch = repository.default_branch()
    return next((commit for commit in branch if commit.committed_at < moment), None)


def versions_between(
    repository: Repository, first: datetime, last: Commit, path: str
) -> Iterator[tuple[Commit, bytes | None]]:
    """The contents of a file on the default branch over a time, oldest first.

    Args:
        repository: The repository.
        first: From when on; the commit before it is the first.
        last: The newest commit looked at.
        path: The file.

    Returns:
        Each content with the commit that brought it; None where the file was missing.

    Raises:
        PolicygenError: The history is not complete (shallow clone), or damaged.
    """
    line = [commit for commit in repository.default_branch() if commit.committed_at < first][:1]
    within = [
        commit
        for commit in repository.default_branch()
        if first <= commit.committed_at <= last.committed_at
    ]
    before: bytes | None = b"\0nothing was read yet"
    for commit in (*line, *reversed(within)):
        data = repository.blob(commit.id, path)
        if data != before:
            yield commit, data
        before = data
