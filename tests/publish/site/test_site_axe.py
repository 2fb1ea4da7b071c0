from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

# The engine by Deque that auditors of accessibility use; the package carries it as a file.
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
RUN = (
    f"axe.run({{runOnly: {json.dumps(RULES)}, resultTypes: ['violations']}}).then(found =>"
    " found.violations.flatMap(rule => rule.nodes.map(node => rule.id + ' ' + node.html)))"
)
KINDS = {
    "home": "index.html",
    "kind list": "policies.html",
    "handbook": "handbook.html",
    "document": "policies/access-control-policy.html",
    "register": "registers/systems-register.html",
    "criteria": "criteria.html",
    "controls": "controls.html",
    "crosswalk": "crosswalk.html",
    "statements": "statements.html",
    "calendar": "calendar.html",
    "parameters": "parameters.html",
    "roles": "roles.html",
    "about this site": "verify.html",
    "not found": "404.html",
}
WIDTHS = (1280, 390)
TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""After them a page has answered to its new size."""
AT_ONCE = """{
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after, *::placeholder { transition: none !important }");
  document.adoptedStyleSheets = [sheet];
}"""
"""Colors do not fade from one scheme to the other; half-way they have no contrast to judge."""


@pytest.fixture(scope="module")
def devices(browser: Browser) -> Iterator[BrowserContext]:
    """One reader whose device prefers dark colors; pages share what they all load."""
    context = browser.new_context(color_scheme="dark")
    yield context
    context.close()


@pytest.mark.parametrize("page", [pytest.param(page, id=kind) for kind, page in KINDS.items()])
def test_axe_objects_to_nothing(devices: BrowserContext, address: str, page: str) -> None:
    tab = devices.new_page()
    tab.goto(f"{address}/{page}")
    tab.evaluate(AXE)
    tab.evaluate(AT_ONCE)
    # Tables decide after the theme has wrapped them whether they scroll, then with each size.
    tab.wait_for_timeout(350)
    dark, found = worn(tab), faults(tab, "dark")
    switch_to_light(tab)
    light, more = worn(tab), faults(tab, "light")
    tab.evaluate("localStorage.clear()")
    tab.close()
    assert found + more == []
    assert (dark, light) == ((None, None) if page == "404.html" else ("slate", "default"))


@pytest.mark.parametrize(("preferred", "scheme"), [("dark", "slate"), ("light", "default")])
def test_a_page_wears_the_colors_that_the_device_prefers(
    browser: Browser, address: str, preferred: Literal["dark", "light"], scheme: str
) -> None:
    tab = browser.new_page(color_scheme=preferred)
    tab.goto(f"{address}/policies.html")
    found = worn(tab)
    tab.context.close()
    assert found == scheme


def worn(tab: Page) -> object:
    """The theme's colors; nothing where a page follows the device by style alone."""
    return tab.evaluate("document.body.dataset.mdColorScheme ?? null")


def switch_to_light(tab: Page) -> None:
    """As a reader does, and as a device does."""
    tab.emulate_media(color_scheme="light")
    switch = tab.locator("[data-md-component=palette] label:visible")
    if switch.count():
        switch.click()
        tab.wait_for_function("document.body.dataset.mdColorScheme === 'default'")


def faults(tab: Page, scheme: str) -> list[str]:
    """What axe objects to, on a desk and on a phone."""
    found = []
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 900})
        tab.evaluate(TWO_FRAMES)
        found += [f"{scheme} {width} {fault}" for fault in tab.evaluate(RUN)]
    return found


def test_axe_does_object_where_something_is_wrong(browser: Browser, address: str) -> None:
    tab = browser.new_page()
    tab.goto(f"{address}/policies.html")
    tab.evaluate(AXE)
    tab.evaluate("document.querySelector('h1').outerHTML = '<h4><a href=\"#\"></a></h4>'")
    found = {fault.split(" ")[2] for fault in faults(tab, "light")}
    tab.close()
    assert {"link-name", "empty-heading"} <= found
