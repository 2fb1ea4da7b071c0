"""The line from one profile to an approved site, sealed PDFs and a verdict."""

from __future__ import annotations

import subprocess
from datetime import date
from typing import TYPE_CHECKING

import pytest

from policygen.model.register import State
from policygen.pipeline.situation import situation
from policygen.pipeline.verification import verify_pdf, verify_workspace
from tests.moments import NOW

if TYPE_CHECKING:
    from pathlib import Path


def _sealed(root: Path) -> list[Path]:
    return sorted((root / "evidence" / "sealed").rglob("*.pdf"))


def test_every_document_of_the_demonstration_is_in_force(demonstration: Path) -> None:
    register = situation(demonstration, now=NOW).register
    assert {entry.state for entry in register.entries} == {State.EFFECTIVE}
    assert all(not entry.flags for entry in register.entries)


def test_a_changed_figure_gives_the_documents_that_say_it_a_second_version(
    demonstration: Path,
) -> None:
    register = situation(demonstration, now=NOW).register
    policy = register.entry("access-control-policy")
    assert policy is not None
    assert [(row.version, row.state) for row in policy.versions] == [
        ("1.0", State.SUPERSEDED),
        ("2.0", State.EFFECTIVE),
    ]
    roles = register.entry("roles-register")
    assert roles is not None
    assert [row.version for row in roles.versions] == ["1.0"]


def test_the_register_of_a_past_day_shows_the_version_of_that_day(demonstration: Path) -> None:
    past = situation(demonstration, now=NOW, as_of=date(2026, 9, 1)).register
    entry = past.entry("access-control-policy")
    assert entry is not None
    assert entry.in_force is not None
    assert entry.in_force.version == "1.0"
    before = situation(demonstration, now=NOW, as_of=date(2026, 6, 1)).register
    assert {entry.state for entry in before.entries} == {State.DRAFT}


def test_the_demonstration_verifies_also_when_its_pdfs_are_built_again(
    demonstration: Path,
) -> None:
    finding = verify_workspace(
        demonstration, trust=frozenset(), now=NOW, rebuild=True, advance=lambda _: None
    )
    assert finding.problems == ()
    assert finding.verdict.startswith("consistent; identity not checked")


def test_naming_the_root_of_trust_checks_the_identity(demonstration: Path) -> None:
    root = situation(demonstration, now=NOW).judgement.chain.root_sha256
    assert root is not None
    finding = verify_workspace(
        demonstration, trust=frozenset({root}), now=NOW, rebuild=False, advance=lambda _: None
    )
    assert finding.verdict.startswith("VERIFIED")


def test_a_sealed_pdf_verifies_on_its_own_and_names_who_approved(demonstration: Path) -> None:
    for pdf in _sealed(demonstration):
        finding = verify_pdf(pdf, trust=frozenset(), now=NOW)
        assert finding.errors == ()
        assert any("approved by" in line for line in finding.lines)


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        pytest.param(("pdfsig", "-nocert"), "Signature is Valid.", id="the signature is valid"),
        pytest.param(("pdfsig", "-nocert"), "Total document signed", id="all of it is signed"),
        pytest.param(("qpdf", "--check"), "No syntax or stream encoding errors", id="sound PDF"),
    ],
)
def test_stock_tools_accept_every_sealed_pdf(
    demonstration: Path, command: tuple[str, ...], wanted: str
) -> None:
    for pdf in _sealed(demonstration):
        found = subprocess.run([*command, str(pdf)], capture_output=True, text=True, check=True)
        assert wanted in found.stdout


def test_the_site_has_a_page_for_every_document(demonstration: Path) -> None:
    found = situation(demonstration, now=NOW)
    for document in found.survey.rendering.documents:
        header = document.record.header
        page = demonstration / "build" / "site" / header.kind.folder / f"{header.id}.html"
        assert header.title in page.read_text(encoding="utf-8")


def test_the_profile_of_the_demonstration_names_no_private_key(demonstration: Path) -> None:
    tracked = subprocess.run(
        ["git", "-C", str(demonstration), "ls-files"], capture_output=True, text=True, check=True
    ).stdout
    assert ".policygen/keys" not in tracked
    assert "build/" not in tracked
