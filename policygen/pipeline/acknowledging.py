"""Acknowledging: rosters and receipts held against what is in force, answered and forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.audit.lists.acknowledgements import people_table, population_table
from policygen.history.reviews.acknowledgements import AcknowledgementRules, acknowledgements
from policygen.load.acknowledgements import read_receipts, read_roster
from policygen.problems import Location, PolicygenError, Problem, in_reading_order
from policygen.tables import csv_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from policygen.model.acknowledgement import Owed, Receipt
    from policygen.model.facts import Facts
    from policygen.pipeline.situation import Situation

ENDINGS = ("csv", "xlsx")
"""Files that the result can be written to."""

_RENEWALS = {"annual": 12, "semiannual": 6, "on_major_change": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgements:
    """What everybody owes, and what was wrong with the files."""

    owed: tuple[Owed, ...]
    problems: tuple[Problem, ...]


def acknowledged(found: Situation, roster: Path, received: Sequence[Path]) -> Acknowledgements:
    """Hold receipts against a roster; nothing is kept, since git never forgets a person.

    Raises:
        PolicygenError: A file cannot be read, or is not one of its kind.
    """
    members, problems = read_roster(_bytes(roster), str(roster))
    told = [*problems]
    receipts: list[Receipt] = []
    for file in received:
        rows, faults = read_receipts(_bytes(file), str(file), found.zone)
        receipts += rows
        told += faults
    owed, voids = acknowledgements(found.register, members, receipts, rules_of(found.survey.facts))
    return Acknowledgements(owed=owed, problems=in_reading_order([*told, *voids]))


def rules_of(facts: Facts) -> AcknowledgementRules:
    """How long people have, by the parameters of the organization."""

    def days(name: str) -> int:
        value = facts.parameters[name].value
        assert isinstance(value, int), "the registry says so"
        return value

    return AcknowledgementRules(
        new_hire_days=days("policy_ack_days_new_hire"),
        campaign_days=days("policy_ack_campaign_days"),
        renewal_months=_RENEWALS[str(facts.parameters["policy_ack_frequency"].value)],
    )


def acknowledgement_file(found: Situation, owed: Sequence[Owed], ending: str, tool: str) -> bytes:
    """The lists as one of `ENDINGS`."""
    as_of = found.register.as_of
    if ending == "csv":
        return csv_bytes(people_table(owed, as_of))
    from policygen.audit.lists.sheets import Imprint, workbook

    profile = found.survey.facts.profile
    imprint = Imprint(
        title="Acknowledgements",
        organization=profile.organization.legal_name,
        as_of=as_of,
        tool=tool,
        paper=profile.brand.paper,
    )
    return workbook([population_table(owed, as_of), people_table(owed, as_of)], imprint)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise PolicygenError(
            Problem(
                code="acknowledgement-file",
                location=Location(str(file)),
                message=f"the file cannot be read: {(error.strerror or 'no reason given').lower()}",
                hint="Name the CSV export of the HR system or the form.",
            )
        ) from error
