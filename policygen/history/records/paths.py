"""Paths under evidence/: what a file is by its name, and which name a record gets."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Shelf(Enum):
    """What a path says a file is."""

    TEXT = "text"
    """Approved bytes."""

    APPROVAL = "approval"
    """One consent to a version."""

    REVIEW = "review"
    """One confirmed review."""

    OBSERVATION = "observation"
    """What an importer saw on a forge."""

    SIGNATURE = "signature"
    """SSH signature over the file it is named after."""

    TIMESTAMP = "timestamp"
    """RFC 3161 token over the file it is named after."""

    SNAPSHOT = "snapshot"
    """Who is trusted."""

    SIGNERS = "signers"
    """The same for ssh-keygen."""

    TRUST_RECORD = "trust record"
    """A person's word for a snapshot."""

    EXTERNAL = "external"
    """Minutes, resolutions, earlier PDFs."""

    FORGE = "forge"
    """A recorded answer of a forge."""

    SEALED = "sealed"
    """A sealed PDF and its facts."""


@dataclass(frozen=True, slots=True)
class Place:
    """What the path of a record claims."""

    shelf: Shelf
    document: str = ""
    version: str = ""
    person: str = ""
    cycle: str = ""
    number: int = 0


_ID = r"[a-z0-9][a-z0-9-]{0,63}"
_NUMBER = r"(?:0|[1-9][0-9]{0,3})"
_DOCUMENT = rf"(?P<document>{_ID})"
_VERSION = rf"(?P<version>{_NUMBER}\.{_NUMBER})"
_PERSON = r"(?P<person>[a-z0-9][a-z0-9_-]{0,63})"
_SHELVES: tuple[tuple[Shelf, re.Pattern[str]], ...] = (
    (Shelf.TEXT, re.compile(rf"approvals/{_DOCUMENT}/{_VERSION}\.md")),
    (Shelf.APPROVAL, re.compile(rf"approvals/{_DOCUMENT}/{_VERSION}\.{_PERSON}\.json")),
    (Shelf.OBSERVATION, re.compile(rf"approvals/{_DOCUMENT}/{_VERSION}\.{_PERSON}\.forge\.json")),
    (Shelf.REVIEW, re.compile(rf"reviews/(?P<cycle>{_ID})/{_DOCUMENT}\.{_PERSON}\.json")),
    (Shelf.SNAPSHOT, re.compile(r"trust/(?P<number>[1-9][0-9]{0,4})\.yml")),
    (Shelf.SIGNERS, re.compile(r"trust/(?P<number>[1-9][0-9]{0,4})\.allowed_signers")),
    (Shelf.TRUST_RECORD, re.compile(rf"trust/(?P<number>[1-9][0-9]{{0,4}})\.{_PERSON}\.json")),
    (Shelf.EXTERNAL, re.compile(r"external/[0-9a-f]{64}\.[a-z0-9]{1,8}")),
    (Shelf.FORGE, re.compile(r"forge/(?!.*\.\.)[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*")),
    (Shelf.SEALED, re.compile(rf"sealed/{_DOCUMENT}/{_VERSION}\.(?:pdf|json)")),
)  # fmt: skip
_SIGNED = (Shelf.APPROVAL, Shelf.REVIEW, Shelf.OBSERVATION, Shelf.TRUST_RECORD)
_STAMPED = (Shelf.APPROVAL, Shelf.REVIEW)


def place_of(path: str) -> Place | None:
    """What a path below `evidence/` claims; None where no such record exists."""
    for ending, shelf, allowed in (
        (".sig", Shelf.SIGNATURE, _SIGNED),
        (".tsr", Shelf.TIMESTAMP, _STAMPED),
    ):
        if path.endswith(ending):
            place = _plain_place(path.removesuffix(ending))
            return Place(shelf) if place is not None and place.shelf in allowed else None
    return _plain_place(path)


def _plain_place(path: str) -> Place | None:
    for shelf, pattern in _SHELVES:
        match = pattern.fullmatch(path)
        if match:
            found = match.groupdict()
            return Place(
                shelf,
                document=found.get("document", ""),
                version=found.get("version", ""),
                person=found.get("person", ""),
                cycle=found.get("cycle", ""),
                number=int(found.get("number", 0)),
            )
    return None


def text_path(document: str, version: str) -> str:
    """Where the approved bytes of a version lie."""
    return f"approvals/{document}/{version}.md"


def approval_path(document: str, version: str, person: str) -> str:
    """Where a consent to a version lies."""
    return f"approvals/{document}/{version}.{person}.json"


def review_path(cycle: str, document: str, person: str) -> str:
    """Where a confirmed review lies."""
    return f"reviews/{cycle}/{document}.{person}.json"


def observation_path(approval: str) -> str:
    """Where the observation behind a consent lies."""
    return approval.removesuffix(".json") + ".forge.json"


def in_workspace(path: str) -> str:
    """The path relative to the workspace, as problems print it."""
    return f"evidence/{path}"


def version_number(version: str) -> tuple[int, int]:
    """Major and minor as numbers, so that 10.0 follows 9.0."""
    major, _, minor = version.partition(".")
    return int(major), int(minor)


def sealed_paths(document: str, version: str) -> tuple[str, str]:
    """Path of a sealed PDF and of its facts, relative to the workspace."""
    base = f"evidence/sealed/{document}/{version}"
    return f"{base}.pdf", f"{base}.json"
