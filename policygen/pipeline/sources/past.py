"""The past: profile, registries, pictures and working texts as they stood on the default branch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from policygen.gitrepo.branch import commit_before, versions_between
from policygen.load.facts import condition_context, resolve_facts
from policygen.load.library import library_root
from policygen.load.profile.profile import PROFILE, profile_of
from policygen.load.registries.registries import EXTENSIONS, load_registries
from policygen.load.templates import load_templates
from policygen.model.document import Document
from policygen.model.uses import Uses, reach
from policygen.problems import Location, PolicygenError, Problem, in_reading_order
from policygen.publish.pdf.assets import PICTURE_ENDINGS
from policygen.render.documents import render_documents
from policygen.text.record import read_record
from policygen.yaml import yamlfile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from policygen.conditions.condition import ConditionContext
    from policygen.gitrepo.objects import Commit
    from policygen.gitrepo.repository import Repository
    from policygen.model.facts import Facts
    from policygen.model.profile.root import Profile
    from policygen.yaml.yamlfile import YamlFile

RENDERED = "rendered"
THEME = "overrides/pdf"
_TEMPLATES = ("policies", "procedures")
_SHOWN_IN = (*_TEMPLATES, RENDERED, "overrides")


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a workspace said at the end of a window."""

    commit: Commit
    """The newest commit of the default branch before the end."""

    folder: Path
    """A folder with the files of then that typesetting needs: logo, fonts, pictures."""

    facts: Facts
    context: ConditionContext
    documents: tuple[Document, ...]
    """Working texts, read from `rendered/`."""

    uses: dict[str, tuple[str, ...]]
    """Ids of the documents that change with a parameter, by parameter."""

    timestamp_roots: bytes | None
    """Root certificates of time-stamping authorities, PEM; None where none were named."""

    @property
    def theme(self) -> Path:
        """The print theme of this release: one of then may not fit what this release sets."""
        return library_root() / THEME


def past_of(repository: Repository | None, before: datetime, folder: Path) -> Past:
    """The newest committed state from before a moment.

    The profile is read by today's rules: where it does not pass them any more, that is a problem.

    Args:
        repository: The workspace's repository.
        before: The moment.
        folder: An empty folder that lives as long as what is returned.

    Raises:
        PolicygenError: There is no such commit (`export-no-history`), or it cannot be read.
    """
    commit = None if repository is None else commit_before(repository, before)
    if repository is None or commit is None:
        raise PolicygenError(
            Problem(
                code="export-no-history",
                message="the default branch has no commit from before "
                f"{before.date().isoformat()}, so nothing tells what the profile said",
                hint="Export in the repository itself, and a window that it reaches back to.",
            )
        )
    facts = _facts(repository, commit.id, folder)
    _furnish(repository, commit.id, facts.profile, folder)
    return Past(
        commit=commit,
        folder=folder,
        facts=facts,
        context=condition_context(facts),
        documents=tuple(_documents(repository, commit.id)),
        uses=_uses(repository, commit.id, facts, folder),
        timestamp_roots=_roots(repository, commit.id, facts.profile),
    )


def profiles_during(
    repository: Repository, first: datetime, last: Commit
) -> Iterator[tuple[Commit, Profile | None]]:
    """The profiles that the default branch had over a time, oldest first.

    Args:
        repository: The workspace's repository.
        first: From when on; the profile of the commit before it comes first.
        last: The newest commit looked at.

    Returns:
        The commit that brought each profile; None where this release cannot read it.
    """
    for commit, data in versions_between(repository, first, last, PROFILE):
        yield commit, None if data is None else profile_in(data)


def profile_in(data: bytes) -> Profile | None:
    """The profile that the bytes of an organization.yml say; None where this release cannot."""
    try:
        return _read(data)[1]
    except PolicygenError:
        return None


@lru_cache(maxsize=4)
def _read(data: bytes) -> tuple[YamlFile, Profile | None, tuple[Problem, ...]]:
    """A profile with its file and what is wrong with it; the same bytes are read once.

    Raises:
        PolicygenError: They are no YAML that is read here.
    """
    file = yamlfile.parse_yaml(data.decode("utf-8", "replace"), PROFILE)
    return file, *profile_of(file)


def _facts(repository: Repository, commit: str, root: Path) -> Facts:
    for name in repository.tree(commit, EXTENSIONS):
        if name.endswith(".yml"):
            _copy(repository, commit, name, root)
    registries, registry_problems = load_registries(root)
    data = repository.blob(commit, PROFILE)
    try:
        file, profile, problems = _read(data or b"")
    except PolicygenError as error:
        raise _unreadable(commit, (*registry_problems, *error.problems)) from error
    if profile is None:
        raise _unreadable(commit, (*registry_problems, *problems))
    return resolve_facts(profile, file, registries)[0]


def _unreadable(commit: str, problems: Iterable[Problem]) -> PolicygenError:
    return PolicygenError(
        Problem(
            code="export-profile-then",
            location=Location(PROFILE),
            message=f"the profile of commit {commit[:12]} cannot be read by this release",
            hint="Export with the release of that time, or mend what is named below.",
        ),
        *in_reading_order(problems),
    )


def _roots(repository: Repository, commit: str, profile: Profile) -> bytes | None:
    name = profile.publication.timestamp_roots
    return None if name is None else repository.blob(commit, str(name))


def _furnish(repository: Repository, commit: str, profile: Profile, root: Path) -> None:
    """Logo, fonts and pictures of then."""
    names = [name for name in (profile.brand.logo, *profile.brand.fonts) if name is not None]
    shown = (
        path
        for above in _SHOWN_IN
        for path in repository.tree(commit, above)
        if PurePosixPath(path).suffix.lower() in PICTURE_ENDINGS
    )
    for name in (*map(str, names), *shown):
        _copy(repository, commit, name, root)


def _copy(repository: Repository, commit: str, name: str, root: Path) -> None:
    data = repository.blob(commit, name)
    target = root / name
    if data is not None and target.resolve().is_relative_to(root.resolve()):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


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
            uses=Uses(),
            retired={},
        )


def _uses(
    repository: Repository, commit: str, facts: Facts, folder: Path
) -> dict[str, tuple[str, ...]]:
    """Documents by parameter, from the templates of then, filled in again in `folder`.

    A template that this release cannot fill in is passed over.
    """
    for above in _TEMPLATES:
        for path in repository.tree(commit, above):
            if path.endswith(".md"):
                _copy(repository, commit, path, folder)
    templates, _ = load_templates(folder)
    rendering = render_documents(templates, facts, condition_context(facts))
    there = {name: reach(rendering, name) for name in facts.parameters}
    return {
        name: tuple(sorted((*row.stated, *row.decided, *row.paced))) for name, row in there.items()
    }
