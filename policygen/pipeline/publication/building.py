"""Building: what is in force becomes a site, PDFs and a matrix under build/."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.conditions.condition import evaluate
from policygen.matrix.build import build_matrix
from policygen.pipeline.places import refuse_links
from policygen.pipeline.publication.editions import brand_of, edition_of_draft, edition_of_version
from policygen.pipeline.publication.handbook import build_handbook
from policygen.pipeline.publication.pdfs import build_pdfs
from policygen.pipeline.publication.remembered import Built
from policygen.pipeline.sources.survey import source_problems
from policygen.problems import PolicygenError, Problem, UsageError, has_errors
from policygen.publish.folders import write_if_different

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from policygen.model.matrix import Matrix
    from policygen.model.publication import Edition
    from policygen.pipeline.situation import Situation
    from policygen.publish.pdf.typeset import Typesetter
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
    typesetter: Typesetter | None = None,
) -> Built:
    """Build what is asked for, from evidence; a preview builds from working text.

    Args:
        found: The workspace.
        parts: Some of `PARTS`, or `lists`.
        preview: Show working text.
        version: Of this program, as pages print it.
        advance: Told the name of each document when its PDF is there.
        quick: Build only pages that changed, for whoever is writing; search may lag behind.
        typesetter: A pandoc that runs already, for whoever builds again and again.

    Raises:
        PolicygenError: The sources or the evidence do not hold, nothing is in force, or a folder
            to build into is a link.
    """
    refuse_links(found.root, "build")
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
            preview=preview, version=version, advance=advance, quick=quick, typesetter=typesetter,
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
    typesetter: Typesetter | None,
) -> Built:
    matrix = matrix_of(found, preview=preview)
    problems: list[Problem] = []
    pdfs: dict[str, str] = {}
    if "pdf" in parts or "site" in parts:
        pdfs, problems = build_pdfs(found, editions, advance, typesetter)
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


def _build_matrix(found: Situation, matrix: Matrix) -> None:
    from policygen.publish.matrix_files import matrix_files

    files = matrix_files(
        matrix, found.survey.facts.registries, as_of=found.register.as_of.isoformat()
    )
    for name, data in files.items():
        write_if_different(found.root / "build" / "matrix" / name, data)
