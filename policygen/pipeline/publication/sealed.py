"""Sealed PDFs held against evidence: each file, its record, and what it carries inside."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from policygen.history.records.canonical import (
    RecordFormatError,
    format_time,
    problem_of,
    read_canonical,
)
from policygen.history.records.paths import sealed_paths
from policygen.pipeline.consent.timestamping import roots_of, time_of
from policygen.pipeline.publication.editions import path_of_attachment
from policygen.pipeline.publication.rebuilding import Rebuilder
from policygen.pipeline.publication.sealing import consent_digests
from policygen.problems import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cryptography.x509 import Certificate

    from policygen.crypto.pdfcheck import SealCheck
    from policygen.model.evidence import Evidence
    from policygen.model.register import Entry, Version
    from policygen.pipeline.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPdfs:
    """What was found under `evidence/sealed`."""

    count: int
    """How many sealed PDFs there are."""

    times: tuple[str, ...]
    """A line for each seal whose time somebody else states: when, and who."""

    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """A sealed PDF with the record of its seal, and what problems call them."""

    pdf: bytes
    pdf_path: str
    record: bytes
    record_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SealFinding:
    """What one sealed PDF came to, held against its record and evidence."""

    problems: tuple[Problem, ...]

    facts: Mapping[str, object] | None = None
    """What the record says; None where there is none that can be read."""

    times: tuple[str, ...] = ()
    """A line for a time that somebody else states."""

    carried: frozenset[str] = frozenset()
    """Paths below `evidence/` of the files inside the PDF."""


def check_sealed(found: Situation, *, rebuild: bool, advance: Callable[[str], None]) -> SealedPdfs:
    """Hold every sealed PDF against evidence.

    Args:
        found: The workspace.
        rebuild: Build revision 0 of each again and compare.
        advance: Told the name of each document when it is done.
    """
    with ExitStack() as stack:
        rebuilder = stack.enter_context(closing(Rebuilder(found))) if rebuild else None
        return _check_all(found, rebuilder, advance)


def _check_all(
    found: Situation, rebuilder: Rebuilder | None, advance: Callable[[str], None]
) -> SealedPdfs:
    problems: list[Problem] = []
    known: set[str] = set()
    times: list[str] = []
    count = 0
    roots = roots_of(found)
    for entry in found.register.entries:
        for version in entry.versions:
            pdf, record = sealed_paths(version.document, version.version)
            if not (found.root / record).exists() and not (found.root / pdf).exists():
                continue
            known |= {pdf, record}
            count += 1
            finding = _one(found, entry, version, rebuilder, roots)
            problems += finding.problems
            times += finding.times
            advance(version.document)
    problems += _strangers(found, known)
    return SealedPdfs(count=count, times=tuple(times), problems=tuple(problems))


def _one(
    found: Situation,
    entry: Entry,
    version: Version,
    rebuilder: Rebuilder | None,
    roots: Sequence[Certificate],
) -> SealFinding:
    pdf_path, record_path = sealed_paths(version.document, version.version)
    if not (found.root / record_path).is_file() or not (found.root / pdf_path).is_file():
        return SealFinding(
            problems=(
                Problem(
                    code="seal-incomplete",
                    location=Location(pdf_path),
                    message="the PDF or its record is missing",
                    hint="Where sealing was broken off, policygen seal completes it.",
                ),
            )
        )
    sealed = SealedFile(
        pdf=(found.root / pdf_path).read_bytes(),
        pdf_path=pdf_path,
        record=(found.root / record_path).read_bytes(),
        record_path=record_path,
    )
    finding = check_one(sealed, version, found.evidence, roots=roots)
    if rebuilder is None or finding.facts is None:
        return finding
    again = rebuilder.differences(entry, version, finding.facts, finding.carried, pdf_path)
    return replace(finding, problems=(*finding.problems, *again))


def check_one(
    sealed: SealedFile, version: Version, evidence: Evidence, *, roots: Sequence[Certificate]
) -> SealFinding:
    """Hold one sealed PDF against its record and evidence, wherever the three come from.

    Args:
        sealed: The PDF and its record.
        version: What it should be the PDF of.
        evidence: What it should carry inside.
        roots: Roots of time-stamping authorities that count.
    """
    from policygen.crypto.pdfcheck import check_sealed_pdf

    try:
        record = read_canonical(sealed.record)
    except RecordFormatError as error:
        return SealFinding(problems=(problem_of(error, sealed.record_path),))
    facts = record if isinstance(record, dict) else {}
    check = check_sealed_pdf(
        sealed.pdf,
        expected_fingerprint=str(facts.get("certificate_sha256")),
        expected_revision0_sha256=str(facts.get("revision0_sha256")),
    )
    problems = [replace(problem, location=Location(sealed.pdf_path)) for problem in check.problems]
    problems += _record_problems(evidence, version, facts, sealed.pdf, sealed.record_path)
    problems += _time_problems(check, facts, sealed.record_path)
    times: list[str] = []
    if check.seal is not None and not check.problems:
        stamp = time_of(check.seal, roots)
        times = [f"{version.document} {version.version}: {line}" for line in stamp.lines]
        problems += [
            replace(problem, location=Location(sealed.pdf_path)) for problem in stamp.problems
        ]
    problems += _inside(evidence, check.attachments, sealed.pdf_path)
    return SealFinding(
        problems=tuple(problems),
        facts=facts,
        times=tuple(times),
        carried=frozenset(path_of_attachment(name) for name in check.attachments),
    )


def _record_problems(
    evidence: Evidence, version: Version, facts: Mapping[str, object], data: bytes, path: str
) -> Iterator[Problem]:
    expected: dict[str, object] = {
        "document": version.document,
        "version": version.version,
        "text_sha256": version.text_sha256,
        "file_sha256": hashlib.sha256(data).hexdigest(),
        "schema": "policygen/seal/1",
    }
    for key, value in expected.items():
        if facts.get(key) != value:
            yield Problem(
                code="seal-record-differs",
                location=Location(path),
                message=f"{key} is {facts.get(key)}, expected {value}",
                hint="The record or the PDF was changed after sealing; see its history in git.",
            )
    contained = facts.get("consents")
    known = consent_digests(version, evidence)
    if not isinstance(contained, list) or any(row not in known for row in contained):
        yield Problem(
            code="seal-record-differs",
            location=Location(path),
            message="it names a consent that evidence does not hold",
            hint="Run policygen verify on the consents first.",
        )


def _time_problems(check: SealCheck, facts: Mapping[str, object], path: str) -> Iterator[Problem]:
    """A time in the record that is not the one in the seal, either way."""
    inside = format_time(check.timestamped_at) if check.timestamped_at else None
    if facts.get("timestamped_at") != inside:
        yield Problem(
            code="seal-record-differs",
            location=Location(path),
            message=f"timestamped_at is {facts.get('timestamped_at')}, expected {inside}",
            hint="The record or the PDF was changed after sealing; see its history in git.",
        )


def _inside(evidence: Evidence, attachments: Mapping[str, bytes], path: str) -> Iterator[Problem]:
    for name, data in attachments.items():
        place = path_of_attachment(name)
        if evidence.files.get(place) != data:
            yield Problem(
                code="seal-attachment-unknown",
                location=Location(path),
                message=f"the file {place} inside the PDF is not the one under evidence/",
                hint="The PDF was made from other evidence, or evidence was changed since.",
            )


def _strangers(found: Situation, known: set[str]) -> Iterator[Problem]:
    folder = found.root / "evidence" / "sealed"
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(found.root).as_posix()
        if path.is_file() and name not in known and not path.name.endswith(".partial"):
            yield Problem(
                code="seal-unknown-version",
                location=Location(name),
                message="it belongs to no approved version",
                hint="Find out where it comes from; sealed PDFs are made by policygen seal.",
            )
