"""What counts: which text of each document, and which text states a duty that stands in several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.model.matrix import Coverage
from policygen.model.register import Flag, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from policygen.model.document import Document, Part, RecordText, Statement
    from policygen.model.register import Entry, Register, Version

STEPS = (
    Coverage.GAP, Coverage.MAPPED, Coverage.APPROVED, Coverage.IN_FORCE, Coverage.CURRENT,
)  # fmt: skip
"""Coverage from nothing to all."""


@dataclass(frozen=True, slots=True)
class Source:
    """One document's text that counts, and how far it counts."""

    text: RecordText
    version: str | None
    coverage: Coverage
    present: bool
    """Whether the set still has the document; one bound into another or left out has not."""

    @property
    def rank(self) -> tuple[int, bool]:
        """Orders texts that state the same: what counts furthest, then what the set still has."""
        return STEPS.index(self.coverage), self.present


@dataclass(frozen=True, slots=True)
class Claim:
    """A document, alone or bound into another, that claims criteria, and the text it stands in."""

    part: Part
    source: Source

    @property
    def document(self) -> str:
        """Id of the document that holds it."""
        return self.source.text.header.id


def sources_of(documents: Sequence[Document], register: Register) -> list[Source]:
    """The text of each document that counts: in force, else approved, else the working text."""
    present = {document.id for document in documents}
    sources: dict[str, Source] = {}
    for document in documents:
        sources[document.id] = Source(document.record, None, Coverage.MAPPED, True)
    for entry in register.entries:
        approved = [version for version in entry.versions if _waits(version)]
        if entry.in_force is not None:
            version = entry.in_force
            coverage = _in_force(entry)
            sources[entry.id] = Source(version.text, version.version, coverage, entry.id in present)
        elif approved:
            # What was approved counts, not what has been written since.
            text = approved[-1].text
            sources[entry.id] = Source(text, None, Coverage.APPROVED, entry.id in present)
    return list(sources.values())


def statements_of(sources: Iterable[Source]) -> list[tuple[Statement, Source]]:
    """Each statement once, from the text where it counts furthest.

    The same id stands in two texts while a document that was bound into another, or taken out of
    it again, is still in force.
    """
    found: dict[str, tuple[Statement, Source]] = {}
    for source in sources:
        for statement in source.text.statements:
            known = found.get(statement.id)
            if known is None or known[1].rank < source.rank:
                found[statement.id] = (statement, source)
    return list(found.values())


def claims_of(sources: Iterable[Source]) -> list[Claim]:
    """What claims criteria, each document of the library once, from the text that counts furthest.

    Coverage is computed on what documents were before they were bound, so that binding them
    changes nothing about it.
    """
    found: dict[str, Claim] = {}
    for source in sources:
        for part in source.text.header.claims:
            known = found.get(part.id)
            if known is None or known.source.rank < source.rank:
                found[part.id] = Claim(part, source)
    return list(found.values())


def _in_force(entry: Entry) -> Coverage:
    return Coverage.IN_FORCE if Flag.OVERDUE in entry.flags else Coverage.CURRENT


def _waits(version: Version) -> bool:
    return version.is_approval and version.state is State.APPROVED
