"""Binding: which documents an organization has as one, and who owns and approves the whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen import words
from policygen.model.document import Kind
from policygen.model.template import Volume
from policygen.problems import Location, Problem, Severity
from policygen.render.own_words import OwnWords

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from policygen.model.facts import Facts
    from policygen.model.template import DocumentPlan

_CLASSES = ("public", "internal", "restricted")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """One merged document as it was chosen, by the organization or by its bundle."""

    id: str
    title: str
    of: tuple[str, ...]
    owner: str
    approver: str
    key: str
    """Where it is chosen in the profile, e.g. `documents.merges.0`."""


def bind(
    plans: Sequence[DocumentPlan], facts: Facts, holds: Callable[[str], bool]
) -> tuple[tuple[Volume, ...], tuple[Problem, ...]]:
    """The merged documents of an organization, and what is wrong with its choice.

    Merges of its own come first; the bundle binds what they leave. A document that is left out is
    passed over, and so is a merged document of which nothing is left.

    Args:
        plans: All templates.
        facts: The profile with its choice.
        holds: Whether a condition holds.
    """
    known = {plan.id: plan for plan in plans}
    own = [
        _Choice(
            id=row.id, title=row.title, of=row.of, owner=row.owner, approver=row.approver,
            key=f"documents.merges.{index}",
        )
        for index, row in enumerate(facts.profile.documents.merges)
    ]  # fmt: skip
    problems = [*_faults(own, known, facts)]
    faulty = {problem.location for problem in problems}
    sound = [row for row in own if not _is_faulty(row, facts, faulty)]
    taken = {name for row in sound for name in row.of}
    of_bundle = [*_of_bundle(facts, holds, taken, {*known, *(row.id for row in sound)})]
    choices = [*sound, *of_bundle]
    own_words = OwnWords(facts)
    volumes = [_volume(row, known, facts, own_words) for row in choices]
    bound = tuple(volume for volume in volumes if volume is not None)
    return bound, (*problems, *_roles_unknown([*own, *of_bundle], facts), *_hidden(bound))


def _of_bundle(
    facts: Facts, holds: Callable[[str], bool], taken: set[str], ids: set[str]
) -> Iterator[_Choice]:
    for row in facts.registries.bundles[facts.profile.documents.bundle]:
        cases = (role for when, role in row.approver_when if holds(when))
        left = tuple(name for name in row.of if name not in taken)
        if left and row.id not in ids:
            yield _Choice(
                id=row.id,
                title=row.title,
                of=left,
                owner=row.owner,
                approver=next(cases, row.approver),
                key="documents.bundle",
            )


def _volume(
    choice: _Choice, known: Mapping[str, DocumentPlan], facts: Facts, own_words: OwnWords
) -> Volume | None:
    parts = [known[name] for name in choice.of if name in known and known[name].included]
    if not parts:
        return None
    fronts = [part.template.front for part in parts]
    override = facts.profile.documents.overrides.get(choice.id)
    audiences = [own_words.audience(front.id, front.audience) for front in fronts]
    if override and override.audience:
        audiences = [words.join_words(override.audience, "and")]
    return Volume(
        id=choice.id,
        title=choice.title,
        kind=Kind.POLICY if any(front.kind == "policy" for front in fronts) else Kind.PROCEDURE,
        owner=_filled((override and override.owner) or choice.owner, facts),
        approver=_filled((override and override.approver) or choice.approver, facts),
        parts=tuple(parts),
        audience="; ".join(dict.fromkeys(audiences)),
        acknowledge=any(front.acknowledge for front in fronts),
        classification=max((front.classification for front in fronts), key=_CLASSES.index),
        review_months=min(part.review_months for part in parts),
        location=facts.place(choice.key),
    )


def _filled(role: str, facts: Facts) -> str:
    fact = facts.roles.get(role)
    return role if fact is None else fact.filled_by


def _is_faulty(choice: _Choice, facts: Facts, faulty: set[Location | None]) -> bool:
    keys = [f"{choice.key}.id", f"{choice.key}.title"]
    keys += [f"{choice.key}.of.{index}" for index in range(len(choice.of))]
    return any(facts.place(key) in faulty for key in keys)


def _faults(
    own: Sequence[_Choice], known: Mapping[str, DocumentPlan], facts: Facts
) -> Iterator[Problem]:
    """What makes a merge of the organization impossible."""
    ids = Counter(row.id for row in own)
    seen: dict[str, str] = {}
    for row in own:
        if row.id in known or ids[row.id] > 1:
            other = "a document of the library" if row.id in known else "another merged document"
            yield Problem(
                code="merge-id-taken",
                location=facts.place(f"{row.key}.id"),
                message=f"{row.id} is already the id of {other}",
                hint="A merged document has an id of its own, since it is approved on its own.",
            )
        for index, name in enumerate(row.of):
            place = facts.place(f"{row.key}.of.{index}")
            plan = known.get(name)
            if plan is None:
                near = words.nearest(name, known)
                yield Problem(
                    code="merge-unknown-document",
                    location=place,
                    message=f"{row.id} binds {name}, which is not a document of this workspace",
                    hint=f"did you mean {near}?"
                    if near
                    else "policygen explain documents lists them.",
                )
            elif plan.template.kind is Kind.REGISTER:
                yield Problem(
                    code="merge-register",
                    location=place,
                    message=f"{row.id} binds {name}, which is a register",
                    hint="A register changes often and would reopen the approval of the rest.",
                )
            elif name in seen:
                yield Problem(
                    code="merge-twice",
                    location=place,
                    message=f"{name} is bound into {seen[name]} already",
                    hint="A statement stands once, so a document is part of one other at most.",
                )
            elif plan.template.front.title == row.title:
                yield Problem(
                    code="merge-title",
                    location=facts.place(f"{row.key}.title"),
                    message=f"{row.id} has the title of {name}, which it binds",
                    hint="Name the whole otherwise, so that a link to the part finds its section.",
                )
            seen.setdefault(name, row.id)


def _roles_unknown(choices: Sequence[_Choice], facts: Facts) -> Iterator[Problem]:
    for row in choices:
        override = facts.profile.documents.overrides.get(row.id)
        for key in ("owner", "approver"):
            role = (override and getattr(override, key)) or getattr(row, key)
            fact = facts.roles.get(role)
            if fact is None or fact.role.pseudo:
                changed = override and getattr(override, key)
                where = f"documents.overrides.{row.id}" if changed else row.key
                yield Problem(
                    code="merge-unknown-role",
                    location=facts.place(f"{where}.{key}"),
                    message=f'{key} "{role}" of {row.id} is not a role that can own or approve '
                    "documents",
                    hint="policygen explain roles lists them.",
                )


def _hidden(volumes: Sequence[Volume]) -> Iterator[Problem]:
    """Documents for everybody that disappear into a restricted one."""
    for volume in volumes:
        classes = {part.template.front.classification for part in volume.parts}
        if "restricted" in classes and len(classes) > 1:
            yield Problem(
                code="merge-restricted",
                severity=Severity.WARNING,
                location=volume.location,
                message=f"{volume.id} is restricted as one of its parts is, so nobody else can "
                "read the others",
                hint="Leave the restricted document on its own.",
            )
