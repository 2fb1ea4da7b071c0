"""Statements name what exists: one id each, a control, criteria, an owner."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from policygen.problems import Location, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Collection

    from policygen.model.document import Declaration, Rendering
    from policygen.model.facts import Facts

_LISTS = {"control": "controls", "criterion": "criteria", "role": "roles"}
"""What `policygen explain` calls the lists."""


def unknown_names(rendering: Rendering, facts: Facts) -> list[Problem]:
    """Controls, criteria and owners that no registry holds."""
    registries = facts.registries
    problems = []
    for declaration in rendering.declared:
        named = (
            ("control", [declaration.attributes.get("control", "")], registries.controls),
            ("criterion", declaration.attributes.get("criteria", "").split(), registries.criteria),
            ("role", [declaration.attributes.get("owner", "")], registries.roles),
        )
        for kind, names, known in named:
            problems += [
                _unknown(declaration, kind, name, known)
                for name in names
                if name and name not in known
            ]
    return problems


def _unknown(declaration: Declaration, kind: str, name: str, known: Collection[str]) -> Problem:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return Problem(
        code=f"statement-unknown-{kind}",
        location=declaration.location,
        message=f"{declaration.id} names {kind} {name}, which no registry holds",
        hint=f"did you mean {near[0]}?"
        if near
        else f"policygen explain {_LISTS[kind]} lists them.",
    )


def duplicate_ids(rendering: Rendering, _facts: Facts) -> list[Problem]:
    """A statement id that two tags use."""
    seen: dict[str, Declaration] = {}
    problems = []
    for declaration in rendering.declared:
        first = seen.setdefault(declaration.id, declaration)
        if first is not declaration:
            problems.append(
                Problem(
                    code="statement-duplicate-id",
                    location=declaration.location,
                    message=f"{declaration.id} is also stated at {first.location}",
                    hint="Give this one the next free number of its series.",
                )
            )
    return problems


def retired_ids(rendering: Rendering, _facts: Facts) -> list[Problem]:
    """A statement id that some document retired."""
    retired = {
        statement: plan.template
        for plan in rendering.plans
        for statement in plan.template.front.retired
    }
    return [
        Problem(
            code="statement-retired-id",
            location=declaration.location,
            message=f"{declaration.id} was retired in {retired[declaration.id].path}",
            hint="Ids are never used again: an old matrix would point at the wrong sentence.",
        )
        for declaration in rendering.declared
        if declaration.id in retired
    ]


def criteria_of_the_document(rendering: Rendering, _facts: Facts) -> list[Problem]:
    """A criterion that a statement serves and its document does not claim."""
    claimed = {
        plan.id: {*plan.template.front.primary, *plan.template.front.secondary}
        for plan in rendering.plans
    }
    return [
        Problem(
            code="statement-criterion-not-claimed",
            severity=Severity.WARNING,
            location=declaration.location,
            message=f"{declaration.id} serves {criterion}, which the front matter does not list",
            hint="Add it to primary or secondary.",
        )
        for declaration in rendering.declared
        for criterion in declaration.attributes.get("criteria", "").split()
        if criterion not in claimed.get(declaration.document, set())
    ]


def unknown_hours(rendering: Rendering, facts: Facts) -> list[Problem]:
    """A statement that hours are given for and no template states."""
    stated = {declaration.id for declaration in rendering.declared}
    return [
        Problem(
            code="statement-hours-unknown",
            location=Location("organization.yml"),
            message=f"duty_hours names {name}, which no template states",
            hint="Remove it, or name the id that is meant; policygen duties lists them.",
        )
        for name in facts.profile.duty_hours
        if name not in stated
    ]


def ids_of_controls(rendering: Rendering, facts: Facts) -> list[Problem]:
    """A statement id that is also the id of a control: one name for two things."""
    return [
        Problem(
            code="statement-id-of-control",
            location=declaration.location,
            message=f"{declaration.id} is the id of a control as well",
            hint="Choose a series of letters that no control uses.",
        )
        for declaration in rendering.declared
        if declaration.id in facts.registries.controls
    ]
