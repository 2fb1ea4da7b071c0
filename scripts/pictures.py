"""Make the README's pictures from a demonstration: a page of the site and a page of a PDF.

usage: python scripts/pictures.py build/demo
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).parents[1] / "docs" / "images"
DOCUMENT = "access-control-policy"
HEIGHT = 900


def main(demonstration: str) -> None:
    """Write docs/images/policy-page.png and policy-pdf.png."""
    root = Path(demonstration)
    IMAGES.mkdir(parents=True, exist_ok=True)
    _page(root / "build" / "site" / "policies" / f"{DOCUMENT}.html")
    _pdf(sorted((root / "evidence" / "sealed" / DOCUMENT).glob("*.pdf"))[-1])


def _page(html: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1180, "height": 1180})
        page.goto(html.resolve().as_uri())
        page.wait_for_load_state("networkidle")
        page.screenshot(path=str(IMAGES / "policy-page.png"))
        browser.close()
    _shrink(IMAGES / "policy-page.png")


def _pdf(pdf: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        prefix = Path(folder) / "page"
        command = ["pdftoppm", "-png", "-r", "110", "-f", "1", "-l", "1", "-singlefile"]
        subprocess.run([*command, str(pdf), str(prefix)], check=True)
        prefix.with_suffix(".png").rename(IMAGES / "policy-pdf.png")
    _shrink(IMAGES / "policy-pdf.png")


def _shrink(path: Path) -> None:
    """One height for both, few colours, so that the repository stays small."""
    with Image.open(path) as image:
        width = round(image.width * HEIGHT / image.height)
        small = image.convert("RGB").resize((width, HEIGHT), Image.Resampling.LANCZOS)
        small.quantize(128).save(path, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
