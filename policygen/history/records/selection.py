"""Selection: the evidence of a window, the same however much was recorded later."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from policygen.history.records.canonical import RecordFormatError
from policygen.history.records.checklists import bound_checklist, stored_path
from policygen.history.records.consents import read_consent, read_observation
from policygen.history.records.lists import line_of, read_lists
from policygen.history.records.paths import Shelf, observation_path, place_of, text_path
from policygen.history.records.snapshots import read_snapshot
from policygen.model.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from policygen.model.evidence import Consent

_RULES = re.compile(r"forge/.+/rules/(?P<at>\d{8}T\d{6}Z)/[^/]+")
_TRUST = re.compile(r"trust/(\d+)\.")


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
    trust_to: int = 0,
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
        trust_to: Number of a trust snapshot that is needed although it came later, with those
            before it; 0 for none.
        raw_responses: Whether recorded answers of a forge may be handed on where no sealed PDF
            carries them.
    """
    carried = {path for path in also if path in evidence.files}
    chosen = set(carried)
    chosen |= {path for path, at in _dated(evidence) if at is None or at < before}
    wanted: set[str] = set()
    raw: set[str] = set()
    sealed: set[str] = set()
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
        checklist = bound_checklist(consent)
        if checklist is not None:
            wanted.add(stored_path(checklist))
        recorded = set(_raw(evidence, observation_path(path)))
        raw |= recorded
        if path in carried:
            sealed |= recorded
    raw |= set(_rules(evidence, before))
    wanted |= set(_beside(evidence, wanted)) | set(_lists(evidence, chosen))
    wanted |= set(_trust(evidence, before, trusted, trust_to)) | set(_strangers(evidence))
    # A sealed PDF carries the answers that its consents rest on; there is nothing to keep back.
    wanted |= raw if raw_responses else sealed
    kept = {path: data for path, data in evidence.files.items() if path in wanted}
    return Selection(
        evidence=Evidence(files=kept, problems=evidence.problems),
        left_out=tuple(sorted((raw & evidence.files.keys()) - wanted)),
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
    for raw in observation.raw:
        yield raw.file
        yield from answers_of(evidence, raw.file)


def answers_of(evidence: Evidence, path: str) -> Iterator[str]:
    """The answers that the index of a recording names, some of them from earlier visits."""
    if not path.endswith("/index.json") or path not in evidence.files:
        return
    try:
        index = json.loads(evidence.files[path])
        yield from (str(answer["file"]) for answer in index["responses"])
    except (ValueError, TypeError, KeyError):
        return  # a recording that cannot be read is told by the verification


def _rules(evidence: Evidence, before: datetime) -> Iterator[str]:
    """Recordings of a branch's rules made before a moment, with all that they point to."""
    for path in evidence.files:
        found = _RULES.fullmatch(path)
        if found is None:
            continue
        made = _stamp(found["at"])
        if made is None or made < before:
            yield path
            yield from answers_of(evidence, path)


def _stamp(text: str) -> datetime | None:
    """The time in the name of a recording; None where it is none."""
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _beside(evidence: Evidence, records: set[str]) -> Iterator[str]:
    """Signatures, time stamps and whatever else is named after a record."""
    for path in evidence.files:
        name = path
        while "." in name:
            name = name.rpartition(".")[0]
            if name in records:
                yield path


def _lists(evidence: Evidence, records: set[str]) -> Iterator[str]:
    """Signed lists that name a record."""
    lists = read_lists(evidence)
    for path in sorted(records):
        yield from lists.get(line_of(path, evidence.files[path]), ())


def _trust(evidence: Evidence, before: datetime, named: set[str], needed: int) -> Iterator[str]:
    """Every file of the snapshots up to the newest one made before the moment, or needed."""
    newest = needed
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
