"""Folders that are written and cleared: a link in their place leads to somebody else's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policygen.cli.main import main
from tests.pipeline.doors import open_doors

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def doors(tmp_path: Path) -> Path:
    return open_doors(tmp_path / "doors")


@pytest.mark.parametrize(
    ("place", "command"),
    [
        ("build", ("build", "--preview")),
        ("build/docs", ("build", "site", "--preview")),
        ("build/docs/policies", ("build", "site", "--preview")),
        ("build/pdf", ("build", "pdf", "--preview")),
        ("rendered", ("render",)),
        ("rendered/policies", ("render",)),
    ],
)
def test_files_behind_a_link_are_neither_written_nor_removed(
    doors: Path,
    tmp_path: Path,
    place: str,
    command: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:
    outside = tmp_path / "outside"
    (outside / "docs").mkdir(parents=True)
    for name in ("letter.md", "docs/letter.md"):
        (outside / name).write_text("Dear reader")
    link = doors / place
    link.parent.mkdir(parents=True, exist_ok=True)
    if link.exists():
        link.rename(tmp_path / "before")
    link.symlink_to(outside)
    assert main(["-C", str(doors), *command]) == 1
    assert f"{place}: error: a link stands in place of a folder" in capsys.readouterr().err
    left = {path.relative_to(outside).as_posix() for path in outside.rglob("*")}
    assert left == {"docs", "docs/letter.md", "letter.md"}


def test_a_link_that_leads_nowhere_is_told(doors: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (doors / "build").symlink_to("nowhere")
    assert main(["-C", str(doors), "build", "pdf", "--preview"]) == 1
    assert "folder-link" in capsys.readouterr().err


def test_a_link_to_a_file_gives_way_to_a_file(doors: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pdf"
    other.write_bytes(b"kept")
    draft = doors / "build/pdf/door-policy-draft.pdf"
    draft.parent.mkdir(parents=True)
    draft.symlink_to(other)
    assert main(["-C", str(doors), "build", "pdf", "--preview"]) == 0
    assert not draft.is_symlink()
    assert other.read_bytes() == b"kept"
