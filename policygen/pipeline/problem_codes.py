"""Problem codes as the package describes them: what each says, what to do, and its family."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from policygen.yaml import yamlfile

if TYPE_CHECKING:
    from policygen.problems import Problem


@cache
def problem_codes() -> dict[str, tuple[str, str]]:
    """What each problem code says and what to do about it, by code."""
    return {code: text for rows in _families().values() for code, text in rows.items()}


def with_hint(problem: Problem) -> Problem:
    """The problem as it is told: with its own hint, or with what its code says to do."""
    if problem.hint is not None or problem.code not in problem_codes():
        return problem
    return replace(problem, hint=problem_codes()[problem.code][1])


@cache
def code_families() -> dict[str, str]:
    """The family of each problem code, which is the file that describes it."""
    return {code: family for family, rows in _families().items() for code in rows}


@cache
def _families() -> dict[str, dict[str, tuple[str, str]]]:
    folder = files("policygen") / "data" / "problems"
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        value = yamlfile.parse_yaml(item.read_text(encoding="utf-8"), item.name).value
        assert isinstance(value, dict)
        rows = found.setdefault(item.name.removesuffix(".yml"), {})
        for code, row in value.items():
            assert isinstance(row, dict)
            rows[str(code)] = (str(row["says"]), str(row["do"]))
    return found
