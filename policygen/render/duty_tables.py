"""Tables of who does what: roles that bear one title share a column.

In a small firm one person fills several roles. A table with two columns of one title would have
that person ask and tell themself; merged, it says what they really do.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_RULE = re.compile(r"\|(?: ?:?-+:? ?\|)+")
_DUTY = re.compile(r"(?P<letters>[RACI](?:, [RACI])*)(?: (?P<limit>.+))?")
_NOBODY = "none"
_DOES = "RA"
"""Doing and answering for it, which leave nothing to be asked (C) or told (I) in the same row."""


def with_merged_roles(block: str) -> str:
    r"""A block of Markdown; as it is, unless it is a table of duties with one title twice.

    An indented block belongs to a list or is code, and stays as it is.

    >>> print(with_merged_roles(
    ...     "| activity | Chief | Lead | Chief |\n| --- | --- | --- | --- |\n| Test | A | C | R |"
    ... ))
    | activity | Chief | Lead |
    | --- | --- | --- |
    | Test | R, A | C |
    """
    lines = block.split("\n")
    if len(lines) < 3 or block[:1].isspace() or not _RULE.fullmatch(lines[1].strip()):
        return block
    head, rule, *rows = (dialect.table_cells(line) for line in lines)
    columns: dict[str, list[int]] = {}
    for number, title in enumerate(head):
        columns.setdefault(title, []).append(number)
    shared = [numbers for numbers in columns.values() if len(numbers) > 1]
    if len(rule) != len(head) or not shared:
        return block
    if not all(_is_of_duties(row, shared, len(head)) for row in rows):
        return block
    sides = [rule[numbers[0]] for numbers in columns.values()]
    merged = [tuple(columns), sides, *_merged(rows, columns.values())]
    return "\n".join(f"| {' | '.join(row)} |" for row in merged)


def _is_of_duties(row: Sequence[str], shared: Iterable[list[int]], width: int) -> bool:
    return len(row) == width and all(
        row[number] == _NOBODY or _DUTY.fullmatch(row[number])
        for number in chain.from_iterable(shared)
    )


def _merged(rows: Iterable[Sequence[str]], columns: Iterable[list[int]]) -> Iterator[list[str]]:
    groups = list(columns)
    for row in rows:
        yield [
            _together([row[number] for number in numbers]) if numbers[1:] else row[numbers[0]]
            for numbers in groups
        ]


def _together(cells: Sequence[str]) -> str:
    """What one person does who bears all of these."""
    found = [match for cell in cells if (match := _DUTY.fullmatch(cell))]
    always = {
        letter for match in found if not match["limit"] for letter in match["letters"].split(", ")
    }
    limited = dict.fromkeys(match[0] for match in found if match["limit"])
    if always & {*_DOES}:
        duties = [", ".join(letter for letter in _DOES if letter in always)]
        duties += [cell for cell in limited if not {*cell.split(" ")[0]} & always and _does(cell)]
    else:
        asked = next((letter for letter in "CI" if letter in always), None)
        duties = [cell for cell in limited if asked is None or _does(cell)]
        duties += [asked] if asked else []
    return ", ".join(duties) or _NOBODY


def _does(cell: str) -> bool:
    return cell[0] in _DOES
