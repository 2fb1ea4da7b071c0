"""OSCAL files: each criterion and document once, links that lead somewhere, ids that stay."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from policygen.audit.interchange.oscal import (
    CATALOG,
    DEFINITION,
    Issue,
    PublishedText,
    control_id,
    oscal_files,
)
from tests.audit.oscal_checks import oscal_faults, walk

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.pipeline.sources.survey import Survey

ISSUE = Issue(
    organization="Quillwater Software, Inc.",
    version="2026-09-30",
    last_modified=datetime(2026, 9, 30, 12, 0, tzinfo=UTC),
    tool="policygen 1.0.0",
)


def published(library: Survey) -> list[PublishedText]:
    return [
        PublishedText(
            text=document.record,
            version="1.0",
            pdf=f"../policies/{document.id}-1.0.pdf",
            pdf_sha256=hashlib.sha256(document.id.encode()).hexdigest(),
        )
        for document in library.rendering.documents
    ]


@pytest.fixture(scope="module")
def files(library: Survey) -> dict[str, bytes]:
    return oscal_files(library.facts.registries.criteria, published(library), ISSUE)


def test_files_hold_together(files: dict[str, bytes]) -> None:
    assert oscal_faults(files) == []


def test_the_catalog_has_every_criterion_with_our_title(
    library: Survey, files: dict[str, bytes]
) -> None:
    controls = {
        each["id"]: each["title"]
        for each in walk(json.loads(files[CATALOG]))
        if each.get("class") == "criterion"
    }
    criteria = library.facts.registries.criteria.values()
    assert controls == {control_id(row.id): row.title for row in criteria}


def test_each_policy_and_procedure_is_a_component_and_registers_are_resources(
    library: Survey, files: dict[str, bytes]
) -> None:
    definition = json.loads(files[DEFINITION])["component-definition"]
    kinds = [each["type"] for each in definition["components"]]
    documents = [document.record.header.kind.value for document in library.rendering.documents]
    assert kinds.count("policy") == documents.count("policy")
    assert kinds.count("process-procedure") == documents.count("procedure")
    assert len(definition["back-matter"]["resources"]) == len(documents) + 1


def test_a_requirement_holds_the_statements_of_its_criterion(files: dict[str, bytes]) -> None:
    definition = json.loads(files[DEFINITION])["component-definition"]
    [policy] = [
        each for each in definition["components"] if each["title"] == "Access Control Policy"
    ]
    [implementation] = policy["control-implementations"]
    [found] = [
        each for each in implementation["implemented-requirements"] if each["control-id"] == "cc6.2"
    ]
    assert "AC-17: IT SHALL disable a leaver's identity" in found["description"]
    statement = next(each for each in found["props"] if each["value"] == "AC-17")
    assert (statement["name"], statement["class"]) == ("statement", "ACC-05")


def test_the_next_export_updates_the_same_objects(library: Survey, files: dict[str, bytes]) -> None:
    later = replace(ISSUE, version="2027-09-30", last_modified=datetime(2027, 9, 30, tzinfo=UTC))
    again = oscal_files(library.facts.registries.criteria, published(library)[1:], later)
    assert (
        json.loads(again[CATALOG])["catalog"]["uuid"]
        == (json.loads(files[CATALOG])["catalog"]["uuid"])
    )
    before = {each["uuid"] for each in walk(json.loads(files[DEFINITION])) if "uuid" in each}
    after = {each["uuid"] for each in walk(json.loads(again[DEFINITION])) if "uuid" in each}
    assert after < before
    assert b'"last-modified": "2027-09-30T00:00:00Z"' in again[DEFINITION]


def test_another_organization_shares_no_object_but_the_catalog(
    library: Survey, files: dict[str, bytes]
) -> None:
    other = oscal_files(
        library.facts.registries.criteria, published(library), replace(ISSUE, organization="Birch")
    )
    ids = [
        {each["uuid"] for each in walk(json.loads(found[DEFINITION])) if "uuid" in each}
        for found in (files, other)
    ]
    assert ids[0] & ids[1] == set()


def test_a_set_with_nothing_in_force_is_a_file_without_components(library: Survey) -> None:
    found = oscal_files(library.facts.registries.criteria, [], ISSUE)
    assert "components" not in json.loads(found[DEFINITION])["component-definition"]
    assert oscal_faults(found) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        pytest.param('"cc6.2"', '"zz9.9"', "control zz9.9 is in no catalog", id="control"),
        pytest.param('"1.2.1"', '"1.1.3"', "oscal-version is 1.1.3", id="version"),
        pytest.param('"href": "#', '"href": "#0', "leads nowhere", id="link"),
        pytest.param('"role-id": "', '"role-id": "no_', "is not listed", id="role"),
    ],
)
def test_faults_that_a_schema_does_not_see_are_found(
    files: dict[str, bytes], old: str, new: str, fault: str
) -> None:
    broken = files[DEFINITION].decode().replace(old, new).encode()
    found = oscal_faults({**files, DEFINITION: broken})
    assert any(fault in each for each in found)


def test_an_independent_validator_finds_both_files_valid(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / ".trestle").mkdir()
    (tmp_path / ".trestle" / "config.ini").write_text("[trestle]\n")
    for folder, name in (("catalogs", CATALOG), ("component-definitions", DEFINITION)):
        target = tmp_path / folder / "policies"
        target.mkdir(parents=True)
        (target / name).write_bytes(files[name])
    done = subprocess.run(
        [sys.executable, "-m", "trestle", "validate", "--all"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("VALID: ") == 2
