"""Building: what is in force becomes a site, PDFs and a matrix under build/."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen import atomic
from policygen.condition import evaluate
from policygen.history.paths import sealed_paths
from policygen.matrix import build_matrix
from policygen.pipeline.editions import brand_of, edition_of_draft, edition_of_version
from policygen.pipeline.sealing import unsigned_pdf
from policygen.pipeline.survey import source_problems
from policygen.problems import PolicygenError, Problem, Severity, has_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from policygen.model.matrix import Matrix
    from policygen.model.publication import Edition
    from policygen.pipeline.situation import Situation

PARTS = ("site", "pdf", "matrix")
"""What can be built."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build made."""

    pages: int
    pdfs: tuple[str, ...]
    """Paths of PDFs, relative to the workspace."""

    problems: tuple[Problem, ...]
    """Warnings: PDFs without a seal, links to what is not in force."""


def build(
    found: Situation,
    parts: tuple[str, ...],
    *,
    preview: bool,
    version: str,
    advance: Callable[[str], None],
) -> Built:
    """Build what is asked for, from evidence; a preview builds from working text.

    Raises:
        PolicygenError: The sources or the evidence do not hold, or nothing is in force.
    """
    _refuse_unsound(found, preview=preview)
    editions = editions_of(found, preview=preview)
    if not editions:
        raise PolicygenError(
            Problem(
                code="build-nothing-in-force",
                message=f"no document is in force on {found.register.as_of.isoformat()}",
                hint="policygen build --preview shows the working text, marked DRAFT.",
            )
        )
    matrix = matrix_of(found, preview=preview)
    problems: list[Problem] = []
    pdfs: dict[str, str] = {}
    if "pdf" in parts or "site" in parts:
        pdfs, problems = _build_pdfs(found, editions, advance)
    if "matrix" in parts:
        _build_matrix(found, matrix)
    pages = 0
    if "site" in parts:
        from policygen.pipeline.site_content import publish_site

        pages, site_problems = publish_site(
            found, editions, matrix, pdfs, preview=preview, version=version
        )
        problems += site_problems
    return Built(pages=pages, pdfs=tuple(pdfs.values()), problems=tuple(problems))


def editions_of(found: Situation, *, preview: bool) -> dict[str, Edition]:
    """What is shown of each document, by id: the text in force, or in a preview working text."""
    brand = brand_of(found.survey.facts.profile)
    if preview:
        return {
            document.id: edition_of_draft(document, brand)
            for document in found.survey.rendering.documents
        }
    return {
        entry.id: edition_of_version(entry, entry.in_force, found.evidence, brand, found.zone)
        for entry in found.register.entries
        if entry.in_force is not None
    }


def matrix_of(found: Situation, *, preview: bool) -> Matrix:
    """The matrix as of the register's date."""
    survey = found.survey
    return build_matrix(
        survey.facts,
        survey.rendering.documents,
        found.register,
        lambda condition: evaluate(condition, survey.context),
        show_working=preview,
    )


def _refuse_unsound(found: Situation, *, preview: bool) -> None:
    problems = source_problems(found.survey)
    if not preview:
        problems = (*problems, *found.problems)
    if has_errors(problems):
        raise PolicygenError(*problems)


def _build_pdfs(
    found: Situation, editions: Mapping[str, Edition], advance: Callable[[str], None]
) -> tuple[dict[str, str], list[Problem]]:
    """PDF paths by document: the sealed one copied, or an unsealed one made."""
    from policygen.publish.pdf import build_pdf
    from policygen.publish.typeset import Typesetter

    problems: list[Problem] = []
    paths: dict[str, str] = {}
    kept: set[str] = set()
    with Typesetter() as typesetter:
        for document, edition in editions.items():
            sealed = _sealed(found, edition)
            if sealed is not None:
                name, data = f"{document}-{edition.version}.pdf", sealed
            elif edition.version is None:
                name = f"{document}-draft.pdf"
                data = build_pdf(
                    edition,
                    (),
                    typesetter=typesetter,
                    theme=found.root / "overrides" / "pdf",
                    workspace=found.root,
                )
            else:
                entry = found.register.entry(document)
                assert entry is not None
                assert entry.in_force is not None
                name = f"{document}-{edition.version}-unsealed.pdf"
                data = unsigned_pdf(found, entry, entry.in_force, typesetter)
                problems.append(_unsealed(document))
            path = f"build/pdf/{name}"
            _write_if_changed(found.root / path, data)
            paths[document] = path
            kept.add(name)
            advance(document)
    _remove_others(found.root / "build" / "pdf", kept)
    return paths, problems


def _sealed(found: Situation, edition: Edition) -> bytes | None:
    if edition.version is None:
        return None
    pdf, record = sealed_paths(edition.record.header.id, edition.version)
    if not (found.root / record).is_file() or not (found.root / pdf).is_file():
        return None
    return (found.root / pdf).read_bytes()


def _unsealed(document: str) -> Problem:
    return Problem(
        code="build-unsealed",
        severity=Severity.WARNING,
        message=f"the PDF of {document} carries no seal",
        hint="policygen seal signs it; auditors are handed sealed PDFs only.",
    )


def _build_matrix(found: Situation, matrix: Matrix) -> None:
    from policygen.publish.matrix_files import matrix_files

    files = matrix_files(matrix, as_of=found.register.as_of.isoformat())
    for name, data in files.items():
        _write_if_changed(found.root / "build" / "matrix" / name, data)


def _write_if_changed(path: Path, data: bytes) -> None:
    if not path.is_file() or path.read_bytes() != data:
        atomic.write_bytes(path, data)


def _remove_others(folder: Path, kept: set[str]) -> None:
    if folder.is_dir():
        for path in folder.iterdir():
            if path.is_file() and path.name not in kept:
                path.unlink()
