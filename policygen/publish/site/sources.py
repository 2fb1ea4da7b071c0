"""Writes the sources of the site: one Markdown file a page, and nothing that is not named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from policygen.problems import PolicygenError, Problem
from policygen.publish.folders import remove_others, write_if_different
from policygen.publish.site.chrome import KIND_PAGES
from policygen.publish.site.crosswalk_page import crosswalk_page
from policygen.publish.site.document_page import document_page
from policygen.publish.site.facts import BRAND_STYLES, FACTS, brand_styles, site_facts
from policygen.publish.site.handbook_page import handbook_page
from policygen.publish.site.home_page import home_page
from policygen.publish.site.list_pages import calendar_page, kind_page, statements_page
from policygen.publish.site.matrix_pages import controls_page, criteria_page
from policygen.publish.site.reference_pages import parameters_page, roles_page
from policygen.publish.site.verify_page import verify_page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from policygen.publish.site.chrome import Page
    from policygen.publish.site.content import SiteContent

_DOCUMENT_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")


def write_site_sources(
    content: SiteContent, target: Path, *, files: Mapping[str, Path] | None = None
) -> tuple[str, ...]:
    """Write all pages below `target`; a file that is already right is not touched.

    Files that belong to no page are removed. A file that `content` names (a PDF, the logo) and
    that is neither in `files` nor below `target` shows as a dead link when the site is built.

    Args:
        content: Everything the pages state.
        target: The docs folder, `build/docs`; nothing else may keep files there.
        files: Files to publish beside the pages, by path below the site root. The PDF of a
            restricted document is left out, whoever hands it in.

    Returns:
        The names of the pages, sorted, e.g. `policies/access-control-policy.md`.

    Raises:
        PolicygenError: A name cannot be a file of the site (`site-file-name`), or the brand's
            color is none (`site-brand-color`).
    """
    withheld = content.withheld_pdfs()
    published = {name: path for name, path in (files or {}).items() if name not in withheld}
    _check_names(content, published)
    pages = site_pages(content)
    wanted = {page.name: page.source().encode() for page in pages}
    wanted[FACTS] = site_facts(content).encode()
    wanted[BRAND_STYLES] = brand_styles(content).encode()
    for name, path in published.items():
        wanted[name] = path.read_bytes()
    for name, data in wanted.items():
        write_if_different(target / name, data)
    extra = {name for name in (content.logo, content.handbook_pdf) if name is not None}
    remove_others(target, {*wanted, *content.published_pdfs(), *extra})
    return tuple(sorted(page.name for page in pages))


def site_pages(content: SiteContent) -> tuple[Page, ...]:
    """Every page of the site, as Markdown."""
    documents = [
        document_page(content, entry, content.shown[entry.id])
        for entry in content.register.entries
        if entry.id in content.shown
    ]
    return (
        home_page(content),
        handbook_page(content),
        *(kind_page(content, kind) for kind in KIND_PAGES),
        criteria_page(content),
        controls_page(content),
        crosswalk_page(content),
        statements_page(content),
        calendar_page(content),
        parameters_page(content),
        roles_page(content),
        verify_page(content),
        *documents,
    )


def _check_names(content: SiteContent, published: Mapping[str, Path]) -> None:
    ids = [edition.record.header.id for edition in content.shown.values()]
    ids += [entry.id for entry in content.register.entries]
    files = [*published, *content.pdfs.values(), *([content.logo] if content.logo else [])]
    faults = [name for name in ids if not _DOCUMENT_ID.fullmatch(name)]
    faults += [name for name in files if not _FILE.fullmatch(name) or name.endswith(".md")]
    if faults:
        raise PolicygenError(*(_bad_name(name) for name in dict.fromkeys(faults)))


def _bad_name(name: str) -> Problem:
    return Problem(
        code="site-file-name",
        message=f'"{name}" cannot be the name of a file of the site',
        hint="Use lower-case letters, digits and hyphens.",
    )
