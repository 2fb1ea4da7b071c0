"""Word lists of the package: what not to write, why, and what to write instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from policygen import yamlfile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policygen.model.catalogue import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Words that are better not written, or that a text must earn."""

    pattern: re.Pattern[str]
    """Matches the words as whole words, across line ends."""

    why: str
    """What is wrong with them, continuing a sentence that opens with the words."""

    better: str
    """What to write instead, as a sentence; empty where the list gives none."""

    when: str
    """A condition under which the words are in place; empty where there is none."""


@cache
def word_list(name: str) -> tuple[Wording, ...]:
    """The rows of one list of `data/wording.yml`.

    Args:
        name: Section of the file, e.g. `untestable`.
    """
    return tuple(_wording(row) for row in _sections()[name])


@cache
def _sections() -> Mapping[str, list[dict[str, Value]]]:
    return yamlfile.read_rows(Path(str(files("policygen") / "data" / "wording.yml")))


def _wording(row: Mapping[str, Value]) -> Wording:
    listed = row.get("words") or row.get("figures")
    assert isinstance(listed, list)
    either = "|".join(str(words).replace(" ", r"\s+") for words in listed)
    # A list that opens with a bracket or ends in one has no letter to stand at the edge.
    return Wording(
        pattern=re.compile(rf"(?<![\w-])(?:{either})(?![\w-])|(?<=\w)(?:{either})(?!\w)", re.I)
        if any(str(words).startswith("(?<=") for words in listed)
        else re.compile(rf"(?<![\w-])(?:{either})(?![\w-])", re.I),
        why=str(row.get("why") or row.get("reason") or ""),
        better=str(row.get("better") or ""),
        when=str(row.get("when") or ""),
    )
