"""A small workspace on disk: a profile, templates, and what loading and rendering say of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from policygen.checks.run import run_checks
from policygen.load.facts import condition_context, resolve_facts
from policygen.load.registries.registries import package_registries
from policygen.load.templates import load_templates
from policygen.model.profile.root import Profile
from policygen.problems import in_reading_order
from policygen.render.documents import render_documents
from policygen.yaml.yamlfile import parse_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.model.document import Document, Rendering
    from policygen.model.facts import Facts
    from policygen.problems import Problem

PROFILE = """\
schema_version: 1
organization:
  legal_name: Quillwater Software, Inc.
  short_name: Quillwater
  headcount: 42
  archetype: saas
  governing_body: {kind: board}
  time_zone: America/Denver
people:
  - {id: ada, name: Ada Marsh}
  - {id: ben, name: Ben Okoro}
roles: {ceo: {person: ada}, security_officer: {person: ben}}
tsc: {}
"""

STATEMENT = (
    '{{% statement "{id}", control="ACC-04", criteria="CC6.2 CC6.3", owner="system_owner",\n'
    '             evidence="signed review"{more} %}}\n{text}\n{{% endstatement %}}\n'
)


def statement(
    statement_id: str = "AC-19", text: str = "System owners SHALL review access.", more: str = ""
) -> str:
    """A statement tag."""
    return STATEMENT.format(id=statement_id, text=text, more=f", {more}" if more else "")


def front(name: str = "access-control-policy", kind: str = "policy", more: str = "") -> str:
    """Front matter; its lines are 1 to 10 where nothing more is given."""
    approver = "" if kind == "register" else "approver: ceo\n"
    title = name.replace("-", " ").title()
    return (
        f"---\nid: {name}\ntitle: {title}\nkind: {kind}\nowner: security_officer\n{approver}"
        f"primary: [CC6.2]\nsecondary: [CC6.3]\naudience: all workforce\n{more}---\n"
    )


@dataclass(frozen=True, slots=True)
class SmallWorkspace:
    """A folder with a profile and templates."""

    root: Path

    def write(self, path: str, text: str) -> None:
        """Put a text into the folder."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def policy(self, body: str, *, name: str = "access-control-policy", more: str = "") -> None:
        """Put a policy with a body into the folder; the body begins at line 11 plus `more`."""
        self.write(f"policies/{name}.md", front(name, more=more) + body)

    def facts(self) -> Facts:
        """What the profile and the registries say."""
        path = self.root / "organization.yml"
        return _facts_of(path.read_text() if path.is_file() else PROFILE)

    def render(self) -> tuple[Rendering, Facts, tuple[Problem, ...]]:
        """The rendered set, the facts, and problems of templates and rendering."""
        facts = self.facts()
        templates, problems = load_templates(self.root)
        rendering = render_documents(templates, facts, condition_context(facts))
        return rendering, facts, (*problems, *rendering.problems)

    def check(self) -> tuple[Problem, ...]:
        """Every problem of the sources, in reading order."""
        rendering, facts, problems = self.render()
        return in_reading_order((*problems, *run_checks(rendering, facts)))

    def document(self, name: str = "access-control-policy") -> Document:
        """One rendered document; nothing may be wrong with the set."""
        rendering, _, problems = self.render()
        assert problems == ()
        return next(document for document in rendering.documents if document.id == name)


@lru_cache(maxsize=16)
def _facts_of(text: str) -> Facts:
    """Most tests have the same profile, which takes longer to read than their template."""
    file = parse_yaml(text, "organization.yml")
    profile = Profile.model_validate(file.value)
    return resolve_facts(profile, file, package_registries())[0]


def told(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    """Code and place of each problem."""
    return [(problem.code, str(problem.location)) for problem in problems]
