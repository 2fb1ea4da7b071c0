"""Selection: the evidence of a window, the same however much was recorded later."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.history.canonical import RecordFormatError
from policygen.history.paths import Shelf, observation_path, place_of, text_path
from policygen.history.records import read_consent, read_observation
from policygen.history.snapshots import read_snapshot
from policygen.model.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from policygen.model.evidence import Consent

_TRUST = re.compile(r"trust/(\d+)\.")
_ENDINGS = (".sig", ".tsr")


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The part of evidence that a window is told from."""

    evidence: Evidence
    left_out: tuple[str, ...]
    """Paths of raw forge responses that belong to it and are kept back, below `evidence/`."""


def select_evidence(
    evidence: Evidence,
    *,
    before: datetime,
    also: Iterable[str] = (),
    raw_responses: bool = True,
) -> Selection:
    """Everything that was recorded before a moment, whatever was added since.

    A consent brings its signature and time stamp, the text, what a forge said and the file of an
    outside decision; trust comes as the snapshots up to the newest that counts. A record whose
    time cannot be read is taken along: nothing is left out because it is odd.

    Args:
        evidence: The whole of it.
        before: The first moment that no longer belongs to the window.
        also: Paths of records that are needed although they came later, such as consents that a
            sealed PDF carries inside.
        raw_responses: Whether recorded answers of a forge may be handed on.
    """
    chosen = {path for path in also if path in evidence.files}
    chosen |= {path for path, at in _dated(evidence) if at is None or at < before}
    wanted: set[str] = set()
    raw: set[str] = set()
    trusted: set[str] = set()
    for path in sorted(chosen):
        wanted.add(path)
        consent = _consent(evidence, path)
        if consent is None:
            continue
        trusted.add(consent.trust_sha256)
        wanted |= {text_path(consent.document, consent.version), observation_path(path)}
        if consent.external is not None:
            wanted.add(consent.external.file)
        raw |= set(_raw(evidence, observation_path(path)))
    wanted |= {path + ending for path in wanted for ending in _ENDINGS}
    wanted |= set(_trust(evidence, before, trusted)) | set(_strangers(evidence))
    if raw_responses:
        wanted |= raw
    kept = {path: data for path, data in evidence.files.items() if path in wanted}
    return Selection(
        evidence=Evidence(files=kept, problems=evidence.problems),
        left_out=() if raw_responses else tuple(sorted(raw & evidence.files.keys())),
    )


def _dated(evidence: Evidence) -> Iterator[tuple[str, datetime | None]]:
    """Consents and confirmed reviews with the time they claim; None where it cannot be read."""
    for path in evidence.files:
        place = place_of(path)
        if place is not None and place.shelf in (Shelf.APPROVAL, Shelf.REVIEW):
            consent = _consent(evidence, path)
            yield path, None if consent is None else consent.at


def _consent(evidence: Evidence, path: str) -> Consent | None:
    try:
        return read_consent(evidence.files[path])
    except RecordFormatError:
        return None


def _raw(evidence: Evidence, path: str) -> Iterator[str]:
    """The recorded answers that an observation rests on."""
    data = evidence.files.get(path)
    if data is None:
        return
    try:
        observation = read_observation(data)
    except RecordFormatError:
        return
    yield from (raw.file for raw in observation.raw)


def _trust(evidence: Evidence, before: datetime, named: set[str]) -> Iterator[str]:
    """Every file of the snapshots up to the newest one made before the moment, or named."""
    newest = 0
    for path, data in evidence.files.items():
        place = place_of(path)
        if place is None or place.shelf is not Shelf.SNAPSHOT:
            continue
        is_named = hashlib.sha256(data).hexdigest() in named
        if is_named or _made_before(data, before):
            newest = max(newest, place.number)
    for path in evidence.files:
        found = _TRUST.match(path)
        if found and int(found[1]) <= newest:
            yield path


def _made_before(data: bytes, moment: datetime) -> bool:
    try:
        return read_snapshot(data).created_at < moment
    except RecordFormatError:
        return True


def _strangers(evidence: Evidence) -> Iterator[str]:
    """Files that no record has the name of; a verification names them."""
    yield from (path for path in evidence.files if place_of(path) is None)
