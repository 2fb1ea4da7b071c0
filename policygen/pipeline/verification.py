"""Verification: every verdict re-derived from bytes, trusting nothing that is written down."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from policygen.history.consents.batches import batches
from policygen.history.consents.judging import judge
from policygen.history.consents.witness import git_problems
from policygen.history.records.evidence import gather
from policygen.model.judgement import Witness
from policygen.pipeline.consent.timestamping import time_of
from policygen.pipeline.forges.shown import changes_behind, later_doubts, rule_report
from policygen.pipeline.publication.editions import path_of_attachment
from policygen.pipeline.publication.sealed import check_sealed
from policygen.pipeline.situation import situation
from policygen.problems import Location, PolicygenError, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from policygen.gitrepo.repository import Repository
    from policygen.model.judgement import Judgement
    from policygen.pipeline.situation import Situation

MAX_PDF_BYTES = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What verification says."""

    lines: tuple[str, ...]
    """What was looked at, a line each."""

    problems: tuple[Problem, ...]
    identity_checked: bool
    """Whether the root of trust is one that the caller received by another channel."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that are failures."""
        return tuple(found for found in self.problems if found.severity is Severity.ERROR)

    @property
    def verdict(self) -> str:
        """One line to end with."""
        if self.errors:
            count = len(self.errors)
            return f"NOT VERIFIED: {count} failure{'' if count == 1 else 's'}"
        if self.identity_checked:
            return "VERIFIED: consistent, and signed by the root of trust you named"
        return "consistent; identity not checked (compare the fingerprints by another channel)"


def verify_workspace(
    root: Path,
    *,
    trust: frozenset[str],
    now: datetime,
    rebuild: bool,
    advance: Callable[[str], None],
) -> Finding:
    """Evidence, its history in git, rendered text and sealed PDFs of a workspace."""
    return verify_situation(situation(root, now=now), trust=trust, rebuild=rebuild, advance=advance)


def verify_situation(
    found: Situation,
    *,
    trust: frozenset[str],
    rebuild: bool,
    advance: Callable[[str], None],
) -> Finding:
    """`verify_workspace` for a caller that has taken stock of it already."""
    problems = [
        *found.problems,
        *_history_problems(found.repository),
        *_rendered_problems(found),
    ]
    rule_lines, rule_problems = rule_report(
        found.evidence, found.survey.facts.profile, found.judgement, found.now
    )
    doubts = later_doubts(found.evidence, found.survey.facts.profile, found.problems)
    sealed = check_sealed(found, rebuild=rebuild, advance=advance)
    problems += [*rule_problems, *doubts, *sealed.problems]
    return Finding(
        lines=(
            _consents_line(found.judgement),
            *_strength_lines(found.judgement),
            *rule_lines,
            f"sealed PDFs: {sealed.count}",
            *sealed.times,
            f"set head: {found.register.set_head}",
            _root_line(found.judgement),
        ),
        problems=tuple(problems),
        identity_checked=found.judgement.chain.root_sha256 in trust,
    )


def verify_pdf(path: Path, *, trust: frozenset[str], now: datetime) -> Finding:
    """A sealed PDF on its own: its seal, and the approval that it carries inside."""
    from policygen.crypto.pdfcheck import check_sealed_pdf

    check = check_sealed_pdf(_read_pdf(path))
    problems = [replace(problem, location=Location(path.name)) for problem in check.problems]
    carried = {path_of_attachment(name): data for name, data in check.attachments.items()}
    evidence = gather(carried)
    changes, forge_problems = changes_behind(evidence)
    judgement = judge(evidence, Witness(changes=changes, now=now))
    problems += [*judgement.problems, *forge_problems]
    if not judgement.verdicts and not check.problems:
        problems.append(
            Problem(
                code="pdf-no-approval",
                location=Location(path.name),
                message="the PDF carries no approval that holds",
                hint="Ask for the PDF that policygen sealed.",
            )
        )
    signer = f"{check.signer_name}, {check.signed_at}" if check.signer_name else "nobody"
    lines = (
        f"seal: {signer}",
        *(time_of(check.seal, ()).lines if check.seal else ()),
        f"seal certificate sha256: {check.certificate_fingerprint or 'none'}",
        _consents_line(judgement),
        *_approvals(judgement),
        _root_line(judgement),
    )
    wanted = {judgement.chain.root_sha256, check.certificate_fingerprint}
    return Finding(
        lines=lines,
        problems=tuple(problems),
        identity_checked=None not in wanted and wanted <= trust,
    )


