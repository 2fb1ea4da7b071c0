"""Redlines of a window: what each version changed, as PDFs beside the versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.audit.lists.approvals import ChangeLine
from policygen.history.register.alterations import alterations
from policygen.model.evidence import Decision
from policygen.pipeline.publication.comparison import changes_between, comparison_of
from policygen.pipeline.publication.editions import brand_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.register import Entry, Version
    from policygen.pipeline.package.examined import Examined

RETIRES = "takes the document out of force"


def change_lines(examined: Examined) -> tuple[ChangeLine, ...]:
    """Every version and retirement that took effect in the window, by document."""
    window = examined.window
    return tuple(
        _line(entry, version, examined)
        for entry in examined.register.entries
        for version in entry.versions
        if version.approved_at is not None and window.first <= version.effective <= window.last
    )


def redline_pdfs(examined: Examined) -> Iterator[tuple[str, bytes]]:
    """A comparison for each version that replaced another one in the window.

    Raises:
        PolicygenError: A character cannot be printed.
    """
    from policygen.publish.changes.pdf import changes_pdf

    brand = brand_of(examined.past.facts.profile)
    for line in change_lines(examined):
        if line.redline is None or line.previous is None:
            continue
        found = comparison_of(
            line.version.document,
            (line.previous.version, _text(examined, line.previous)),
            (line.version.version, _text(examined, line.version)),
        )
        entry = examined.register.entry(line.version.document)
        changes = changes_between(found, entry, brand, examined.zone)
        yield (
            line.redline,
            changes_pdf(changes, theme=examined.past.theme, workspace=examined.past.folder),
        )


def _line(entry: Entry, version: Version, examined: Examined) -> ChangeLine:
    previous = _in_force_before(entry, version)
    if version.decision is Decision.RETIRED:
        return ChangeLine(version=version, previous=previous, summary=RETIRES, redline=None)
    redline = None
    if previous is not None and _is_in(examined, version):
        name = f"{version.document}_v{previous.version}_to_v{version.version}_redline.pdf"
        redline = f"changes/{name}"
    return ChangeLine(
        version=version,
        previous=previous,
        summary=alterations(previous.text if previous else None, version.text),
        redline=redline,
    )


def _in_force_before(entry: Entry, version: Version) -> Version | None:
    """The version that was in force until this one took effect, or last before it."""
    found = None
    for other in entry.versions:
        if other is version:
            return found
        if other.is_approval and (other.until is None or other.until > other.effective):
            found = other
    return found


def _is_in(examined: Examined, version: Version) -> bool:
    return any(row.version is version for row in examined.in_force.intervals)


def _text(examined: Examined, version: Version) -> str:
    path = version.text_path.removeprefix("evidence/")
    return examined.found.evidence.files[path].decode()
