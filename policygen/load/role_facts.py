"""Roles and terms as an organization fills them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen import words
from policygen.model.facts import RoleFact
from policygen.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.model.catalogue import Registries, Role, Value
    from policygen.yaml.yamlfile import YamlFile

_NO_HOLDER_NEEDED = frozenset({"board", "outside_adviser"})
"""Roles outside management: whether they exist is a fact, and texts differ with it."""


def resolve_roles(
    plain: Mapping[str, Value], file: YamlFile, registries: Registries
) -> tuple[dict[str, RoleFact], list[Problem]]:
    """Who carries each role, and what is wrong with the section `roles`.

    A role nobody holds is carried by the first role of its fallback chain that somebody holds,
    followed through the chains of that chain; a vacancy with an acting holder stays where it is.
    """
    filled = _entries(plain.get("roles"))
    held = {role for role, entry in filled.items() if entry.get("person") or entry.get("acting")}
    facts = {
        role.id: _fact(role, filled.get(role.id, {}), held, registries)
        for role in registries.roles.values()
    }
    problems = [*_misnamed(filled, file, registries)]
    empty = [
        fact.role.id
        for fact in facts.values()
        if not (
            fact.role.pseudo
            or fact.filled_by in held
            or fact.vacant_since
            or fact.role.id in _NO_HOLDER_NEEDED
        )
    ]
    if empty:
        listed = words.join_words(empty, "and")
        problems.append(
            Problem(
                code="role-unfilled",
                location=file.location(["roles"]),
                message=f"nobody holds {listed}, and nobody who holds another role stands in",
                hint="Name a person for ceo, or set vacant_since where a role is vacant.",
            )
        )
    return facts, problems


def resolve_terms(
    plain: Mapping[str, Value], file: YamlFile, registries: Registries
) -> tuple[dict[str, str], list[Problem]]:
    """The organization's words by id, ours where it has none.

    A key of `terms` is the id of a term or our word for it.
    """
    terms = dict(registries.terms)
    by_word = {word.casefold(): name for name, word in registries.terms.items()}
    problems = []
    replaced = plain.get("terms")
    for key, word in replaced.items() if isinstance(replaced, dict) else ():
        name = key if key in registries.terms else by_word.get(key.casefold())
        if name is None:
            near = words.nearest(key, (*registries.terms, *registries.terms.values()))
            problems.append(
                Problem(
                    code="term-unknown",
                    location=file.location(["terms", key], of_key=True),
                    message=f'"{key}" is not a word of ours that can be replaced',
                    hint=f"Did you mean {near}?"
                    if near
                    else f"These can: {', '.join(registries.terms)}.",
                )
            )
        elif isinstance(word, str) and word.strip():
            terms[name] = word
    return terms, problems


def _entries(value: Value) -> dict[str, dict[str, Value]]:
    if not isinstance(value, dict):
        return {}
    return {role: entry for role, entry in value.items() if isinstance(entry, dict)}


def _fact(
    role: Role, entry: Mapping[str, Value], held: set[str], registries: Registries
) -> RoleFact:
    person, vacant_since = entry.get("person"), entry.get("vacant_since")
    carrier = role.id if role.pseudo else _carrier(role.id, held, registries, frozenset())
    return RoleFact(
        role=role,
        title=str(entry.get("title") or role.title),
        holder=str(person) if person else None,
        filled_by=carrier or role.id,
        vacant_since=str(vacant_since) if vacant_since else None,
    )


def _carrier(role: str, held: set[str], registries: Registries, seen: frozenset[str]) -> str | None:
    """The first held role along the chain, nearest links first; chains may not go in circles."""
    if role in held:
        return role
    known = registries.roles.get(role)
    chain = known.fallback if known is not None else ()
    for link in chain:
        if link in held:
            return link
    for link in chain:
        if link not in seen:
            found = _carrier(link, held, registries, seen | {role})
            if found is not None:
                return found
    return None


def _misnamed(
    filled: Mapping[str, object], file: YamlFile, registries: Registries
) -> Iterator[Problem]:
    """Roles that do not exist, and people put into roles that are resolved per case."""
    for name in filled:
        role = registries.roles.get(name)
        if role is None:
            near = words.nearest(name, registries.roles)
            yield Problem(
                code="role-unknown",
                location=file.location(["roles", name], of_key=True),
                message=f"{name} is not a role",
                hint=f"Did you mean {near}?"
                if near
                else "Add it under roles in a file of registries/, or remove it.",
            )
        elif role.pseudo and _named_person(filled[name]):
            yield Problem(
                code="role-per-case",
                location=file.location(["roles", name], of_key=True),
                message=f"{name} is {role.resolves}, so no single person can hold it",
                hint="Remove the person; a title may stay.",
            )


def _named_person(entry: object) -> bool:
    return isinstance(entry, dict) and bool(entry.get("person") or entry.get("acting"))
