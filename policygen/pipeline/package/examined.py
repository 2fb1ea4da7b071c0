"""The window under examination: everything a package is told from, as it stood at its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from policygen.history.dates import local_day
from policygen.history.records.canonical import RecordFormatError, read_canonical
from policygen.history.records.paths import sealed_paths
from policygen.history.records.selection import select_evidence
from policygen.history.register.intervals import in_force_during
from policygen.history.register.register import register_from
from policygen.pipeline.situation import review_rules
from policygen.pipeline.sources.past import past_of
from policygen.problems import PolicygenError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime
    from pathlib import Path

    from policygen.history.records.selection import Selection
    from policygen.model.judgement import TrustChain
    from policygen.model.register import Register, Version
    from policygen.model.window import InForce, Window
    from policygen.pipeline.situation import Situation
    from policygen.pipeline.sources.past import Past


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedVersion:
    """The sealed PDF of a version in force, with its record."""

    pdf: bytes
    record: bytes
    consents: tuple[str, ...]
    """Paths below `evidence/` of the consents that it carries inside."""

    certificate: str
    """Fingerprint of the certificate that sealed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A window with everything that is known of it."""

    found: Situation
    window: Window
    zone: ZoneInfo
    past: Past
    register: Register
    """As of the window's last day; nothing decided later is in it."""

    in_force: InForce
    sealed: dict[tuple[str, str], SealedVersion]
    """By document and version; a version that was never sealed is absent."""

    selection: Selection

    def day_of(self, moment: datetime) -> date:
        """The organization's day of a moment."""
        return local_day(moment, self.zone)

    @property
    def unsealed(self) -> tuple[Version, ...]:
        """Versions in force without a sealed PDF."""
        return tuple(
            row.version
            for row in self.in_force.intervals
            if (row.version.document, row.version.version) not in self.sealed
        )


def examine(
    found: Situation,
    window: Window,
    folder: Path,
    *,
    raw_responses: bool = True,
    trust_to: int = 0,
) -> Examined:
    """Everything that a window is told from.

    Args:
        found: The workspace as it is now.
        window: The days.
        folder: An empty folder that lives as long as what is returned.
        raw_responses: Whether recorded answers of a forge may be handed on.
        trust_to: Number of the trust snapshot that is needed at least; 0 for none.

    Raises:
        PolicygenError: Nothing was in force, or nothing tells what the profile said.
    """
    zone = _zone(found.judgement.chain, window) or found.zone
    before = window.ends_at(zone)
    past = past_of(found.repository, before, folder)
    register = register_from(
        found.judgement,
        found.evidence,
        {document.id: document for document in past.documents},
        as_of=window.last,
        rules=review_rules(past.facts, zone),
    )
    in_force = in_force_during(register, window)
    if not in_force.intervals:
        raise PolicygenError(
            Problem(
                code="export-nothing-in-force",
                message=f"no document was in force on any day of the window, {window}",
                hint="policygen status --as-of DATE shows what was.",
            )
        )
    sealed = dict(_sealed(found.root, (row.version for row in in_force.intervals)))
    carried = [path for each in sealed.values() for path in each.consents]
    return Examined(
        found=found,
        window=window,
        zone=zone,
        past=past,
        register=register,
        in_force=in_force,
        sealed=sealed,
        selection=select_evidence(
            found.evidence,
            before=before,
            also=carried,
            trust_to=trust_to,
            raw_responses=raw_responses,
        ),
    )


def _zone(chain: TrustChain, window: Window) -> ZoneInfo | None:
    """The time zone of the newest trust snapshot of the window; None before the root."""
    zones = [
        ZoneInfo(link.snapshot.time_zone)
        for link in chain.links
        if link.snapshot.created_at < window.ends_at(ZoneInfo(link.snapshot.time_zone))
    ]
    return zones[-1] if zones else None


def _sealed(
    root: Path, versions: Iterable[Version]
) -> Iterator[tuple[tuple[str, str], SealedVersion]]:
    for version in versions:
        pdf, record = (root / path for path in sealed_paths(version.document, version.version))
        if not pdf.is_file() or not record.is_file():
            continue
        data = record.read_bytes()
        facts = _facts(data)
        yield (
            (version.document, version.version),
            SealedVersion(
                pdf=pdf.read_bytes(),
                record=data,
                consents=tuple(_consents(facts)),
                certificate=str(facts.get("certificate_sha256")),
            ),
        )


def _facts(record: bytes) -> dict[str, object]:
    """What the record of a seal says; a broken one is told by the verification."""
    try:
        value = read_canonical(record)
    except RecordFormatError:
        return {}
    return {**value} if isinstance(value, dict) else {}


def _consents(facts: dict[str, object]) -> Iterator[str]:
    rows = facts.get("consents")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            yield str(row.get("path")).removeprefix("evidence/")
