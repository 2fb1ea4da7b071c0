"""Naming: what things are and were called, and the documents that differ in nothing but a name."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from policygen.gitrepo.branch import versions_between
from policygen.history.approving.renames import Names, Rename, renames
from policygen.history.register.versions import newest_approved
from policygen.load.profile.profile import PROFILE
from policygen.model.document import Kind
from policygen.model.register import Flag
from policygen.pipeline.sources.past import profile_in
from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.document import RecordText
    from policygen.model.facts import Facts
    from policygen.model.profile.root import Profile
    from policygen.pipeline.situation import Situation


def names_of(found: Situation) -> Names:
    """Names that the profile has now, and names of before.

    Of before are names in the headers of approved texts and at the head of the rows of approved
    registers, names in profiles since the approvals that the working text has left behind, and the
    words that stand where the profile gives none. People are left out: another person in a role is
    no rename.
    """
    registries = found.survey.facts.registries
    before = {role.title for role in registries.roles.values()} | set(registries.terms.values())
    for text in found.judgement.texts.values():
        before |= set(_of_text(text))
    for data in _earlier_profiles(found):
        before |= _names_in(data)
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
    titles = {role.title for role in facts.roles.values()}
    return frozenset(_named_in(facts.profile) | titles | set(facts.terms.values()))


def _earlier_profiles(found: Situation) -> Iterator[bytes]:
    """Texts of the profile on the default branch since the oldest approval that has drifted.

    Where nothing has drifted none is read.
    """
    moments = [
        newest.approved_at
        for entry in found.register.entries
        if Flag.DRIFTED in entry.flags
        and (newest := newest_approved(entry.versions)) is not None
        and newest.approved_at is not None
    ]
    line = found.repository.default_branch() if found.repository and moments else ()
    if found.repository is None or not line:
        return
    for _, data in versions_between(found.repository, min(moments), line[0], PROFILE):
        if data is not None:
            yield data


@lru_cache(maxsize=64)
def _names_in(data: bytes) -> frozenset[str]:
    """Names in a text of the profile; one text is read once, however many people approve."""
    profile = profile_in(data)
    return frozenset() if profile is None else frozenset(_named_in(profile))


def _named_in(profile: Profile) -> set[str]:
    """Names that a profile gives, of everything but people."""
    listed = (profile.systems, profile.vendors, profile.services)
    names = {item.name for items in listed for item in items}
    names |= {place.name for place in profile.locations if place.name}
    names |= {held.title for held in profile.roles.values() if held.title}
    names |= set(profile.terms.values())
    return names | {profile.organization.legal_name, profile.organization.short_name}


def _of_text(text: RecordText) -> Iterator[str]:
    header = text.header
    yield from (header.organization, header.short_name, header.owner_title)
    if header.approver_title is not None:
        yield header.approver_title
    if header.kind is Kind.REGISTER:
        for line in text.body.splitlines():
            if line.startswith("|"):
                yield dialect.unescape(dialect.table_cells(line)[0])
