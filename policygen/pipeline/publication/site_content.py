"""The site's content gathered from all stages, written and built."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from policygen.pipeline.publication.editions import brand_of
from policygen.pipeline.publication.remembered import CACHE
from policygen.pipeline.sources.watching import census, digest_of, tool
from policygen.problems import has_errors
from policygen.publish.cache import Cache, key_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from policygen.model.matrix import Matrix
    from policygen.model.publication import Edition
    from policygen.pipeline.publication.handbook import BuiltHandbook
    from policygen.pipeline.situation import Situation
    from policygen.problems import Problem
    from policygen.publish.site.assistant import Assistant
    from policygen.publish.site.content import SiteContent

_SITE = "build/site"
_HANDBOOK = "handbook/employee-handbook.pdf"
_SITE_SOURCES = ("build/docs", "mkdocs.yml", "overrides/site")
_SITE_FRAME = ("build/docs/.site.yml", "mkdocs.yml", "overrides/site")
_FRAME_KEY = key_of(("frame of the site/1",))
"""Under which is kept what the whole site was last built with."""

GLOSSARY = {
    "MFA": "multi-factor authentication: a second proof beside the password",
    "SSO": "single sign-on: one login for all connected systems",
    "IdP": "identity provider: the system that holds logins",
    "RACI": "who is responsible, accountable, consulted and informed",
    "CUEC": "a control that customers must carry out on their side",
}
"""Short forms that documents use, for tooltips."""


def publish_site(
    found: Situation,
    editions: Mapping[str, Edition],
    matrix: Matrix,
    pdfs: Mapping[str, str],
    handbook: BuiltHandbook | None,
    *,
    preview: bool,
    version: str,
    quick: bool = False,
    assistant: Assistant | None = None,
) -> tuple[int, tuple[Problem, ...]]:
    """Write the sources of the site and build it; gives the number of pages."""
    from policygen.publish.site.sources import write_site_sources

    content, files = site_content(
        found, editions, matrix, pdfs, handbook, preview=preview, version=version
    )
    docs = found.root / "build" / "docs"
    pages = write_site_sources(content, docs, files=files)
    problems = _build_or_keep(found.root, docs, pages, quick=quick, assistant=assistant)
    return (0 if has_errors(problems) else len(pages)), problems


def _build_or_keep(
    root: Path, docs: Path, pages: tuple[str, ...], *, quick: bool, assistant: Assistant | None
) -> tuple[Problem, ...]:
    """Build the site, unless it was built from these very sources and is as it was then."""
    cache = Cache(root / CACHE)
    key = key_of(("site/1", tool(), digest_of(census(root, _SITE_SOURCES))))
    kept = cache.read(key)
    if kept is not None and kept.decode() == digest_of(census(root, (_SITE,))):
        return ()
    from policygen.publish.site.build import build_site

    # Where only texts differ, the pages that did not change can stay.
    frame = key_of((tool(), digest_of(census(root, _SITE_FRAME)), *pages)).encode()
    part = quick and cache.read(_FRAME_KEY) == frame
    problems = build_site(
        root, docs, root / _SITE,
        expected_pages=pages, only_changed=part, assistant=assistant,
    )  # fmt: skip
    if not problems and not part:
        cache.write(key, digest_of(census(root, (_SITE,))).encode())
        cache.trim()
    if not part and not has_errors(problems):
        cache.write(_FRAME_KEY, frame)
    return problems


def site_content(
    found: Situation,
    editions: Mapping[str, Edition],
    matrix: Matrix,
    pdfs: Mapping[str, str],
    handbook: BuiltHandbook | None,
    *,
    preview: bool,
    version: str,
) -> tuple[SiteContent, dict[str, Path]]:
    """What the pages state, and the files published beside them."""
    from policygen.pipeline.publication.site_reference import parameter_rows, role_rows
    from policygen.pipeline.review.rounds import review_calendar
    from policygen.publish.site.content import Contacts, SiteContent

    profile = found.survey.facts.profile
    brand = brand_of(profile)
    published = {document: f"pdf/{PurePosixPath(path).name}" for document, path in pdfs.items()}
    files = {published[document]: found.root / path for document, path in pdfs.items()}
    logo = None
    if brand.logo is not None:
        logo = f"assets/{PurePosixPath(brand.logo).name}"
        files[logo] = found.root / brand.logo
    if handbook is not None:
        files[_HANDBOOK] = handbook.pdf
    roles = found.survey.facts.roles.values()
    content = SiteContent(
        organization=profile.organization.legal_name,
        short_name=profile.organization.short_name,
        brand=brand,
        as_of=found.register.as_of,
        time_zone=profile.organization.time_zone,
        register=found.register,
        editions=editions,
        matrix=matrix,
        contacts=Contacts(
            incident_channel=profile.contacts.incident_channel or "your manager",
            security_mail=profile.contacts.security_email,
        ),
        glossary=GLOSSARY,
        pdfs=published,
        roles=tuple(dict.fromkeys(role.title for role in roles if role.holder)),
        parameters=parameter_rows(found.survey),
        role_rows=role_rows(found.survey),
        reviews=review_calendar(found),
        crosswalks=tuple(found.survey.facts.registries.crosswalks.values()),
        preview=preview,
        tool_version=version,
        logo=logo,
        workforce=found.survey.facts.terms["workforce"],
        handbook=handbook.handbook if handbook else None,
        handbook_pdf=_HANDBOOK if handbook else None,
    )
    return content, files
