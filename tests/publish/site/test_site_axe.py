from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", [pytest.param(page, id=kind) for kind, page in KINDS.items()])
def test_axe_objects_to_nothing(browser: Browser, address: str, page: str, scheme: str) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    tab = context.new_page()
    tab.goto(f"{address}/{page}")
    tab.evaluate(AXE)
    found = [fault for width in WIDTHS for fault in faults(tab, width)]
    worn = tab.evaluate("document.body.dataset.mdColorScheme ?? null")
    context.close()
    assert found == []
    assert worn == (None if page == "404.html" else {"light": "default", "dark": "slate"}[scheme])


def faults(tab: Page, width: int) -> list[str]:
    tab.set_viewport_size({"width": width, "height": 900})
    # Tables decide after the theme has wrapped them whether they scroll.
    tab.wait_for_timeout(350)
    return [f"{width} {fault}" for fault in tab.evaluate(RUN)]


def test_axe_does_object_where_something_is_wrong(browser: Browser, address: str) -> None:
    tab = browser.new_page()
    tab.goto(f"{address}/policies.html")
    tab.evaluate(AXE)
    tab.evaluate("document.querySelector('h1').outerHTML = '<h4><a href=\"#\"></a></h4>'")
    found = {fault.split(" ")[1] for fault in faults(tab, 1280)}
    tab.close()
    assert {"link-name", "empty-heading"} <= found
