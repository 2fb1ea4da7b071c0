"""The PDF of one document: revision 0, unsigned, the same bytes wherever it is built.

The text goes through pandoc, the facts of the edition as JSON, files by number; nothing is pasted
into markup. Typst sees a scratch folder and nothing else: no packages, system fonts or network.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pypandoc
import typst

from policygen.model.document import text_digest
from policygen.model.publication import Attachment
from policygen.problems import Location, PolicygenError, Problem
from policygen.publish.print_assets import PrintAssets, find_assets, unreadable_font
from policygen.publish.print_facts import print_facts
from policygen.publish.typeset import LUA, Typeset, Typesetter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from policygen.model.publication import Edition

STANDARDS: tuple[Literal["a-3a", "ua-1"], ...] = ("a-3a", "ua-1")
"""PDF/A-3a carries attachments, PDF/UA-1 serves readers who listen. Typst enforces both."""

PREVIEW_DAY = date(1980, 1, 1)
"""The day a preview claims: it has no date of its own, and a clock would change its bytes."""

_MAIN = b"""\
#import "/theme/edition.typ": edition
#show: edition
#include "/body.typ"
"""
_BODY_OPENING = '#import "/theme/blocks.typ": *\n\n'
_NOT_SHOWN = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_RUST_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_FAULT = re.compile(r"^error: (.*)$", re.MULTILINE)


def build_pdf(
    edition: Edition,
    attachments: Sequence[Attachment],
    *,
    typesetter: Typesetter,
    theme: Path,
    workspace: Path,
) -> bytes:
    """The deterministic PDF/A-3a and PDF/UA-1 of an edition.

    The text of record is attached as the document's source unless `attachments` hold it already.

    Args:
        edition: What the document says about itself; only facts fixed by its consents.
        attachments: Files to embed, in this order.
        typesetter: The running pandoc.
        theme: Folder of the print theme, `overrides/pdf`.
        workspace: Folder from which logo, fonts and pictures are read, and nothing outside it.

    Raises:
        PolicygenError: Something cannot be printed, with every such thing named.
    """
    files = _with_source(edition, attachments)
    body = typesetter.body_to_typst(edition.record.body)
    assets = find_assets(edition, workspace, body.pictures)
    problems = (*_text_problems(edition, body), *_file_problems(files), *assets.problems)
    if problems:
        raise PolicygenError(*problems)
    facts = print_facts(edition, files, body.headings, assets)
    with tempfile.TemporaryDirectory(prefix="policygen-pdf-") as folder:
        root = Path(folder)
        _furnish(root, theme, body, files)
        assets.copy_to(root)
        return _compile(edition, root, _fonts(theme, assets, typesetter.scratch), facts)


def engine_versions(theme: Path) -> dict[str, str]:
    """What the bytes of a PDF depend on beside its edition, to be recorded with a seal.

    Returns:
        Versions of `pandoc` and `typst`, SHA-256 of the `theme` (with the filter) and its `fonts`.
    """
    sources = {path.name: path for path in theme.glob("*.typ")}
    sources |= {f"lua/{path.name}": path for path in LUA.glob("*.lua")}
    return {
        "pandoc": _pandoc_version(),
        "typst": version("typst"),
        "theme": _digest_of(sources),
        "fonts": _digest_of({path.name: path for path in (theme / "fonts").iterdir()}),
    }


@lru_cache(maxsize=1)
def _pandoc_version() -> str:
    return str(pypandoc.get_pandoc_version())


def _digest_of(files: dict[str, Path]) -> str:
    lines = (
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n"
        for name, path in sorted(files.items())
    )
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _with_source(edition: Edition, attachments: Sequence[Attachment]) -> tuple[Attachment, ...]:
    text = edition.text.encode()
    if any(attachment.content == text for attachment in attachments):
        return tuple(attachments)
    source = Attachment(
        name=f"{edition.record.header.id}.md",
        content=text,
        mime_type="text/markdown",
        description="Text of record, as approved" if edition.version else "Text of record, a draft",
        relationship="source",
    )
    return (source, *attachments)


def _text_problems(edition: Edition, body: Typeset) -> Iterator[Problem]:
    place = Location(f"rendered/{edition.record.header.path}")
    if text_digest(edition.text) != edition.text_sha256:
        yield Problem(
            code="pdf-text-digest",
            location=place,
            message="the text is not the one whose digest the edition states",
            hint="Take text and digest from the same record.",
        )
    for warning in body.warnings:
        yield replace(warning, location=place)


def _file_problems(files: Sequence[Attachment]) -> Iterator[Problem]:
    names = [file.name for file in files]
    for name in dict.fromkeys(names):
        if names.count(name) > 1 or not _FILE_NAME.fullmatch(name):
            yield Problem(
                code="pdf-attachment-name",
                message=f'an attachment cannot be called "{name}" '
                "(letters, digits, dots, hyphens and underscores, each name once)",
                hint="Give the attachment another name.",
            )


def _furnish(root: Path, theme: Path, body: Typeset, files: Sequence[Attachment]) -> None:
    """Put into the scratch folder what Typst may read."""
    for name in ("theme", "attachments", "assets"):
        (root / name).mkdir()
    for source in sorted(theme.glob("*.typ")):
        (root / "theme" / source.name).write_bytes(source.read_bytes())
    (root / "body.typ").write_text(_BODY_OPENING + body.markup, encoding="utf-8")
    for number, file in enumerate(files):
        (root / "attachments" / str(number)).write_bytes(file.content)


def _fonts(theme: Path, assets: PrintAssets, scratch: Path) -> typst.Fonts:
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
    fonts = _fonts_in(tuple(str(folder) for folder in folders))
    read = {Path(font.path).parent for font in fonts.fonts() if font.path}
    unread = [
        path for path, folder in zip(assets.fonts, folders[1:], strict=True) if folder not in read
    ]
    if unread:
        raise PolicygenError(*(unreadable_font(path) for path in unread))
    return fonts


@lru_cache(maxsize=4)
def _fonts_in(folders: tuple[str, ...]) -> typst.Fonts:
    """Fonts for the compiler, shared by all documents of the process."""
    return typst.Fonts(
        include_system_fonts=False,
        # DejaVu Sans Mono for code and boxes of tasks is among the embedded ones.
        include_embedded_fonts=True,
        font_paths=list(folders),
    )


def _compile(edition: Edition, root: Path, fonts: typst.Fonts, facts: str) -> bytes:
    day = edition.effective if edition.version and edition.effective else PREVIEW_DAY
    compiler = typst.Compiler(root=root, font_paths=fonts, ignore_system_fonts=True)
    try:
        pdf, warnings = compiler.compile_with_warnings(
            input=_MAIN,
            format="pdf",
            sys_inputs={"edition": facts},
            pdf_standards=list(STANDARDS),
            timestamp=datetime.combine(day, time(), UTC),
        )
    except typst.TypstError as error:
        raise PolicygenError(*_explained(edition, error.diagnostic)) from error
    unsettled = [warning for warning in warnings if "did not converge" in warning.message]
    if unsettled or not isinstance(pdf, bytes):
        raise PolicygenError(*_explained(edition, "error: the pages do not settle"))
    return pdf


def _explained(edition: Edition, diagnostic: str) -> tuple[Problem, ...]:
    """Typst's complaints as problems."""
    place = f"rendered/{edition.record.header.path}"
    shown = dict.fromkeys(_unescaped(match[1]) for match in _NOT_SHOWN.finditer(diagnostic))
    if shown:
        return tuple(_not_in_fonts(edition.text, place, text) for text in shown)
    faults = dict.fromkeys(match[1] for match in _FAULT.finditer(diagnostic))
    return tuple(
        Problem(
            code="pdf-typst",
            location=Location(place),
            message=f"the document cannot be set as {' and '.join(STANDARDS)}: {fault}",
            hint="Simplify the table, list or picture that the message is about.",
        )
        for fault in faults
    )


def _not_in_fonts(text: str, path: str, characters: str) -> Problem:
    before, found, _ = text.partition(characters)
    line = before.count("\n") + 1 if found else None
    column = len(before) - before.rfind("\n") if found else None
    codes = " ".join(f"U+{ord(character):04X}" for character in characters)
    shown = f'"{characters}" ({codes})' if characters.isprintable() else codes
    return Problem(
        code="pdf-missing-glyph",
        location=Location(path, line, column),
        message=f"no font has the character {shown}",
        hint=f"Name a font file that has {shown} under brand.fonts, or write it otherwise.",
    )


def _unescaped(text: str) -> str:
    return _RUST_ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], text)
