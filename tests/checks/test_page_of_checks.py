"""The page about checks names only codes and tests that there are, and every check."""

from __future__ import annotations

import re
from pathlib import Path

from policygen.checks.run import CHECKS
from policygen.pipeline.problem_codes import problem_codes

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")


def test_every_code_on_the_page_is_described() -> None:
    codes = set(re.findall(r"`([a-z]+-[a-z-]+)`", PAGE))
    assert sorted(codes - set(problem_codes())) == []


def test_every_test_on_the_page_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    texts = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    assert [name for name in sorted(named) if f"def {name}(" not in texts] == []


def test_the_page_lists_18_findings_and_names_every_room_of_wording() -> None:
    assert re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE) == [str(n) for n in range(1, 19)]
    rooms = {check.__module__.rpartition(".")[2] for check in CHECKS}
    older = {"blocks", "links", "parameters"}
    """They hold the dialect and the registry, which no finding is about."""
    assert [room for room in sorted(rooms - older) if f"`{room}`" not in PAGE] == []
