"""The past: profile, registries and working texts as they stood on the default branch."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.load.facts import condition_context, resolve_facts
from policygen.load.profile import PROFILE, load_profile
from policygen.load.registries import EXTENSIONS, load_registries
from policygen.model.document import Document
from policygen.problems import Location, PolicygenError, Problem, in_reading_order
from policygen.record_text import read_record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from policygen.condition import ConditionContext
    from policygen.gitrepo.objects import Commit
    from policygen.gitrepo.repository import Repository
    from policygen.model.facts import Facts

RENDERED = "rendered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a workspace said at the end of a window."""

    commit: Commit
    """The newest commit of the default branch before the end."""

    facts: Facts
    context: ConditionContext
    documents: tuple[Document, ...]
    """Working texts, read from `rendered/`; their templates are not looked at."""


def past_of(repository: Repository | None, before: datetime) -> Past:
    """The newest committed state from before a moment.

    The profile is read by today's rules: where it does not pass them any more, that is a problem.

    Raises:
        PolicygenError: There is no such commit (`export-no-history`), or it cannot be read.
    """
    commit = None if repository is None else repository.commit_before(before)
    if repository is None or commit is None:
        raise PolicygenError(
            Problem(
                code="export-no-history",
                message="the default branch has no commit from before "
                f"{before.date().isoformat()}, so nothing tells what the profile said",
                hint="Export in the repository itself, and a window that it reaches back to.",
            )
        )
    facts, context = _facts(repository, commit.id)
    return Past(
        commit=commit,
        facts=facts,
        context=context,
        documents=tuple(_documents(repository, commit.id)),
    )


def _facts(repository: Repository, commit: str) -> tuple[Facts, ConditionContext]:
    with tempfile.TemporaryDirectory(prefix="policygen-past-") as folder:
        root = Path(folder)
        for name in (PROFILE, *sorted(repository.tree(commit, EXTENSIONS))):
            data = repository.blob(commit, name)
            if data is None or Path(name).suffix != ".yml":
                continue
            (root / name).parent.mkdir(exist_ok=True, parents=True)
            (root / name).write_bytes(data)
        registries, registry_problems = load_registries(root)
        profile, file, problems = load_profile(root)
        if profile is None or file is None:
            raise PolicygenError(
                Problem(
                    code="export-profile-then",
                    location=Location(PROFILE),
                    message=f"the profile of commit {commit[:12]} cannot be read by this release",
                    hint="Export with the release of that time, or mend what is named below.",
                ),
                *in_reading_order((*registry_problems, *problems)),
            )
        facts, _ = resolve_facts(profile, file, registries)
        return facts, condition_context(facts)


def _documents(repository: Repository, commit: str) -> Iterator[Document]:
    for path in sorted(repository.tree(commit, RENDERED)):
        data = repository.blob(commit, path)
        if data is None or not path.endswith(".md"):
            continue
        text = data.decode("utf-8", "replace")
        yield Document(
            record=read_record(text, path),
            text=text,
            template="",
            statement_locations={},
            parameters=frozenset(),
            retired={},
        )
