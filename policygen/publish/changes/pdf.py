"""A comparison as PDF, in the look of the print theme: the same bytes wherever it is made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, assert_never

from policygen.problems import PolicygenError
from policygen.publish.changes.arranged import Lines, Table
from policygen.publish.pdf.assets import find_fonts
from policygen.publish.pdf.facts import CLASSES, brand_facts
from policygen.publish.pdf.press import PREVIEW_DAY, Origin, fonts_of, press, workshop
from policygen.words import long_date

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from policygen.publish.changes.arranged import Changes, Section, Side
    from policygen.publish.pdf.facts import Json
    from policygen.text.redline import Run

_MAIN = b'#import "/theme/changes.typ": changes\n#changes\n'


def changes_pdf(changes: Changes, *, theme: Path, workspace: Path) -> bytes:
    """The deterministic PDF/A-3a and PDF/UA-1 of a comparison.

    Args:
        changes: What is shown.
        theme: Folder of the print theme, `overrides/pdf`.
        workspace: Folder from which fonts of the organization are read.

    Raises:
        PolicygenError: A font cannot be used, or no font has a character.
    """
    assets = find_fonts(changes.brand, workspace)
    if assets.problems:
        raise PolicygenError(*assets.problems)
    facts = json.dumps(_facts(changes), sort_keys=True, ensure_ascii=False)
    shown = changes.new.text or changes.old.text
    with workshop(theme, "scratch") as root:
        return press(
            root,
            fonts_of(theme, assets, root / "scratch"),
            main=_MAIN,
            facts=facts,
            day=changes.new.effective or PREVIEW_DAY,
            origin=Origin(f"rendered/{changes.header.path}", shown),
        )


def _facts(changes: Changes) -> Json:
    header = changes.header
    return {
        "title": changes.title,
        "id": header.id,
        "organization": header.organization,
        "classification": CLASSES.get(header.classification, header.classification),
        "version": None,
        **brand_facts(changes.brand),
        "old": _side(changes.old),
        "new": _side(changes.new),
        "sections": [_section(section) for section in changes.sections],
    }


def _side(side: Side) -> Json:
    return {
        "name": side.name,
        "approved": _day(side.approved),
        "effective": _day(side.effective),
        "digest": side.digest or "\u2013",
    }


def _day(day: date | None) -> str:
    return long_date(day) if day else "\u2013"


def _section(section: Section) -> Json:
    return {"heading": section.heading, "parts": [_part(part) for part in section.parts]}


def _part(part: Lines | Table) -> Json:
    match part:
        case Lines():
            lines: list[Json] = [
                {"depth": line.depth, "label": line.label, "runs": _runs(line.runs)}
                for line in part.lines
            ]
            return {"what": part.what, "kind": part.kind, "lines": lines}
        case Table():
            rows: list[Json] = [
                {"what": row.what, "cells": [_runs(cell) for cell in row.cells]}
                for row in part.rows
            ]
            return {"kind": "table", "head": [*part.head], "rows": rows}
        case _:
            assert_never(part)


def _runs(runs: Iterable[Run]) -> Json:
    return [{"mark": run.mark.value, "text": run.text} for run in runs]
