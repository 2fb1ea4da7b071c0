"""Lists derived from what is in force, for insurers and other programs, under build/lists."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from policygen import atomic
from policygen.audit.description.system_description import TITLE as DESCRIPTION
from policygen.audit.description.system_description import system_description
from policygen.audit.interchange.imports import assistant_documents, platform_sidecar, policy_sheet
from policygen.audit.interchange.insurance import TITLE as INSURANCE
from policygen.audit.interchange.insurance import answers_markdown, answers_table, insurance_answers
from policygen.audit.interchange.oscal import Issue, PublishedText, oscal_files
from policygen.audit.lists.sheets import Imprint, workbook
from policygen.crosswalk import crosswalk_table, sources_table
from policygen.history.dates import local_day
from policygen.history.records.paths import sealed_paths
from policygen.publish.docx import draft_docx
from policygen.tables import csv_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policygen.model.matrix import Matrix
    from policygen.model.publication import Edition
    from policygen.pipeline.situation import Situation
    from policygen.tables import Table

FOLDER = "build/lists"
_UP = "../../../"
"""The workspace as seen from the OSCAL files."""


def write_lists(
    found: Situation, editions: Mapping[str, Edition], matrix: Matrix, *, version: str
) -> tuple[str, ...]:
    """Write every list; gives their paths relative to the workspace.

    Args:
        found: The workspace.
        editions: What is shown of each document.
        matrix: As of the register's day.
        version: Of this program.

    Raises:
        PolicygenError: The draft could not be made into DOCX.
    """
    files = derived_files(found, editions, matrix, tool=f"policygen {version}")
    for name, data in files.items():
        atomic.write_bytes(found.root / FOLDER / name, data)
    return tuple(f"{FOLDER}/{name}" for name in files)


def derived_files(
    found: Situation, editions: Mapping[str, Edition], matrix: Matrix, *, tool: str
) -> dict[str, bytes]:
    """Every list by its name below the folder, the same bytes from the same workspace."""
    facts = found.survey.facts
    profile = facts.profile
    day = found.register.as_of
    organization = profile.organization.legal_name

    def book(title: str, *tables: Table) -> bytes:
        imprint = Imprint(
            title=title,
            organization=organization,
            as_of=day,
            tool=tool,
            paper=profile.brand.paper,
        )
        return workbook(tables, imprint)

    answers = insurance_answers(matrix, facts)
    headers = [edition.record.header for edition in editions.values()]
    description = system_description(facts, matrix, headers, last=day, first=None)
    texts = [_published(found, edition) for edition in editions.values()]
    issue = Issue(
        organization=organization,
        version=day.isoformat(),
        last_modified=_last_modified(found),
        tool=tool,
    )
    pdfs = {
        each.text.header.id: (each.pdf.removeprefix(_UP), each.pdf_sha256)
        for each in texts
        if each.pdf is not None and each.pdf_sha256 is not None
    }
    sidecar = platform_sidecar(found.register, pdfs, lambda at: local_day(at, found.zone))
    site_url = profile.publication.site_url
    files = {
        "insurance-answers.xlsx": book(INSURANCE, answers_table(answers)),
        "insurance-answers.md": answers_markdown(
            answers, organization=organization, as_of=day.isoformat()
        ),
        "system-description-draft.md": description.encode(),
        "system-description-draft.docx": draft_docx(
            description,
            title=DESCRIPTION,
            organization=organization,
            day=day,
            paper=profile.brand.paper,
        ),
        "crosswalk.xlsx": book(
            "Crosswalk", crosswalk_table(facts.registries), sources_table(facts.registries)
        ),
        "ciso-assistant-documents.zip": assistant_documents(
            texts, organization=profile.organization.short_name
        ),
        "ciso-assistant-policies.xlsx": book(
            "Policies", policy_sheet(found.register, site_url=site_url)
        ),
        "platform-sidecar.csv": csv_bytes(sidecar),
    }
    oscal = oscal_files(facts.registries.criteria, texts, issue)
    return files | {f"oscal/{name}": data for name, data in oscal.items()}


def _published(found: Situation, edition: Edition) -> PublishedText:
    header = edition.record.header
    if edition.version is None:
        return PublishedText(text=edition.record, version="draft", pdf=None, pdf_sha256=None)
    path, _ = sealed_paths(header.id, edition.version)
    file = found.root / path
    digest = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else None
    return PublishedText(
        text=edition.record,
        version=edition.version,
        pdf=f"{_UP}{path}" if digest else None,
        pdf_sha256=digest,
    )


def _last_modified(found: Situation) -> datetime:
    """When the latest version in force was approved; the day itself where none is."""
    moments: Sequence[datetime] = [
        entry.in_force.approved_at
        for entry in found.register.entries
        if entry.in_force is not None and entry.in_force.approved_at is not None
    ]
    return max(moments, default=datetime.combine(found.register.as_of, time(), tzinfo=UTC))
