"""Exporting: the auditor package of a window, from evidence, refused where that does not verify."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.audit.lists.shown_names import People
from policygen.audit.package.packing import archive, fingerprint, with_manifests, with_signature
from policygen.history.dates import local_day
from policygen.pipeline.package.contents import Wish, gather_contents
from policygen.pipeline.package.examined import examine
from policygen.pipeline.package.signing import sign_manifest, signer_of, stamp_manifest
from policygen.pipeline.situation import situation
from policygen.pipeline.verification import verify_situation
from policygen.problems import Location, PolicygenError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from policygen.model.window import Window
    from policygen.pipeline.package.examined import Examined
    from policygen.pipeline.package.signing import Signer
    from policygen.pipeline.situation import Situation

STEPS = ("verify", "gather", "write", "pack")
"""What an export goes through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for."""

    window: Window
    with_problems: bool
    """Whether a package is made although something does not verify; it says so at the front."""

    tool: str
    now: datetime
    people: People = People.FULL
    systems: frozenset[str] | None = None
    """Ids of the systems that the package is about; None means all."""

    with_history: bool = False
    """Whether the git history goes along; only where names may be seen in full."""

    signer: tuple[str, Path] | None = None
    """Person and key that sign the manifest; None where nobody does."""


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

    signer: str | None
    """Who signed the manifest, and with which key."""

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
        UsageError: A name that was given is not known.
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
        UsageError: As `export`.
    """
    if request.with_history and request.people is not People.FULL:
        raise UsageError(
            Problem(
                code="usage-history-names",
                message="the git history names people, so it goes along with --people full only",
                hint="Leave out --with-history, or show names in full.",
            )
        )
    if request.window.last > local_day(request.now, found.zone):
        raise UsageError(
            Problem(
                code="usage-window",
                message=f"the window ends on {request.window.last}, which is still to come",
                hint="Evidence tells the past: choose today or an earlier day.",
            )
        )
    signer = None if request.signer is None else signer_of(found, *request.signer)
    with tempfile.TemporaryDirectory(prefix="policygen-export-") as folder:
        examined = examine(
            found,
            request.window,
            Path(folder),
            raw_responses=request.people is People.FULL,
            trust_to=0 if signer is None else signer.snapshot,
        )
        _known_systems(examined, request.systems)
        problems = [*problems, *_unsealed(examined)]
        if problems and not request.with_problems:
            raise PolicygenError(refusal(), *problems)
        advance("gather")
        return _pack(examined, request, problems, signer, advance)


def _pack(
    examined: Examined,
    request: Request,
    problems: Sequence[Problem],
    signer: Signer | None,
    advance: Callable[[str], None],
) -> Export:
    wish = Wish(
        tool=request.tool,
        people=request.people,
        systems=request.systems,
        with_history=request.with_history,
        signer=signer,
    )
    contents = gather_contents(examined, wish, problems)
    advance("write")
    files = with_manifests(contents.files, contents.claims)
    files = with_signature(
        files,
        None if signer is None else sign_manifest(files, signer),
        stamp_manifest(examined.found, files),
    )
    name = name_of(examined)
    made = Export(
        name=name,
        archive=archive(files, name),
        fingerprint=fingerprint(files),
        root_of_trust=contents.claims.root_of_trust,
        certificates=tuple(sorted({each.certificate for each in examined.sealed.values()})),
        signer=None if signer is None else signer.words,
        documents=len(contents.claims.documents),
        gaps=len(contents.claims.gaps),
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


def _known_systems(examined: Examined, wanted: frozenset[str] | None) -> None:
    known = {system.id for system in examined.past.facts.profile.systems}
    unknown = sorted((wanted or frozenset()) - known)
    if unknown:
        raise UsageError(
            Problem(
                code="usage-unknown-system",
                location=Location("organization.yml"),
                message=f"{', '.join(unknown)} was no system at the end of the window",
                hint=f"Known: {', '.join(sorted(known)) or 'none'}.",
            )
        )


def refusal() -> Problem:
    """Why nothing is handed out of a workspace that does not verify."""
    return Problem(
        code="export-not-verified",
        message="the workspace does not verify, so no package is made of it",
        hint="Mend what is named below, or give --with-problems, which prints it at the front.",
    )
