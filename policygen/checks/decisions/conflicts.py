"""Conflicting duties in one hand: something is done instead, or a waiver says until when not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen import words
from policygen.conflicts import CODE, conflicts_of
from policygen.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.document import Rendering
    from policygen.model.facts import Facts


def conflicting_duties(rendering: Rendering, facts: Facts) -> list[Problem]:
    """Declared conflicts that one person carries and no statement compensates."""
    return [*_unknown_names(facts), *_open(rendering, facts)]


def _unknown_names(facts: Facts) -> Iterator[Problem]:
    for index, row in enumerate(facts.profile.conflicting_duties):
        for at, role in enumerate(row.roles):
            if role not in facts.roles or facts.roles[role].role.pseudo:
                near = words.nearest(role, facts.roles)
                yield Problem(
                    code="conflict-unknown-role",
                    location=facts.place(f"conflicting_duties.{index}.roles.{at}"),
                    message=f"{row.id} names {role}, which is not a role that somebody holds",
                    hint=f"did you mean {near}?" if near else "policygen explain roles lists them.",
                )
        if row.control not in facts.registries.controls:
            yield Problem(
                code="conflict-unknown-control",
                location=facts.place(f"conflicting_duties.{index}.control"),
                message=f"{row.id} names control {row.control}, which no registry holds",
                hint="policygen explain controls lists them.",
            )


def _open(rendering: Rendering, facts: Facts) -> Iterator[Problem]:
    stated = {row.id: row for document in rendering.documents for row in document.record.statements}
    for index, conflict in enumerate(conflicts_of(facts)):
        row = conflict.declared
        instead = stated.get(row.instead)
        if not conflict.people or (instead is not None and instead.applies):
            continue
        why = "no document states it" if instead is None else f"{instead.not_applicable}"
        people = words.join_words(conflict.people, "and")
        yield Problem(
            code=CODE,
            location=facts.place(f"conflicting_duties.{index}"),
            message=f"{row.id}: {people} carries the duties of "
            f"{words.join_words(conflict.titles, 'and')}, and {row.instead}, which is to be done "
            f"instead, does not hold: {why}",
            hint="Part the duties, name with instead: a statement that holds, or waive it for a "
            "while.",
        )
