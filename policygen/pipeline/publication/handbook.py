"""The employee handbook of a workspace: what is in force for everybody, as files under build/."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.pipeline.publication.editions import brand_of, edition_of_version
from policygen.pipeline.publication.remembered import CACHE
from policygen.pipeline.publication.sealing import engines_of
from policygen.pipeline.sources.watching import tool
from policygen.problems import Problem, Severity
from policygen.publish.cache import Cache, key_of
from policygen.publish.folders import remove_others, write_if_different

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.pipeline.situation import Situation
    from policygen.publish.handbook.text import Handbook

FOLDER = "build/handbook"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltHandbook:
    """A handbook and its files."""

    handbook: Handbook
    pdf: Path
    """Its PDF, absolute."""


def build_handbook(found: Situation) -> tuple[BuiltHandbook | None, tuple[Problem, ...]]:
    """Write the handbook of the register's day: Markdown, PDF, manifest and digests.

    Returns:
        None, with a warning, where nothing that everybody acknowledges is in force; files of an
        earlier handbook are then removed.
    """
    from policygen.publish.handbook.text import NAME

    folder = found.root / FOLDER
    handbook = handbook_in(found)
    files: dict[str, bytes] = {}
    if handbook is not None:
        files = {
            f"{NAME}.md": handbook.body().encode(),
            f"{NAME}.pdf": _pdf(found, handbook),
            "manifest.json": handbook.manifest(),
            "SHA256SUMS": handbook.sums.encode(),
        }
    for name, data in files.items():
        write_if_different(folder / name, data)
    remove_others(folder, files)
    if handbook is None:
        return None, (_nothing(found),)
    return BuiltHandbook(handbook=handbook, pdf=folder / f"{NAME}.pdf"), ()


def handbook_in(found: Situation) -> Handbook | None:
    """The handbook of the register's day; None where there is nothing to put into one."""
    from policygen.publish.handbook.text import Chapter, handbook_of

    facts = found.survey.facts
    brand = brand_of(facts.profile)
    chapters = [
        Chapter(
            edition=edition_of_version(entry, entry.in_force, found.evidence, brand, found.zone),
            approved_text=entry.in_force.text_path,
        )
        for entry in found.register.entries
        if entry.in_force is not None
    ]
    return handbook_of(
        chapters,
        organization=facts.profile.organization.legal_name,
        short_name=facts.profile.organization.short_name,
        brand=brand,
        as_of=found.register.as_of,
        workforce=facts.terms["workforce"],
    )


def _pdf(found: Situation, handbook: Handbook) -> bytes:
    cache = Cache(found.root / CACHE)
    engines = engines_of(found)
    parts = (f"{name} {engines[name]}" for name in sorted(engines))
    key = key_of(("handbook/2", tool(), handbook.body(), handbook.manifest(), *parts))
    known = cache.read(key)
    if known is not None:
        return known
    from policygen.publish.handbook.pdf import handbook_pdf
    from policygen.publish.pdf.typeset import Typesetter

    with Typesetter() as typesetter:
        made = handbook_pdf(
            handbook,
            typesetter=typesetter,
            theme=found.root / "overrides" / "pdf",
            workspace=found.root,
        )
    cache.write(key, made)
    return made


def _nothing(found: Situation) -> Problem:
    return Problem(
        code="handbook-empty",
        severity=Severity.WARNING,
        message="no document that everybody acknowledges is in force on "
        f"{found.register.as_of.isoformat()}, so there is no handbook",
        hint="Approve one whose front matter says acknowledge: true and whose audience is the "
        "whole workforce.",
    )
