"""A survey is kept for the next command, for the same sources only, and brings nothing in."""

from __future__ import annotations

import os
import pickle
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from policygen.cli.main import main
from policygen.cli.session import Session
from policygen.pipeline.sources import watching
from policygen.pipeline.sources.shelf import Known, Shelf
from policygen.pipeline.sources.survey import survey
from policygen.pipeline.sources.surveying import Surveyor, surveyor_of
from policygen.problems import Problem
from policygen.publish.cache import Cache
from tests.moments import NOW
from tests.pipeline.doors import POLICY, edit, open_doors

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.pipeline.sources.survey import Survey

RENDERED = "rendered/policies/door-policy.md"
SIGN = Problem(code="text-placeholder", message="seen on the shelf")
"""An error that the sources do not have."""


@pytest.fixture
def doors(tmp_path: Path) -> Path:
    root = open_doors(tmp_path / "doors")
    surveyor_of(root).survey(NOW)
    return root


def _sign(root: Path) -> None:
    """Change the survey on the shelf, so that whoever takes it from there can be told."""
    shelf = Shelf(root)
    known = shelf.take()
    assert known is not None
    shelf.put(Known(known.digest, replace(known.found, problems=(SIGN,)), known.kept))


def _surveyed(root: Path) -> Survey:
    return surveyor_of(root).survey(NOW)


def test_a_survey_from_the_shelf_is_the_one_that_would_be_taken(doors: Path) -> None:
    assert _surveyed(doors) == survey(doors, now=NOW)


def test_a_file_whose_name_is_no_utf_8_is_told(doors: Path) -> None:
    name = os.fsdecode(b"policies/a\xff.md")
    shutil.copy(doors / POLICY, doors / name)
    found = _surveyed(doors)
    told = {(row.code, row.location.path) for row in found.problems if row.location}
    assert ("template-id-differs", name) in told
    assert found == _surveyed(doors)


def test_the_next_command_takes_the_survey_from_the_shelf(
    doors: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A survey counts for its day.
    monkeypatch.setattr(Session, "now", lambda _: NOW)
    _sign(doors)
    assert SIGN in _surveyed(doors).problems
    assert main(["-C", str(doors), "check"]) == 1
    assert "seen on the shelf" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        pytest.param(POLICY, "are closed", "are shut", id="a template"),
        pytest.param("organization.yml", "time_zone: ", "time_zone:  ", id="the profile"),
    ],
)
def test_changed_sources_are_surveyed_anew(doors: Path, path: str, old: str, new: str) -> None:
    _sign(doors)
    edit(doors / path, old, new)
    assert _surveyed(doors) == survey(doors, now=NOW)


def test_rendered_text_is_compared_each_time(doors: Path) -> None:
    edit(doors / RENDERED, "are closed", "are open")
    assert "drift-differs" in {found.code for found in _surveyed(doors).problems}


def test_verification_takes_nothing_from_the_shelf(
    doors: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _sign(doors)
    edit(doors / RENDERED, "are closed", "are open")
    assert main(["-C", str(doors), "verify"]) == 1
    assert "[rendered-unexplained]" in capsys.readouterr().err


def test_a_copied_workspace_brings_no_survey_along(doors: Path) -> None:
    _sign(doors)
    copy = doors.with_name("copy")
    shutil.copytree(doors, copy)
    assert Shelf(copy).take() is None
    doors.rename(doors.with_name("elsewhere"))
    assert Shelf(doors.with_name("elsewhere")).take() is None


class _Running:
    """What an attacker would write: reading it runs a command."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (os.system, (f"touch '{self._file}'",))


class _Building:
    """The same with a function of ours."""

    def __reduce__(self) -> tuple[object, tuple[list[str]]]:
        return (main, (["--version"],))


@pytest.mark.parametrize("data", [b"", b"\x80\x05K\x01.", b"not a pickle", pickle.dumps({})])
def test_anything_else_on_the_shelf_is_a_miss(doors: Path, data: bytes) -> None:
    _lay(doors, data)
    assert Shelf(doors).take() is None
    assert _surveyed(doors) == survey(doors, now=NOW)


def test_nothing_on_the_shelf_is_ever_run(doors: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for attack in (_Running(doors / "ran"), _Building()):
        _lay(doors, pickle.dumps(attack))
        assert Shelf(doors).take() is None
    assert not (doors / "ran").exists()
    assert capsys.readouterr().out == ""


def _lay(root: Path, data: bytes) -> None:
    """Put bytes where the survey lies, bound to this disk as if we had written them."""
    folder = root / "build" / "cache"
    [entry] = [path for path in folder.iterdir() if len(path.name) == 64]
    Cache(folder).write(entry.name, data)


def test_a_folder_that_is_no_workspace_gets_none(tmp_path: Path) -> None:
    assert main(["-C", str(tmp_path), "check"]) == 1
    assert list(tmp_path.iterdir()) == []


def test_sources_that_changed_in_part_are_rendered_in_part(doors: Path) -> None:
    before = _surveyed(doors)
    text = (doors / POLICY).read_text(encoding="utf-8")
    more = text.replace("door-policy", "gate-policy").replace("DO-01", "GA-01")
    (doors / "policies" / "gate-policy.md").write_text(more, encoding="utf-8")
    after = Surveyor(doors, Shelf(doors)).survey(NOW)
    assert {document.id for document in after.rendering.documents} == {"door-policy", "gate-policy"}
    assert after.document("door-policy") == before.document("door-policy")


def test_a_survey_is_kept_for_this_program_alone_whatever_part_of_it_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "policygen"
    monkeypatch.setattr(watching, "PACKAGE", program)
    for part in ("render/documents.py", "pipeline/line.py", "data/terms.yml"):
        (program / part).parent.mkdir(parents=True, exist_ok=True)
        before = watching.tool()
        (program / part).write_text("x")
        assert watching.tool() != before


def test_the_program_is_the_whole_package() -> None:
    assert {"cli", "data", "pipeline", "render"} <= {
        path.name for path in watching.PACKAGE.iterdir()
    }
