"""Runs MkDocs over the sources and puts the finished site in place, or leaves the old one."""

from __future__ import annotations

import logging
import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.problems import Location, Problem, Severity, has_errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mkdocs.config.defaults import MkDocsConfig

    from policygen.publish.site.assistant import Assistant

_CONFIGURATION = "mkdocs.yml"
_SILENCE = "NO_MKDOCS_2_WARNING"
_SEARCH = "search"
_PARTIAL = "A 'dirty' build"
_DEAD_ANCHOR = re.compile(r"does not contain an anchor|there is no such anchor")
_DEAD_LINK = re.compile(r"Doc file '([^']+)' contains (?:a link|an unrecognized|an absolute)")


def build_site(
    workspace: Path,
    docs: Path,
    site: Path,
    *,
    expected_pages: Iterable[str],
    only_changed: bool = False,
    assistant: Assistant | None = None,
) -> tuple[Problem, ...]:
    """Build the site from its sources; the result replaces the old site only when it is whole.

    Args:
        workspace: Folder with `mkdocs.yml` and `overrides`.
        docs: What `write_site_sources` wrote.
        site: Where the site stands afterwards, `build/site`.
        expected_pages: Names that `write_site_sources` returned.
        only_changed: Build only pages whose sources are newer than the site, for a quick look:
            search stays as it was, and links are looked at on these pages only.
        assistant: Converts pages beside MkDocs; None where nobody helps.

    Returns:
        Dead links (`site-dead-link`), other complaints of MkDocs (`site-warning`), settings it
        cannot work with (`site-settings`) and pages that are missing (`site-pages-missing`);
        with any of them the old site stays. A link to a heading that is gone
        (`site-dead-anchor`) is a warning and stops nothing: the page that links is approved text
        and may be older than the page it links to.
    """
    _recover(site)
    site.parent.mkdir(parents=True, exist_ok=True)
    # MkDocs wants the folder itself to be missing or its own, so it builds one level below.
    holder = Path(tempfile.mkdtemp(dir=site.parent, prefix=".site-"))
    try:
        fresh = holder / "site"
        only_changed = only_changed and site.is_dir()
        if only_changed:
            shutil.copytree(site, fresh)
        problems = _run_mkdocs(
            workspace, docs, fresh, only_changed=only_changed, assistant=assistant
        )
        if not has_errors(problems):
            problems += _missing_pages(fresh, expected_pages)
        if only_changed and (site / _SEARCH).is_dir():
            shutil.copytree(site / _SEARCH, fresh / _SEARCH, dirs_exist_ok=True)
        if not has_errors(problems):
            _swap(fresh, site)
        return tuple(problems)
    finally:
        shutil.rmtree(holder, ignore_errors=True)


def _run_mkdocs(
    workspace: Path, docs: Path, fresh: Path, *, only_changed: bool, assistant: Assistant | None
) -> list[Problem]:
    with _quiet() as complaints:
        from mkdocs.commands.build import build
        from mkdocs.config import load_config
        from mkdocs.config.defaults import MkDocsConfig
        from mkdocs.exceptions import Abort, ConfigurationError

        from policygen.publish.site.theme import keep_theme

        # MkDocs keeps plugins for a whole process; the search of a site built before, with pages
        # that were changed only, would be found in this one.
        MkDocsConfig.plugins.plugin_cache.clear()  # type: ignore[attr-defined]
        try:
            settings = load_config(
                config_file=str(workspace / _CONFIGURATION),
                docs_dir=str(docs.resolve()),
                site_dir=str(fresh),
                # Building a part is itself a warning of MkDocs.
                strict=not only_changed,
            )
            keep_theme(settings.theme)
            if only_changed:
                _leave_search(settings)
            elif assistant is not None:
                assistant.help(settings)
            settings.plugins.on_startup(command="build", dirty=only_changed)
            build(settings, dirty=only_changed)
            settings.plugins.on_shutdown()
        except ConfigurationError as error:
            return [*_problems(complaints), _settings_problem(str(error))]
        except Abort as error:
            found = _problems(complaints)
            return found if has_errors(found) else [*found, _settings_problem(str(error))]
    return _problems(complaints)


