"""Handouts: papers in the look of the print theme that are no editions, from one text or many.

The first page of a package, the policy manual, a draft of the system description, a copy for a
customer: none is a text of record, so none has versions, approvals or a seal.
"""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.problems import PolicygenError
from policygen.publish.pdf.assets import PrintAssets, find_assets, find_fonts
from policygen.publish.pdf.facts import brand_facts
from policygen.publish.pdf.press import BODY_OPENING, Origin, fonts_of, press, workshop

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from policygen.model.publication import Brand, Edition
    from policygen.publish.pdf.typeset import Typeset, Typesetter

TEMPLATE = Path(__file__).parent / "typ" / "handout.typ"
WORTH_STARTING = 12
"""With fewer parts than this one pandoc is as fast as two."""

_LABEL = re.compile(r"(?P<before>#link\(|^|\] )<(?P<name>at-[a-z0-9-]+)>(?=\)|$)", re.MULTILINE)
_PICTURE = re.compile(r"(?<!\\)#picture\((\d+),")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One text of a handout."""

    title: str
    line: str
    """What stands under the title where there are several parts; may be empty."""

    body: str
    """Markdown without front matter."""

    edition: Edition | None = None
    """The version that it is the text of, whose pictures it shows; None for a text of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """What a handout says about itself."""

    title: str
    kind: str
    """What stands above the title, e.g. `Auditor package`."""

    organization: str
    foot: str
    """What stands at the foot of every page."""

    day: date
    """The time that the file claims."""

    brand: Brand
    parts: tuple[Part, ...]
    rows: tuple[tuple[str, str], ...] = ()
    """Facts under the title, by label."""

    watermark: str | None = None
    """Words behind every page; None for none."""


def handout_pdf(handout: Handout, *, typesetter: Typesetter, theme: Path, workspace: Path) -> bytes:
    """The deterministic PDF/A-3a and PDF/UA-1 of a handout.

    Args:
        handout: What to set.
        typesetter: The running pandoc.
        theme: Folder of the print theme, `overrides/pdf`.
        workspace: Folder from which fonts and pictures are read, and nothing outside it.

    Raises:
        PolicygenError: Something cannot be printed.
    """
    bodies = _bodies(handout.parts, typesetter)
    fonts = find_fonts(handout.brand, workspace)
    shown = [*_pictures(handout.parts, bodies, workspace)]
    problems = [*fonts.problems, *(problem for each in shown for problem in each.problems)]
    if problems:
        raise PolicygenError(*problems)
    pictures = [path for each in shown for path in each.pictures]
    with workshop(theme, "assets") as root:
        _furnish(root, bodies, shown)
        names = [
            f"/assets/{number}{path.suffix.lower()}" for number, path in enumerate(pictures, 1)
        ]
        for path, name in zip(pictures, names, strict=True):
            (root / name.removeprefix("/")).write_bytes(path.read_bytes())
        return press(
            root,
            fonts_of(theme, fonts, typesetter.scratch),
            main=_main(len(bodies)),
            facts=_facts(handout, names),
            day=handout.day,
            origin=Origin(handout.title, "\n".join(part.body for part in handout.parts)),
        )


def _bodies(parts: Sequence[Part], typesetter: Typesetter) -> list[Typeset]:
    """The parts as markup; of many parts a second pandoc sets one half at the same time."""
    if len(parts) < WORTH_STARTING:
        return [typesetter.body_to_typst(part.body) for part in parts]
    half = len(parts) // 2
    with type(typesetter)() as second, ThreadPoolExecutor(1) as pool:
        later = pool.submit(lambda: [second.body_to_typst(part.body) for part in parts[half:]])
        return [typesetter.body_to_typst(part.body) for part in parts[:half]] + later.result()


def _main(count: int) -> bytes:
    lines = ['#import "/theme/handout.typ": handout, part', "#show: handout"]
    lines += [f'#part({number}, include "/part-{number}.typ")' for number in range(count)]
    return ("\n".join(lines) + "\n").encode()


def _facts(handout: Handout, pictures: Sequence[str]) -> str:
    facts = {
        "title": handout.title,
        "kind": handout.kind,
        "organization": handout.organization,
        "foot": handout.foot,
        "rows": [list(row) for row in handout.rows],
        "parts": [{"title": part.title, "line": part.line} for part in handout.parts],
        "watermark": handout.watermark,
        "version": None,
        "pictures": list(pictures),
        **brand_facts(handout.brand),
    }
    return json.dumps(facts, sort_keys=True, ensure_ascii=False)


def _pictures(
    parts: Sequence[Part], bodies: Sequence[Typeset], workspace: Path
) -> Iterator[PrintAssets]:
    """The pictures of each part; a text of ours has none."""
    for part, body in zip(parts, bodies, strict=True):
        if part.edition is None:
            yield PrintAssets(logo=None, pictures=(), fonts=(), problems=())
        else:
            yield find_assets(part.edition, workspace, body.pictures)


def _furnish(root: Path, bodies: Sequence[Typeset], shown: Sequence[PrintAssets]) -> None:
    (root / "theme" / TEMPLATE.name).write_bytes(TEMPLATE.read_bytes())
    before = 0
    for number, (body, assets) in enumerate(zip(bodies, shown, strict=True)):
        markup = _own_names(body.markup, number, before)
        (root / f"part-{number}.typ").write_text(BODY_OPENING + markup, encoding="utf-8")
        before += len(assets.pictures)


def _own_names(markup: str, number: int, pictures_before: int) -> str:
    """The markup with names and picture numbers that no other part has."""
    named = _LABEL.sub(lambda found: f"{found['before']}<part-{number}-{found['name']}>", markup)
    return _PICTURE.sub(lambda found: f"#picture({int(found[1]) + pictures_before},", named)
