"""Documents that the library's own example does not have come out on site and paper as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.model.publication import Brand
from policygen.pipeline.publication.editions import edition_of_draft
from policygen.publish.pdf.pool import Job, make_pdfs
from policygen.publish.pdf.typeset import Typesetter
from policygen.publish.worker import cores
from tests.organizations import LIBRARY, exemplary
from tests.publish.blocks import paper_skeleton, site_blocks, skeleton

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.adopt.questions import Archetype

CHOSEN: tuple[tuple[Archetype, tuple[str, ...]], ...] = (
    (
        "data-center",
        ("physical-security-policy", "environmental-protection-procedure", "governance-policy"),
    ),
    ("msp", ("incident-handling-procedure",)),
    ("payments", ("processing-integrity-policy", "vendors-register")),
    (
        "payroll",
        (
            "privacy-policy",
            "privacy-notice-consent-procedure",
            "privacy-request-procedure",
            "personal-data-disclosure-procedure",
            "personal-data-lifecycle-procedure",
            "processing-controls-procedure",
            "physical-access-procedure",
        ),
    ),
)
"""Beside the documents that only they have, those of which they have a variant of their own."""


def test_site_and_paper_show_the_same_blocks_for_other_kinds_of_organization(
    tmp_path: Path,
) -> None:
    editions = [
        edition_of_draft(documents[name], Brand())
        for archetype, names in CHOSEN
        for documents in (exemplary(archetype).documents(),)
        for name in names
    ]
    jobs = [Job(edition=edition, attachments=()) for edition in editions]
    theme = LIBRARY / "overrides" / "pdf"
    made = make_pdfs(jobs, theme=theme, workspace=LIBRARY, workers=cores())
    with Typesetter() as typesetter:
        for edition, pdf in zip(editions, made, strict=True):
            blocks = typesetter.structure(edition.record.body)
            assert pdf.problems == ()
            assert pdf.pdf is not None
            path = tmp_path / "document.pdf"
            path.write_bytes(pdf.pdf)
            name = edition.record.header.id
            assert site_blocks(edition.record.body) == blocks, name
            assert paper_skeleton(path) == skeleton(blocks[1:]), name
