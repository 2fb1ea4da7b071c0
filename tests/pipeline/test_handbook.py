"""The employee handbook: texts in force for everybody, as one document that stock tools check."""

from __future__ import annotations

import hashlib
import json
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from policygen.model.document import RecordText
from policygen.model.publication import Brand, Edition
from policygen.pipeline.publication import building
from policygen.pipeline.publication.handbook import build_handbook, handbook_in
from policygen.pipeline.situation import situation
from policygen.pipeline.sources import watching
from policygen.problems import UsageError
from policygen.publish.handbook.text import Chapter, handbook_of
from tests.moments import NOW
from tests.text import test_record_text

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from policygen.publish.handbook.text import Handbook

HEADER = replace(
    test_record_text.HEADER,
    id="access-policy",
    title="Access Policy",
    criteria=(),
    primary=(),
    related=(),
)
DAY = NOW.date()


def chapter(body: str = "Text.\n", *, version: str | None = "1.0", **changes: object) -> Chapter:
    header = replace(HEADER, **changes)  # type: ignore[arg-type]  # fields of a header
    edition = Edition(
        record=RecordText(header=header, body=f"# {header.title}\n\n{body}", statements=()),
        text=body,
        text_sha256=hashlib.sha256(body.encode()).hexdigest(),
        version=version,
        approved=DAY,
        effective=DAY,
        next_review=DAY,
        approvals=(),
        history=(),
        brand=Brand(),
    )
    return Chapter(edition=edition, approved_text=f"evidence/approvals/{header.id}/{version}.md")


def bound(*chapters: Chapter, workforce: str = "workforce", as_of: date = DAY) -> Handbook | None:
    return handbook_of(
        chapters,
        organization="Quillwater Software, Inc.",
        short_name="Quillwater",
        brand=Brand(),
        as_of=as_of,
        workforce=workforce,
    )


@pytest.mark.parametrize(
    ("changes", "held"),
    [
        ({}, True),
        ({"audience": "all workforce and contractors"}, True),
        ({"audience": "engineering, IT"}, False),
        ({"acknowledge": False}, False),
        ({"classification": "restricted"}, False),
        ({"version": None}, False),
    ],
)
def test_it_holds_what_everybody_acknowledges_and_is_in_force(
    changes: dict[str, object], held: bool
) -> None:
    assert (bound(chapter(**changes)) is not None) is held  # type: ignore[arg-type]


def test_everybody_has_the_name_that_the_organization_gave_them() -> None:
    crew = chapter(audience="all crew")
    assert bound(crew) is None
    assert bound(crew, workforce="crew") is not None


def test_chapters_stand_one_level_deeper_without_the_table_of_statements() -> None:
    body = (
        "## Rules\n\n### Doors\n\n**AC-01** Doors SHALL be shut.\n\n```\n## no heading\n```\n\n"
        "## Control statements\n\n| Statement | Control | Criteria | Owner | Evidence |\n"
        "| --- | --- | --- | --- | --- |\n| AC-01 | ACC-01 | CC6.1 | Owner | log |\n"
    )
    handbook = bound(chapter(body))
    assert handbook is not None
    assert handbook.body().partition("## Access Policy")[2] == (
        "\n\n### Rules\n\n#### Doors\n\n**AC-01** Doors SHALL be shut.\n\n```\n## no heading\n```\n"
    )


def test_links_lead_to_chapters_and_others_are_words() -> None:
    body = (
        "See [conduct](code-of-conduct.md#gifts), [steps](../procedures/exit-procedure.md), "
        "[here](#rules), [outside](https://a.example), ![a door](door.png) and "
        "`[code](code-of-conduct.md)`.\n"
    )
    other = chapter(id="code-of-conduct", title="Code of Conduct")
    handbook = bound(chapter(body), other)
    assert handbook is not None
    assert (
        "See [conduct](#code-of-conduct), steps, [here](#access-policy), "
        "[outside](https://a.example), a door and `[code](code-of-conduct.md)`."
    ) in handbook.body()


