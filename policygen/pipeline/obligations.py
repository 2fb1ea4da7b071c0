"""Obligations: what the working texts commit the organization to, before anyone approves them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from policygen.audit.duties.calendar import duties_calendar
from policygen.audit.duties.duties import recurring_duties
from policygen.audit.duties.tables import duties_table, totals_table
from policygen.gitrepo.repository import open_repository
from policygen.pipeline.sources.survey import source_problems
from policygen.problems import PolicygenError, has_errors
from policygen.tables import csv_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from policygen.audit.duties.duties import Duty
    from policygen.model.document import Document
    from policygen.model.template import Template
    from policygen.pipeline.sources.survey import Survey

ENDINGS = ("csv", "ics", "xlsx")
"""Files that the duties can be written to."""

_STATEMENT = re.compile(
    r"\{%-?\s*statement\s+\"(?P<id>[^\"]+)\".*?\{%-?\s*endstatement\s*-?%\}", re.DOTALL
)
_PARAMETER = re.compile(r"\bp\.([a-z][a-z0-9_]*)")


def obligations(found: Survey) -> tuple[Duty, ...]:
    """The recurring duties of the working texts.

    Raises:
        PolicygenError: The sources have errors, so that some of the set is missing.
    """
    problems = source_problems(found)
    if has_errors(problems):
        raise PolicygenError(*problems)
    documents = found.rendering.documents
    return recurring_duties(
        [document.record for document in documents],
        found.facts,
        parameters_by_statement(found.templates, documents),
    )


def parameters_by_statement(
    templates: Iterable[Template], documents: Iterable[Document]
) -> dict[str, frozenset[str]]:
    """Parameters that each statement names in its template, by statement.

    Where the sentence names none itself, those of its document: it may take the value from a
    variable.
    """
    named = {
        match["id"]: frozenset(_PARAMETER.findall(match[0]))
        for template in templates
        for match in _STATEMENT.finditer(template.text)
    }
    return {
        statement.id: named.get(statement.id) or document.uses.behind_text
        for document in documents
        for statement in document.record.statements
    }


def obligation_file(
    found: Survey, duties: Sequence[Duty], ending: str, *, year: int, tool: str
) -> bytes:
    """The duties as a file.

    Args:
        found: The workspace.
        duties: Its duties, or some of them.
        ending: One of `ENDINGS`.
        year: The year of the calendar.
        tool: Name and version of this program.

    Raises:
        PolicygenError: The history of the texts cannot be read.
    """
    facts = found.facts
    if ending == "ics":
        stamp = _last_change(found, year)
        return duties_calendar(duties, facts, year=year, stamp=stamp, tool=tool)
    table = duties_table(duties, facts)
    if ending == "csv":
        return csv_bytes(table)
    from policygen.audit.lists.sheets import Imprint, workbook

    organization = facts.profile.organization.legal_name
    imprint = Imprint(
        title="Recurring duties",
        organization=organization,
        as_of=date(year, 1, 1),
        tool=tool,
        paper=facts.profile.brand.paper,
    )
    return workbook([totals_table(duties, facts), table], imprint)


def _last_change(found: Survey, year: int) -> datetime:
    """When a rendered text changed last; the start of the year where no commit knows."""
    repository = open_repository(found.root)
    moments = (
        [datetime(year, 1, 1, tzinfo=UTC)]
        if repository is None
        else [
            change.committed_at
            for document in found.rendering.documents
            for change in repository.changes(document.path)[:1]
        ]
    )
    return max(moments, default=datetime(year, 1, 1, tzinfo=UTC))
