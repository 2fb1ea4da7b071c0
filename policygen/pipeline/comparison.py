"""Comparison: what changed between two versions of a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.history.evidence import read_evidence
from policygen.history.paths import Shelf, place_of, version_number
from policygen.pipeline.survey import survey
from policygen.problems import Problem, UsageError
from policygen.record_text import read_record
from policygen.redline import as_text, redline

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A redline with the names of what was compared."""

    old_name: str
    new_name: str
    text: str
    """Empty where nothing differs."""


def compare(root: Path, document: str, old: str | None, new: str | None) -> Comparison:
    """The redline of a document.

    Args:
        root: The workspace.
        document: Its id.
        old: An approved version; None means the newest, or nothing where there is none.
        new: An approved version; None means the working text.

    Raises:
        UsageError: The document or a version does not exist.
    """
    versions = _versions(root, document)
    working = survey(root).document(document) if new is None else None
    if new is None and working is None and not versions:
        raise _unknown(f"{document} is not a document of this set", sorted(versions))
    chosen = old or (list(versions)[-1] if versions else None)
    for name in (chosen, new):
        if name is not None and name not in versions:
            raise _unknown(f"{document} has no version {name}", list(versions))
    before = _body(versions[chosen], chosen) if chosen else ""
    after = versions[new] if new else (working.text if working else "")
    return Comparison(
        old_name=chosen or "nothing",
        new_name=new or "working text",
        text=as_text(redline(before, _body(after, new or "working") if after else "")),
    )


def _versions(root: Path, document: str) -> dict[str, str]:
    """Stored texts by version, oldest first."""
    found = {}
    for path, data in read_evidence(root / "evidence").files.items():
        place = place_of(path)
        if place is not None and place.shelf is Shelf.TEXT and place.document == document:
            found[place.version] = data.decode()
    return dict(sorted(found.items(), key=lambda item: version_number(item[0])))


def _body(text: str, name: str) -> str:
    return read_record(text, name).body


def _unknown(message: str, known: list[str]) -> UsageError:
    return UsageError(
        Problem(
            code="usage-unknown-version",
            message=message,
            hint=f"Approved versions: {', '.join(known)}." if known else "None is approved yet.",
        )
    )
