"""The PDFs of a build: sealed ones are copied, others come from the cache or are made."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from policygen.history.records.paths import sealed_paths
from policygen.pipeline.publication.remembered import CACHE
from policygen.pipeline.publication.sealing import engines_of, job_of
from policygen.pipeline.sources.watching import tool
from policygen.problems import PolicygenError, Problem, Severity
from policygen.publish.cache import Cache, pdf_key
from policygen.publish.folders import remove_others, write_if_different

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from policygen.model.publication import Edition
    from policygen.pipeline.situation import Situation
    from policygen.publish.pdf.pool import Job
    from policygen.publish.pdf.typeset import Typesetter


def build_pdfs(
    found: Situation,
    editions: Mapping[str, Edition],
    advance: Callable[[str], None],
    typesetter: Typesetter | None,
) -> tuple[dict[str, str], list[Problem]]:
    """PDF paths by document: the sealed one copied, or an unsealed one made.

    Args:
        found: The workspace.
        editions: What is shown, by document.
        advance: Told the name of each document when its PDF is there.
        typesetter: A pandoc that runs already; None starts one where it is needed.

    Raises:
        PolicygenError: Some cannot be made; the rest is there.
    """
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
        write_if_different(folder / names[document], sealed)
        advance(document)
    for document, pdf in _made(found, missing, typesetter):
        write_if_different(folder / names[document], pdf)
        advance(document)
    remove_others(folder, names.values())
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


def _made(
    found: Situation, missing: Mapping[str, Job], typesetter: Typesetter | None
) -> Iterator[tuple[str, bytes]]:
    """Unsigned PDFs: those made before from the same input, then the others.

    Raises:
        PolicygenError: Some cannot be made; the rest was handed out before.
    """
    from policygen.publish.pdf.pool import make_pdfs
    from policygen.publish.worker import cores

    if not missing:
        return
    cache = Cache(found.root / CACHE)
    engines = engines_of(found) | {"code": tool()}
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
        make_pdfs(
            tuple(jobs.values()),
            theme=theme,
            workspace=found.root,
            workers=cores(),
            typesetter=typesetter,
        )
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
