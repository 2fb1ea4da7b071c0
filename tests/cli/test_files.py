"""Files that a verb is told to write, at places where none can be."""

from __future__ import annotations

import json
import os
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


def test_a_pipe_is_not_replaced_by_a_file(
    demonstration: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert run(demonstration, "review", "due", "--format", "json", "-o", str(pipe)) == 2
    assert "[usage-unwritable]" in capsys.readouterr().err
    assert pipe.is_fifo()


def test_a_link_to_a_file_is_written_through(demonstration: Path, tmp_path: Path) -> None:
    link = tmp_path / "latest.json"
    link.symlink_to("list.json")
    assert run(demonstration, "review", "due", "--format", "json", "-o", str(link)) == 0
    assert link.is_symlink()
    assert json.loads((tmp_path / "list.json").read_text())


def test_a_link_that_leads_in_a_circle_is_no_workspace(
    demonstration: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert run(demonstration, "verify", str(tmp_path / "a")) == 1
    assert run(tmp_path / "a", "check") == 1
    shown = capsys.readouterr()
    assert (shown.out + shown.err).count("[workspace-missing]") == 2


@pytest.mark.parametrize("verb", ["init", "demo"])
@pytest.mark.parametrize("place", ["circle", "file/below", "file"])
def test_a_place_where_no_folder_can_be_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str, place: str
) -> None:
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "file").write_text("mine")
    more = ("--archetype", "msp", "--example", "--no-input") if verb == "init" else ()
    assert run(tmp_path, verb, place, *more) == 2
    assert "[usage-unwritable]" in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "mine"
