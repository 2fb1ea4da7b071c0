"""Real repositories as tests of git make and open them."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from policygen.gitrepo.repository import Repository, open_repository
from policygen.problems import PolicygenError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def git(
    folder: Path,
    *arguments: str,
    at: int = 1_700_000_000,
    committer: str = "Dana",
    stdin: str = "",
    check: bool = True,
) -> str:
    """What git prints, called in a folder without anybody's settings.

    Args:
        folder: Where.
        arguments: The command.
        at: Seconds since 1970 that author and committer claim.
        committer: Who commits; Dana is the author.
        stdin: What git reads.
        check: Whether a failure is an error of the test.
    """
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder.parent),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Dana",
        "GIT_AUTHOR_EMAIL": "dana@northwind.example",
        "GIT_AUTHOR_DATE": f"@{at} +0100",
        "GIT_COMMITTER_NAME": committer,
        "GIT_COMMITTER_EMAIL": f"{committer.lower()}@northwind.example",
        "GIT_COMMITTER_DATE": f"@{at} +0000",
    }
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=check,
    )
    return done.stdout.strip()


def opened(folder: Path) -> Repository:
    """The repository of a folder that has one."""
    repository = open_repository(folder)
    assert repository is not None
    return repository


def code_of(call: Callable[[], object]) -> str:
    """The code of the one problem that stops a call."""
    with pytest.raises(PolicygenError) as caught:
        call()
    [problem] = caught.value.problems
    return problem.code
