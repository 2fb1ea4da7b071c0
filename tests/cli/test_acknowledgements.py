"""`policygen acknowledgements` as a compliance manager meets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policygen.cli.main import main
from tests.audit.reading import read_workbook

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Two people who were there when version 1.0 took effect, one of whom signed 2.0."""
    roster, form = tmp_path / "roster.csv", tmp_path / "form.csv"
    roster.write_text("person,name,start\nada,=Ada,2020-01-01\nben,Ben Okoro,2020-01-01\n")
    form.write_text(
        "person,document,version,at\nada,access-control-policy,2.0,2026-11-19\n"
        "zoe,access-control-policy,2.0,2026-11-19\n"
    )
    return ["--roster", str(roster), "--received", str(form)]


def run(demonstration: Path, *arguments: str) -> int:
    return main(["-C", str(demonstration), "acknowledgements", *arguments])


def test_population_and_who_is_overdue_are_shown(
    demonstration: Path, files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(demonstration, *files, "--as-of", "2027-02-01") == 0
    shown = capsys.readouterr()
    [line] = [row for row in shown.out.splitlines() if row.startswith("access-control-policy")]
    assert line.split()[:4] == ["access-control-policy", "2.0", "2", "1"]
    assert "Ben Okoro, Access Control Policy (new version)" in shown.out
    assert "form.csv:3: warning: a receipt does not count: nobody on the roster" in (
        shown.out + shown.err
    )
    assert run(demonstration, *files, "--as-of", "2027-02-01", "--exit-code") == 1


def test_the_list_is_a_workbook_without_formulas(
    demonstration: Path, files: list[str], tmp_path: Path
) -> None:
    target = tmp_path / "list.xlsx"
    assert run(demonstration, *files, "--as-of", "2027-02-01", "-o", str(target)) == 0
    # Reading refuses a cell that is a formula.
    by_document, by_person, *_ = read_workbook(target.read_bytes())
    assert any("Access Control Policy" in row for row in by_document.rows)
    assert any("=Ada" in row for row in by_person.rows)
    assert not (demonstration / "evidence" / "acknowledgements").exists()


def test_wrong_files_and_endings_are_told(
    demonstration: Path, files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(demonstration, *files, "-o", "list.doc") == 2
    refusal = capsys.readouterr().err
    assert refusal.startswith("list.doc: error: it ends in none of csv, xlsx")
    assert "[usage-file-ending]" in refusal
    missing = ["--roster", str(tmp_path / "none.csv"), "--received", files[3]]
    assert run(demonstration, *missing) == 1
    assert "none.csv: error: the file cannot be read: no such file" in capsys.readouterr().err
