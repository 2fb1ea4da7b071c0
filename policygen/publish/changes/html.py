"""A comparison as one HTML file that loads nothing and runs nothing."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, assert_never

from policygen.publish.changes.arranged import Lines, Table
from policygen.text.redline import Mark
from policygen.words import long_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from policygen.publish.changes.arranged import Changes, Section, Side
    from policygen.text.redline import Run

_STYLE = """\
:root { color-scheme: light; }
body { font: 16px/1.55 system-ui, sans-serif; color: #191919; background: #fff;
  max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; line-height: 1.25; }
h2 { font-size: 1.15rem; margin-top: 2.2rem; color: ACCENT; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: 1rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0;
  border-bottom: 1px solid #d7d7d7; overflow-wrap: anywhere; }
th { color: ACCENT; }
.scroll { overflow-x: auto; }
.block { border-left: 3px solid #d7d7d7; padding-left: .9rem; margin: 1.1rem 0; }
.block p { margin: .3rem 0; overflow-wrap: anywhere; white-space: pre-wrap; }
.what { font-size: .78rem; font-weight: 600; color: #555; }
.heading { font-weight: 600; }
.code { font-family: ui-monospace, monospace; font-size: .9rem; }
.d1 { margin-left: 1.5rem !important; } .d2 { margin-left: 3rem !important; }
.d3 { margin-left: 4.5rem !important; }
ins { color: #14532d; background: #e7f5ec; text-decoration: underline; text-underline-offset: 2px; }
del { color: #8f1d14; background: #fdecea; text-decoration: line-through; }
code { font-size: .8rem; overflow-wrap: anywhere; }
@media print { ins, del { background: none; } body { margin: 0; max-width: none; } }
"""
_DEEPEST = 3


def changes_html(changes: Changes) -> bytes:
    """The whole file, UTF-8; nothing in a text can act in it."""
    style = _STYLE.replace("ACCENT", changes.brand.accent)
    title = html.escape(changes.title)
    parts = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n",
        f"<p>{html.escape(changes.header.organization)}</p>\n<h1>{title}</h1>\n",
        _sides(changes),
        "<p>Words that were <ins>added</ins> are underlined, words that were <del>removed</del> "
        "are struck through. What did not change is left out.</p>\n",
        *(_section(section) for section in changes.sections),
        "" if changes.sections else "<p>The two texts say the same.</p>\n",
        "</main>\n</body>\n</html>\n",
    ]
    return "".join(parts).encode()


def _sides(changes: Changes) -> str:
    rows = "".join(_side(*pair) for pair in (("From", changes.old), ("To", changes.new)))
    head = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("Compared", "Approved", "Effective", "SHA-256 of the text")
    )
    return f'<div class="scroll"><table>\n<tr>{head}</tr>\n{rows}</table></div>\n'


def _side(label: str, side: Side) -> str:
    days = (long_date(day) if day else "\u2013" for day in (side.approved, side.effective))
    cells = "".join(f"<td>{day}</td>" for day in days)
    digest = f"<code>{side.digest}</code>" if side.digest else "\u2013"
    name = html.escape(side.name)
    return f'<tr><th scope="row">{label} {name}</th>{cells}<td>{digest}</td></tr>\n'


def _section(section: Section) -> str:
    parts = "".join(_part(part) for part in section.parts)
    return f"<section>\n<h2>{html.escape(section.heading)}</h2>\n{parts}</section>\n"


def _part(part: Lines | Table) -> str:
    match part:
        case Lines():
            return "".join(_lines(part))
        case Table():
            return "".join(_table(part))
        case _:
            assert_never(part)


def _lines(part: Lines) -> Iterator[str]:
    yield f'<div class="block {part.kind}">\n<p class="what">{part.what}</p>\n'
    for line in part.lines:
        depth = f' class="d{min(line.depth, _DEEPEST)}"' if line.depth else ""
        label = f"{html.escape(line.label)} " if line.label else ""
        yield f"<p{depth}>{label}{_words(line.runs)}</p>\n"
    yield "</div>\n"


def _table(part: Table) -> Iterator[str]:
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in ("Change", *part.head))
    yield f'<div class="scroll"><table>\n<tr>{head}</tr>\n'
    for row in part.rows:
        cells = "".join(f"<td>{_words(cell)}</td>" for cell in row.cells)
        yield f'<tr><td class="what">{row.what}</td>{cells}</tr>\n'
    yield "</table></div>\n"


def _words(runs: Iterable[Run]) -> str:
    return "".join(marked_html(run.text, run.mark) for run in runs)


def marked_html(words: str, mark: Mark) -> str:
    """Words as HTML in which nothing can act, and what became of them."""
    text = html.escape(words)
    match mark:
        case Mark.SAME:
            return text
        case Mark.ADDED:
            return f"<ins>{text}</ins>"
        case Mark.REMOVED:
            return f"<del>{text}</del>"
