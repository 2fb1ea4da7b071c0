"""Answers of a package to others' questions: what the forge's rules were, what an insurer asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.audit.description.system_description import TITLE, system_description
from policygen.audit.interchange.insurance import answers_markdown, answers_table, insurance_answers
from policygen.audit.interchange.requests import request_list
from policygen.audit.lists.forge import forge_tables
from policygen.audit.lists.listing import Listing
from policygen.pipeline.forges.shown import rule_gaps, rule_snapshots

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from policygen.model.matrix import Matrix
    from policygen.pipeline.package.examined import Examined

STATED = "statements of the texts in force on the last day; values from organization.yml"


def forge_listing(examined: Examined) -> Iterator[Listing]:
    """The rules of the forge, where the organization has one or recorded one."""
    profile = examined.past.facts.profile
    begin, end = (
        examined.window.begins_at(examined.zone),
        examined.window.ends_at(examined.zone),
    )
    found, _ = rule_snapshots(examined.found.evidence, profile)
    snapshots = tuple(each for each in found if each.recorded_at < end)
    if profile.forge is None and not snapshots:
        return
    yield Listing(
        tables=forge_tables(snapshots, rule_gaps(snapshots, begin, end), examined.window),
        folder="forge",
        source="evidence/forge of the package",
        filter="recordings of the organization's repository, made until the end of the window",
    )


def insurance_listing(examined: Examined, matrix: Matrix) -> Listing:
    """What the set says to an insurer's questions."""
    answers = insurance_answers(matrix, examined.past.facts)
    return Listing(
        tables=(answers_table(answers),), folder="insurance", source=STATED, filter="nothing"
    )


def requests_listing(examined: Examined, paths: Collection[str]) -> Listing:
    """Usual requests with the files that answer them.

    Args:
        examined: The window.
        paths: Every file of the package but this list's own.
    """
    return Listing(
        tables=(request_list(paths, is_period=examined.window.is_period),),
        folder="requests",
        source="the files of this package",
        filter="nothing",
    )


def paper_files(examined: Examined, matrix: Matrix) -> dict[str, bytes]:
    """Answers and drafts as papers to be completed by people."""
    from policygen.publish.docx import draft_docx

    profile = examined.past.facts.profile
    organization = profile.organization.legal_name
    answers = insurance_answers(matrix, examined.past.facts)
    return {
        "insurance/insurance-answers.md": answers_markdown(
            answers, organization=organization, as_of=examined.window.last.isoformat()
        ),
        "system/system-description-draft.docx": draft_docx(
            description_of(examined, matrix),
            title=TITLE,
            organization=organization,
            day=examined.window.last,
            paper=profile.brand.paper,
        ),
    }


def description_of(examined: Examined, matrix: Matrix) -> str:
    """The draft of the system description, as Markdown."""
    window = examined.window
    return system_description(
        examined.past.facts,
        matrix,
        [
            entry.in_force.text.header
            for entry in examined.register.entries
            if entry.in_force is not None
        ],
        last=window.last,
        first=window.first if window.is_period else None,
    )