def _leave_search(settings: MkDocsConfig) -> None:
    """Do not read pages for a search index that is not kept."""
    listeners = settings.plugins.events["page_context"]
    listeners[:] = [
        listener
        for listener in listeners
        if getattr(listener, "__self__", None) is not settings.plugins.get("material/search")
    ]


@contextmanager
def _quiet() -> Iterator[list[str]]:
    """Collect the warnings of MkDocs instead of printing them."""
    complaints: list[str] = []
    logger = logging.getLogger("mkdocs")
    handler = _Collector(complaints)
    propagate, level, before = logger.propagate, logger.level, os.environ.get(_SILENCE)
    logger.addHandler(handler)
    logger.propagate = False
    logger.setLevel(logging.INFO)
    # The theme reads this once, when it is imported; there is no other way to silence its notice.
    os.environ[_SILENCE] = "1"
    try:
        yield complaints
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate
        logger.setLevel(level)
        if before is None:
            os.environ.pop(_SILENCE, None)
        else:
            os.environ[_SILENCE] = before


class _Collector(logging.Handler):
    def __init__(self, complaints: list[str]) -> None:
        super().__init__(level=logging.INFO)
        self._complaints = complaints

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if message.startswith(_PARTIAL):
            return
        if record.levelno >= logging.WARNING or _DEAD_ANCHOR.search(message):
            self._complaints.append(message)


def _problems(complaints: list[str]) -> list[Problem]:
    return [_problem(" ".join(message.split())) for message in dict.fromkeys(complaints)]


def _problem(message: str) -> Problem:
    found = _DEAD_LINK.match(message)
    if found is not None and _DEAD_ANCHOR.search(message):
        return Problem(
            code="site-dead-anchor",
            severity=Severity.WARNING,
            location=Location(found[1]),
            message=f"mkdocs says: {message.rstrip('.')}",
            hint="Correct the link when this document is approved again.",
        )
    if found is None:
        return Problem(code="site-warning", message=f"mkdocs says: {message.rstrip('.')}")
    return Problem(
        code="site-dead-link",
        location=Location(found[1]),
        message=f"mkdocs says: {message.rstrip('.')}",
        hint="Correct the link in the template of this document.",
    )


def _settings_problem(message: str) -> Problem:
    return Problem(
        code="site-settings",
        location=Location(_CONFIGURATION),
        message=f"mkdocs cannot work with the settings: {' '.join(message.split())}",
        hint="Compare mkdocs.yml with the one that `policygen init` writes.",
    )


def _missing_pages(fresh: Path, expected_pages: Iterable[str]) -> list[Problem]:
    """A builder that ignores a plugin or a folder leaves pages out without a word."""
    missing = [name for name in expected_pages if not (fresh / name).with_suffix(".html").is_file()]
    if not missing:
        return []
    first = ", ".join(missing[:3])
    return [
        Problem(
            code="site-pages-missing",
            message=f"{len(missing)} pages are missing from the built site, among them {first}",
            hint="Look for plugins or an exclude_docs in mkdocs.yml that leave pages out.",
        )
    ]


def _swap(fresh: Path, site: Path) -> None:
    """Put the fresh site in place with two renames; `_recover` undoes a swap cut short."""
    previous = _previous(site)
    if site.exists():
        site.replace(previous)
    fresh.replace(site)
    shutil.rmtree(previous, ignore_errors=True)


def _recover(site: Path) -> None:
    previous = _previous(site)
    if previous.exists():
        if site.exists():
            shutil.rmtree(previous)
        else:
            previous.replace(site)


def _previous(site: Path) -> Path:
    return site.parent / f".{site.name}.previous"
