"""Significance: whether a new text changes what people are bound to, and why we think so."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING

from policygen.history.approving.renames import Names, renames
from policygen.model.document import Header
from policygen.model.evidence import Significance
from policygen.text.redline import Mark, redline

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.document import RecordText
    from policygen.text.redline import Block

_WEIGHTY_HEADING = re.compile(r"\b(scope|roles?|responsibilit)", re.IGNORECASE)
_FIGURE = re.compile(
    r"\d|\b(?:once|twice|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|"
    r"hour|day|week|month|quarter|year|hourly|daily|weekly|monthly|quarterly|yearly|annual)s?\b",
    re.IGNORECASE,
)
"""Numbers, and the words in which cadences are written."""

_NUMBER = re.compile(r"^\s*\d{1,9}[.)]\s")
_DUTY = re.compile(r"\bSHALL\b")
_LIMIT = re.compile(r"\b(?:not|never|no|unless|except|only)\b", re.IGNORECASE)
"""Words that turn or narrow a duty."""

_LIGHT_FIELDS = frozenset({"related"})
"""Header fields that bind nobody."""


def suggested_significance(
    old: RecordText | None, new: RecordText, names: Names | None = None
) -> tuple[Significance, tuple[str, ...]]:
    """How much a text changes against the one before, with the reasons for it.

    Initial without one before. Minor where only names changed. Major where a figure changed, a
    duty was added, removed, turned or narrowed, the scope or a section on roles changed, or the
    header did; else minor.

    Args:
        old: The text before; None where there is none.
        new: The text after.
        names: What things are and were called, by which a rename is told from another change.
    """
    if old is None:
        return Significance.INITIAL, ()
    renamed = renames(old, new, names or Names())
    if renamed is not None:
        return Significance.MINOR, tuple(f"a rename: {one}" for one in sorted(renamed))
    reasons = tuple(dict.fromkeys(_reasons(old, new)))
    return (Significance.MAJOR if reasons else Significance.MINOR), reasons


def _reasons(old: RecordText, new: RecordText) -> Iterator[str]:
    for field in fields(Header):
        before, after = getattr(old.header, field.name), getattr(new.header, field.name)
        if before != after and field.name not in _LIGHT_FIELDS:
            yield f"{field.name.replace('_', ' ')} changed"
    before_ids = {statement.id for statement in old.statements if statement.applies}
    after_ids = {statement.id for statement in new.statements if statement.applies}
    if before_ids != after_ids:
        names = ", ".join(sorted(before_ids ^ after_ids)[:5])
        yield f"a statement was added or removed: {names}"
    for block in redline(old.body, new.body):
        if not block.moved or len(block.runs) > 1:
            yield from _block_reasons(block)


def _block_reasons(block: Block) -> Iterator[str]:
    under = f' under "{block.heading.lstrip("# ")}"' if block.heading else ""
    # The number of an item of a list is no figure.
    changed = [
        _NUMBER.sub("", run.text)
        for run in block.runs
        if run.mark is not Mark.SAME and run.text.strip()
    ]
    if not changed:
        return
    if any(_FIGURE.search(text) for text in changed):
        yield f"a figure changed{under}"
    if any(_DUTY.search(text) for text in changed):
        yield f"a duty was added or removed{under}"
    elif _DUTY.search(_words(block)) and any(_LIMIT.search(text) for text in changed):
        yield f"a duty was turned or narrowed{under}"
    if _WEIGHTY_HEADING.search(block.heading):
        yield f"the text{under} changed"


def _words(block: Block) -> str:
    return "".join(run.text for run in block.runs)
