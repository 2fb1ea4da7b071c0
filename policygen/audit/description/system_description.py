"""System description: a draft with a place for each description criterion, DC 1 to DC 9.

Management writes and answers for the description; this draft carries over what the profile says and
marks what only people know. Nothing is made up to fill a place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen import words
from policygen.audit.description.components import components
from policygen.audit.description.draft import Draft
from policygen.audit.description.parts import (
    criteria_and_controls,
    not_relevant,
    promises,
    providers,
    services,
    user_duties,
)
from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from policygen.model.document import Header
    from policygen.model.facts import Facts
    from policygen.model.matrix import Matrix

TITLE = "System description (draft)"
SLOTS = (
    ("DC 1", "Services provided"),
    ("DC 2", "Commitments to customers and what the system must do for them"),
    ("DC 3", "Components of the system"),
    ("DC 4", "Incidents"),
    ("DC 5", "Criteria and controls"),
    ("DC 6", "What customers must do"),
    ("DC 7", "Subservice organizations"),
    ("DC 8", "Criteria that do not apply"),
    ("DC 9", "Changes during the period"),
)
"""The nine description criteria by number, with headings of our own."""


def system_description(
    facts: Facts, matrix: Matrix, documents: Sequence[Header], *, last: date, first: date | None
) -> str:
    """The draft as Markdown.

    Args:
        facts: The profile and the registries of the last day.
        matrix: As of that day.
        documents: Headers of the documents in force.
        last: The day, or the last day of the period.
        first: First day of the period; None for a day.
    """
    organization = facts.profile.organization
    time = f"on {last.isoformat()}" if first is None else f"from {first.isoformat()} to {last}"
    draft = Draft()
    draft.say(
        f"# {TITLE}",
        f"{dialect.escape(organization.legal_name)}, {time}",
        "> [!WARNING]\n> This is a draft made from the organization profile. Management reads it, "
        "completes every place marked **For a person**, corrects what the profile has wrong, and "
        "answers for the result. It is no opinion of an auditor.",
    )
    parts = (
        services(facts),
        promises(facts),
        components(facts, documents),
        _incidents(first),
        criteria_and_controls(matrix, facts),
        user_duties(facts),
        providers(facts),
        not_relevant(matrix, facts),
        _changes(first),
    )
    for (number, heading), part in zip(SLOTS, parts, strict=True):
        draft.say(f"## {number} {heading}")
        draft.add(part)
    draft.say("## What is left for a person", _count(draft.open))
    return draft.text()


def _incidents(first: date | None) -> Draft:
    draft = Draft()
    draft.ask(
        "Name each incident "
        + ("known on the day" if first is None else "of the period")
        + " that came from a control that was not suited or did not work, or that broke a "
        "commitment to customers: its nature, when it was, how far it reached, what was done. If "
        "there was none, say so. The incident records hold it; the profile does not."
    )
    return draft


def _changes(first: date | None) -> Draft:
    draft = Draft()
    if first is None:
        draft.say("Asked for in an examination of a period only; this draft is of one day.")
        return draft
    draft.ask(
        "Describe each change of the period that customers would want to know of: of services, "
        "systems, providers, locations, people in charge or controls, with its day. The list of "
        "changed documents in the package shows which duties changed; it does not show changes of "
        "the system itself."
    )
    return draft


def _count(left: Sequence[str]) -> str:
    if not left:
        return "Nothing is marked. Read all of it nevertheless."
    places = f"{words.count(len(left))} {'place' if len(left) == 1 else 'places'}"
    return f"{places[0].upper()}{places[1:]} above {'is' if len(left) == 1 else 'are'} marked."
