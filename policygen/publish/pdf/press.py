"""The press: Typst with our standards, our fonts and no clock, and its complaints as problems."""

from __future__ import annotations

import hashlib
import re
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typst

from policygen.problems import Location, PolicygenError, Problem
from policygen.publish.pdf.assets import unreadable_font

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policygen.model.publication import Attachment
    from policygen.publish.pdf.assets import PrintAssets
    from policygen.publish.pdf.typeset import Typeset

STANDARDS: tuple[Literal["a-3a", "ua-1"], ...] = ("a-3a", "ua-1")
"""PDF/A-3a carries attachments, PDF/UA-1 serves readers who listen. Typst enforces both."""

PREVIEW_DAY = date(1980, 1, 1)
"""The day a preview claims: it has no date of its own, and a clock would change its bytes."""

BODY_OPENING = '#import "/theme/blocks.typ": *\n\n'
"""What stands before the markup of a text, so that it can call the theme's blocks."""

_NOT_SHOWN = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_RUST_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
_FAULT = re.compile(r"^error: (.*)$", re.MULTILINE)
_UNKNOWN_CALL = re.compile(r"unknown variable|unexpected argument|missing argument")
"""How Typst says that the print theme does not know what a text is made of."""

_OLDER_THEME = (
    "The print theme in overrides/pdf is of another release: run policygen upgrade, which keeps "
    "what you changed in it."
)
_SIMPLIFY = "Simplify the table, list or picture that the message is about."


@dataclass(frozen=True, slots=True)
class Origin:
    """Where what is printed comes from."""

    path: str
    """Of the text, relative to the workspace."""

    text: str
    """In which a character that cannot be printed is looked for."""


def fonts_of(theme: Path, assets: PrintAssets, scratch: Path) -> typst.Fonts:
    """The fonts of the theme, then those of the organization in the order it names them.

    Raises:
        PolicygenError: A font of the organization is one that Typst cannot read.
    """
    folders = [theme / "fonts"]
    for path in assets.fonts:
        # Typst reads folders in the order of the disk. One font a folder keeps the order ours, by
        # which one of two fonts is chosen that both have a character.
        content = path.read_bytes()
        folder = scratch / hashlib.sha256(content).hexdigest()
        if not folder.exists():
            folder.mkdir()
            (folder / f"font{path.suffix.lower()}").write_bytes(content)
        folders.append(folder)
    fonts = _fonts_in(tuple(str(folder) for folder in folders), _marks(theme / "fonts"))
    read = {Path(font.path).parent for font in fonts.fonts() if font.path}
    unread = [
        path for path, folder in zip(assets.fonts, folders[1:], strict=True) if folder not in read
    ]
    if unread:
        raise PolicygenError(*(unreadable_font(path) for path in unread))
    return fonts


def _marks(folder: Path) -> tuple[tuple[str, int, int, int], ...]:
    """What tells that a font of the theme is another one than before."""
    found = ((path.name, path.stat()) for path in sorted(folder.glob("*")))
    return tuple((name, mark.st_size, mark.st_mtime_ns, mark.st_ino) for name, mark in found)


@lru_cache(maxsize=4)
def _fonts_in(folders: tuple[str, ...], _: tuple[tuple[str, int, int, int], ...]) -> typst.Fonts:
    """Fonts for the compiler, shared by all documents of the process while the files are those."""
    return typst.Fonts(
        include_system_fonts=False,
        # DejaVu Sans Mono for code and boxes of tasks is among the embedded ones.
        include_embedded_fonts=True,
        font_paths=list(folders),
    )


@contextmanager
def workshop(theme: Path, *folders: str) -> Iterator[Path]:
    """A folder in which one file is set, with theme and empty folders in it, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="policygen-pdf-") as name:
        root = Path(name)
        for folder in ("theme", *folders):
            (root / folder).mkdir()
        for source in sorted(theme.glob("*.typ")):
            (root / "theme" / source.name).write_bytes(source.read_bytes())
        yield root


def lay_out(root: Path, body: Typeset, files: Sequence[Attachment]) -> None:
    """Put one text and its attachments where the theme reads them."""
    (root / "body.typ").write_text(BODY_OPENING + body.markup, encoding="utf-8")
    for number, file in enumerate(files):
        (root / "attachments" / str(number)).write_bytes(file.content)


def press(
    root: Path, fonts: typst.Fonts, *, main: bytes, facts: str, day: date, origin: Origin
) -> bytes:
    """The PDF/A-3a and PDF/UA-1 that the theme makes of what lies in `root`.

    Args:
        root: All that Typst sees.
        fonts: From `fonts_of`.
        main: What to set.
        facts: JSON that the theme reads.
        day: The time that the file claims, at midnight UTC.
        origin: What problems are about.

    Raises:
        PolicygenError: A character, table or picture cannot be printed.
    """
    compiler = typst.Compiler(root=root, font_paths=fonts, ignore_system_fonts=True)
    try:
        pdf, warnings = compiler.compile_with_warnings(
            input=main,
            format="pdf",
            sys_inputs={"edition": facts},
            pdf_standards=list(STANDARDS),
            timestamp=datetime.combine(day, time(), UTC),
        )
    except typst.TypstError as error:
        raise PolicygenError(*_explained(origin, error.diagnostic)) from error
    unsettled = [warning for warning in warnings if "did not converge" in warning.message]
    if unsettled or not isinstance(pdf, bytes):
        raise PolicygenError(*_explained(origin, "error: the pages do not settle"))
    return pdf


def _explained(origin: Origin, diagnostic: str) -> tuple[Problem, ...]:
    """Typst's complaints as problems."""
    shown = dict.fromkeys(_unescaped(match[1]) for match in _NOT_SHOWN.finditer(diagnostic))
    if shown:
        return tuple(_not_in_fonts(origin, text) for text in shown)
    faults = dict.fromkeys(match[1] for match in _FAULT.finditer(diagnostic))
    return tuple(
        Problem(
            code="pdf-typst",
            location=Location(origin.path),
            message=f"the document cannot be set as {' and '.join(STANDARDS)}: {fault}",
            hint=_OLDER_THEME if _UNKNOWN_CALL.match(fault) else _SIMPLIFY,
        )
        for fault in faults
    )


def _not_in_fonts(origin: Origin, characters: str) -> Problem:
    before, found, _ = origin.text.partition(characters)
    line = before.count("\n") + 1 if found else None
    column = len(before) - before.rfind("\n") if found else None
    codes = " ".join(f"U+{ord(character):04X}" for character in characters)
    shown = f'"{characters}" ({codes})' if characters.isprintable() else codes
    return Problem(
        code="pdf-missing-glyph",
        location=Location(origin.path, line, column),
        message=f"no font has the character {shown}",
        hint=f"Name a font file that has {shown} under brand.fonts, or write it otherwise.",
    )


def _unescaped(text: str) -> str:
    return _RUST_ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], text)
