"""Exporting: the auditor package of a window, from evidence, refused where that does not verify."""

from __future__ import annotations

import hashlib
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.audit.listing import Stamp, listing_files
from policygen.audit.manifest import Claims
from policygen.audit.package import (
    archive,
    fingerprint,
    gap_lines,
    index_lines,
    pdf_path,
    with_manifests,
)
from policygen.history.evidence import set_head
from policygen.history.paths import in_workspace, sealed_paths
from policygen.pipeline.examined import examine
from policygen.pipeline.package_lists import Chosen, listings
from policygen.pipeline.redlines import redline_pdfs
from policygen.pipeline.situation import situation
from policygen.pipeline.verification import verify_situation
from policygen.problems import Location, PolicygenError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from policygen.audit.manifest import IndexLine
    from policygen.model.window import Window
    from policygen.pipeline.examined import Examined
    from policygen.pipeline.situation import Situation

STEPS = ("verify", "gather", "list", "pack")
"""What an export goes through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for."""

    window: Window
    with_problems: bool
    """Whether a package is made although something does not verify; it says so at the front."""

    tool: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A package, made and not yet written."""

    name: str
    """File name without ending; the folder inside has the same."""

    archive: bytes
    fingerprint: str
    """SHA-256 of `MANIFEST.sha256`, to be told by another channel."""

    root_of_trust: str | None
    certificates: tuple[str, ...]
    """Fingerprints of the certificates that sealed the PDFs."""

    documents: int
    """How many versions are in it."""

    gaps: int
    problems: tuple[Problem, ...]
    """What does not verify, and is told in the package."""


def export(root: Path, request: Request, *, advance: Callable[[str], None]) -> Export:
    """The package of a window.

    Args:
        root: The workspace.
        request: What is asked for.
        advance: Told each step of `STEPS` when it is done.

    Raises:
        PolicygenError: Something does not verify and nobody asked for it with its problems, or
            nothing tells the window.
    """
    found = situation(root, now=request.now)
    problems = failures_of(found)
    advance("verify")
    return export_from(found, problems, request, advance=advance)


def export_from(
    found: Situation,
    problems: Sequence[Problem],
    request: Request,
    *,
    advance: Callable[[str], None],
) -> Export:
    """`export` for a caller that has taken stock and verified already.

    Args:
        found: The workspace.
        problems: What `failures_of` says of it.
        request: What is asked for.
        advance: Told each further step of `STEPS` when it is done.

    Raises:
        PolicygenError: As `export`.
    """
    with tempfile.TemporaryDirectory(prefix="policygen-export-") as folder:
        examined = examine(found, request.window, Path(folder))
        problems = [*problems, *_unsealed(examined)]
        if problems and not request.with_problems:
            raise PolicygenError(_refusal(), *problems)
        advance("gather")
        return _export(examined, request, problems, advance)


def _export(
    examined: Examined,
    request: Request,
    problems: list[Problem],
    advance: Callable[[str], None],
) -> Export:
    contents = dict(_pdfs(examined)) | dict(_evidence(examined)) | dict(redline_pdfs(examined))
    lines = index_lines(
        examined.in_force,
        {
            key: (pdf_path(row.version), hashlib.sha256(examined.sealed[key].pdf).hexdigest())
            for row in examined.in_force.intervals
            if (key := (row.version.document, row.version.version)) in examined.sealed
        },
    )
    stamp = _stamp(examined, request)
    for listing in listings(examined, lines, Chosen()):
        contents |= listing_files(listing, stamp)
    advance("list")
    files = with_manifests(contents, _claims(examined, request, lines, problems))
    name = name_of(examined)
    made = Export(
        name=name,
        archive=archive(files, name),
        fingerprint=fingerprint(files),
        root_of_trust=examined.found.judgement.chain.root_sha256,
        certificates=tuple(sorted({each.certificate for each in examined.sealed.values()})),
        documents=len(lines),
        gaps=len(examined.in_force.gaps),
        problems=tuple(problems),
    )
    advance("pack")
    return made


def name_of(examined: Examined) -> str:
    """Name of the package, e.g. `auditor-package-acme-2026-09-30`."""
    short = examined.past.facts.profile.organization.short_name
    slug = re.sub(r"[^a-z0-9]+", "-", short.lower()).strip("-") or "organization"
    return f"auditor-package-{slug}-{examined.window.slug}"


def failures_of(found: Situation) -> list[Problem]:
    """Everything of a workspace that does not verify."""
    finding = verify_situation(found, trust=frozenset(), rebuild=False, advance=lambda _: None)
    repository = found.repository
    uncommitted = () if repository is None else repository.uncommitted("evidence")
    return [*finding.errors, *map(_uncommitted, uncommitted)]


def _uncommitted(path: str) -> Problem:
    return Problem(
        code="export-uncommitted",
        location=Location(path),
        message="it is not committed, so git does not witness it",
        hint="Commit evidence/, then export again.",
    )


def _unsealed(examined: Examined) -> list[Problem]:
    return [
        Problem(
            code="export-unsealed",
            location=Location(version.text_path),
            message=f"{version.document} {version.version} was in force and has no sealed PDF",
            hint="policygen seal makes it; commit it, then export again.",
        )
        for version in examined.unsealed
    ]


def _refusal() -> Problem:
    return Problem(
        code="export-not-verified",
        message="the workspace does not verify, so no package is made of it",
        hint="Mend what is named below, or give --with-problems, which prints it at the front.",
    )


def _pdfs(examined: Examined) -> Iterator[tuple[str, bytes]]:
    """Sealed PDFs as they were stored, with the records of their seals."""
    for row in examined.in_force.intervals:
        version = row.version
        sealed = examined.sealed.get((version.document, version.version))
        if sealed is not None:
            yield pdf_path(version), sealed.pdf
            yield sealed_paths(version.document, version.version)[1], sealed.record


def _evidence(examined: Examined) -> Iterator[tuple[str, bytes]]:
    for path, data in examined.selection.evidence.files.items():
        yield in_workspace(path), data


def _stamp(examined: Examined, request: Request) -> Stamp:
    profile = examined.past.facts.profile
    return Stamp(
        organization=profile.organization.legal_name,
        window=str(examined.window),
        as_of=examined.window.last,
        commit=examined.past.commit.id,
        tool=request.tool,
        paper=profile.brand.paper,
    )


def _claims(
    examined: Examined,
    request: Request,
    lines: tuple[IndexLine, ...],
    problems: list[Problem],
) -> Claims:
    window, evidence = examined.window, examined.found.evidence
    return Claims(
        organization=examined.past.facts.profile.organization.legal_name,
        first=window.first.isoformat(),
        last=window.last.isoformat(),
        is_period=window.is_period,
        time_zone=examined.zone.key,
        commit=examined.past.commit.id,
        set_head=set_head(examined.selection.evidence),
        root_of_trust=examined.found.judgement.chain.root_sha256,
        tool=request.tool,
        people="full",
        signer=None,
        documents=lines,
        gaps=gap_lines(examined.in_force),
        left_out=tuple(
            (path, hashlib.sha256(evidence.files[path]).hexdigest())
            for path in examined.selection.left_out
        ),
        problems=tuple((problem.code, problem.message) for problem in problems),
    )
