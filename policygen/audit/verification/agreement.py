"""Agreement of a package: what it claims to hold against what its evidence says was in force."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from policygen.problems import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.audit.package.manifest import Claims, IndexLine
    from policygen.model.window import InForce

REGISTER = "index/document-register.csv"
REGISTER_FILES = "index/document-register-files.csv"
NOT_SEALED = "not sealed"
_OTHERWISE = "does not list what the manifest lists"
FOLDERS = ("policies/", "procedures/", "registers/")
"""Where the sealed PDFs of documents lie."""

_HINT = "Ask whoever made the package why; nothing in it explains the difference."


def check_agreement(
    claims: Claims, in_force: InForce, files: Mapping[str, bytes]
) -> Iterator[Problem]:
    """Hold index, manifest and folders against what evidence says was in force.

    Args:
        claims: What the package says.
        in_force: What its evidence says, for the same window.
        files: Content by path in the package.
    """
    yield from _versions(claims, in_force)
    yield from _gaps(claims, in_force)
    yield from _folders(claims, files)
    yield from _index(claims, files)


def _versions(claims: Claims, in_force: InForce) -> Iterator[Problem]:
    claimed = {_key(line): line for line in claims.documents}
    derived = {
        (row.version.document, row.version.version, row.first.isoformat()): row
        for row in in_force.intervals
    }
    for key in sorted(derived.keys() - claimed.keys()):
        message = f"{key[0]} {key[1]} was in force from {key[2]} and the package does not list it"
        yield _problem("package-document-missing", message)
    for key in sorted(claimed.keys() - derived.keys()):
        message = f"{key[0]} {key[1]} is listed from {key[2]}; its evidence does not say so"
        yield _problem("package-document-unproven", message)
    for key in sorted(claimed.keys() & derived.keys()):
        line, row = claimed[key], derived[key]
        version = row.version
        told = (line.last, line.effective, line.text_sha256, line.kind)
        proven = (
            row.last.isoformat(),
            version.effective.isoformat(),
            version.text_sha256,
            version.text.header.kind.value,
        )
        if told != proven:
            wrong = next(
                f"{a}, evidence says {b}" for a, b in zip(told, proven, strict=True) if a != b
            )
            yield _problem("package-index-differs", f"{key[0]} {key[1]} is listed with {wrong}")


def _gaps(claims: Claims, in_force: InForce) -> Iterator[Problem]:
    """Gaps of documents that evidence knows; of one never approved it knows nothing."""
    derived = {(gap.document, gap.first.isoformat(), gap.last.isoformat()) for gap in in_force.gaps}
    claimed = {(gap.document, gap.first, gap.last) for gap in claims.gaps}
    known = {document for document, _, _ in derived}
    known |= {row.version.document for row in in_force.intervals}
    for gap in sorted(derived - claimed):
        message = f"{gap[0]} was not in force from {gap[1]} to {gap[2]}, and that is not listed"
        yield _problem("package-gap-missing", message)
    for gap in sorted(found for found in claimed - derived if found[0] in known):
        message = f"{gap[0]} is listed as not in force from {gap[1]} to {gap[2]}; it was"
        yield _problem("package-index-differs", message)


def _folders(claims: Claims, files: Mapping[str, bytes]) -> Iterator[Problem]:
    listed = {line.file for line in claims.documents if line.file is not None}
    there = {path for path in files if path.startswith(FOLDERS)}
    for path in sorted(listed - there):
        yield _problem("package-document-missing", f"{path} is indexed and not there", path)
    for path in sorted(there - listed):
        yield _problem("package-document-unproven", f"{path} is there and not indexed", path)


def _index(claims: Claims, files: Mapping[str, bytes]) -> Iterator[Problem]:
    """The register that people read says what the manifest says."""
    for path in (REGISTER, REGISTER_FILES):
        if path not in files:
            yield _problem("package-document-missing", f"there is no {path}", path)
            return
    rows = [row for row in _rows(files[REGISTER]) if row.get("What") == "in force"]
    told = sorted(_cells(row, "Document", "Version", "From", "To") for row in rows)
    wanted = sorted(
        (each.document, each.version, each.first, each.last) for each in claims.documents
    )
    if told != wanted:
        yield _problem("package-index-differs", f"{REGISTER} {_OTHERWISE}", REGISTER)
    heads = ("Document", "Version", "From", "File", "SHA-256 of the file", "SHA-256 of the text")
    named = sorted(_cells(row, *heads) for row in _rows(files[REGISTER_FILES]))
    known = sorted(
        (each.document, each.version, each.first, each.file or NOT_SEALED, each.file_sha256 or "",
         each.text_sha256)
        for each in claims.documents
    )  # fmt: skip
    if named != known:
        yield _problem("package-index-differs", f"{REGISTER_FILES} {_OTHERWISE}", REGISTER_FILES)


def _rows(data: bytes) -> list[dict[str, str]]:
    try:
        return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig", "replace"))))
    except csv.Error:  # no list of ours: a cell longer than any text
        return []


def _cells(row: Mapping[str, str | None], *heads: str) -> tuple[str, ...]:
    return tuple(row.get(head) or "" for head in heads)


def _key(line: IndexLine) -> tuple[str, str, str]:
    return line.document, line.version, line.first


def _problem(code: str, message: str, path: str | None = None) -> Problem:
    return Problem(
        code=code,
        location=None if path is None else Location(path),
        message=message,
        hint=_HINT,
    )
