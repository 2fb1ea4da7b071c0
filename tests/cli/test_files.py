"""Files that a verb is told to write, at places where none can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.command_line import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "verb",
    [
        pytest.param(("duties",), id="duties"),
        pytest.param(("diff", "access-control-policy", "--from", "1.0", "--to", "2.0"), id="diff"),
        pytest.param(("review", "due", "--format", "json"), id="review due"),
    ],
)
@pytest.mark.parametrize("place", ["folder.csv", "file/list.csv"])
def test_a_place_where_no_file_can_be_is_wrong_usage(
    demonstration: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    verb: tuple[str, ...],
    place: str,
) -> None:
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file").write_text("")
    assert run(demonstration, *verb, "-o", str(tmp_path / place)) == 2
    assert "[usage-unwritable]" in capsys.readouterr().err


@pytest.mark.parametrize("verb", [("review", "due"), ("review", "close")])
def test_a_file_that_a_table_would_not_be_written_to_is_wrong_usage(
    demonstration: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    verb: tuple[str, ...],
) -> None:
    file = tmp_path / "list.txt"
    assert run(demonstration, *verb, "-o", str(file)) == 2
    assert "[usage-table-file]" in capsys.readouterr().err
