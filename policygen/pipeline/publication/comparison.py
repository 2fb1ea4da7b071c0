"""Comparison: what changed between two versions of a document, and how it is published."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from policygen.history.dates import local_day
from policygen.history.records.evidence import read_evidence
from policygen.history.records.paths import Shelf, place_of, version_number
from policygen.model.document import Header, Kind, text_digest
from policygen.pipeline.publication.editions import brand_of
from policygen.pipeline.situation import situation
from policygen.pipeline.sources.survey import survey
from policygen.problems import Problem, UsageError
from policygen.text.record import read_record
from policygen.text.redline import Block, Mark, Run, as_text, compared, redline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo
    from pathlib import Path

    from policygen.model.publication import Brand
    from policygen.model.register import Entry
    from policygen.pipeline.situation import Situation
    from policygen.publish.changes.arranged import Changes, Side

FRONT_MATTER = "About the document"
"""Heading for what changed above the text itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A redline with the names of what was compared."""

    document: str
    old: str | None
    """Version of the older text; None where there is none."""

    new: str | None
    """Version of the newer text; None means the working text."""

    old_text: str
    """The whole text of record; empty where there is none."""

    new_text: str
    blocks: tuple[Block, ...]
    """Empty where nothing differs."""

    @property
    def names(self) -> str:
        """What was compared, e.g. `1.0 -> working text`."""
        return f"{self.old or 'nothing'} -> {self.new or 'working text'}"

    @property
    def text(self) -> str:
        """The redline for a terminal; empty where nothing differs."""
        return as_text(self.blocks)


def compare(
    root: Path, document: str, old: str | None, new: str | None, *, now: datetime
) -> Comparison:
    """The redline of a document.

    Args:
        root: The workspace.
        document: Its id.
        old: An approved version; None means the newest, or nothing where there is none.
        new: An approved version; None means the working text.
        now: The moment.

    Raises:
        UsageError: The document or a version does not exist.
    """
    versions = _versions(root, document)
    working = survey(root, now=now).document(document) if new is None else None
    if new is None and working is None and not versions:
        raise _unknown(f"{document} is not a document of this set", sorted(versions))
    chosen = old or (list(versions)[-1] if versions else None)
    for name in (chosen, new):
        if name is not None and name not in versions:
            raise _unknown(f"{document} has no version {name}", list(versions))
    before = versions[chosen] if chosen else ""
    after = versions[new] if new else (working.text if working else "")
    return comparison_of(document, (chosen, before), (new, after))


def comparison_of(
    document: str, old: tuple[str | None, str], new: tuple[str | None, str]
) -> Comparison:
    """The redline of two texts, each given with the version that it is."""
    before, after = old[1], new[1]
    return Comparison(
        document=document,
        old=old[0],
        new=new[0],
        old_text=before,
        new_text=after,
        blocks=(*_header_changes(before, after), *redline(_body(before), _body(after))),
    )


def publish_html(root: Path, found: Comparison, *, now: datetime) -> bytes:
    """A comparison as one HTML file.

    Args:
        root: The workspace.
        found: What differs.
        now: Decides which consents count, and so which days are stated.
    """
    from policygen.publish.changes.html import changes_html

    return changes_html(_changes(situation(root, now=now), found))


def publish_pdf(root: Path, found: Comparison, *, now: datetime) -> bytes:
    """A comparison as PDF, in the look of the print theme.

    Raises:
        PolicygenError: A character cannot be printed.
    """
    return comparison_pdf(situation(root, now=now), found)


def comparison_pdf(here: Situation, found: Comparison) -> bytes:
    """`publish_pdf` for whoever has taken stock already.

    Raises:
        PolicygenError: A character cannot be printed.
    """
    from policygen.publish.changes.pdf import changes_pdf

    return changes_pdf(
        _changes(here, found), theme=here.root / "overrides" / "pdf", workspace=here.root
    )


def _changes(here: Situation, found: Comparison) -> Changes:
    entry = here.register.entry(found.document)
    return changes_between(found, entry, brand_of(here.survey.facts.profile), here.zone)


def changes_between(found: Comparison, entry: Entry | None, brand: Brand, zone: tzinfo) -> Changes:
    """A comparison with what its page states beside it.

    Args:
        found: What differs.
        entry: The document in the register, for the days of its versions.
        brand: How the page is to look.
        zone: Where days begin.
    """
    from policygen.publish.changes.arranged import Changes, sections_of

    shown = found.new_text or found.old_text
    nothing = "nothing" if not found.new_text else "the working text"
    return Changes(
        header=read_record(shown, found.document).header,
        old=_side(entry, found.old, found.old_text, "nothing", zone),
        new=_side(entry, found.new, found.new_text, nothing, zone),
        sections=sections_of(found.blocks),
        brand=brand,
    )


def _side(
    entry: Entry | None, version: str | None, text: str, otherwise: str, zone: tzinfo
) -> Side:
    from policygen.publish.changes.arranged import Side

    rows = entry.versions if entry is not None and version is not None else ()
    row = next((row for row in rows if row.version == version and row.is_approval), None)
    approved_at = row.approved_at if row else None
    return Side(
        name=f"version {version}" if version else otherwise,
        approved=local_day(approved_at, zone) if approved_at else None,
        effective=row.effective if row else None,
        text=text,
        digest=text_digest(text) if text else None,
    )


def _header_changes(before: str, after: str) -> Iterator[Block]:
    """What the front matter says otherwise: it is approved with the text."""
    if not before or not after:
        return
    old, new = (read_record(text, FRONT_MATTER).header for text in (before, after))
    for field in fields(Header):
        values = [_written(getattr(header, field.name)) for header in (old, new)]
        if values[0] != values[1]:
            name = Run(Mark.SAME, f"{field.name.replace('_', ' ')}: ")
            yield Block(FRONT_MATTER, (name, *compared(*values)))


def _written(value: object) -> str:
    """A value of the front matter in words."""
    match value:
        case None:
            return "none"
        case tuple():
            return ", ".join(map(str, value)) or "none"
        case str():
            return value
        case Kind():
            return value.value
        case _:
            return json.dumps(value)


def _versions(root: Path, document: str) -> dict[str, str]:
    """Stored texts by version, oldest first."""
    found = {}
    for path, data in read_evidence(root / "evidence").files.items():
        place = place_of(path)
        if place is not None and place.shelf is Shelf.TEXT and place.document == document:
            found[place.version] = data.decode()
    return dict(sorted(found.items(), key=lambda item: version_number(item[0])))


def _body(text: str) -> str:
    return read_record(text, FRONT_MATTER).body if text else ""


def _unknown(message: str, known: list[str]) -> UsageError:
    return UsageError(
        Problem(
            code="usage-unknown-version",
            message=message,
            hint=f"Approved versions: {', '.join(known)}." if known else "None is approved yet.",
        )
    )
