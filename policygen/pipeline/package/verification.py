"""Verifying a package: every verdict from its own bytes, in a place without the repository."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from policygen.audit.package.manifest import ROOTS, SUMS, TIMESTAMP
from policygen.audit.verification.agreement import check_agreement
from policygen.audit.verification.integrity import check_integrity
from policygen.audit.verification.opening import open_package
from policygen.history.consents.judging import judge
from policygen.history.consents.stamps import read_stamps
from policygen.history.records.evidence import gather, set_head
from policygen.history.records.paths import sealed_paths
from policygen.history.register.intervals import in_force_during
from policygen.history.register.register import ReviewRules, register_from
from policygen.model.judgement import Witness
from policygen.model.window import Window
from policygen.pipeline.forges.shown import changes_behind
from policygen.pipeline.publication.sealed import SealedFile, check_one
from policygen.pipeline.verification import Finding
from policygen.problems import Location, PolicygenError, Problem, Severity, in_reading_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from cryptography.x509 import Certificate

    from policygen.audit.package.manifest import Claims
    from policygen.audit.verification.integrity import Integrity
    from policygen.model.evidence import Evidence
    from policygen.model.judgement import Judgement
    from policygen.model.register import Version

_EVIDENCE = "evidence/"
_HINT = "Ask whoever made the package why."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inside:
    """What a package holds, taken apart."""

    files: Mapping[str, bytes]
    claims: Claims
    evidence: Evidence
    judgement: Judgement


def is_package(path: Path) -> bool:
    """Whether a folder is an unpacked package: it has a manifest and is no workspace."""
    if (path / "organization.yml").exists() or not path.is_dir():
        return False
    return (path / SUMS).exists() or any(
        (child / SUMS).is_file() for child in path.iterdir() if child.is_dir()
    )


def verify_package(path: Path, *, trust: frozenset[str], now: datetime) -> Finding:
    """A package on its own: its files, its evidence, and that it holds what was in force.

    Args:
        path: The zip, or the folder it was unpacked to.
        trust: Fingerprints that the caller received by another channel: of the root of trust, of
            the manifest, or both.
        now: Consents dated after it are refused.
    """
    opened = open_package(path)
    if opened.problems:
        return _finding((), opened.problems)
    integrity = check_integrity(opened.files)
    problems = [*integrity.problems]
    if integrity.claims is None:
        return _finding((), problems)
    carried = {
        name.removeprefix(_EVIDENCE): data
        for name, data in opened.files.items()
        if name.startswith(_EVIDENCE)
    }
    evidence = gather(carried)
    roots, root_problems = _roots(opened.files)
    stamped_at, stamp_problems = read_stamps(evidence, roots) if roots else ({}, ())
    changes, forge_problems = changes_behind(evidence)
    problems += [*root_problems, *stamp_problems, *forge_problems]
    witness = Witness(
        now=now,
        stamped_at=stamped_at,
        changes=changes,
        left_out=dict(integrity.claims.left_out),
    )
    judgement = judge(evidence, witness)
    inside = _Inside(
        files=opened.files, claims=integrity.claims, evidence=evidence, judgement=judgement
    )
    problems += judgement.problems
    problems += _claim_problems(inside)
    problems += _signer_problems(inside, integrity)
    times, time_problems = _manifest_time(opened.files, roots)
    problems += time_problems
    window = _window(integrity.claims)
    if window is None:
        problems.append(_problem("package-manifest-format", "its window is no window"))
    else:
        problems += _window_problems(inside, window, roots, times)
    wanted = {judgement.chain.root_sha256, integrity.sums_sha256}
    return Finding(
        lines=(*_lines(inside, integrity), *times),
        problems=in_reading_order(problems),
        identity_checked=bool((wanted - {None}) & trust),
    )


def _window(claims: Claims) -> Window | None:
    try:
        first, last = date.fromisoformat(claims.first), date.fromisoformat(claims.last)
        ZoneInfo(claims.time_zone)
    except (ValueError, KeyError, OSError):
        return None
    if first > last or (first != last and not claims.is_period) or last == date.max:
        return None
    return Window(first=first, last=last, is_period=claims.is_period)


def _window_problems(
    inside: _Inside, window: Window, roots: Sequence[Certificate], times: list[str]
) -> Iterator[Problem]:
    """What was in force in the window by the evidence, against what the package says."""
    zone = ZoneInfo(inside.claims.time_zone)
    rules = ReviewRules(time_zone=zone, grace_days=0, reminder_days=0)
    register = register_from(inside.judgement, inside.evidence, {}, as_of=window.last, rules=rules)
    yield from check_agreement(inside.claims, in_force_during(register, window), inside.files)
    # A seal made later may carry consents that joined the version after the window.
    whole = register_from(inside.judgement, inside.evidence, {}, as_of=date.max, rules=rules)
    versions = {
        (version.document, version.version): version
        for entry in whole.entries
        for version in entry.versions
    }
    yield from _sealed(inside, versions, roots, times)


def _sealed(
    inside: _Inside,
    versions: Mapping[tuple[str, str], Version],
    roots: Sequence[Certificate],
    times: list[str],
) -> Iterator[Problem]:
    records = {name for name in inside.files if name.startswith("evidence/sealed/")}
    seen: set[str] = set()
    for line in inside.claims.documents:
        version = versions.get((line.document, line.version))
        if line.file is None or line.file not in inside.files or version is None:
            continue
        record_path = sealed_paths(line.document, line.version)[1]
        seen.add(record_path)
        record = inside.files.get(record_path)
        if record is None:
            yield _problem("seal-incomplete", "the record of its seal is missing", line.file)
            continue
        sealed = SealedFile(
            pdf=inside.files[line.file],
            pdf_path=line.file,
            record=record,
            record_path=record_path,
        )
        finding = check_one(sealed, version, inside.evidence, roots=roots)
        times += finding.times
        yield from finding.problems
    for path in sorted(records - seen):
        yield _problem("seal-unknown-version", "it belongs to no PDF of the package", path)


def _roots(files: Mapping[str, bytes]) -> tuple[tuple[Certificate, ...], tuple[Problem, ...]]:
    """The roots that the package carries: its own word for whose time counts."""
    data = files.get(ROOTS)
    if data is None:
        return (), ()
    from policygen.crypto.roots import parse_roots

    try:
        return parse_roots(data, name=ROOTS), ()
    except PolicygenError as error:
        return (), error.problems


def _manifest_time(
    files: Mapping[str, bytes], roots: Sequence[Certificate]
) -> tuple[list[str], list[Problem]]:
    """What a time stamp over the manifest says."""
    token = files.get(TIMESTAMP)
    if token is None:
        return [], []
    from policygen.crypto.timestamps import check_token

    check = check_token(token, files[SUMS], roots)
    problems = [
        replace(problem, location=Location(TIMESTAMP))
        for problem in check.problems
        if roots or problem.code != "timestamp-untrusted"
    ]
    at = f"{check.at:%Y-%m-%d %H:%M:%S} UTC" if check.at else "an unreadable time"
    judged = "under a root in the package" if roots else "its root is not judged"
    line = f"manifest time attested: {at} by {check.authority or 'nobody known'} ({judged})"
    return [line], problems


def _claim_problems(inside: _Inside) -> Iterator[Problem]:
    claims, chain = inside.claims, inside.judgement.chain
    head = set_head(inside.evidence)
    if claims.set_head != head:
        yield _problem("package-set-head", f"the set head is {head}, claimed is {claims.set_head}")
    if claims.root_of_trust != chain.root_sha256:
        message = f"the root of trust is {chain.root_sha256}, claimed is {claims.root_of_trust}"
        yield _problem("package-other-organization", message)
    names = {link.snapshot.organization for link in chain.links}
    if chain.links and claims.organization not in names:
        message = (
            f"the package is of {claims.organization}, its trust of {', '.join(sorted(names))}"
        )
        yield _problem("package-other-organization", message)
    for (document, version), text in sorted(inside.judgement.texts.items()):
        if chain.links and text.header.organization not in names:
            message = f"{document} {version} is a text of {text.header.organization}"
            path = f"evidence/approvals/{document}/{version}.md"
            yield _problem("package-other-organization", message, path)
    zones = {link.snapshot.time_zone for link in chain.links}
    if chain.links and claims.time_zone not in zones:
        message = f"the time zone is {claims.time_zone}, trust says {', '.join(sorted(zones))}"
        yield _problem("package-manifest-differs", message)
    for code, message in claims.problems:
        yield _problem("package-made-with-problems", f"when it was made: {message} ({code})")


def _signer_problems(inside: _Inside, integrity: Integrity) -> Iterator[Problem]:
    """The manifest is signed by somebody whom the evidence trusts."""
    newest, signer = inside.judgement.chain.newest, inside.claims.signer
    if integrity.signed_with is None:
        if not any(problem.code == "package-signature-bad" for problem in integrity.problems):
            yield _problem(
                "package-unsigned",
                "nobody signed the manifest; compare its digest by another channel",
                SUMS,
                severity=Severity.WARNING if signer is None else Severity.ERROR,
            )
        return
    person = None if newest is None or signer is None else newest.snapshot.person(signer)
    keys = () if person is None else person.keys
    if integrity.signed_with not in {key.fingerprint for key in keys if key.valid_to is None}:
        message = f"{integrity.signed_with} signed, which is no key of {signer or 'a signer'} here"
        yield _problem("package-signer-unknown", message, SUMS)


def _lines(inside: _Inside, integrity: Integrity) -> Iterator[str]:
    claims, chain = inside.claims, inside.judgement.chain
    window = f"{claims.first} to {claims.last}" if claims.is_period else f"as of {claims.last}"
    yield f"package of {claims.organization}, {window}, made by {claims.tool}"
    yield f"documents: {len(claims.documents)} versions in force, {len(claims.gaps)} gaps"
    yield f"consents that hold: {len(inside.judgement.verdicts)}"
    yield f"set head: {set_head(inside.evidence)}"
    yield f"manifest sha256: {integrity.sums_sha256}"
    yield f"manifest signed by: {claims.signer or 'nobody'}"
    yield f"root of trust: {chain.root_sha256 or 'none'}"


def _finding(lines: tuple[str, ...], problems: Iterable[Problem]) -> Finding:
    return Finding(lines=lines, problems=tuple(problems), identity_checked=False)


def _problem(
    code: str, message: str, path: str | None = None, *, severity: Severity = Severity.ERROR
) -> Problem:
    return Problem(
        code=code,
        severity=severity,
        location=None if path is None else Location(path),
        message=message,
        hint=_HINT,
    )
