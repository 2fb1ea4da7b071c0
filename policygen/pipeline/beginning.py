"""From an empty folder to a rendered workspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen import atomic
from policygen.adopt.examples import example_profile, practices_of_kind, short_name_in
from policygen.adopt.questions import QUESTIONS
from policygen.adopt.starter import starter_profile
from policygen.adopt.workspace import copy_library, write_housekeeping
from policygen.gitrepo.repository import open_repository
from policygen.gitrepo.writing import init as init_repository
from policygen.load.library import library_root
from policygen.pipeline.sources.survey import write_rendered
from policygen.pipeline.sources.surveying import surveyor_of
from policygen.problems import Location, Problem, UsageError
from policygen.yaml import yamlfile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from policygen.adopt.questions import Archetype


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What `init` made."""

    documents: int
    problems: tuple[Problem, ...]
    """Warnings of the new sources."""


def begin(
    root: Path, archetype: Archetype, answers: Mapping[str, str], *, version: str, now: datetime
) -> Beginning:
    """Make a workspace: library, profile, rendered text, git repository; no commit.

    Raises:
        UsageError: The folder holds a workspace already, or is the library itself.
    """
    refuse_occupied(root)
    root.mkdir(parents=True, exist_ok=True)
    practices = practices_of_kind(library_root(), archetype)
    profile = starter_profile(archetype, answers, now.date(), practices)
    return settle(root, profile, name=answers["short_name"], version=version, now=now)


def begin_example(root: Path, archetype: Archetype, *, version: str, now: datetime) -> Beginning:
    """Make a workspace of the complete example organization of a kind; no commit.

    Raises:
        UsageError: The folder holds a workspace already, or is the library itself.
    """
    refuse_occupied(root)
    root.mkdir(parents=True, exist_ok=True)
    profile = example_profile(library_root(), archetype)
    text = profile.read_text(encoding="utf-8")
    return settle(root, text, name=short_name_in(profile), version=version, now=now)


def settle(
    root: Path,
    profile: str,
    *,
    name: str,
    version: str,
    now: datetime,
    library: Path | None = None,
) -> Beginning:
    """Put library, profile and rendered text into a folder, and git around them.

    Args:
        root: The new workspace.
        profile: Text of its organization.yml.
        name: What the organization is called.
        version: Release of policygen that the workspace is pinned to.
        now: The moment.
        library: Where the library lies; None means the released one.
    """
    copy_library(library or library_root(), root, version=version)
    write_housekeeping(root, name=name, version=version)
    atomic.write_text(root / "organization.yml", profile)
    found = surveyor_of(root).survey(now)
    write_rendered(found)
    if open_repository(root) is None:
        init_repository(root)
    problems = tuple(problem for problem in found.problems if not problem.code.startswith("drift-"))
    return Beginning(documents=len(found.rendering.documents), problems=problems)


def refuse_occupied(root: Path) -> None:
    """Nothing of anybody's is ever overwritten.

    Raises:
        UsageError: The folder is a workspace, a file, or holds folders that the library brings.
    """
    taken = [
        name
        for name in ("organization.yml", "policies", "procedures", "rendered", "evidence")
        if (root / name).exists()
    ]
    if taken or root.is_file():
        raise UsageError(
            Problem(
                code="init-occupied",
                location=Location(str(root)),
                message=f"{' and '.join(taken) or 'a file'} is there already"
                if taken
                else "this is a file, not a folder",
                hint="Name a new or empty folder; policygen init never overwrites anything.",
            )
        )


def read_answers(path: Path) -> dict[str, str]:
    """Answers from a YAML file: keys with short values.

    Raises:
        UsageError: The file is not there, or has keys that nobody asks for.
    """
    if not path.is_file():
        raise UsageError(
            Problem(
                code="init-answers",
                location=Location(str(path)),
                message="the file with answers is not there",
                hint=None,
            )
        )
    file = yamlfile.read_yaml(path, path.name)
    value = file.value if isinstance(file.value, dict) else {}
    known = {question.key for question in QUESTIONS}
    unknown = [
        Problem(
            code="init-answers",
            location=file.location([key], of_key=True),
            message=f"{key} is not a question of init",
            hint=f"Known: {', '.join(sorted(known))}.",
        )
        for key in value
        if key not in known
    ]
    if unknown or not value:
        raise UsageError(
            *unknown
            or (
                Problem(
                    code="init-answers",
                    location=Location(path.name),
                    message="the file holds no keys with answers",
                ),
            )
        )
    return {key: _as_answer(found) for key, found in value.items()}


def _as_answer(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
