"""The crosswalk page: criteria beside the ids of other standards, and what that does not mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.crosswalk import DISCLAIMER
from policygen.publish.site.chrome import (
    CRITERIA,
    CROSSWALK,
    Page,
    criterion_chip,
    filter_box,
    link,
    table,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policygen.publish.site.content import SiteContent


def crosswalk_page(content: SiteContent) -> Page:
    """Where the criteria meet other standards and laws."""
    parts = [
        "# Crosswalk",
        f"The ids of other standards beside each of the {link(CROSSWALK, CRITERIA, 'criteria')}."
        "\n{: .pg-lead }",
        f"> [!NOTE]\n> {text(DISCLAIMER)}",
    ]
    if not content.crosswalks:
        parts.append("No mapping is known.")
        return _page(parts)
    rows = [
        (
            criterion_chip(CROSSWALK, row.criterion.id, row.criterion.title),
            *(_ids(walk.ids.get(row.criterion.id, ())) for walk in content.crosswalks),
        )
        for row in content.matrix.criteria
        if any(row.criterion.id in walk.ids for walk in content.crosswalks)
    ]
    head = ("Criterion", *(walk.title for walk in content.crosswalks))
    sources = [
        (
            text(walk.title),
            text(walk.relationship),
            text(walk.source),
            "this organization" if walk.own else "policygen",
        )
        for walk in content.crosswalks
    ]
    parts += [
        filter_box("Show rows with"),
        table(head, rows, label="Crosswalk"),
        "## Whose mapping it is",
        table(("Standard", "Relationship", "Source", "Brought by"), sources, label="Sources"),
    ]
    return _page(parts)


def _ids(ids: Iterable[str]) -> str:
    """Ids in a row; none is broken at its hyphen, so that it can be read and found."""
    return ", ".join(f'<span class="pg-id">{text(name)}</span>' for name in ids)


def _page(parts: list[str]) -> Page:
    return Page(name=CROSSWALK, body="\n\n".join(parts), searched=False, hide=("tags", "toc"))