def _read_pdf(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_PDF_BYTES else b""
    except OSError as error:
        raise PolicygenError(
            Problem(
                code="pdf-unreadable",
                location=Location(str(path)),
                message=f"the file cannot be read: {error.strerror}",
                hint=None,
            )
        ) from error
    if size > MAX_PDF_BYTES:
        raise PolicygenError(
            Problem(
                code="pdf-unreadable",
                location=Location(str(path)),
                message=f"the file has {size} bytes, at most {MAX_PDF_BYTES} are read",
                hint=None,
            )
        )
    return data


def _consents_line(judgement: Judgement) -> str:
    texts = len(judgement.texts)
    consents = len(judgement.verdicts)
    return f"consents that hold: {consents}, over {texts} text{'' if texts == 1 else 's'}"


def _strength_lines(judgement: Judgement) -> Iterator[str]:
    """How hard the consents are to forge, who vouches for their time, how they were given."""
    if not judgement.verdicts:
        return
    counted = Counter(verdict.strength for verdict in judgement.verdicts)
    yield "strengths: " + ", ".join(
        f"{counted[strength]} {strength.name}" for strength in sorted(counted, reverse=True)
    )
    unattested = sum(not verdict.time_attested for verdict in judgement.verdicts)
    if unattested:
        yield f"time unattested: {unattested} of {len(judgement.verdicts)}"
    yield f"largest sitting: {batches(judgement.verdicts)[0]}"


def _root_line(judgement: Judgement) -> str:
    return f"root of trust: {judgement.chain.root_sha256 or 'none'}"


def _approvals(judgement: Judgement) -> Iterator[str]:
    for verdict in judgement.verdicts:
        consent = verdict.consent
        attested = "" if verdict.time_attested else ", time unattested"
        yield (
            f"{consent.document} {consent.version}: {consent.decision.value} by {verdict.name} "
            f"({verdict.role_title}), {consent.at.isoformat()}, {verdict.strength.name}{attested}"
        )


def _history_problems(repository: Repository | None) -> Iterator[Problem]:
    """Evidence only grows, and nothing in git shows other bytes than it holds."""
    if repository is None or repository.head() is None:
        yield Problem(
            code="record-no-history",
            severity=Severity.WARNING,
            message="there is no git history that would show whether records were rewritten",
            hint="Verify in the repository itself, not in a copy of its files.",
        )
        return
    yield from git_problems(repository)


def _rendered_problems(found: Situation) -> Iterator[Problem]:
    """Rendered text is approved, or what the sources give again."""
    approved = {
        hashlib.sha256(data).hexdigest()
        for path, data in found.evidence.files.items()
        if path.startswith("approvals/") and path.endswith(".md")
    }
    reproducible = {document.path: document.digest for document in found.survey.rendering.documents}
    for path, data in _rendered(found.root).items():
        digest = hashlib.sha256(data).hexdigest()
        if digest not in approved and reproducible.get(path) != digest:
            yield Problem(
                code="rendered-unexplained",
                location=Location(path),
                message="the text is neither approved nor what the sources render",
                hint="Run policygen render; whoever edited the file changes the template instead.",
            )


def _rendered(root: Path) -> Mapping[str, bytes]:
    folder = root / "rendered"
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
