"""The package: contents with their index, two manifests and one archive, byte for byte the same."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from policygen.audit.package.manifest import (
    SIGNATURE,
    STATEMENT,
    SUMS,
    TIMESTAMP,
    GapLine,
    IndexLine,
    statement,
    sums,
)
from policygen.stored_zip import zip_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policygen.audit.package.manifest import Claims
    from policygen.model.register import Version
    from policygen.model.window import InForce


def pdf_path(version: Version) -> str:
    """Where the sealed PDF of a version lies in the package."""
    header = version.text.header
    day = version.effective.isoformat()
    return f"{header.kind.folder}/{header.id}_v{version.version}_{day}.pdf"


def with_manifests(contents: Mapping[str, bytes], claims: Claims) -> dict[str, bytes]:
    """The contents with both manifests, ready to be signed.

    Args:
        contents: Every other file by path in the package.
        claims: What the package says about itself.
    """
    files = dict(contents)
    files[STATEMENT] = statement(files, claims)
    files[SUMS] = sums(files)
    return files


def with_signature(
    files: Mapping[str, bytes], signature: bytes | None, token: bytes | None
) -> dict[str, bytes]:
    """The files with what somebody put over `MANIFEST.sha256`.

    Args:
        files: With both manifests.
        signature: Armored SSH signature; None where nobody signs.
        token: Time-stamp token; None where nobody attests the time.
    """
    signed = {} if signature is None else {SIGNATURE: signature}
    stamped = {} if token is None else {TIMESTAMP: token}
    return {**files, **signed, **stamped}


def archive(files: Mapping[str, bytes], top: str) -> bytes:
    """The zip with everything in one folder, sorted by name."""
    return zip_bytes({f"{top}/{path}": files[path] for path in sorted(files)})


def fingerprint(files: Mapping[str, bytes]) -> str:
    """SHA-256 of `MANIFEST.sha256`: one number for the whole, to be told by another channel."""
    return hashlib.sha256(files[SUMS]).hexdigest()


def index_lines(
    in_force: InForce, pdfs: Mapping[tuple[str, str], tuple[str, str]]
) -> tuple[IndexLine, ...]:
    """The index of what was in force.

    Args:
        in_force: What evidence says.
        pdfs: Path in the package and digest of each sealed PDF, by document and version.
    """
    lines = []
    for row in in_force.intervals:
        version = row.version
        file, digest = pdfs.get((version.document, version.version), (None, None))
        lines.append(
            IndexLine(
                document=version.document,
                title=version.text.header.title,
                kind=version.text.header.kind.value,
                version=version.version,
                effective=version.effective.isoformat(),
                first=row.first.isoformat(),
                last=row.last.isoformat(),
                file=file,
                file_sha256=digest,
                text_sha256=version.text_sha256,
            )
        )
    return tuple(lines)


def gap_lines(in_force: InForce) -> tuple[GapLine, ...]:
    """The gaps as the manifest lists them."""
    return tuple(
        GapLine(
            document=gap.document,
            first=gap.first.isoformat(),
            last=gap.last.isoformat(),
            reason=gap.reason,
        )
        for gap in in_force.gaps
    )
