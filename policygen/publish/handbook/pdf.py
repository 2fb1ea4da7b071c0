"""The employee handbook as PDF, in the look of the print theme: the same bytes wherever made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from policygen.model.publication import Attachment
from policygen.problems import PolicygenError
from policygen.publish.handbook.text import NAME, TITLE
from policygen.publish.pdf.assets import find_brand
from policygen.publish.pdf.facts import brand_facts
from policygen.publish.pdf.press import Origin, fonts_of, lay_out, press, workshop
from policygen.words import long_date

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.publish.handbook.text import Handbook
    from policygen.publish.pdf.typeset import Typesetter

_MAIN = b"""\
#import "/theme/handbook.typ": handbook
#show: handbook
#include "/body.typ"
"""


def handbook_pdf(
    handbook: Handbook, *, typesetter: Typesetter, theme: Path, workspace: Path
) -> bytes:
    """The deterministic PDF/A-3a and PDF/UA-1 of a handbook, its manifest attached.

    Args:
        handbook: What it holds.
        typesetter: The running pandoc.
        theme: Folder of the print theme, `overrides/pdf`.
        workspace: Folder from which logo and fonts of the organization are read.

    Raises:
        PolicygenError: Something cannot be printed, with every such thing named.
    """
    text = handbook.body()
    body = typesetter.body_to_typst(text)
    assets = find_brand(handbook.brand, workspace)
    problems = (*body.warnings, *assets.problems)
    if problems:
        raise PolicygenError(*problems)
    files = _attachments(handbook)
    facts = {
        "title": TITLE,
        "organization": handbook.organization,
        "as_of": long_date(handbook.as_of),
        "digest": handbook.digest,
        "version": "in force",
        **brand_facts(handbook.brand),
        "logo": assets.logo_name,
        "pictures": [],
        "keywords": [row.edition.record.header.id for row in handbook.chapters],
        "attachments": [
            {
                "name": file.name,
                "description": file.description,
                "mime_type": file.mime_type,
                "relationship": file.relationship,
            }
            for file in files
        ],
    }
    with workshop(theme, "attachments", "assets") as root:
        lay_out(root, body, files)
        assets.copy_to(root)
        return press(
            root,
            fonts_of(theme, assets, typesetter.scratch),
            main=_MAIN,
            facts=json.dumps(facts, sort_keys=True, ensure_ascii=False),
            day=handbook.as_of,
            origin=Origin(f"build/handbook/{NAME}.md", text),
        )


def _attachments(handbook: Handbook) -> tuple[Attachment, ...]:
    return (
        Attachment(
            name=f"{NAME}.md",
            content=handbook.body().encode(),
            mime_type="text/markdown",
            description="The handbook as text",
            relationship="source",
        ),
        Attachment(
            name="manifest.json",
            content=handbook.manifest(),
            mime_type="application/json",
            description="Which documents in which version",
            relationship="data",
        ),
        Attachment(
            name="SHA256SUMS",
            content=handbook.sums.encode(),
            mime_type="text/plain",
            description="Digests of the approved texts, for sha256sum -c in the workspace",
            relationship="data",
        ),
    )
