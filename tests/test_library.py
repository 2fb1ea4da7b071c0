"""The shipped library: it states no fact, and every document comes out right for the example."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policygen.problems import has_errors
from policygen.yaml import yamlfile

if TYPE_CHECKING:
    from policygen.pipeline.sources.survey import Survey

ROOT = Path(__file__).parents[1]
TEMPLATES = sorted((*ROOT.glob("policies/*.md"), *ROOT.glob("procedures/**/*.md")))
RENDERED = sorted(ROOT.glob("rendered/**/*.md"))


@cache
def _facts_of_the_example() -> set[str]:
    profile = yamlfile.read_yaml(ROOT / "organization.yml", "organization.yml").value
    assert isinstance(profile, dict)
    organization = profile["organization"]
    assert isinstance(organization, dict)
    named = {str(organization["legal_name"]), str(organization["short_name"])}
    for part in ("people", "systems", "vendors"):
        rows = profile[part]
        assert isinstance(rows, list)
        named |= {str(row["name"]) for row in rows if isinstance(row, dict)}
    return named


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_template_states_no_fact_of_the_example(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert [fact for fact in sorted(_facts_of_the_example()) if fact in text] == []


@pytest.mark.parametrize("rendered", RENDERED, ids=lambda path: path.stem)
def test_rendered_text_reads_as_written_by_a_person(rendered: Path) -> None:
    body = rendered.read_text(encoding="utf-8").split("\n---\n", 1)[1]
    prose = re.sub(r"`[^`]*`|\]\([^)]*\)", "", body)
    assert not re.search(r"\b(\w+) \1\b(?!-)", prose.replace("\n", " ")), "a word twice"
    assert not re.search(r"(?<=\w)\(s\)|\band/or\b|\betc\.", prose), "a flourish of forms"
    assert not re.search(r"\b1 (?:hours|days|months|years|minutes|times)\b", prose), "plural"
    assert not re.search(r"(?<![|\s])  (?!\s)|\s[,;.](?:\s|$)", prose), "stray space"


def test_statement_ids_are_unique_over_the_whole_library(library_survey: Survey) -> None:
    ids = [declared.id for declared in library_survey.rendering.declared]
    assert len(ids) == len(set(ids))


def test_the_example_checks_clean(library_survey: Survey) -> None:
    assert not has_errors(library_survey.problems)
