"""Lists for others of a whole workspace: each is there, in agreement, and the same every time."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from policygen.cli.main import main
from policygen.pipeline.publication.building import editions_of, matrix_of
from policygen.pipeline.publication.derived_lists import derived_files
from policygen.pipeline.situation import situation
from tests.audit.oscal_checks import oscal_faults, walk
from tests.audit.reading import read_workbook
from tests.moments import NOW

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def files(demonstration: Path) -> dict[str, bytes]:
    found = situation(demonstration, now=NOW)
    editions = editions_of(found, preview=False)
    matrix = matrix_of(found, preview=False)
    return derived_files(found, editions, matrix, tool="policygen 1.0.0")


def test_every_list_is_there(files: dict[str, bytes]) -> None:
    assert sorted(files) == [
        "ciso-assistant-documents.zip",
        "ciso-assistant-policies.xlsx",
        "crosswalk.xlsx",
        "insurance-answers.md",
        "insurance-answers.xlsx",
        "oscal/catalog.json",
        "oscal/component-definition.json",
        "platform-sidecar.csv",
        "system-description-draft.docx",
        "system-description-draft.md",
    ]


def test_oscal_names_sealed_pdfs_by_their_digests(
    demonstration: Path, files: dict[str, bytes]
) -> None:
    oscal = {name.removeprefix("oscal/"): data for name, data in files.items() if "oscal/" in name}
    assert oscal_faults(oscal) == []
    links = [
        each
        for each in walk(json.loads(oscal["component-definition.json"]))
        if each.get("media-type") == "application/pdf"
    ]
    assert links
    folder = demonstration / "build" / "lists" / "oscal"
    for link in links:
        pdf = (folder / str(link["href"])).resolve().read_bytes()
        hashes = link["hashes"]
        assert isinstance(hashes, list)
        assert hashes[0]["value"] == hashlib.sha256(pdf).hexdigest()


def test_the_sheet_of_policies_has_the_name_that_its_reader_looks_for(
    files: dict[str, bytes],
) -> None:
    [sheet] = read_workbook(files["ciso-assistant-policies.xlsx"])
    assert sheet.name == "Policy"
    assert sheet.rows[0][:2] == ["ref_id", "name"]


def test_lists_are_built_when_they_are_asked_for_and_come_out_the_same(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["-C", str(example), "build", "lists"]) == 0
    assert "build/lists: " in capsys.readouterr().out
    folder = example / "build" / "lists"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    (folder / "insurance-answers.md").write_text("lost")
    assert main(["-C", str(example), "build", "lists"]) == 0
    assert {path: path.read_bytes() for path in before} == before
