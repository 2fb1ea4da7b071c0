"""Integrity of a package: its files against its manifest, its manifest against its signature."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.audit.package.manifest import (
    NAMESPACE,
    SIGNATURE,
    STATEMENT,
    SUMS,
    UNLISTED,
    ManifestError,
    read_statement,
    read_sums,
)
from policygen.crypto.sshsig import verify
from policygen.crypto.sshwire import SignatureError
from policygen.problems import Location, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.audit.package.manifest import Claims

_HINT = "Ask for the package again, and for the digest of MANIFEST.sha256 by another channel."


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """What the manifest says, and what does not fit it."""

    claims: Claims | None
    """None where there is no manifest that can be read."""

    sums_sha256: str | None
    """Digest of `MANIFEST.sha256`: the one fingerprint of the whole package."""

    signed_with: str | None
    """Fingerprint of the key that signed it; None where nobody did, or the signature fails."""

    problems: tuple[Problem, ...]


def check_integrity(files: Mapping[str, bytes]) -> Integrity:
    """Hold every file against both manifests, and the manifest against its signature.

    Args:
        files: Content by path in the package.
    """
    data = files.get(SUMS)
    if data is None:
        return _nothing(_problem("package-manifest-missing", SUMS, f"there is no {SUMS}"))
    try:
        listed = read_sums(data)
    except ManifestError as error:
        return _nothing(_problem("package-manifest-format", SUMS, f"{SUMS}: {error}"))
    problems = [*_file_problems(files, listed)]
    claims, found = _claims(files, listed)
    problems += found
    fingerprint, signature_problems = _signature(files)
    problems += signature_problems
    return Integrity(
        claims=claims,
        sums_sha256=hashlib.sha256(data).hexdigest(),
        signed_with=fingerprint,
        problems=tuple(problems),
    )


def _file_problems(files: Mapping[str, bytes], listed: Mapping[str, str]) -> Iterator[Problem]:
    actual = {
        path: hashlib.sha256(data).hexdigest()
        for path, data in files.items()
        if path not in UNLISTED
    }
    missing = {path: digest for path, digest in listed.items() if path not in actual}
    extra = {path: digest for path, digest in actual.items() if path not in listed}
    changed = {
        path: actual[path] for path in actual.keys() & listed if actual[path] != listed[path]
    }
    yield from _renamed(missing, extra)
    yield from _swapped(changed, listed)
    for path in sorted(missing):
        yield _problem("package-file-missing", path, f"{path} is listed and not there")
    for path in sorted(extra):
        yield _problem("package-file-unlisted", path, f"{path} is there and not listed")
    for path in sorted(changed):
        yield _problem("package-file-changed", path, f"{path} is not the file that was listed")


def _renamed(missing: dict[str, str], extra: dict[str, str]) -> Iterator[Problem]:
    """A missing file whose bytes are there under another name; taken out of both."""
    by_digest = {digest: path for path, digest in sorted(extra.items(), reverse=True)}
    for path, digest in sorted(missing.items()):
        other = by_digest.pop(digest, None)
        if other is not None:
            del missing[path], extra[other]
            message = f"{path} is there as {other}"
            yield _problem("package-file-renamed", other, message)


def _swapped(changed: dict[str, str], listed: Mapping[str, str]) -> Iterator[Problem]:
    """A file that holds what another one should hold; taken out of `changed`."""
    owners = {listed[path]: path for path in sorted(listed, reverse=True)}
    for path, digest in sorted(changed.items()):
        owner = owners.get(digest)
        if owner is not None:
            del changed[path]
            yield _problem("package-file-swapped", path, f"{path} holds what {owner} should hold")


def _claims(
    files: Mapping[str, bytes], listed: Mapping[str, str]
) -> tuple[Claims | None, list[Problem]]:
    data = files.get(STATEMENT)
    if data is None:
        return None, [_problem("package-manifest-missing", STATEMENT, f"there is no {STATEMENT}")]
    try:
        claims, subject = read_statement(data)
    except ManifestError as error:
        return None, [_problem("package-manifest-format", STATEMENT, f"{STATEMENT}: {error}")]
    others = {path: digest for path, digest in listed.items() if path != STATEMENT}
    if subject != others:
        differing = sorted(dict(subject.items() ^ others.items()))
        message = f"the two manifests differ about {differing[0]}"
        return claims, [_problem("package-manifest-differs", STATEMENT, message)]
    return claims, []


def _signature(files: Mapping[str, bytes]) -> tuple[str | None, list[Problem]]:
    armored = files.get(SIGNATURE)
    if armored is None:
        return None, []
    try:
        signature = verify(files[SUMS], armored, namespace=NAMESPACE)
    except SignatureError as error:
        message = f"the signature over {SUMS} fails: {error}"
        return None, [_problem("package-signature-bad", SIGNATURE, message)]
    return signature.fingerprint, []


def _nothing(problem: Problem) -> Integrity:
    return Integrity(claims=None, sums_sha256=None, signed_with=None, problems=(problem,))


def _problem(code: str, path: str, message: str) -> Problem:
    return Problem(
        code=code,
        severity=Severity.ERROR,
        location=Location(path),
        message=message,
        hint=_HINT,
    )
