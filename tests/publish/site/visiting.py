"""Visitors of the built site: a careful host, and browsers that are let in to it only."""

from __future__ import annotations

import contextlib
import functools
import http.server
import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page, Route

PAGES = (
    "index.html", "policies.html", "procedures.html", "registers.html", "calendar.html",
    "criteria.html", "controls.html", "statements.html", "parameters.html", "roles.html",
    "verify.html", "404.html",
    "policies/access-control-policy.html", "procedures/incident-handling-procedure.html",
    "registers/systems-register.html",
)  # fmt: skip
POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "worker-src 'self' blob:; connect-src 'self'; img-src 'self' data:; "
    "font-src 'self'; frame-ancestors 'none'"
)
SUB_PATH = "/handbook/policies"


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the site below a path, with the content security policy of a careful host."""

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix(SUB_PATH))

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def handle_one_request(self) -> None:
        # A tab that is closed while its page still loads hangs up; that is no fault of the site.
        with contextlib.suppress(ConnectionError):
            super().handle_one_request()

    def log_message(self, *arguments: object) -> None:
        pass


@dataclass
class Visitor:
    """A browser that is let through to the site only, and writes down what happens."""

    base: str
    context: BrowserContext
    foreign: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def gate(self, route: Route) -> None:
        self.foreign.append(route.request.url)
        route.abort()

    def open(self, page: str) -> Page:
        tab = self.context.new_page()
        tab.on("console", lambda message: self.said.append(f"{page}: {message.text}"))
        tab.on("pageerror", lambda error: self.said.append(f"{page}: {error}"))
        tab.on(
            "response",
            lambda answer: (
                None
                if answer.status == 200
                else self.failed.append(f"{answer.status} {answer.url}")
            ),
        )
        answer = tab.goto(f"{self.base}/{page}")
        assert answer is None or answer.status in (0, 200), page
        return tab


@contextlib.contextmanager
def a_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@contextlib.contextmanager
def served(site: Path) -> Iterator[str]:
    """The address below which the site is served."""
    handler = functools.partial(Handler, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}{SUB_PATH}"
    server.shutdown()
    thread.join()
    server.server_close()


def visitor_of(browser: Browser, base: str, **options: object) -> Visitor:
    context = browser.new_context(**options)  # type: ignore[arg-type]  # passed through as given
    visitor = Visitor(base=base, context=context)
    # Only what leaves the site is stopped; the site itself is not slowed down.
    own = "|".join(re.escape(start) for start in (base, "data:", "blob:"))
    context.route(re.compile(f"^(?!{own})"), visitor.gate)
    return visitor
