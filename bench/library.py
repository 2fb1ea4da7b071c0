"""Larger libraries for measuring: the shipped one, copied with other ids as often as needed."""

from __future__ import annotations

import re
import shutil
import string
from typing import TYPE_CHECKING

from policygen.load.library import library_root
from policygen.load.templates import FOLDERS

if TYPE_CHECKING:
    from pathlib import Path

_STATEMENT = re.compile(r'{%-? *statement "([A-Z]{2,5}-\d{2,3})"')
_LETTERS = 5


def make_library(target: Path, documents: int) -> Path:
    """A library with so many templates, at least all that are shipped, then copies of them.

    Copies link to the originals and state statements of their own.
    """
    shipped = library_root()
    shutil.copytree(shipped / "overrides", target / "overrides")
    for name in ("mkdocs.yml", "organization.yml"):
        shutil.copy(shipped / name, target / name)
    sources = [
        (folder, path) for folder in FOLDERS for path in sorted((shipped / folder).glob("*.md"))
    ]
    for folder in FOLDERS:
        (target / folder).mkdir(parents=True, exist_ok=True)
    prefixes: dict[tuple[int, str], str] = {}
    for number in range(max(documents, len(sources))):
        folder, path = sources[number % len(sources)]
        round_ = number // len(sources)
        text = path.read_text(encoding="utf-8")
        name = path.stem
        if round_:
            text, name = _copy(text, name, round_, prefixes)
        (target / folder / f"{name}.md").write_text(text, encoding="utf-8")
    return target


def _copy(
    text: str, name: str, round_: int, prefixes: dict[tuple[int, str], str]
) -> tuple[str, str]:
    fresh = f"{name[:50]}-copy-{round_}"
    text = text.replace(f"\nid: {name}\n", f"\nid: {fresh}\n", 1)
    text = re.sub(r"\ntitle: (.*)\n", rf"\ntitle: \1 {round_}\n", text, count=1)
    text = re.sub(r"\nretired:(?:\n .*)+", "", text)
    for statement in dict.fromkeys(_STATEMENT.findall(text)):
        prefix, _, digits = statement.partition("-")
        letters = prefixes.setdefault((round_, prefix), _prefix(len(prefixes)))
        text = re.sub(rf"\b{statement}\b", f"{letters}-{digits}", text)
    return text, fresh


def _prefix(number: int) -> str:
    """Five letters that no document of the library uses."""
    letters = "Q"
    for _ in range(_LETTERS - 1):
        number, rest = divmod(number, len(string.ascii_uppercase))
        letters += string.ascii_uppercase[rest]
    return letters


def one_sentence(root: Path, number: int) -> Path:
    """Change one sentence of one policy; gives its path."""
    path = root / "policies" / "access-control-policy.md"
    text = path.read_text(encoding="utf-8")
    sentence = f"## Purpose\n\nThis sentence was changed {number} times."
    text = re.sub(
        r"## Purpose\n\n(?:This sentence was changed \d+ times\.)?", sentence, text, count=1
    )
    path.write_text(text, encoding="utf-8")
    return path
