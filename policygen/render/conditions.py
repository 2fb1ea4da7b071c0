"""Conditions of front matter and statements: read, and their names held against the registries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen import words
from policygen.conditions.condition import ConditionError, parse_condition, unknown_names
from policygen.model.profile.root import profile_fields
from policygen.problems import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.catalogue import Registries
    from policygen.model.template import Template


def condition_problems(
    text: str, place: Location, registries: Registries, *, exact: bool
) -> list[Problem]:
    """What is wrong with one condition.

    Args:
        text: The condition.
        place: Where it stands.
        registries: Parameters and roles it may ask for.
        exact: Whether `place` is its first character, so that columns within it can be told.
    """
    try:
        condition = parse_condition(text)
    except ConditionError as error:
        return [
            Problem(
                code="condition-syntax",
                location=_within(place, error.column, exact=exact),
                message=f"the condition {text[:80]} cannot be read: {error}",
                hint="docs/templates.md describes conditions.",
            )
        ]
    known = {"parameter": registries.parameters, "role": registries.roles}
    problems = []
    for unknown in unknown_names(
        condition, profile_fields(), registries.parameters, registries.roles
    ):
        near = words.nearest(unknown.name, known.get(unknown.kind, profile_fields()))
        problems.append(
            Problem(
                code="condition-unknown-name",
                location=_within(place, unknown.column, exact=exact),
                message=f"the condition asks for {unknown.name}, which is not a {unknown.kind} "
                "that is declared",
                hint=f"did you mean {near}?"
                if near
                else "docs/templates.md tells what conditions ask.",
            )
        )
    return problems


def front_matter_conditions(template: Template) -> Iterator[tuple[str, str]]:
    """Key and text of every condition in a template's front matter, taken or not."""
    front = template.front
    yield "include_when", front.include_when
    for name in ("owner_when", "approver_when", "variant"):
        for index, row in enumerate(getattr(front, name)):
            yield f"{name}.{index}.when", row.when
    for criterion, text in front.primary_when.items():
        yield f"primary_when.{criterion}", text


def front_matter_problems(template: Template, registries: Registries) -> list[Problem]:
    """What is wrong with the conditions of a template's front matter."""
    problems = []
    for key, text in front_matter_conditions(template):
        place, exact = _first_character(template, template.place(key), text)
        problems += condition_problems(text, place, registries, exact=exact)
    return problems


def _first_character(template: Template, place: Location, text: str) -> tuple[Location, bool]:
    """Where the text of a scalar begins, inside its quotes; not exact where it is folded."""
    if place.line is None or place.column is None:
        return place, False
    lines = template.text.split("\n")
    written = lines[place.line - 1][place.column - 1 :] if place.line <= len(lines) else ""
    if written[:1] in ('"', "'") and written[1:].startswith(text):
        return Location(place.path, place.line, place.column + 1), True
    return place, written.startswith(text)


def _within(place: Location, column: int, *, exact: bool) -> Location:
    if not exact or place.column is None:
        return place
    return Location(place.path, place.line, place.column + column - 1)
