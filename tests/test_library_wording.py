"""The library's wording is its own, and claims nothing that is an examiner's to say."""

from __future__ import annotations

import re
from pathlib import Path

from tests.word_runs import hash_of, known_hashes, runs_of, runs_of_others

ROOT = Path(__file__).parents[1]
TEXTS = sorted(
    (
        *ROOT.glob("rendered/**/*.md"),
        *ROOT.glob("policies/*.md"),
        *ROOT.glob("procedures/**/*.md"),
        *ROOT.glob("policygen/data/*.yml"),
    )
)
PAGES = (ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md")))
CLAIMS = re.compile(
    r"\b(?:(?:non-?)?complian(?:t|tly)|certified|certifications?|in compliance with"
    r"|fully compl(?:y|ies)|best[- ]practices?|industry[- ](?:standard|leading))\b",
    re.IGNORECASE,
)
LISTS_THE_WORDS = ROOT / "policygen" / "data" / "wording.yml"
"""The list of words to avoid names them."""

_TAG = re.compile(r"\{[%{#].*?[%}#]\}", re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_BLOCK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*|#>]|\d+\.))|\|")
_CANARY = "Then a heron in the reeds keeps the minutes, of the pond."


def _blocks(path: Path) -> list[str]:
    """What is read as one piece: a paragraph, an item, a cell, or one text of a registry."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".yml":
        return _QUOTED.findall(text)
    return [block for piece in _TAG.split(text) for block in _BLOCK.split(piece)]


def test_runs_of_words_of_others_are_found_whatever_stands_between_them() -> None:
    assert runs_of_others(_CANARY) == [
        "a heron in the reeds keeps",
        "heron in the reeds keeps the",
        "in the reeds keeps the minutes",
        "the reeds keeps the minutes of",
        "reeds keeps the minutes of the",
        "keeps the minutes of the pond",
    ]
    assert runs_of_others("A heron in the reeds reads the minutes of the pond.") == []


def test_the_hashes_are_of_the_runs_that_stock_tools_hash() -> None:
    # printf 'a heron in the reeds keeps' | sha256sum | cut -c1-10
    assert hash_of("a heron in the reeds keeps") == "aa23ac3bc9"
    assert len(known_hashes()) > 13_000
    assert all(re.fullmatch(r"[0-9a-f]{10}", line) for line in known_hashes())


def test_no_text_of_the_library_repeats_six_words_of_the_standards() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {run}"
        for path in (*TEXTS, *PAGES)
        for block in _blocks(path)
        for run in runs_of_others(block)
    }
    assert found == set(), "say it in words of our own"


def test_enough_is_read_for_the_comparison_to_mean_something() -> None:
    read = sum(len(runs_of(block)) for path in TEXTS for block in _blocks(path))
    assert read > 100_000


def test_no_text_claims_what_only_an_examiner_may_say() -> None:
    claimed = {
        f"{path.relative_to(ROOT)}: {found}"
        for path in TEXTS
        if path != LISTS_THE_WORDS
        for found in CLAIMS.findall(path.read_text(encoding="utf-8"))
    }
    assert claimed == set()
