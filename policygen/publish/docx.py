"""Drafts as DOCX, for people who complete and comment on them in a word processor.

A text of record is never made this way: what is approved is Markdown, what is handed out is a PDF.
"""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pypandoc

from policygen.problems import PolicygenError, Problem
from policygen.stored_zip import zip_bytes

if TYPE_CHECKING:
    from datetime import date

FILTER = Path(__file__).parent / "lua" / "draft.lua"
_READER = "gfm+alerts-raw_html-emoji-tex_math_dollars"
_TIMEOUT_SECONDS = 60
_PAGES = {"a4": (11_906, 16_838), "us-letter": (12_240, 15_840)}
"""Width and height in twentieths of a point."""

_PLACE = re.compile(rb'(<w:style [^>]*w:styleId="Foraperson">.*?)(</w:style>)', re.DOTALL)
_PLACE_LOOK = (
    b'<w:pPr><w:pBdr><w:left w:val="single" w:sz="24" w:space="8" w:color="B45309"/></w:pBdr>'
    b'<w:shd w:val="clear" w:color="auto" w:fill="FEF3C7"/><w:ind w:left="170"/></w:pPr>'
)
_GRID = b"".join(
    b'<w:%s w:val="single" w:sz="4" w:space="0" w:color="C8CDD4"/>' % side
    for side in (b"top", b"left", b"bottom", b"right", b"insideH", b"insideV")
)
_TABLE = re.compile(rb'(w:styleId="Table".*?)(<w:tblCellMar>)', re.DOTALL)
_SECTION = re.compile(rb"<w:sectPr>\s*<w:footnotePr>.*?</w:footnotePr>", re.DOTALL)


def draft_docx(markdown: str, *, title: str, organization: str, day: date, paper: str) -> bytes:
    """A draft as DOCX, the same bytes wherever it is made.

    Args:
        markdown: The text; a first heading of level 1 is the title and is left out of the body.
        title: What the file says it is.
        organization: Its author.
        day: The time that the file claims.
        paper: `a4` or `us-letter`.

    Raises:
        PolicygenError: pandoc did not make it.
    """
    with tempfile.TemporaryDirectory(prefix="policygen-docx-") as folder:
        target = Path(folder) / "draft.docx"
        _convert(_without_title(markdown), target, title, organization)
        with zipfile.ZipFile(io.BytesIO(target.read_bytes())) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    width, height = _PAGES[paper]
    section = (
        f'<w:sectPr><w:pgSz w:w="{width}" w:h="{height}"/>'
        '<w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" '
        'w:footer="567" w:gutter="0"/>'
    ).encode()
    changes = {
        "docProps/core.xml": lambda part: part.replace(b"1970-01-01", day.isoformat().encode()),
        "word/document.xml": lambda part: _SECTION.sub(section, part),
        "word/styles.xml": _styled,
    }
    return zip_bytes(
        {name: changes.get(name, lambda part: part)(part) for name, part in parts.items()}
    )


def _convert(markdown: str, target: Path, title: str, organization: str) -> None:
    command = [
        pypandoc.get_pandoc_path(),
        f"--from={_READER}",
        "--to=docx",
        # No file of this machine and no clock: times inside are those of the epoch.
        "--sandbox",
        f"--lua-filter={FILTER}",
        f"--output={target}",
        f"--metadata=title:{title}",
        f"--metadata=author:{organization}",
    ]
    try:
        made = subprocess.run(
            command,
            input=markdown.encode(),
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
            env={"LC_ALL": "C.UTF-8", "HOME": str(target.parent)},
        )
    except subprocess.TimeoutExpired as error:
        raise PolicygenError(_failed(f"no answer in {_TIMEOUT_SECONDS} seconds")) from error
    if made.returncode != 0 or not target.is_file():
        raise PolicygenError(_failed(made.stderr.decode("utf-8", "replace").strip()))


def _styled(styles: bytes) -> bytes:
    """Places for a person stand out, and tables have lines."""
    grid = b"<w:tblBorders>" + _GRID + b"</w:tblBorders>"
    styles = _TABLE.sub(lambda found: found[1] + grid + found[2], styles, count=1)
    return _PLACE.sub(lambda found: found[1] + _PLACE_LOOK + found[2], styles)


def _without_title(markdown: str) -> str:
    first, _, rest = markdown.partition("\n")
    return rest.lstrip("\n") if first.startswith("# ") else markdown


def _failed(told: str) -> Problem:
    return Problem(
        code="docx-not-made",
        message=f"pandoc did not make the DOCX file: {told or 'it gave no reason'}",
        hint="The same text is there as Markdown; report this with it.",
    )
