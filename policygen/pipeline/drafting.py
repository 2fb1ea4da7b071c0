"""Drafting: who changed a text since the version before, as git has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.history.paths import Shelf, place_of, version_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policygen.gitrepo.history import Change
    from policygen.gitrepo.repository import Repository
    from policygen.model.document import Document
    from policygen.model.evidence import Evidence
    from policygen.model.profile.root import Profile


def people_by_mail(profile: Profile) -> dict[str, str]:
    """Person id by every mail address of the profile, lower case."""
    return {
        mail.lower(): person.id
        for person in profile.people
        for mail in (person.email, *person.emails)
        if mail
    }


def all_drafters(
    evidence: Evidence, repository: Repository
) -> dict[tuple[str, str], frozenset[str]]:
    """Git mails of who drafted each approved version, by document and version."""
    stored: dict[str, dict[str, bytes]] = {}
    for path, data in evidence.files.items():
        place = place_of(path)
        if place is not None and place.shelf is Shelf.TEXT:
            stored.setdefault(place.document, {})[place.version] = data
    found = {}
    for document, texts in stored.items():
        changes = _changes(repository, document)
        previous: bytes | None = None
        for version in sorted(texts, key=version_number):
            found[document, version] = _between(repository, changes, previous, texts[version])
            previous = texts[version]
    return found


def drafters_of(
    documents: Mapping[str, Document], approved: Mapping[str, bytes | None], repository: Repository
) -> dict[str, frozenset[str]]:
    """Git mails of who drafted the working text of documents since their newest approved version.

    Args:
        documents: The documents, by id.
        approved: The newest approved text of each; None where there is none.
        repository: Where the texts lie.
    """
    return {
        name: _between(
            repository,
            repository.changes(document.path),
            approved.get(name),
            document.text.encode(),
        )
        for name, document in documents.items()
    }


def _changes(repository: Repository, document: str) -> tuple[Change, ...]:
    for folder in ("policies", "procedures", "registers"):
        found = repository.changes(f"rendered/{folder}/{document}.md")
        if found:
            return found
    return ()


def _between(
    repository: Repository, changes: tuple[Change, ...], old: bytes | None, new: bytes
) -> frozenset[str]:
    """Authors, committers and co-authors of the commits that led from one text to another.

    Changes come newest first. Where git never held the new text, every change since the old one
    counts.
    """
    old_blob = repository.blob_id(old) if old is not None else None
    new_blob = repository.blob_id(new)
    start = next((i for i, change in enumerate(changes) if change.blob == new_blob), 0)
    mails: set[str] = set()
    for change in changes[start:]:
        if old_blob is not None and change.blob == old_blob:
            break
        mails |= {change.author_mail, change.committer_mail, *change.co_authors}
    return frozenset(mail.lower() for mail in mails)
