"""Importing approvals from recordings: no network, nothing that verification would refuse."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.crypto.ssh import sign
from policygen.crypto.sshsig import verify
from policygen.forge.changes import read_changes
from policygen.gitrepo.batch import object_id
from policygen.history.approving.importing import (
    ImportedConsent,
    Importer,
    MergedText,
    merged_text,
    plan_import,
    unsigned_observations,
    warning_of,
)
from policygen.history.consents.forge_reviews import faults_of_change
from policygen.history.consents.judging import judge
from policygen.history.records.canonical import RecordFormatError
from policygen.history.records.evidence import gather
from policygen.history.records.paths import in_workspace
from policygen.history.records.snapshots import APPROVAL_NAMESPACE
from policygen.history.records.storing import write_records
from policygen.history.trust.entitlement import key_at
from policygen.model.judgement import Witness
from policygen.pipeline.forges.shown import is_ours
from policygen.pipeline.judging import judged
from policygen.problems import (
    PolicygenError,
    Problem,
    Severity,
    UsageError,
    in_reading_order,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from policygen.model.evidence import Evidence
    from policygen.model.forge import ForgeChange
    from policygen.pipeline.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What an import would write, and why it would write no more."""

    consents: tuple[ImportedConsent, ...]
    problems: tuple[Problem, ...]
    changes: int
    """How many merged changes were looked at."""


def plan(found: Situation, importer: Importer) -> ImportPlan:
    """The consents in recorded reviews that are not imported yet.

    Raises:
        UsageError: The importer is not a person in the profile.
    """
    if found.survey.facts.profile.person(importer.person) is None:
        people = ", ".join(person.id for person in found.survey.facts.profile.people)
        raise UsageError(
            Problem(
                code="usage-unknown-person",
                message=f"{importer.person} is not a person in organization.yml",
                hint=f"Known: {people}.",
            )
        )
    shown, problems = read_changes(found.evidence.files)
    changes = [
        change
        for change in _latest(shown.values())
        if is_ours(change, found.survey.facts.profile.forge)
    ]
    witness = Witness(changes=shown, now=found.now)
    evidence, consents, told = found.evidence, list[ImportedConsent](), list(problems)
    for change in changes:
        told += [
            warning_of(change, fault.code, fault.message) for fault in faults_of_change(change)
        ]
        if change.merged_at is None or not change.into_default:
            continue
        texts, missing = _texts(found, change)
        told += missing
        for review in change.reviews:
            new, refused = plan_import(
                evidence, judge(evidence, witness), change, review, texts, importer
            )
            told += refused
            consents += new
            evidence = _with(evidence, new)
    kept, faults = _that_hold(found, evidence, consents)
    return ImportPlan(
        consents=kept, problems=in_reading_order((*told, *faults)), changes=len(changes)
    )


def write(
    found: Situation, planned: ImportPlan, importer: Importer, key: Path | None
) -> tuple[str, ...]:
    """Write what was planned; with a key, sign each observation, earlier unsigned ones included.

    Raises:
        PolicygenError: The key is none that counts, or another file is in the way.
    """
    signatures: dict[str, bytes] = {}
    if key is not None:
        evidence = _with(found.evidence, planned.consents)
        paths = unsigned_observations(evidence, importer.person)
        contents = [evidence.files[path] for path in paths]
        signatures = {
            f"{path}.sig": armored
            for path, armored in zip(paths, _signatures(contents, key), strict=True)
        }
        _refuse_strange_key(found, importer, zip(contents, signatures.values(), strict=True))
    folder = found.root / "evidence"
    written: list[str] = []
    for consent in planned.consents:
        written += write_records(folder, consent.files)
    written += write_records(folder, signatures)
    return tuple(written)


def _latest(changes: Iterable[ForgeChange]) -> list[ForgeChange]:
    """The newest recording of each change, in the order in which they were merged."""
    newest = {(change.host, change.repository, change.number): change for change in changes}
    return sorted(newest.values(), key=lambda change: change.merged_at or change.recorded_at)