def test_the_digest_names_the_versions_and_not_the_day() -> None:
    first, other = bound(chapter()), bound(chapter(), as_of=DAY.replace(day=1))
    changed = bound(chapter("Another text.\n", version="1.1"))
    assert first is not None
    assert other is not None
    assert changed is not None
    assert first.digest == other.digest != changed.digest
    assert first.digest == hashlib.sha256(first.sums.encode()).hexdigest()


def test_it_is_built_from_evidence_and_stock_tools_check_it(example: Path) -> None:
    found = situation(example, now=NOW)
    built, problems = build_handbook(found)
    assert problems == ()
    assert built is not None
    folder = example / "build" / "handbook"
    assert sorted(path.name for path in folder.iterdir()) == [
        "SHA256SUMS", "employee-handbook.md", "employee-handbook.pdf", "manifest.json",
    ]  # fmt: skip
    checked = subprocess.run(
        ["sha256sum", "-c", str(folder / "SHA256SUMS")],
        cwd=example, capture_output=True, text=True, check=True,
    )  # fmt: skip
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert [(row["id"], row["version"]) for row in manifest["documents"]] == [
        ("access-control-policy", "2.0")
    ]
    assert checked.stdout.count(": OK") == len(manifest["documents"])
    assert (
        manifest["versions_sha256"]
        == hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()
    )
    listed = subprocess.run(
        ["pdfdetach", "-list", str(built.pdf)], capture_output=True, text=True, check=True
    ).stdout
    assert "manifest.json" in listed
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / "stray.txt").write_text("x")
    built.pdf.unlink()
    build_handbook(found)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_another_program_sets_it_again(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kept() -> set[str]:
        return {path.name for path in (example / "build" / "cache").iterdir()}

    program = tmp_path / "policygen"
    program.mkdir()
    monkeypatch.setattr(watching, "PACKAGE", program)
    found = situation(example, now=NOW)
    build_handbook(found)
    before = kept()
    build_handbook(found)
    assert kept() == before
    (program / "pdf.py").write_text("MAIN = ''\n")
    build_handbook(found)
    assert len(kept() - before) == 1


def test_working_text_never_enters_it(example: Path) -> None:
    path = example / "policies" / "access-control-policy.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("This short policy", "A CANARY policy"), encoding="utf-8")
    handbook = handbook_in(situation(example, now=NOW))
    assert handbook is not None
    assert "This short policy" in handbook.body()
    assert "CANARY" not in handbook.body()


def test_the_site_has_it_as_a_page_and_a_preview_has_not(example: Path) -> None:
    def page(*, preview: bool) -> str:
        found = situation(example, now=NOW)
        building.build(found, ("site",), preview=preview, version="0.1.0", advance=lambda _: None)
        return (example / "build" / "site" / "handbook.html").read_text(encoding="utf-8")

    handbook = handbook_in(situation(example, now=NOW))
    assert handbook is not None
    shown = page(preview=False)
    assert handbook.digest in shown
    assert 'href="policies/access-control-policy.html"' in shown
    assert (example / "build" / "site" / "handbook" / "employee-handbook.pdf").is_file()
    assert "this is a preview of working text" in page(preview=True)


def test_without_anything_in_force_for_everybody_there_is_none(example: Path) -> None:
    build_handbook(situation(example, now=NOW))
    before = situation(example, now=NOW, as_of=NOW.date().replace(year=2025))
    built, [problem] = build_handbook(before)
    assert (built, problem.code) == (None, "handbook-empty")
    assert list((example / "build" / "handbook").iterdir()) == []


def test_a_preview_of_it_is_refused(example: Path) -> None:
    with pytest.raises(UsageError, match="usage-handbook-preview"):
        building.build(
            situation(example, now=NOW), ("handbook",), preview=True, version="0.1.0",
            advance=lambda _: None,
        )  # fmt: skip
