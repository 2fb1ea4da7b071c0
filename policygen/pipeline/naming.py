"""Naming: what things are and were called, and the documents that differ in nothing but a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen import dialect
from policygen.history.renames import Names, Rename, renames
from policygen.history.versions import newest_approved
from policygen.model.document import Kind
from policygen.model.register import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.document import RecordText
    from policygen.model.facts import Facts
    from policygen.pipeline.situation import Situation


def names_of(found: Situation) -> Names:
    """Names that the profile has now, and names of before.

    Of before are names in the headers of approved texts and at the head of the rows of approved
    registers, and the words that stand where the profile gives none. People are left out: another
    person in a role is no rename.
    """
    registries = found.survey.facts.registries
    before = {role.title for role in registries.roles.values()} | set(registries.terms.values())
    for text in found.judgement.texts.values():
        before |= set(_of_text(text))
    return Names(now=_current(found.survey.facts), before=frozenset(before))


def mechanical(found: Situation) -> dict[str, frozenset[Rename]]:
    """Documents whose working text differs from the newest version in names only, with those names.

    A rename is one class of change over many documents: whoever has read it once has read it in
    all of them.
    """
    names = names_of(found)
    classes: dict[str, frozenset[Rename]] = {}
    for entry in found.register.entries:
        document = found.survey.document(entry.id)
        newest = newest_approved(entry.versions)
        if document is None or newest is None or Flag.DRIFTED not in entry.flags:
            continue
        renamed = renames(newest.text, document.record, names)
        if renamed is not None and newest.is_approval:
            classes[entry.id] = renamed
    return classes


def _current(facts: Facts) -> frozenset[str]:
    profile = facts.profile
    listed = (profile.systems, profile.vendors, profile.services)
    names = {item.name for items in listed for item in items}
    names |= {place.name for place in profile.locations if place.name}
    names |= {role.title for role in facts.roles.values()}
    names |= set(facts.terms.values())
    names |= {profile.organization.legal_name, profile.organization.short_name}
    return frozenset(names)


def _of_text(text: RecordText) -> Iterator[str]:
    header = text.header
    yield from (header.organization, header.short_name, header.owner_title)
    if header.approver_title is not None:
        yield header.approver_title
    if header.kind is Kind.REGISTER:
        for line in text.body.splitlines():
            if line.startswith("|"):
                yield dialect.unescape(dialect.table_cells(line)[0])
