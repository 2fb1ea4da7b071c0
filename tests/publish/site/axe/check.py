"""Runs axe over a built site: `npm install` in this folder, then `python check.py SITE`."""

from __future__ import annotations

import functools
import http.server
import sys
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
RULES = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']"
RUN = (
    f"axe.run({{runOnly: {RULES}}}).then(result => result.violations.flatMap("
    "rule => rule.nodes.map(node => rule.id + ' ' + node.target)))"
)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves without a word."""

    def log_message(self, *arguments: object) -> None:
        pass


def violations(site: Path) -> list[str]:
    """What axe objects to, on each page at two widths in both colour schemes."""
    handler = functools.partial(Quiet, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        for width in (390, 1280):
            for light in (True, False):
                context = browser.new_context(
                    viewport={"width": width, "height": 900},
                    color_scheme="light" if light else "dark",
                )
                tab = context.new_page()
                for path in sorted(site.rglob("*.html")):
                    name = path.relative_to(site).as_posix()
                    answer = tab.goto(f"http://127.0.0.1:{server.server_port}/{name}")
                    assert answer is not None
                    assert answer.status == 200, name
                    tab.wait_for_timeout(400)
                    tab.add_script_tag(content=AXE.read_text(encoding="utf-8"))
                    found += [f"{name} {width} {fault}" for fault in tab.evaluate(RUN)]
                context.close()
        browser.close()
    server.shutdown()
    return found


if __name__ == "__main__":
    faults = violations(Path(sys.argv[1]))
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    sys.exit(bool(faults))
