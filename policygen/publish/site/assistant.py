"""A second process that turns pages into HTML: it begins with the last, MkDocs with the first.

Where they meet, the site is whole. The assistant reads the same settings and sources and calls the
same code, so the pages are the same, and so is what MkDocs complains of; a page that it does not
bring, for whatever reason, is converted here.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import threading
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Self

from policygen.publish import worker

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from types import TracebackType

    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page
    from mkdocs.structure.toc import TableOfContents

KNOWN = frozenset({"material/search", "material/tags", "material/offline"})
"""Plugins that only read; with any other, or with hooks, MkDocs works alone."""


_CODE = ("mkdocs.commands.build", "material.plugins.search.plugin")


@dataclass(frozen=True, slots=True)
class Order:
    """Which site to help with."""

    settings: str
    docs: str
    site: str


@dataclass(frozen=True, slots=True)
class Converted:
    """What MkDocs knows of a page once it is HTML."""

    page: str
    """Its source, relative to the docs folder."""

    markdown: str
    content: str
    toc: TableOfContents
    title: str | None
    anchors: set[str]
    links: Mapping[str, Mapping[str, str]]
    """Links to headings of other pages, by page."""

    complaints: tuple[tuple[str, int, str], ...]
    """What was logged: logger, level, message."""


def assistance(*, wanted: bool) -> AbstractContextManager[Assistant | None]:
    """An assistant that gets ready; nobody where there is one processor only."""
    return Assistant() if wanted and worker.cores() > 1 else nullcontext()


class Assistant:
    """The process; a context manager. Starting it early gives it time to read its own code."""

    def __init__(self) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="policygen-assistant-")
        self._process: subprocess.Popen[bytes] = worker.start(__name__, self._scratch.name)
        self._came = threading.Condition()
        self._pages: dict[str, Converted] = {}
        self._is_over = False
        self.brought = 0
        """Pages that needed no work here."""

        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def process_id(self) -> int:
        """Id of the process."""
        return self._process.pid

    def close(self) -> None:
        """End the process."""
        worker.kill(self._process)
        if self._reader.is_alive():
            self._reader.join()
        worker.end(self._process)
        self._scratch.cleanup()

    def help(self, settings: MkDocsConfig) -> None:
        """Take pages off the build that is about to begin with these settings."""
        if not KNOWN.issuperset(settings.plugins) or settings.hooks:
            return
        order = Order(str(settings.config_file_path), settings.docs_dir, settings.site_dir)
        assert self._process.stdin is not None
        try:
            worker.send(self._process.stdin, order)
        except OSError:
            return
        self._reader.start()
        settings.plugins.events["nav"].append(self._on_nav)
        settings.plugins.events["env"].append(self._on_env)

    def _on_nav(self, nav: Navigation, *, files: Files, **_: object) -> Navigation:
        pages = _pages_of(files)
        for number, page in enumerate(reversed(pages)):
            page.render = partial(self._render, page, number)  # type: ignore[method-assign]
        return nav

    def _on_env(self, env: Environment, **_: object) -> Environment:
        """Every page is HTML; what the assistant is still at has been done here."""
        worker.kill(self._process)
        return env

    def _render(self, page: Page, number: int, config: MkDocsConfig, files: Files) -> None:
        """Fill in a page, with what the assistant brought or by converting it here."""
        with self._came:
            # The one that it is at comes soon; those before it are ours.
            self._came.wait_for(lambda: self._is_over or len(self._pages) != number)
            found = self._pages.get(page.file.src_uri)
        if found is None or found.markdown != page.markdown:
            type(page).render(page, config, files)
            return
        self.brought += 1
        page.content, page.toc = found.content, found.toc
        page._title_from_render = found.title
        page.present_anchor_ids = found.anchors
        page.links_to_anchors = {
            target: dict(links)
            for uri, links in found.links.items()
            if (target := files.get_file_from_path(uri)) is not None
        }
        for logger, level, message in found.complaints:
            logging.getLogger(logger).log(level, "%s", message)

    def _read(self) -> None:
        assert self._process.stdout is not None
        source = self._process.stdout
        while isinstance(converted := worker.receive(source), Converted):
            with self._came:
                self._pages[converted.page] = converted
                self._came.notify_all()
        with self._came:
            self._is_over = True
            self._came.notify_all()


def work() -> None:
    """The life of an assistant: one order comes in, pages go out, the last one first."""
    source = sys.stdin.buffer
    with worker.answers() as target:
        # Read now what the order will need: the site is not written yet.
        for name in _CODE:
            import_module(name)

        order = worker.receive(source)
        if isinstance(order, Order):
            for converted in _converted(order):
                worker.send(target, converted)


def _converted(order: Order) -> Iterator[Converted]:
    """Every page of a site, as `mkdocs.commands.build.build` reads it."""
    from mkdocs.config import load_config
    from mkdocs.structure.files import get_files, set_exclusions
    from mkdocs.structure.nav import get_navigation

    from policygen.publish.site.theme import keep_theme

    records = _Records()
    logging.getLogger().addHandler(records)
    logging.getLogger("mkdocs").setLevel(logging.INFO)
    settings = load_config(config_file=order.settings, docs_dir=order.docs, site_dir=order.site)
    keep_theme(settings.theme)
    settings.plugins.on_startup(command="build", dirty=False)
    settings = settings.plugins.on_config(settings)
    files = get_files(settings)
    files.add_files_from_theme(settings.theme.get_env(), settings)
    files = settings.plugins.on_files(files, config=settings)
    set_exclusions(files, settings)
    settings.plugins.on_nav(get_navigation(files, settings), config=settings, files=files)
    for page in reversed(_pages_of(files)):
        records.taken.clear()
        page.read_source(settings)
        page.render(settings, files)
        yield Converted(
            page=page.file.src_uri,
            markdown=page.markdown or "",
            content=page.content or "",
            toc=page.toc,
            title=page._title_from_render,
            anchors=page.present_anchor_ids or set(),
            links={file.src_uri: row for file, row in (page.links_to_anchors or {}).items()},
            complaints=tuple(records.taken),
        )


def _pages_of(files: Files) -> list[Page]:
    """The pages of a site in the order in which MkDocs reads them."""
    return [file.page for file in files.documentation_pages() if file.page is not None]


class _Records(logging.Handler):
    def __init__(self) -> None:
        super().__init__(level=logging.INFO)
        self.taken: list[tuple[str, int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.taken.append((record.name, record.levelno, record.getMessage()))
