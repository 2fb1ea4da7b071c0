"""Alterations: what a version changed against the one before, in one line for its history."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from policygen.text.record import before_statements, statement_places
from policygen.text.redline import redline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policygen.model.document import RecordText, Statement

FIRST = "first version"
_NAMED = 6
"""Statements or sections named in one line; more are counted."""


def alterations(old: RecordText | None, new: RecordText) -> str:
    """What changed, by statement where statements did and by section elsewhere.

    Worked out from the two approved texts alone, so that the line is the same in ten years.

    Args:
        old: The version before; None where there is none.
        new: The version whose line it is.

    Returns:
        E.g. `changed AC-17 and AC-20; added AC-50`.
    """
    if old is None:
        return FIRST
    before, after = _statements(old), _statements(new)
    parts = [
        ("changed", [name for name in after if name in before and before[name] != after[name]]),
        ("added", [name for name in after if name not in before]),
        ("removed", [name for name in before if name not in after]),
    ]
    found = [f"{word} {_listed(names)}" for word, names in parts if names]
    sections = _sections(old, new)
    if sections:
        found.append(f"wording in {_listed(sections)}")
    if not found:
        found = ["header only"] if old.header != new.header else ["no words changed"]
    return "; ".join(found)


def _statements(record: RecordText) -> dict[str, Statement]:
    """Each statement that binds somebody, by id, wherever it stands."""
    return {found.id: replace(found, line=0) for found in record.statements if found.applies}


def _sections(old: RecordText, new: RecordText) -> list[str]:
    """Headings under which words changed that belong to no statement."""
    blocks = redline(_without_statements(old.body), _without_statements(new.body))
    return list(dict.fromkeys(block.heading.lstrip("# ") or "the preamble" for block in blocks))


def _without_statements(body: str) -> str:
    lines = before_statements(body).split("\n")
    stated = {
        line for place in statement_places(body) for line in range(place.line, place.last_line + 1)
    }
    return "\n".join(line for number, line in enumerate(lines, 1) if number not in stated)


def _listed(names: Iterable[str]) -> str:
    shown = list(names)
    more = len(shown) - _NAMED
    if more > 0:
        shown = [*shown[:_NAMED], f"{more} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
