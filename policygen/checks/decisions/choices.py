"""Choices about documents: what is left out, included, overridden or declared as own exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen import words
from policygen.problems import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.document import Declaration, Rendering
    from policygen.model.facts import Facts
    from policygen.model.profile.choices import OwnDocument
    from policygen.model.template import DocumentPlan
    from policygen.problems import Location


def unknown_documents(rendering: Rendering, facts: Facts) -> list[Problem]:
    """An id under `documents` that no template and no merged document has."""
    known = {plan.id for plan in rendering.plans}
    whole = known | {volume.id for volume in rendering.volumes}
    problems = []
    for key, name in _named(facts):
        may_be = whole if key.startswith("documents.overrides") else known
        if name in may_be:
            continue
        near = words.nearest(name, may_be)
        problems.append(
            Problem(
                code="documents-unknown",
                location=facts.place(key),
                message=f"{key.split('.')[1]} names {name}, which is not a document of this "
                "workspace",
                hint=f"did you mean {near}?" if near else "policygen explain documents lists them.",
            )
        )
    return problems


def _named(facts: Facts) -> Iterator[tuple[str, str]]:
    chosen = facts.profile.documents
    for index, row in enumerate(chosen.exclude):
        yield f"documents.exclude.{index}.id", row.id
    for index, name in enumerate(chosen.include):
        yield f"documents.include.{index}", name
    for index, name in enumerate(chosen.shareable):
        yield f"documents.shareable.{index}", name
    for name in chosen.overrides:
        yield f"documents.overrides.{name}", name


def own_documents(rendering: Rendering, facts: Facts) -> list[Problem]:
    """A document declared as own that is missing, comes with the library, or says otherwise."""
    plans = {plan.id: plan for plan in rendering.plans}
    problems = []
    for index, row in enumerate(facts.profile.documents.own):
        key = f"documents.own.{index}"
        plan = plans.get(row.id)
        if plan is None:
            folder = {"policy": "policies", "procedure": "procedures"}.get(
                row.kind, "procedures/registers"
            )
            problems.append(
                Problem(
                    code="own-document-missing",
                    location=facts.place(f"{key}.id"),
                    message=f"{row.id} is declared as an own document, but {folder}/{row.id}.md "
                    "is not there",
                    hint="Write it as docs/templates.md shows, or remove the entry.",
                )
            )
            continue
        for part, fault in _differences(row, plan):
            problems.append(
                Problem(
                    code="own-document-differs",
                    location=facts.place(f"{key}.{part}"),
                    message=f"{row.id} {fault}",
                    hint=f"Correct the entry or the front matter of {plan.template.path}.",
                )
            )
    return problems


def _differences(row: OwnDocument, plan: DocumentPlan) -> Iterator[tuple[str, str]]:
    front = plan.template.front
    if not plan.template.own:
        yield "id", "comes with the library, so it is not an own document"
    if row.title != front.title:
        yield "title", f'is declared as "{row.title}", but its title is "{front.title}"'
    if row.kind != front.kind:
        yield "kind", f"is declared as a {row.kind}, but is a {front.kind}"
    claimed = {*front.primary, *front.secondary}
    if set(row.criteria) != claimed:
        found = words.join_words(sorted(claimed), "and") or "none"
        said = words.join_words(sorted(row.criteria), "and") or "none"
        yield "criteria", f"is declared with the criteria {said}, but claims {found}"


def coverage_of_left_out_documents(rendering: Rendering, facts: Facts) -> list[Problem]:
    """Controls and criteria under which nothing is left, because a document is left out."""
    applying = [
        row for document in rendering.texts for row in document.record.statements if row.applies
    ]
    controls = {row.control for row in applying}
    criteria = {name for row in applying for name in row.criteria}
    plans = {plan.id: plan for plan in rendering.plans}
    problems = []
    for index, row in enumerate(facts.profile.documents.exclude):
        plan = plans.get(row.id)
        if plan is None or not plan.left_out:
            continue
        duties = [one for one in rendering.declared if one.document == row.id]
        named = dict.fromkeys(name for one in duties for name in _criteria(one, facts))
        lost = [
            *dict.fromkeys(_missing(one.attributes.get("control", ""), controls) for one in duties),
            *(f"criterion {name}" for name in named if name not in criteria),
        ]
        main = [name for name in plan.primary if _is_main_nowhere(name, plan, rendering, facts)]
        for what, names in (
            ("statement under", [name for name in lost if name]),
            (f"{plan.template.front.kind} that has as a main criterion", main),
        ):
            if names:
                problems.append(
                    _lost(row.id, what, names, facts.place(f"documents.exclude.{index}.id"))
                )
    return problems


def _lost(document: str, what: str, names: list[str], place: Location) -> Problem:
    return Problem(
        code="documents-left-out-coverage",
        severity=Severity.WARNING,
        location=place,
        message=f"leaving out {document} leaves no {what} {words.join_words(names, 'and')}",
        hint="Keep it, or state the duties elsewhere; the matrix shows a gap.",
    )


def _is_main_nowhere(name: str, plan: DocumentPlan, rendering: Rendering, facts: Facts) -> bool:
    """Whether no document of the same kind is left that has a criterion as a main one."""
    others = (other for other in rendering.plans if other.included)
    return _is_examined(name, facts) and not any(
        name in other.primary and other.template.kind is plan.template.kind for other in others
    )


def _criteria(declaration: Declaration, facts: Facts) -> list[str]:
    names = declaration.attributes.get("criteria", "").split()
    return [name for name in names if _is_examined(name, facts)]


def _missing(control: str, held: set[str]) -> str:
    return f"control {control}" if control and control not in held else ""


def _is_examined(name: str, facts: Facts) -> bool:
    criterion = facts.registries.criteria.get(name)
    return criterion is not None and bool(getattr(facts.profile.tsc, criterion.category))
