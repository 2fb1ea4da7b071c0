from __future__ import annotations

import contextlib
import functools
import http.server
import itertools
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Route

    from tests.publish.site.conftest import Workspace

PAGES = (
    "index.html", "policies.html", "procedures.html", "registers.html", "calendar.html",
    "criteria.html", "controls.html", "statements.html", "verify.html", "404.html",
    "policies/access-control-policy.html", "procedures/incident-handling-procedure.html",
    "registers/systems-register.html",
)  # fmt: skip
POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "worker-src 'self' blob:; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'"
)
SUB_PATH = "/handbook/policies"
CONTRAST = Path(__file__).parent / "contrast.js"


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(built: Workspace) -> Iterator[str]:
    handler = functools.partial(Handler, directory=str(built.site))
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


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Visitor]:
    visitor = visitor_of(browser, address)
    yield visitor
    visitor.context.close()


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Visitor]:
    visitor = visitor_of(browser, address, viewport={"width": 390, "height": 844})
    yield visitor
    visitor.context.close()


@pytest.fixture
def from_folder(browser: Browser, built: Workspace) -> Iterator[Visitor]:
    visitor = visitor_of(browser, built.site.as_uri())
    yield visitor
    visitor.context.close()


def test_no_page_asks_anybody_else_and_none_complains(visitor: Visitor) -> None:
    for page in PAGES:
        visitor.open(page).close()
    assert (visitor.foreign, visitor.failed, visitor.said) == ([], [], [])


def test_every_page_opens_from_a_folder_without_a_complaint(from_folder: Visitor) -> None:
    for page in PAGES:
        from_folder.open(page).close()
    assert (from_folder.foreign, from_folder.said) == ([], [])


@pytest.mark.parametrize("way", ["visitor", "from_folder"])
def test_search_finds_a_statement_by_its_id(way: str, request: pytest.FixtureRequest) -> None:
    visitor: Visitor = request.getfixturevalue(way)
    tab = visitor.open("registers/vendors-register.html")
    tab.get_by_role("textbox", name="Search").click()
    tab.keyboard.type("AC-19")
    first = tab.locator(".md-search-result__link").first
    first.wait_for()
    assert "access-control-policy.html" in (first.get_attribute("href") or "")
    assert (visitor.foreign, visitor.failed, visitor.said) == ([], [], [])


def test_search_does_not_find_what_was_never_approved(visitor: Visitor) -> None:
    tab = visitor.open("index.html")
    tab.get_by_role("textbox", name="Search").click()
    tab.keyboard.type("zebras")
    tab.get_by_text("No matching documents").wait_for()


def test_a_choice_selects_documents_and_stays_on_the_device(visitor: Visitor) -> None:
    tab = visitor.open("index.html")
    tab.get_by_label("Show documents for").select_option(label="Engineering")
    assert titles(tab) == [
        "Access Control Policy",
        "Incident Handling Procedure",
        "Systems Register",
    ]
    again = visitor.open("index.html")
    assert titles(again) == titles(tab)
    again.get_by_label("Show documents for").select_option(label="System owner")
    assert titles(again) == ["Access Control Policy", "Access Review Procedure"]


def titles(tab: Page) -> list[str]:
    return [row.inner_text() for row in tab.locator(".pg-row__title:visible").all()]


def test_without_scripts_every_row_is_there_and_nothing_dead_is_offered(
    browser: Browser, address: str
) -> None:
    visitor = visitor_of(browser, address, java_script_enabled=False)
    tab = visitor.open("index.html")
    assert len(titles(tab)) == 6
    assert tab.locator("select:visible").count() == 0
    policy = visitor.open("policies/access-control-policy.html")
    assert policy.locator("article button:visible").count() == 0
    visitor.context.close()


def test_statements_are_filtered_as_one_types(visitor: Visitor) -> None:
    tab = visitor.open("statements.html")
    tab.get_by_label("Show statements with").fill("quarter")
    assert tab.locator("tbody tr:visible").count() == 1
    assert tab.get_by_text("1 found").is_visible()


def test_a_statement_can_be_linked_to(visitor: Visitor) -> None:
    tab = visitor.open("policies/access-control-policy.html")
    tab.get_by_role("link", name="AC-19", exact=True).first.click()
    assert tab.url.endswith("#ac-19")
    assert tab.locator("#ac-19").get_by_text("once each calendar quarter").is_visible()


def test_no_page_is_wider_than_a_phone(phone: Visitor) -> None:
    widths = {}
    for page in PAGES:
        tab = phone.open(page)
        widths[page] = tab.evaluate("document.documentElement.scrollWidth")
        tab.close()
    assert {page: width for page, width in widths.items() if width > 390} == {}


def test_rows_of_a_wide_table_become_cards_on_a_phone(phone: Visitor) -> None:
    tab = phone.open("registers/systems-register.html")
    cell = tab.locator("td[data-label='Access reviewed']").first
    assert cell.evaluate("cell => getComputedStyle(cell).display") == "flow-root"
    assert (
        cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Access reviewed"'
    )


def test_a_table_that_must_scroll_can_be_reached_by_keyboard(
    browser: Browser, address: str
) -> None:
    visitor = visitor_of(browser, address, viewport={"width": 760, "height": 600})
    tab = visitor.open("registers/systems-register.html")
    tab.add_style_tag(content=".pg-table table:not([class]) { min-width: 80rem !important }")
    tab.evaluate("window.dispatchEvent(new Event('resize'))")
    region = tab.get_by_role("region", name="Systems")
    assert region.get_attribute("tabindex") == "0"
    visitor.context.close()


def test_headings_never_skip_a_level(visitor: Visitor) -> None:
    for page in PAGES:
        tab = visitor.open(page)
        levels = tab.evaluate(
            "[...document.querySelectorAll('main h1,main h2,main h3,main h4,main h5,main h6')]"
            ".map(heading => Number(heading.tagName[1]))"
        )
        tab.close()
        assert levels[0] == 1, page
        assert levels.count(1) == 1, page
        steps = itertools.pairwise(levels)
        assert all(after <= before + 1 for before, after in steps), page


def test_every_part_one_can_act_on_has_a_name(visitor: Visitor) -> None:
    for page in PAGES:
        tab = visitor.open(page)
        unnamed = tab.evaluate(
            "[...document.querySelectorAll("
            "'[role=dialog],[role=region],article button,article select,article input')]"
            ".filter(part => !(part.ariaLabel || part.labels?.length ||"
            " (part.tagName === 'BUTTON' && part.textContent.trim()))).map(part => part.outerHTML)"
        )
        tab.close()
        assert unnamed == [], page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", ["index.html", "policies/access-control-policy.html"])
def test_text_stands_out_from_its_ground(
    browser: Browser, address: str, scheme: str, page: str
) -> None:
    visitor = visitor_of(browser, address, color_scheme=scheme)
    faint = visitor.open(page).evaluate(CONTRAST.read_text())
    assert faint == []
    visitor.context.close()


def test_links_in_text_are_underlined(visitor: Visitor) -> None:
    tab = visitor.open("policies/access-control-policy.html")
    assert tab.evaluate(
        "[...document.querySelectorAll('article p a:not(.pg-chip,.pg-button)')]"
        ".every(link => getComputedStyle(link).textDecorationLine === 'underline')"
    )
