"""Runs of six words, told by their hashes, so that a text can be known without being kept.

`python -m tests.word_runs < TEXT` prints the hashes of a text, to be added to
`tests/fixtures/wording/runs.txt` by whoever holds a copy of it.
"""

from __future__ import annotations

import hashlib
import re
import sys
from functools import cache
from pathlib import Path

LENGTH = 6
"""Words in a run. Shorter runs are the common stock of the trade."""

RUNS = Path(__file__).parent / "fixtures" / "wording" / "runs.txt"
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_HEX_DIGITS = 10


def words_of(text: str) -> list[str]:
    """Words in small letters, without punctuation, so that a comma hides nothing."""
    return _WORD.findall(text.replace("\u2019", "'").lower())


def runs_of(text: str) -> list[str]:
    """Each run of six words, in order."""
    words = words_of(text)
    return [" ".join(words[at : at + LENGTH]) for at in range(len(words) - LENGTH + 1)]


def hash_of(run: str) -> str:
    """The first ten hex digits of the SHA-256 of a run."""
    return hashlib.sha256(run.encode()).hexdigest()[:_HEX_DIGITS]


@cache
def known_hashes() -> frozenset[str]:
    """The hashes of the texts of others."""
    lines = RUNS.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def runs_of_others(text: str) -> list[str]:
    """The runs of a text that stand in a text of others too."""
    return [run for run in runs_of(text) if hash_of(run) in known_hashes()]


if __name__ == "__main__":
    sys.stdout.writelines(
        f"{line}\n" for line in sorted({*map(hash_of, runs_of(sys.stdin.read()))})
    )
