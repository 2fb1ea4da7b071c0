"""Sealing: the PDF of each approved version, once, as handed to auditors."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen import atomic
from policygen.history.records.canonical import format_time, write_canonical
from policygen.history.records.paths import sealed_paths
from policygen.load.profile.profile import load_profile
from policygen.pipeline.publication.editions import attachments_of, brand_of, edition_of_version
from policygen.problems import Location, PolicygenError, Problem, in_reading_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from policygen.crypto.pdfseal import Identity, Timestamping
    from policygen.crypto.sealing_keys import SealingIdentity
    from policygen.history.records.canonical import Json
    from policygen.model.evidence import Evidence
    from policygen.model.register import Entry, Version
    from policygen.pipeline.situation import Situation
    from policygen.publish.pdf.pool import Job
    from policygen.publish.pdf.typeset import Typesetter

KEYS = ".policygen/keys"
KEY_NAME, CERTIFICATE_NAME = "seal.key.pem", "seal.cert.pem"
"""As crypto/sealing_keys writes them."""


@dataclass(frozen=True, slots=True)
class Sealable:
    """An approved version without a sealed PDF."""

    entry: Entry
    version: Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What every seal of one run shares."""

    identity: Identity
    engines: dict[str, str]
    now: datetime
    timestamper: Timestamping | None


def unsealed(found: Situation) -> tuple[Sealable, ...]:
    """Approved versions that have no sealed PDF yet, in register order."""
    return tuple(
        Sealable(entry, version)
        for entry in found.register.entries
        for version in entry.versions
        if version.is_approval
        and not (found.root / sealed_paths(version.document, version.version)[1]).exists()
    )


def choose(found: Situation, documents: Sequence[str]) -> tuple[Sealable, ...]:
    """The versions to seal: of the named documents, or all.

    Raises:
        PolicygenError: A name is not a document with an approved version.
    """
    waiting = unsealed(found)
    if not documents:
        return waiting
    known = {
        entry.id
        for entry in found.register.entries
        if any(version.is_approval for version in entry.versions)
    }
    unknown = [name for name in documents if name not in known]
    if unknown:
        raise PolicygenError(
            *(
                Problem(
                    code="seal-not-approved",
                    message=f"{name} has no approved version",
                    hint="policygen status shows what is approved.",
                )
                for name in unknown
            )
        )
    return tuple(row for row in waiting if row.entry.id in documents)


def seal_versions(
    found: Situation,
    rows: Sequence[Sealable],
    identity: Identity,
    *,
    now: datetime,
    advance: Callable[[str], None],
    timestamper: Timestamping | None = None,
) -> tuple[str, ...]:
    """Build, sign, verify and store each PDF; gives the paths written.

    Args:
        found: The workspace.
        rows: What to seal.
        identity: Whose seal it is.
        now: The time that the seals claim.
        advance: Told the name of each document when it is done.
        timestamper: Asked for the time of each seal; None asks nobody.

    Raises:
        PolicygenError: A PDF cannot be built, no time stamp came, or what was sealed does not
            verify.
    """
    from policygen.publish.pdf.pool import make_pdfs
    from policygen.publish.worker import cores

    seal = Seal(identity=identity, engines=engines_of(found), now=now, timestamper=timestamper)
    written: list[str] = []
    problems: list[Problem] = []
    jobs = [job_of(found, row.entry, row.version) for row in rows]
    theme = found.root / "overrides" / "pdf"
    with closing(make_pdfs(jobs, theme=theme, workspace=found.root, workers=cores())) as made:
        for row, outcome in zip(rows, made, strict=True):
            problems += outcome.problems
            if outcome.pdf is not None:
                # The key stays in this process; only texts go to others.
                written += _seal_one(found, row.version, outcome.pdf, seal)
            advance(row.version.document)
    if problems:
        raise PolicygenError(*problems)
    return tuple(written)


def engines_of(found: Situation) -> dict[str, str]:
    """What revision 0 depends on beside evidence: versions, theme, fonts and the brand."""
    from policygen.publish.pdf.document import engine_versions

    brand = brand_of(found.survey.facts.profile)
    digest = hashlib.sha256(f"{brand.accent} {brand.paper}".encode())
    for name in (brand.logo, *brand.fonts):
        file = found.root / name if name is not None else None
        if file is not None and file.is_file():
            digest.update(file.read_bytes())
    return {**engine_versions(found.root / "overrides" / "pdf"), "brand": digest.hexdigest()}


