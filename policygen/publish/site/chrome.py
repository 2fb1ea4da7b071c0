"""Generated parts of a page: links, chips, states, dates, tables, safe against their values.

Values reach a page in one of two ways: as Markdown text (`text`) or inside an attribute of
generated HTML (`attribute`). Both show exactly the characters of the value.
"""

from __future__ import annotations

import html
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HOME = "index.md"
CRITERIA = "criteria.md"
CONTROLS = "controls.md"
CROSSWALK = "crosswalk.md"
STATEMENTS = "statements.md"
CALENDAR = "calendar.md"
VERIFY = "verify.md"
HANDBOOK = "handbook.md"
PARAMETERS = "parameters.md"
ROLES = "roles.md"
KIND_PAGES = {"policy": "policies.md", "procedure": "procedures.md", "register": "registers.md"}
KIND_NAMES = {"policy": "Policies", "procedure": "Procedures", "register": "Registers"}

_NOTHING = "\N{EN DASH}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the site before it becomes HTML."""

    name: str
    """Path below the docs folder, e.g. `policies/access-control-policy.md`."""

    body: str
    """Markdown, opening with the title."""

    searched: bool = True
    """Whether its text is found by the search; lists are not, or they outrank the documents."""

    hide: tuple[str, ...] = ("tags",)
    """Parts of the theme left out: `tags`, `toc`, `navigation`."""

    tags: tuple[str, ...] = ()
    """Shown beside search results."""

    def source(self) -> str:
        """The whole file: front matter and body."""
        lines = ["---", f"hide: [{', '.join(self.hide)}]"]
        if self.tags:
            lines.append(f"tags: [{', '.join(self.tags)}]")
        if not self.searched:
            lines.append("search: {exclude: true}")
        return "\n".join([*lines, "---", "", self.body.strip(), ""])


def text(value: str) -> str:
    """A value as Markdown on one line."""
    return dialect.escape(value)


def attribute(value: str) -> str:
    """A value inside a double-quoted HTML attribute or as plain HTML text."""
    return html.escape(" ".join(value.split()), quote=True)


def address(here: str, target: str) -> str:
    """The relative address of a page or file as seen from another page.

    >>> address("policies/access-control-policy.md", "criteria.md#cc6-1")
    '../criteria.md#cc6-1'
    """
    path, mark, anchor = target.partition("#")
    if path == here and mark:
        return f"#{anchor}"
    folder = posixpath.dirname(here)
    if folder and path.startswith(f"{folder}/"):
        return path.removeprefix(f"{folder}/") + mark + anchor
    return "../" * here.count("/") + path + mark + anchor


def link(here: str, target: str, label: str, *, classes: str = "", title: str = "") -> str:
    """A Markdown link; the label is a plain value."""
    hint = f' "{text(title.replace(chr(34), chr(39)))}"' if title.strip() else ""
    marks = f"{{ {' '.join('.' + name for name in classes.split())} }}" if classes else ""
    return f"[{text(label)}]({address(here, target)}{hint}){marks}"


def criterion_chip(here: str, criterion: str, title: str = "") -> str:
    """A criterion as a chip that leads to its row of the matrix."""
    target = f"{CRITERIA}#{dialect.slug(criterion)}"
    return link(here, target, criterion, classes="pg-chip", title=title)


def control_chip(here: str, control: str, title: str = "") -> str:
    """A control as a chip that leads to its section of the matrix."""
    target = f"{CONTROLS}#{dialect.slug(control)}"
    return link(here, target, control, classes="pg-chip pg-chip--control", title=title)


def row_anchor(identifier: str) -> str:
    """An id that names its row and links to it."""
    anchor = dialect.slug(identifier)
    return f"[{text(identifier)}](#{anchor}){{ #{anchor} .pg-row-id }}"


def status(shape: str, words: str) -> str:
    """A state as a shape and words; the shape is decoration."""
    return f'<span class="pg-status pg-status--{shape}">{text(words)}</span>'


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    label: str,
    searched: bool = True,
    look: str | None = None,
) -> str:
    """A table whose rows become cards on narrow screens.

    Args:
        head: Column titles, plain.
        rows: Cells as Markdown; pipes in values are escaped already.
        label: What it lists, for readers that cannot see it.
        searched: Whether the search finds its words.
        look: Name of column widths in the style sheet, where the usual ones do not fit.
    """
    classes = "pg-table" if look is None else f"pg-table pg-table--{look}"
    excluded = "" if searched else ' data-search-exclude=""'
    lines = [
        f'<div class="{classes}" data-label="{attribute(label)}"{excluded} markdown="1">',
        "",
        f"| {' | '.join(text(title) for title in head)} |",
        f"| {' | '.join('---' for _ in head)} |",
        *(f"| {' | '.join(cell or _NOTHING for cell in row)} |" for row in rows),
        "",
        "</div>",
    ]
    return "\n".join(lines)


def filter_box(label: str) -> str:
    """A field that narrows the tables of a page; it is shown where scripts run."""
    return (
        '<div class="pg-filter" data-pg-filter hidden>'
        f'<label for="pg-filter">{label}</label> '
        '<input id="pg-filter" type="search" autocomplete="off"> '
        '<span class="pg-filter__count" role="status"></span></div>'
    )


def excerpt(statement: str) -> str:
    """A statement's Markdown on one line for a table cell, without links.

    List items are joined by semicolons.
    """
    items = []
    for line in statement.split("\n"):
        stripped = line.strip()
        if dialect.is_list(stripped):
            items.append(stripped.split(" ", 1)[1])
        elif items and stripped:
            items[-1] += " " + stripped
        elif stripped:
            items.append(stripped)
    opening, rest = items[:1], items[1:]
    joined = " ".join(opening) + (" " + "; ".join(rest) if rest else "")
    return joined.replace("\\|", "|").replace("|", "\\|")
