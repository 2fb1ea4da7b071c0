"""Word lists of the package: what not to write, why, and what to write instead."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.yaml import yamlfile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.model.catalogue import Value

_OPTIONAL = re.compile(r"\[[^\]]*\]\??|\w\?|\\\w")
_GROUP = re.compile(r"\([^()]*\)\??")
_FIXED = re.compile(r"[a-z/-]+")
_LONGEST_PHRASE = 60
"""How many characters a phrase may reach before and after its fixed part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One way of writing the words of a row."""

    pattern: re.Pattern[str]
    """Matches in small letters, as whole words, across line ends."""

    fixed: str
    """The longest run of letters in every match: a fast search for it finds all candidates."""

    def spans(self, lowered: str) -> Iterator[tuple[int, int]]:
        """Start and end of each occurrence in a text in small letters."""
        last = 0
        at = lowered.find(self.fixed)
        while at >= 0:
            start = max(last, at - _LONGEST_PHRASE)
            found = self.pattern.search(lowered, start, at + _LONGEST_PHRASE)
            if found is not None:
                yield found.span()
                last = found.end()
            at = lowered.find(self.fixed, max(at + 1, last))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Words that are better not written, or that a text must earn."""

    phrases: tuple[Phrase, ...]
    why: str
    """What is wrong with them, continuing a sentence that opens with the words."""

    better: str
    """What to write instead, as a sentence; empty where the list gives none."""

    when: str
    """A condition under which the words are in place; empty where there is none."""

    def spans(self, lowered: str) -> Iterator[tuple[int, int]]:
        """Start and end of each occurrence in a text in small letters."""
        for phrase in self.phrases:
            yield from phrase.spans(lowered)


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
    return Wording(
        phrases=tuple(_phrase(str(words), str(row.get("fixed") or "")) for words in listed),
        why=str(row.get("why") or ""),
        better=str(row.get("better") or ""),
        when=str(row.get("when") or ""),
    )


def _phrase(words: str, fixed: str) -> Phrase:
    body = words.replace(" ", r"\s+")
    pattern = re.compile(rf"(?<![\w-])(?:{body})(?![\w-])")
    return Phrase(pattern=pattern, fixed=fixed or _fixed_part(words))


def _fixed_part(words: str) -> str:
    """The longest run of letters outside of groups and optional parts."""
    rest = words
    while (shorter := _GROUP.sub(" ", rest)) != rest:
        rest = shorter
    runs: list[str] = _FIXED.findall(_OPTIONAL.sub(" ", rest))
    return max(reversed(runs), key=len)
