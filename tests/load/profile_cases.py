"""A small profile for tests, and what is told about its variants."""

from __future__ import annotations

from policygen.load.profile.profile import profile_of
from policygen.problems import Problem, in_reading_order
from policygen.yaml.yamlfile import parse_yaml

MINIMAL = """\
schema_version: 1
organization:
  legal_name: Acorn Example, Inc.
  short_name: Acorn
  headcount: 12
  archetype: saas
  time_zone: Europe/Berlin
  governing_body: {kind: owner}
people:
  - {id: ada, name: Ada Quist, start_date: 2020-01-01}
  - {id: ben, name: Ben Osei, start_date: 2020-01-01}
roles:
  ceo: {person: ada, from: 2020-01-01}
tsc: {availability: true}
"""


def judged(text: str) -> list[Problem]:
    return list(profile_of(parse_yaml(text, "organization.yml"))[1])


def told(text: str) -> list[tuple[str, str]]:
    """Code and place of each problem, in reading order."""
    return [
        (problem.code, str(problem.location).removeprefix("organization.yml:"))
        for problem in in_reading_order(judged(text))
    ]


def marked(text: str) -> tuple[str, list[str]]:
    """A text without its marks, and the line and column of each."""
    places = []
    while "§" in text:
        before = text[: text.index("§")]
        places.append(f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}")
        text = text.replace("§", "", 1)
    return text, places
