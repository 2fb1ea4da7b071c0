"""Writing in the user's own repository, on their request: by path, hooks on, in their environment.

GitPython runs git here. What a hook exports to lead git elsewhere is set back to the repository at
hand, since GitPython can override a variable but not take it away.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.gitrepo.failures import failure
from policygen.gitrepo.layout import find_layout
from policygen.gitrepo.process import git_program

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from policygen.gitrepo.repository import Repository


def init(folder: Path, *, of_its_own: bool = False) -> None:
    """Make `folder` a repository with the branch main; a folder already in one stays as it is.

    Args:
        folder: The workspace.
        of_its_own: Make one here even where a folder above is a repository.

    Raises:
        PolicygenError: git refused.
    """
    if (folder / ".git").exists() or (not of_its_own and find_layout(folder) is not None):
        return
    folder.mkdir(parents=True, exist_ok=True)
    _git(folder, ["init", "--quiet", "--initial-branch=main"], _own_places(folder))


def commit(
    repository: Repository,
    paths: Sequence[str],
    message: str,
    *,
    author: tuple[str, str] | None = None,
    at: datetime | None = None,
) -> str:
    """Commit these paths, and nothing else that is changed or staged; gives the commit's id.

    Args:
        repository: The user's own.
        paths: Files relative to the workspace: new, changed or deleted.
        message: Subject, blank line, body.
        author: Name and mail for author and committer; None for the user's own settings.
        at: Date for author and committer, with offset; None for now.

    Raises:
        PolicygenError: git or one of the user's hooks refused, or nothing is changed.
    """
    if not paths:
        raise failure("git-commit-refused", "there is no path to commit")
    environment = {**_own_places(repository.workspace), **_identity(author, at)}
    with tempfile.TemporaryDirectory(prefix="policygen-git-") as folder:
        names = Path(folder, "paths")
        # "literal" keeps a star or colon in a name from matching other files.
        specs = (f":(literal){path}" for path in paths)
        names.write_bytes(b"".join(os.fsencode(spec) + b"\0" for spec in specs))
        text = Path(folder, "message")
        text.write_text(message, encoding="utf-8")
        these = [f"--pathspec-from-file={names}", "--pathspec-file-nul"]
        _git(repository.workspace, ["add", *these], environment)
        _git(
            repository.workspace,
            ["commit", "--quiet", "--only", f"--file={text}", *these],
            environment,
        )
    head = repository.head()
    if head is None:
        raise failure("git-commit-refused", "git made no commit and gave no reason")
    return head


def commit_aside(
    repository: Repository,
    branch: str,
    files: Mapping[str, bytes],
    message: str,
    *,
    at: datetime | None = None,
) -> str:
    """Commit files on a new branch that begins at the default branch; gives the commit's id.

    The work tree, the index and the branch that is checked out stay as they are. Hooks of the
    index and of references run, those of `git commit` do not, since nothing is checked out.

    Args:
        repository: The user's own.
        branch: Name of the new branch, e.g. `review/2027-03/ceo`.
        files: Bytes by path relative to the workspace, stored as they are.
        message: Subject, blank line, body.
        at: Date for author and committer, with offset; None for now.

    Raises:
        PolicygenError: There is no commit yet, the branch exists, or git refused.
    """
    base = repository.default_commit()
    if base is None:
        raise failure(
            "git-commit-refused", "there is no commit yet that a branch could begin at",
            "Commit the workspace first.",
        )  # fmt: skip
    where = repository.workspace
    prefix = where.relative_to(repository.layout.top).as_posix().removeprefix(".")
    with tempfile.TemporaryDirectory(prefix="policygen-git-") as folder:
        environment = {
            **_own_places(where),
            **_identity(None, at),
            "GIT_INDEX_FILE": str(Path(folder, "index")),
        }
        _git(where, ["read-tree", "--end-of-options", base], environment)
        for number, (path, data) in enumerate(files.items()):
            content = Path(folder, f"file-{number}")
            content.write_bytes(data)
            blob = _answer(
                where, ["hash-object", "-w", "--no-filters", "--", str(content)], environment
            )
            name = "/".join(part for part in (prefix, path) if part)
            entry = f"100644,{blob},{name}"
            _git(where, ["update-index", "--add", "--cacheinfo", entry], environment)
        tree = _answer(where, ["write-tree"], environment)
        text = Path(folder, "message")
        text.write_text(message, encoding="utf-8")
        signed = _setting(where, "commit.gpgSign", environment) in ("true", "yes", "on", "1")
        options = ["-S"] if signed else []
        commit = _answer(
            where, ["commit-tree", *options, "-p", base, "-F", str(text), tree], environment
        )
        nothing = "0" * len(base)
        _git(where, ["update-ref", f"refs/heads/{branch}", commit, nothing], environment)
    return commit


def own_identity(folder: Path) -> tuple[str | None, str | None]:
    """The user's configured name and mail, as git would put them on a commit made in `folder`."""
    environment = _own_places(folder)
    return (
        _setting(folder, "user.name", environment),
        _setting(folder, "user.email", environment),
    )


def _setting(folder: Path, name: str, environment: Mapping[str, str]) -> str | None:
    status, output, _ = _execute(folder, ["config", "--get", name], environment)
    return output.strip() or None if status == 0 else None


def _identity(author: tuple[str, str] | None, at: datetime | None) -> dict[str, str]:
    found = {}
    for who in ("AUTHOR", "COMMITTER"):
        if author is not None:
            found[f"GIT_{who}_NAME"], found[f"GIT_{who}_EMAIL"] = author
        if at is not None:
            if at.tzinfo is None:
                raise ValueError("the date of a commit needs an offset")
            found[f"GIT_{who}_DATE"] = f"@{int(at.timestamp())} {at:%z}"[: -0 or None]
    return found


def _own_places(folder: Path) -> dict[str, str]:
    """Overrides for variables that are set and would lead git away from the repository here."""
    found = find_layout(folder)
    git_dir = found.git_dir if found else folder.resolve() / ".git"
    shared = found.common_dir if found else git_dir
    places = {
        "GIT_DIR": str(git_dir),
        "GIT_WORK_TREE": str(found.top if found else folder.resolve()),
        "GIT_INDEX_FILE": str(git_dir / "index"),
        "GIT_COMMON_DIR": str(shared),
        "GIT_OBJECT_DIRECTORY": str(shared / "objects"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": "",
        "GIT_NAMESPACE": "",
    }
    return {name: value for name, value in places.items() if name in os.environ}


def _git(folder: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
    _answer(folder, arguments, environment)


def _answer(folder: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """What git printed.

    Raises:
        PolicygenError: It refused.
    """
    status, output, errors = _execute(folder, arguments, environment)
    if status != 0:
        words = (errors.strip() or output.strip()).splitlines()
        raise failure(
            "git-commit-refused",
            f"git {arguments[0]} refused: {words[-1].strip() if words else 'no reason given'}",
            "Run the same git command yourself to see all of its output, hooks included.",
        )
    return output.strip()


def _execute(
    folder: Path, arguments: Sequence[str], environment: Mapping[str, str]
) -> tuple[int, str, str]:
    program = git_program()
    from git.cmd import Git  # takes a tenth of a second, so only where something is written

    status, output, errors = Git(folder).execute(
        [program, *arguments],
        env=environment,
        shell=False,
        with_extended_output=True,
        with_exceptions=False,
        stdout_as_string=True,
    )
    return status, str(output), str(errors)
