"""Bundles: the history up to a commit as one file that `git clone` reads, made in a clean room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.gitrepo.process import clean_environment, run
from policygen.gitrepo.room import clear, furnish

if TYPE_CHECKING:
    from policygen.gitrepo.repository import Repository

BRANCH = "refs/heads/main"
"""Name of the one branch in a bundle, whatever the default branch is called."""


def bundle_of(repository: Repository, commit: str) -> bytes:
    """Every commit and file up to a commit of the repository.

    `git clone -b main FILE` reads it, `git bundle verify FILE` checks it. Another release of git
    may pack the same history into other bytes.

    Args:
        repository: Whose history; all of it, where the workspace is a folder inside.
        commit: The newest commit.

    Raises:
        PolicygenError: git cannot make it, or it is larger than is handed on.
    """
    room = furnish(repository.layout, commit)
    try:
        branch = room / BRANCH
        branch.parent.mkdir(parents=True)
        branch.write_text(f"{commit}\n", encoding="ascii")
        return run(
            # One thread, so that the packing does not depend on the machine's load.
            ["-c", "pack.threads=1", "bundle", "create", "--quiet", "-", BRANCH],
            folder=room,
            environment=clean_environment(room),
        )
    finally:
        clear(room)
