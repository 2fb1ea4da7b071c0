"""Building: what is in force becomes a site, PDFs and a matrix under build/."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from policygen import atomic
from policygen.conditions.condition import evaluate
from policygen.history.records.paths import sealed_paths
from policygen.matrix.build import build_matrix
from policygen.pipeline.publication.editions import brand_of, edition_of_draft, edition_of_version
from policygen.pipeline.publication.handbook import build_handbook
from policygen.pipeline.publication.remembered import CACHE, Built
from policygen.pipeline.publication.sealing import engines_of, job_of
from policygen.pipeline.sources.survey import source_problems
from policygen.problems import PolicygenError, Problem, Severity, UsageError, has_errors
from policygen.publish.cache import Cache, own_code, pdf_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from policygen.model.matrix import Matrix
    from policygen.model.publication import Edition
    from policygen.pipeline.situation import Situation
    from policygen.publish.pdf.pool import Job
    from policygen.publish.site.assistant import Assistant

PARTS = ("site", "pdf", "matrix", "handbook")
"""What is built where nothing else is said."""


def build(
    found: Situation,
    parts: tuple[str, ...],
    *,
    preview: bool,
    version: str,
    advance: Callable[[str], None],
    quick: bool = False,
) -> Built:
    """Build what is asked for, from evidence; a preview builds from working text.

    Args:
        found: The workspace.
        parts: Some of `PARTS`, or `lists`.
        preview: Show working text.
        version: Of this program, as pages print it.
        advance: Told the name of each document when its PDF is there.
        quick: Build only pages that changed, for whoever is writing; search may lag behind.

    Raises:
        PolicygenError: The sources or the evidence do not hold, or nothing is in force.
    """
    _refuse_unsound(found, preview=preview)
    if preview and parts == ("handbook",):
        raise UsageError(
            Problem(
                code="usage-handbook-preview",
                message="the handbook holds texts in force, so it has no preview",
                hint="policygen build handbook, once something is in force.",
            )
        )
    editions = editions_of(found, preview=preview)
    if not editions:
        raise PolicygenError(
            Problem(
                code="build-nothing-in-force",
                message=f"no document is in force on {found.register.as_of.isoformat()}",
                hint="policygen build --preview shows the working text, marked DRAFT.",
            )
        )
    from policygen.publish.site.assistant import assistance

    with assistance(wanted="site" in parts and not quick) as assistant:
        return _built(
            found, parts, editions, assistant,
            preview=preview, version=version, advance=advance, quick=quick,
        )  # fmt: skip


def _built(
    found: Situation,
    parts: tuple[str, ...],
    editions: Mapping[str, Edition],
    assistant: Assistant | None,
    *,
    preview: bool,
    version: str,
    advance: Callable[[str], None],
    quick: bool,
) -> Built:
    matrix = matrix_of(found, preview=preview)
    problems: list[Problem] = []
    pdfs: dict[str, str] = {}
    if "pdf" in parts or "site" in parts:
        pdfs, problems = _build_pdfs(found, editions, advance)
    if "matrix" in parts:
        _build_matrix(found, matrix)
    handbook = None
    if not preview and ("handbook" in parts or "site" in parts):
        handbook, handbook_problems = build_handbook(found)
        problems += handbook_problems if "handbook" in parts else ()
    if "lists" in parts:
        from policygen.pipeline.publication.derived_lists import write_lists

        write_lists(found, editions, matrix, version=version)
    pages = 0
    if "site" in parts:
        from policygen.pipeline.publication.site_content import publish_site

        pages, site_problems = publish_site(
            found, editions, matrix, pdfs, handbook,
            preview=preview, version=version, quick=quick, assistant=assistant,
        )  # fmt: skip
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


def other_files(found: Situation, editions: Mapping[str, Edition]) -> tuple[str, ...] | None:
    """Files a build reads beside the usual folders: logo and fonts; None where nobody can tell."""
    if any("![" in edition.text for edition in editions.values()):
        # Which files a text shows is known to pandoc only.
        return None
    brand = brand_of(found.survey.facts.profile)
    return tuple(name for name in (brand.logo, *brand.fonts) if name is not None)


def matrix_of(found: Situation, *, preview: bool) -> Matrix:
    """The matrix as of the register's date."""
    survey = found.survey
    return build_matrix(
        survey.facts,
        survey.rendering.documents,
        found.register,
        lambda condition: evaluate(condition, survey.context),
        show_working=preview,
        waivers=survey.waivers,
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
    folder = found.root / "build" / "pdf"
    names: dict[str, str] = {}
    problems: list[Problem] = []
    missing: dict[str, Job] = {}
    for document, edition in editions.items():
        sealed = _sealed(found, edition)
        names[document] = _name(document, edition, is_sealed=sealed is not None)
        if sealed is None:
            missing[document] = _job(found, document, edition)
            if edition.version is not None:
                problems.append(_unsealed(document))
            continue
        _write_if_changed(folder / names[document], sealed)
        advance(document)
    for document, pdf in _made(found, missing):
        _write_if_changed(folder / names[document], pdf)
        advance(document)
    _remove_others(folder, set(names.values()))
    return {document: f"build/pdf/{name}" for document, name in names.items()}, problems


def _name(document: str, edition: Edition, *, is_sealed: bool) -> str:
    if edition.version is None:
        return f"{document}-draft.pdf"
    return f"{document}-{edition.version}{'' if is_sealed else '-unsealed'}.pdf"


def _job(found: Situation, document: str, edition: Edition) -> Job:
    from policygen.publish.pdf.pool import Job

    if edition.version is None:
        return Job(edition=edition, attachments=())
    entry = found.register.entry(document)
    assert entry is not None
    assert entry.in_force is not None
    return job_of(found, entry, entry.in_force)


def _made(found: Situation, missing: Mapping[str, Job]) -> Iterator[tuple[str, bytes]]:
    """Unsigned PDFs: those made before from the same input, then the others.

    Raises:
        PolicygenError: Some cannot be made; the rest was handed out before.
    """
    from policygen.publish.pdf.pool import make_pdfs
    from policygen.publish.worker import cores

    if not missing:
        return
    cache = Cache(found.root / CACHE)
    engines = engines_of(found) | {"code": _typesetting_code()}
    keys = {name: pdf_key(job.edition, job.attachments, engines) for name, job in missing.items()}
    jobs: dict[str, Job] = {}
    for name, job in missing.items():
        key = keys[name]
        known = cache.read(key) if key else None
        if known is None:
            jobs[name] = job
        else:
            yield name, known
    theme = found.root / "overrides" / "pdf"
    problems: list[Problem] = []
    with closing(
        make_pdfs(tuple(jobs.values()), theme=theme, workspace=found.root, workers=cores())
    ) as made:
        for name, outcome in zip(jobs, made, strict=True):
            problems += outcome.problems
            if outcome.pdf is not None:
                key = keys[name]
                if key:
                    cache.write(key, outcome.pdf)
                yield name, outcome.pdf
    cache.trim()
    if problems:
        raise PolicygenError(*problems)


def _typesetting_code() -> str:
    """Digest of our own modules that decide what a PDF looks like."""
    from policygen.publish.pdf import pool

    return own_code(Path(pool.__file__).parent.glob("*.py"))


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

    files = matrix_files(
        matrix, found.survey.facts.registries, as_of=found.register.as_of.isoformat()
    )
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
