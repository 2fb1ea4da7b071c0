"""The contents of a package, gathered from all stages: PDFs, evidence, lists and papers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.audit.lists.listing import Stamp, listing_files
from policygen.audit.lists.shown_names import People
from policygen.audit.package.manifest import ROOTS, SIGNERS, STATEMENT, SUMS, Claims
from policygen.audit.package.method import method
from policygen.audit.package.packing import gap_lines, index_lines, pdf_path
from policygen.audit.verification.stock_check_page import NAME as VERIFY
from policygen.audit.verification.stock_check_page import stock_check_page
from policygen.audit.verification.stock_checks import SignedManifest, checks_of
from policygen.gitrepo.bundle import bundle_of
from policygen.history.records.evidence import set_head
from policygen.history.records.paths import in_workspace, sealed_paths
from policygen.pipeline.package.answers import paper_files, requests_listing
from policygen.pipeline.package.interchange import interchange_files
from policygen.pipeline.package.lists import Chosen, listings, matrix_at
from policygen.pipeline.package.papers import (
    DESCRIPTION,
    MANUAL,
    README,
    description_pdf,
    manual_pdf,
    readme_pdf,
)
from policygen.pipeline.package.redlines import redline_pdfs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from policygen.audit.package.manifest import IndexLine
    from policygen.pipeline.package.examined import Examined
    from policygen.pipeline.package.signing import Signer
    from policygen.problems import Problem

METHOD = "METHOD.md"
BUNDLE = "repository.bundle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for, beside the window."""

    tool: str
    people: People = People.FULL
    systems: frozenset[str] | None = None
    """Ids of the systems that the package is about; None means all."""

    with_history: bool = False
    """Whether the git history goes along."""

    signer: Signer | None = None
    """Who signs the manifest; None where nobody does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Everything but the manifests."""

    files: dict[str, bytes]
    claims: Claims


def gather_contents(examined: Examined, wish: Wish, problems: Sequence[Problem]) -> Contents:
    """All files of a package, and what it says about itself.

    Args:
        examined: The window.
        wish: What was asked for.
        problems: What does not verify.

    Raises:
        PolicygenError: Something cannot be printed.
    """
    from policygen.publish.pdf.typeset import Typesetter

    files = dict(_pdfs(examined)) | dict(_evidence(examined)) | dict(redline_pdfs(examined))
    lines = _index(examined)
    claims = _claims(examined, wish, lines, problems)
    stamp = _stamp(examined, wish)
    matrix = matrix_at(examined)
    files |= paper_files(examined, matrix)
    files |= interchange_files(examined, lines, wish.tool)
    lists = list(
        listings(examined, lines, matrix, Chosen(systems=wish.systems, people=wish.people))
    )
    for listing in lists:
        files |= listing_files(listing, stamp)
    requests = requests_listing(examined, {*files, MANUAL, README, METHOD, SUMS, STATEMENT})
    lists.append(requests)
    files |= listing_files(requests, stamp)
    files[METHOD] = method(
        lists,
        stamp,
        time_zone=claims.time_zone,
        set_head=claims.set_head,
        notes=tuple(_method_notes(wish)),
    )
    if examined.past.timestamp_roots is not None:
        files[ROOTS] = examined.past.timestamp_roots
    if wish.with_history and examined.found.repository is not None:
        files[BUNDLE] = bundle_of(examined.found.repository, examined.past.commit.id)
    if wish.signer is not None:
        files[SIGNERS] = wish.signer.allowed
    files[VERIFY] = _instructions(files, claims)
    with Typesetter() as typesetter:
        files[DESCRIPTION] = description_pdf(examined, matrix, typesetter)
        manual = manual_pdf(examined, typesetter)
        if manual is not None:
            files[MANUAL] = manual
        files[README] = readme_pdf(
            examined,
            typesetter,
            claims=claims,
            matrix=matrix,
            paths={*files, README, SUMS, STATEMENT},
            signer=None if wish.signer is None else wish.signer.words,
        )
    return Contents(files=files, claims=claims)


def _instructions(files: Mapping[str, bytes], claims: Claims) -> bytes:
    """How to check the package with stock tools."""
    checks = checks_of(
        files,
        organization=claims.organization,
        root_of_trust=claims.root_of_trust,
        set_head=claims.set_head,
        roots=ROOTS if ROOTS in files else None,
        history=None,
        manifest=SignedManifest(signer=claims.signer),
    )
    return stock_check_page(checks).encode()


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


def _index(examined: Examined) -> tuple[IndexLine, ...]:
    pdfs = {}
    for row in examined.in_force.intervals:
        key = (row.version.document, row.version.version)
        if key in examined.sealed:
            digest = hashlib.sha256(examined.sealed[key].pdf).hexdigest()
            pdfs[key] = (pdf_path(row.version), digest)
    return index_lines(examined.in_force, pdfs)


def _stamp(examined: Examined, wish: Wish) -> Stamp:
    profile = examined.past.facts.profile
    return Stamp(
        organization=profile.organization.legal_name,
        window=str(examined.window),
        as_of=examined.window.last,
        commit=examined.past.commit.id,
        tool=wish.tool,
        paper=profile.brand.paper,
    )


def _claims(
    examined: Examined, wish: Wish, lines: tuple[IndexLine, ...], problems: Sequence[Problem]
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
        tool=wish.tool,
        people=wish.people.value,
        signer=None if wish.signer is None else wish.signer.person,
        documents=lines,
        gaps=gap_lines(examined.in_force),
        left_out=tuple(
            (path, hashlib.sha256(evidence.files[path]).hexdigest())
            for path in examined.selection.left_out
        ),
        problems=tuple((problem.code, _sentence(problem)) for problem in problems),
    )


def _sentence(problem: Problem) -> str:
    return f"{problem.location}: {problem.message}" if problem.location else problem.message


def _method_notes(wish: Wish) -> Iterator[str]:
    if wish.with_history:
        yield (
            f"`{BUNDLE}` is the default branch up to the commit above. Another release of git may "
            "pack the same history into other bytes."
        )
    if wish.systems is not None:
        named = ", ".join(sorted(wish.systems))
        yield (
            f"Lists of systems and vendors are about {named} only. Documents, statements and "
            "criteria are those of the whole set: one policy binds all systems."
        )
    if wish.people is not People.FULL:
        yield (
            f"Names in lists of reviews and acknowledgements are shown as {wish.people.value}; "
            "git history and the answers of a forge that no sealed PDF carries are left out, their "
            "digests are in MANIFEST.json."
        )