def unsigned_pdf(found: Situation, entry: Entry, version: Version, typesetter: Typesetter) -> bytes:
    """Revision 0: the deterministic PDF that a seal is put on."""
    from policygen.publish.pdf.document import build_pdf

    job = job_of(found, entry, version)
    return build_pdf(
        job.edition,
        job.attachments,
        typesetter=typesetter,
        theme=found.root / "overrides" / "pdf",
        workspace=found.root,
    )


def job_of(found: Situation, entry: Entry, version: Version) -> Job:
    """What revision 0 of a version is made of."""
    from policygen.publish.pdf.pool import Job

    edition = edition_of_version(
        entry, version, found.evidence, brand_of(found.survey.facts.profile), found.zone
    )
    return Job(edition=edition, attachments=tuple(attachments_of(entry, version, found.evidence)))


def _seal_one(
    found: Situation,
    version: Version,
    pdf: bytes,
    seal: Seal,
) -> Iterable[str]:
    from policygen.crypto.pdfcheck import check_sealed_pdf
    from policygen.crypto.pdfseal import seal_pdf

    header = version.text.header
    sealed = seal_pdf(
        pdf,
        seal.identity,
        reason=f"{header.title}, version {version.version}",
        location=None,
        at=seal.now,
        timestamper=seal.timestamper,
    )
    revision0 = hashlib.sha256(pdf).hexdigest()
    check = check_sealed_pdf(
        sealed,
        expected_fingerprint=seal.identity.fingerprint,
        expected_revision0_sha256=revision0,
    )
    if check.problems:
        raise PolicygenError(*check.problems)
    pdf_path, record_path = sealed_paths(version.document, version.version)
    record: dict[str, Json] = {
        "certificate_sha256": seal.identity.fingerprint,
        "consents": [*consent_digests(version, found.evidence)],
        "document": version.document,
        "engines": {**seal.engines},
        "file_sha256": hashlib.sha256(sealed).hexdigest(),
        "revision0_sha256": revision0,
        "schema": "policygen/seal/1",
        "sealed_at": format_time(seal.now),
        "text_sha256": version.text_sha256,
        "version": version.version,
    }
    if check.timestamped_at is not None:
        record["timestamped_at"] = format_time(check.timestamped_at)
    # The record comes last: a PDF without one is not sealed yet and is made again.
    atomic.write_bytes(found.root / pdf_path, sealed)
    atomic.create_bytes(found.root / record_path, write_canonical(record))
    return (pdf_path, record_path)


def consent_digests(version: Version, evidence: Evidence) -> list[Json]:
    """Path and digest of each consent of a version, as its seal records them."""
    return [
        {
            "path": verdict.path,
            "sha256": hashlib.sha256(
                evidence.files[verdict.path.removeprefix("evidence/")]
            ).hexdigest(),
        }
        for verdict in version.consents
    ]


def sealing_key(root: Path) -> tuple[Path, Path]:
    """Where the workspace's own sealing key and certificate lie."""
    return root / KEYS / KEY_NAME, root / KEYS / CERTIFICATE_NAME


def make_identity(root: Path, *, now: datetime, passphrase: bytes | None) -> SealingIdentity:
    """Make the workspace's own sealing key and certificate.

    Raises:
        PolicygenError: There is one already, which is never overwritten, or no profile to read.
    """
    from policygen.crypto.sealing_keys import make_sealing_identity

    profile, _, problems = load_profile(root)
    if profile is None:
        raise PolicygenError(*in_reading_order(problems))
    organization = profile.organization.legal_name
    return make_sealing_identity(
        root / KEYS, organization=organization, not_before=now, passphrase=passphrase
    )


def load_identity(root: Path, key: Path | None, passphrase: bytes | None) -> SealingIdentity:
    """The sealing key given, or the workspace's own.

    Raises:
        PolicygenError: There is none (`seal-key-missing`), or it cannot be opened.
    """
    from policygen.crypto.sealing_keys import load_sealing_identity

    own_key, own_certificate = sealing_key(root)
    if key is not None:
        certificate = key.with_name(key.name.replace(".key.", ".cert."))
        return load_sealing_identity(
            key, certificate if certificate != key and certificate.exists() else None, passphrase
        )
    if not own_key.exists():
        raise PolicygenError(
            Problem(
                code="seal-key-missing",
                location=Location(f"{KEYS}/{KEY_NAME}"),
                message="there is no sealing key here",
                hint="Make one with policygen keys init, or name one with --key.",
            )
        )
    return load_sealing_identity(own_key, own_certificate, passphrase)
