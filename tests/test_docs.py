"""What the documentation says is so."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from policygen.cli.main import app
from policygen.pipeline.problem_codes import problem_codes

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _verbs() -> list[str]:
    named = [command.name for command in app.registered_commands]
    return [name for name in [*named, *(group.name for group in app.registered_groups)] if name]


@pytest.mark.parametrize("verb", _verbs())
def test_every_verb_stands_in_the_readme(verb: str) -> None:
    assert f"`{verb}`" in README


def test_the_readme_names_no_verb_that_does_not_exist() -> None:
    table = re.findall(r"^\| (`[a-z`, ]+`) \|", README, flags=re.MULTILINE)
    named = {verb for cell in table for verb in re.findall(r"`([a-z]+)`", cell)}
    assert named == set(_verbs())


def test_every_problem_code_stands_in_the_docs() -> None:
    page = (ROOT / "docs" / "problems.md").read_text(encoding="utf-8")
    missing = [code for code in problem_codes() if f"`{code}`" not in page]
    assert missing == [], "run make golden"


@pytest.mark.parametrize(
    "page", sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))), ids=lambda path: path.name
)
def test_links_of_the_documentation_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if not target.startswith(("https://", "mailto:")):
            assert (page.parent / target).exists(), target


def test_the_documentation_and_code_name_no_machine_and_no_registry_host() -> None:
    tracked = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True, check=True
    ).stdout.split()
    forbidden = re.compile(r"(?:^|[\s\"'(=])/(?:work|root|home/\w+)/|pypi\.org|registry\.npmjs")
    for name in tracked:
        path = ROOT / name
        if path.suffix in (".py", ".md", ".yml", ".toml", ".lock", ".sh", ".typ", ".lua", ".css"):
            assert not forbidden.search(path.read_text(encoding="utf-8")), name
