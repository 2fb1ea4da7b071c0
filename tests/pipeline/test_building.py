"""Building: nothing is made twice from the same input, and nothing old is shown for new input."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from policygen.cli.main import main
from policygen.pipeline.publication import building
from policygen.pipeline.publication.remembered import Built, Memory, Request
from policygen.pipeline.situation import situation
from policygen.pipeline.sources import watching
from policygen.publish.cache import MARKER
from tests.moments import NOW
from tests.pipeline.doors import POLICY, edit, open_doors

if TYPE_CHECKING:
    from pathlib import Path

REQUEST = Request(parts=("pdf", "matrix"), preview=True, as_of=None, version="1")
DRAFT = "build/pdf/door-policy-draft.pdf"
BUILT = Built(pages=0, pdfs=(DRAFT,), problems=())


@pytest.fixture
def doors(tmp_path: Path) -> Path:
    return open_doors(tmp_path / "doors")


def _build(root: Path, *parts: str) -> Built:
    return building.build(
        situation(root, now=NOW), parts, preview=True, version="1", advance=lambda _: None
    )


def _remember(root: Path) -> None:
    memory = Memory(root, REQUEST, now=NOW)
    made = _build(root, *REQUEST.parts)
    memory.keep(made, zone=ZoneInfo("Europe/Berlin"), more=())


def _recalled(root: Path) -> Built | None:
    return Memory(root, REQUEST, now=NOW + timedelta(seconds=30)).recall()


def _entries(root: Path) -> list[Path]:
    return [path for path in (root / "build" / "cache").iterdir() if path.name != MARKER]


def test_a_build_is_remembered_while_nothing_changes(doors: Path) -> None:
    _remember(doors)
    assert _recalled(doors) == BUILT


def test_a_file_that_was_only_touched_is_no_change(doors: Path) -> None:
    _remember(doors)
    os.utime(doors / POLICY, (1, 1))
    assert _recalled(doors) == BUILT
    assert _recalled(doors) == BUILT


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        pytest.param(POLICY, "are closed", "are shut", id="a template"),
        pytest.param("organization.yml", "time_zone: ", "time_zone:  ", id="the profile"),
        pytest.param("overrides/pdf/look.typ", "\n", "\n\n", id="the print theme"),
        pytest.param("rendered/policies/door-policy.md", "are closed", "are open", id="a record"),
    ],
)
def test_a_changed_source_ends_what_is_remembered(
    doors: Path, path: str, old: str, new: str
) -> None:
    _remember(doors)
    edit(doors / path, old, new)
    assert _recalled(doors) is None


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda root: (root / DRAFT).unlink(), id="removed"),
        pytest.param(lambda root: (root / DRAFT).write_bytes(b"%PDF-1.7"), id="another"),
        pytest.param(lambda root: (root / "build/pdf/more.pdf").write_bytes(b""), id="one more"),
        pytest.param(lambda root: (root / "policies/more.md").write_text(""), id="a new source"),
    ],
)
def test_published_files_that_somebody_changed_are_made_again(doors: Path, spoil: object) -> None:
    _remember(doors)
    assert callable(spoil)
    spoil(doors)
    assert _recalled(doors) is None


def test_a_change_that_keeps_size_and_time_is_seen(doors: Path) -> None:
    _remember(doors)
    before = (doors / POLICY).stat()
    edit(doors / POLICY, "are closed", "are locked")
    os.utime(doors / POLICY, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (doors / POLICY).stat().st_size == before.st_size
    assert _recalled(doors) is None


def test_another_day_commit_or_wish_is_another_build(doors: Path) -> None:
    _remember(doors)
    later = NOW + timedelta(days=1)
    assert Memory(doors, REQUEST, now=later).recall() is None
    assert Memory(doors, REQUEST, now=NOW - timedelta(seconds=1)).recall() is None
    for other in (
        replace(REQUEST, preview=False),
        replace(REQUEST, parts=("pdf",)),
        replace(REQUEST, version="2"),
        replace(REQUEST, as_of=NOW.date()),
    ):
        assert Memory(doors, other, now=NOW).recall() is None


def test_the_day_is_that_of_the_organization(doors: Path) -> None:
    afternoon = NOW.replace(hour=14, minute=0)
    memory = Memory(doors, REQUEST, now=afternoon)
    memory.keep(_build(doors, "pdf", "matrix"), zone=ZoneInfo("Asia/Tokyo"), more=())
    assert Memory(doors, REQUEST, now=afternoon + timedelta(minutes=30)).recall() is not None
    assert Memory(doors, REQUEST, now=afternoon + timedelta(hours=2)).recall() is None
    memory = Memory(doors, REQUEST, now=afternoon)
    memory.keep(_build(doors, "pdf", "matrix"), zone=ZoneInfo("America/Denver"), more=())
    assert Memory(doors, REQUEST, now=afternoon + timedelta(hours=15)).recall() is not None


def test_a_poisoned_cache_gives_the_right_pdf(doors: Path) -> None:
    _build(doors, "pdf")
    right = (doors / DRAFT).read_bytes()
    for entry in _entries(doors):
        data = entry.read_bytes()
        entry.write_bytes(data[:40] + b"%PDF-1.7 something else entirely")
    (doors / DRAFT).unlink()
    _build(doors, "pdf")
    assert (doors / DRAFT).read_bytes() == right


def test_a_pdf_from_the_cache_is_the_one_that_would_be_built(doors: Path) -> None:
    _build(doors, "pdf")
    right = (doors / DRAFT).read_bytes()
    (doors / DRAFT).unlink()
    _build(doors, "pdf")
    assert (doors / DRAFT).read_bytes() == right


def test_another_program_shows_no_pdf_of_the_one_before(
    doors: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "policygen"
    program.mkdir()
    monkeypatch.setattr(watching, "PACKAGE", program)
    _build(doors, "pdf")
    _build(doors, "pdf")
    assert len(_entries(doors)) == 1
    (program / "words.py").write_text("MONTHS = ()\n")
    _build(doors, "pdf")
    assert len(_entries(doors)) == 2


def test_another_theme_gives_another_pdf(doors: Path) -> None:
    _build(doors, "pdf")
    before = (doors / DRAFT).read_bytes()
    edit(doors / "organization.yml", "accent:", "accent: '#aa1111'  #")
    _build(doors, "pdf")
    assert (doors / DRAFT).read_bytes() != before


def test_a_site_is_built_again_only_when_its_sources_or_its_files_changed(doors: Path) -> None:
    _build(doors, "site")
    page = doors / "build" / "site" / "policies" / "door-policy.html"
    first = page.stat().st_ino
    _build(doors, "site")
    assert page.stat().st_ino == first
    page.write_text("<p>Doors stay open.</p>")
    _build(doors, "site")
    assert "Doors stay open" not in page.read_text(encoding="utf-8")


def test_the_command_answers_from_memory_and_says_the_same(
    doors: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["-C", str(doors), "build", "pdf", "--preview", "--as-of", "2026-11-20"]
    assert main(command) == 0
    first = capsys.readouterr()
    inode = (doors / DRAFT).stat().st_ino
    assert main(command) == 0
    assert capsys.readouterr() == first
    assert (doors / DRAFT).stat().st_ino == inode
