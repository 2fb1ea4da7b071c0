"""Turns: which person each waiting document waits for, so that nobody is sent into a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.history.consents.witness import drafters_since
from policygen.history.trust.rosters import people_by_mail
from policygen.model.register import Flag, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policygen.model.document import Document
    from policygen.model.register import Entry
    from policygen.pipeline.situation import Situation

SECOND_PERSONS = ("ceo", "board", "outside_adviser")
"""Who consents first where the approver drafted the text alone, in this order."""


def whose_turn(found: Situation) -> dict[str, str | None]:
    """Person id by document that waits for approval; None where nobody can be named.

    Where the holder of the approving role is the only drafter, somebody else consents first: the
    chief executive, then the governing body.
    """
    waiting = {
        entry.id: entry
        for entry in found.register.entries
        if entry.working_sha256 is not None
        and (entry.state in (State.DRAFT, State.IN_REVIEW) or Flag.DRIFTED in entry.flags)
    }
    drafters = working_drafters(found, {name: _document(found, name) for name in waiting})
    people = people_by_mail(found.survey.facts.profile)
    return {
        name: _next_person(found, entry, _persons(drafters.get(name, frozenset()), people))
        for name, entry in waiting.items()
    }


def working_drafters(
    found: Situation, documents: Mapping[str, Document | None]
) -> dict[str, frozenset[str]]:
    """Git mails of who drafted the working text of documents since their newest approval."""
    repository = found.repository
    if repository is None or repository.head() is None:
        return {}
    return {
        name: drafters_since(repository, document.path, _approved_texts(found, name))
        for name, document in documents.items()
        if document is not None
    }


def _approved_texts(found: Situation, name: str) -> list[bytes]:
    entry = found.register.entry(name)
    return [
        found.evidence.files[version.text_path.removeprefix("evidence/")]
        for version in (entry.versions if entry else ())
        if version.is_approval
    ]


def _document(found: Situation, name: str) -> Document | None:
    return found.survey.document(name)


def _persons(mails: frozenset[str], people: Mapping[str, str]) -> frozenset[str | None]:
    return frozenset(people.get(mail) for mail in mails)


def _next_person(found: Situation, entry: Entry, drafters: frozenset[str | None]) -> str | None:
    roles = found.survey.facts.roles
    role = roles.get(entry.approver)
    holder = role.holder if role else None
    if entry.kind == "register" or drafters != {holder}:
        return holder
    given = {
        verdict.consent.person
        for version in entry.versions
        if version.text_sha256 == entry.working_sha256
        for verdict in version.consents
    }
    if given - {holder}:
        return holder
    others = (roles[name].holder for name in SECOND_PERSONS if name in roles)
    return next((person for person in others if person not in (None, holder)), None)