def _texts(found: Situation, change: ForgeChange) -> tuple[list[MergedText], list[Problem]]:
    """What a change left of each document, from the working text, stored texts or git."""
    texts: list[MergedText] = []
    problems: list[Problem] = []
    for path in sorted(change.changed):
        data = _bytes_of(found, change, path)
        if data is None:
            message = f"the text that change {change.number} made of {path} is not in this clone"
            hint = "Fetch the branch it was merged into (git pull) and import again."
            problems.append(warning_of(change, "forge-text-missing", message, hint))
            continue
        try:
            texts.append(merged_text(path, data))
        except (RecordFormatError, UnicodeDecodeError) as error:
            message = f"{path} of change {change.number} is no text of record: {error}"
            problems.append(warning_of(change, "record-text-format", message))
    return texts, problems


def _bytes_of(found: Situation, change: ForgeChange, path: str) -> bytes | None:
    blob = change.texts.get(path)
    if blob is None:
        return None
    document = path.rpartition("/")[2].removesuffix(".md")
    prefix = f"approvals/{document}/"
    stored = (
        data
        for name, data in found.evidence.files.items()
        if name.startswith(prefix) and name.endswith(".md")
    )
    for data in (*_working(found, change, path), *stored):
        if object_id("blob", data, letters=len(blob)) == blob:
            return data
    return None


def _working(found: Situation, change: ForgeChange, path: str) -> Iterator[bytes]:
    file = found.root / "rendered" / path
    if file.is_file() and not file.is_symlink():
        yield file.read_bytes()
    if found.repository is None or found.repository.head() is None or not change.merge_commit:
        return
    try:
        committed = found.repository.blob(change.merge_commit, f"rendered/{path}")
    except PolicygenError:
        return  # a clone without that commit; told as a missing text
    if committed is not None:
        yield committed


def _with(evidence: Evidence, consents: Sequence[ImportedConsent]) -> Evidence:
    files = dict(evidence.files)
    for consent in consents:
        files |= consent.files
    return replace(gather(files), problems=evidence.problems)


def _that_hold(
    found: Situation,
    evidence: Evidence,
    consents: Sequence[ImportedConsent],
) -> tuple[tuple[ImportedConsent, ...], tuple[Problem, ...]]:
    """The consents of versions in which verification finds no fault, and the faults of the rest."""
    if not consents:
        return (), ()
    profile = found.survey.facts.profile
    judgement = judged(found.root, profile, evidence, found.repository, found.now)
    ours = {_version(in_workspace(path)) for consent in consents for path in consent.files}
    faults = [
        problem
        for problem in judgement.problems
        if problem.location is not None and _version(problem.location.path) in ours
    ]
    broken = {_version(problem.location.path) for problem in faults
              if problem.location is not None and problem.severity is Severity.ERROR}  # fmt: skip
    kept = tuple(
        consent
        for consent in consents
        if _version(in_workspace(consent.planned.path)) not in broken
    )
    return kept, tuple(faults)


def _version(path: str) -> tuple[str, str]:
    """Document and version that a path below `evidence/approvals/` belongs to."""
    folder, _, name = path.rpartition("/")
    return folder, ".".join(name.split(".")[:2])


def _signatures(contents: Sequence[bytes], key: Path) -> tuple[bytes, ...]:
    with tempfile.TemporaryDirectory(prefix="policygen-import-") as folder:
        files = []
        for number, data in enumerate(contents):
            file = Path(folder, f"{number}.json")
            file.write_bytes(data)
            files.append(file)
        return sign(files, key=key, namespace=APPROVAL_NAMESPACE)


def _refuse_strange_key(
    found: Situation, importer: Importer, signed: Iterable[tuple[bytes, bytes]]
) -> None:
    newest = found.judgement.chain.newest
    for data, armored in signed:
        fingerprint = verify(data, armored, namespace=APPROVAL_NAMESPACE).fingerprint
        if newest is None or (
            key_at(newest.snapshot, importer.person, fingerprint, importer.at) is None
        ):
            raise PolicygenError(
                Problem(
                    code="approval-key-unknown",
                    message=f"{fingerprint} is no key of {importer.person} that counts now",
                    hint="Sign with an enrolled key (A2), or import without one (A1).",
                )
            )
