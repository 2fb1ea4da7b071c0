from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.publish.site.visiting import PAGES, visitor_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.publish.site.conftest import Workspace
    from tests.publish.site.visiting import Visitor


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


def test_no_page_asks_anybody_else_or_complains_or_is_wider_than_a_phone(phone: Visitor) -> None:
    widths = {}
    for page in PAGES:
        tab = phone.open(page)
        widths[page] = tab.evaluate("document.documentElement.scrollWidth")
        tab.close()
    assert (phone.foreign, phone.failed, phone.said) == ([], [], [])
    assert {page: width for page, width in widths.items() if width > 390} == {}


def test_pages_open_from_a_folder_without_a_complaint(from_folder: Visitor) -> None:
    for page in ("index.html", "statements.html", "404.html", PAGES[-1]):
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


def test_links_in_text_are_underlined(visitor: Visitor) -> None:
    tab = visitor.open("policies/access-control-policy.html")
    assert tab.evaluate(
        "[...document.querySelectorAll('article p a:not(.pg-chip,.pg-button)')]"
        ".every(link => getComputedStyle(link).textDecorationLine === 'underline')"
    )


@pytest.mark.parametrize("way", ["visitor", "from_folder"])
def test_site_and_pdf_have_the_same_letters(way: str, request: pytest.FixtureRequest) -> None:
    visitor: Visitor = request.getfixturevalue(way)
    tab = visitor.open("policies/access-control-policy.html")
    tab.evaluate("document.fonts.ready.then(() => true)")
    fonts = tab.evaluate(
        "[...document.fonts].map(font => [font.family, font.weight, font.style, font.status])"
    )
    assert ["Inter", "100 500", "normal", "loaded"] in fonts
    assert ["Inter", "501 900", "normal", "loaded"] in fonts
    heading = tab.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
    assert heading.split(",")[0] == "Inter"
    assert (visitor.foreign, visitor.said) == ([], [])


def test_a_page_with_all_it_needs_weighs_less_than_700_kilobytes(visitor: Visitor) -> None:
    weights = {}
    for page in ("index.html", "policies/access-control-policy.html", "parameters.html"):
        tab = visitor.open(page)
        tab.wait_for_load_state("networkidle")
        weights[page] = tab.evaluate(
            "performance.getEntriesByType('resource').concat("
            "performance.getEntriesByType('navigation'))"
            ".reduce((sum, part) => sum + part.encodedBodySize, 0)"
        )
        tab.close()
    assert {page: weight for page, weight in weights.items() if not 0 < weight < 700_000} == {}


def test_fonts_come_with_their_licence(built: Workspace) -> None:
    fonts = built.site / "assets" / "fonts"
    assert "SIL OPEN FONT LICENSE" in (fonts / "Inter-LICENSE.txt").read_text()
    assert sorted(path.name for path in fonts.glob("*.woff2")) == [
        "Inter-Italic.woff2",
        "Inter-Regular.woff2",
        "Inter-SemiBold.woff2",
        "Inter-SemiBoldItalic.woff2",
    ]
