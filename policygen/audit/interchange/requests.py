"""The request list: what auditors usually ask about policies, and where the package answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

from policygen.audit.data_rows import data_of, rows_of, text_of, texts_of
from policygen.tables import Column, Table, Tone

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_LISTED = 3
"""Files of a folder that are named one by one; more are counted."""


class Standing(Enum):
    """How far the package answers a request."""

    HERE = "answered here"
    PARTLY = "in part here"
    """The organization adds what only it has."""

    ELSEWHERE = "to be supplied"
    """Nothing in this package answers."""

    NOT_ASKED = "not asked for"
    """Not part of an examination of this type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Something that auditors ask for."""

    asks: str
    day: str
    """What counts in a Type I examination."""

    period: str
    """What counts in a Type II examination."""

    paths: tuple[str, ...]
    """Beginnings of paths in the package."""

    supply: str
    """What only the organization has; empty where nothing is missing."""


@cache
def requests() -> tuple[Request, ...]:
    """Every request, in the order in which it is usually made."""
    return tuple(
        Request(
            asks=text_of(row["asks"]),
            day=text_of(row["day"]),
            period=text_of(row["period"]),
            paths=texts_of(row["paths"]),
            supply=text_of(row["supply"]),
        )
        for row in rows_of(data_of("requests")["requests"])
    )


def request_list(paths: Collection[str], *, is_period: bool) -> Table:
    """Each request with the files that answer it and what only the organization can supply.

    Args:
        paths: Every file of the package, relative to its folder.
        is_period: Whether the examination covers a period.
    """
    rows = []
    for number, request in enumerate(requests(), start=1):
        counts = request.period if is_period else request.day
        found = tuple(_answering(request, paths))
        rows.append(
            (
                number,
                request.asks,
                counts,
                _standing(request, found, counts).value,
                "\n".join(found),
                _supply(request, found),
            )
        )
    return Table(
        name="request-list",
        title="Request list",
        columns=(
            Column(title="No."),
            Column(title="Request", width=44),
            Column(title="What counts", width=30),
            Column(
                title="Standing",
                width=15,
                tones={
                    Standing.HERE.value: Tone.GOOD,
                    Standing.PARTLY.value: Tone.ATTENTION,
                    Standing.ELSEWHERE.value: Tone.BAD,
                    Standing.NOT_ASKED.value: Tone.QUIET,
                },
            ),
            Column(title="In this package", width=44),
            Column(title="Only the organization can supply", width=44),
        ),
        rows=tuple(rows),
        note="Usual requests about policies, in our own words; an auditor may ask for less or "
        "more. Standing says where an answer is, not that it is enough.",
    )


def _answering(request: Request, paths: Collection[str]) -> Iterator[str]:
    """The files that answer: by name where they are few, else by folder and count."""
    for beginning in request.paths:
        found = sorted(path for path in paths if path.startswith(beginning))
        if len(found) <= _LISTED:
            yield from found
            continue
        folders = Counter(path.rpartition("/")[0] for path in found)
        if beginning.endswith("/"):
            yield f"{beginning} ({len(found)} files)"
        else:
            yield from (f"{folder}/ ({count} files)" for folder, count in folders.items())


def _standing(request: Request, found: tuple[str, ...], counts: str) -> Standing:
    if counts == "not asked":
        return Standing.NOT_ASKED
    if not found:
        return Standing.ELSEWHERE
    return Standing.PARTLY if request.supply else Standing.HERE


def _supply(request: Request, found: tuple[str, ...]) -> str:
    """What is missing; where the package should answer and does not, that is said too."""
    if request.paths and not found:
        nothing = f"nothing of this package stands under {', '.join(request.paths)}"
        return f"{request.supply}; {nothing}" if request.supply else nothing
    return request.supply
