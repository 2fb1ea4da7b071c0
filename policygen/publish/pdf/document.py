"""The PDF of one document: revision 0, unsigned, the same bytes wherever it is built.

The text goes through pandoc, the facts of the edition as JSON, files by number; nothing is pasted
into markup. Typst sees a scratch folder and nothing else: no packages, system fonts or network.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING

import pypandoc

from policygen.model.document import text_digest
from policygen.model.publication import Attachment
from policygen.problems import Location, PolicygenError, Problem
from policygen.publish.pdf.assets import find_assets
from policygen.publish.pdf.facts import print_facts
from policygen.publish.pdf.press import PREVIEW_DAY, Origin, fonts_of, lay_out, press, workshop
from policygen.publish.pdf.typeset import LUA, Typeset, Typesetter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from policygen.model.publication import Edition

_MAIN = b"""\
#import "/theme/edition.typ": edition
#show: edition
#include "/body.typ"
"""
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


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
    with workshop(theme, "attachments", "assets") as root:
        lay_out(root, body, files)
        assets.copy_to(root)
        return press(
            root,
            fonts_of(theme, assets, typesetter.scratch),
            main=_MAIN,
            facts=facts,
            day=edition.effective if edition.version and edition.effective else PREVIEW_DAY,
            origin=Origin(f"rendered/{edition.record.header.path}", edition.text),
        )


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
