"""The witness of git: when records appeared, who drafted a text, what was rewritten."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from policygen.gitrepo.history import RewriteKind
from policygen.history.consents.cases import read_texts
from policygen.history.records.paths import version_number
from policygen.model.judgement import Witness
from policygen.problems import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from policygen.gitrepo.history import Change
    from policygen.gitrepo.repository import Repository
    from policygen.history.consents.cases import Text
    from policygen.model.evidence import Evidence

FOLDER = "evidence"
FORGE_COMMITTERS = frozenset({"noreply@github.com"})
"""Committers that a forge writes when it merges in an author's name; they drafted nothing."""


def no_robot(change: Change) -> bool:  # noqa: ARG001 - the shape of the hook
    """Nobody is taken for the render bot."""
    return False


def take_witness(
    repository: Repository,
    evidence: Evidence,
    *,
    people_by_mail: Mapping[str, str],
    now: datetime | None = None,
    is_robot: Callable[[Change], bool] = no_robot,
) -> Witness:
    """What git knows about evidence, as plain values; what time-stamps attest is not in it.

    Args:
        repository: The workspace's repository.
        evidence: What lies in it.
        people_by_mail: Person id by git mail, lower case.
        now: The moment of the verification.
        is_robot: Whether a commit only rendered again what its sources say, byte for byte.

    Raises:
        PolicygenError: The history is incomplete or damaged.
    """
    appearances = repository.appearances(FOLDER, until=now)
    return Witness(
        appeared_at={path: found.committed_at for path, found in appearances.items()},
        drafters=_drafters(repository, evidence, is_robot),
        people_by_mail=people_by_mail,
        now=now,
    )


def drafters_since(
    repository: Repository,
    path: str,
    earlier: Sequence[bytes],
    *,
    is_robot: Callable[[Change], bool] = no_robot,
) -> frozenset[str]:
    """Mails of everybody who changed a rendered file since its last approved text.

    Args:
        repository: The workspace's repository.
        path: E.g. `rendered/policies/access-control-policy.md`.
        earlier: All approved texts of the document, oldest first.
        is_robot: As for `take_witness`.
    """
    changes = repository.changes(path)[::-1]
    position = 0
    for text in earlier:
        position = _position_after(changes, repository.blob_id(text), position)
    return _mails(changes[position:], is_robot)


def git_problems(repository: Repository) -> tuple[Problem, ...]:
    """Records that changed or vanished, in any commit or on disk, and ways to hide it.

    Raises:
        PolicygenError: The history is incomplete or damaged.
    """
    return (
        *_rewritten(repository),
        *_changed_on_disk(repository),
        *_replaced(repository),
    )


def _drafters(
    repository: Repository, evidence: Evidence, is_robot: Callable[[Change], bool]
) -> dict[tuple[str, str], frozenset[str]]:
    texts, _ = read_texts(evidence)
    found: dict[tuple[str, str], frozenset[str]] = {}
    for document in sorted({document for document, _ in texts}):
        versions = sorted(
            (version for named, version in texts if named == document), key=version_number
        )
        found |= _of_document(repository, evidence, document, versions, texts, is_robot)
    return found


def _of_document(
    repository: Repository,
    evidence: Evidence,
    document: str,
    versions: list[str],
    texts: Mapping[tuple[str, str], Text],
    is_robot: Callable[[Change], bool],
) -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
    """Each version with those who changed the text after the one before, oldest first."""
    position = 0
    for version in versions:
        header = texts[document, version].record.header
        changes = repository.changes(f"rendered/{header.path}")[::-1]
        blob = repository.blob_id(evidence.files[f"approvals/{document}/{version}.md"])
        after = _position_after(changes, blob, position)
        until = after if after > position else len(changes)
        yield (document, version), _mails(changes[position:until], is_robot)
        position = after


def _position_after(changes: Sequence[Change], blob: str, position: int) -> int:
    """Behind the first change from `position` on that made the file these bytes."""
    for index in range(position, len(changes)):
        if changes[index].blob == blob:
            return index + 1
    return position


def _mails(changes: Sequence[Change], is_robot: Callable[[Change], bool]) -> frozenset[str]:
    found: set[str] = set()
    for change in changes:
        if is_robot(change):
            continue
        found |= {change.author_mail, *change.co_authors}
        if change.committer_mail.lower() not in FORGE_COMMITTERS:
            found.add(change.committer_mail)
    return frozenset(mail.lower() for mail in found)


def _rewritten(repository: Repository) -> Iterator[Problem]:
    for rewrite in repository.rewrites(FOLDER):
        commit = rewrite.commit[:12]
        match rewrite.kind:
            case RewriteKind.CHANGED:
                yield _problem("record-rewritten", rewrite.path, f"commit {commit} changed it")
            case RewriteKind.REMOVED:
                yield _problem("record-vanished", rewrite.path, f"commit {commit} removed it")


def _changed_on_disk(repository: Repository) -> Iterator[Problem]:
    commit = repository.head()
    committed = {} if commit is None else repository.tree(commit, FOLDER)
    for path in repository.uncommitted(FOLDER):
        if path not in committed:
            continue
        if os.path.lexists(repository.workspace / path):
            yield _problem("record-rewritten", path, "it is not as it was committed")
        else:
            yield _problem("record-vanished", path, "it was committed and is gone from the folder")


def _replaced(repository: Repository) -> Iterator[Problem]:
    hidden = [*repository.replace_refs(), *(f"graft {line[:40]}" for line in repository.grafts())]
    for name in hidden:
        yield Problem(
            code="record-replaced-objects",
            message=f"the repository shows other contents than were committed: {name}",
            hint="Delete it with git replace -d; policygen reads around it.",
        )


def _problem(code: str, path: str, message: str) -> Problem:
    hint = "Restore the first committed bytes, and find out who changed them."
    return Problem(code=code, location=Location(path), message=message, hint=hint)
