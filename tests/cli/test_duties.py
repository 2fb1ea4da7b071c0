"""`policygen duties` as a compliance manager meets it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from policygen.cli.main import main
from tests.small_workspace import PROFILE, SmallWorkspace, statement

if TYPE_CHECKING:
    from pathlib import Path


PROFILE_OF_A_FIRM = (
    PROFILE.replace("{kind: board}", "{kind: owner}")
    .replace("{person: ada}", "{person: ada, from: 2024-01-01}")
    .replace("{person: ben}", "{person: ben, from: 2024-01-01}")
)


@pytest.fixture
def workspace(tmp_path: Path) -> SmallWorkspace:
    found = SmallWorkspace(tmp_path)
    found.write("organization.yml", PROFILE_OF_A_FIRM)
    body = "The security officer SHALL test it {{ p.tabletop_frequency | every }}."
    found.policy("## Rules\n\n" + statement("IR-22", body).replace("system_owner", "ceo"))
    return found


def run(workspace: SmallWorkspace, *arguments: str) -> int:
    return main(["-C", str(workspace.root), "duties", *arguments])


def test_duties_are_listed_before_anything_is_approved(
    workspace: SmallWorkspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(workspace) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["role", "statement", "a", "year", "how", "often", "what", "is",
                                "promised"]  # fmt: skip
    assert lines[1].startswith("Chief executive  IR-22      1       every 12 months  The security")
    assert any(line.split() == ["All", "roles", "1", "1", "0", "-", "0"] for line in lines)


def test_one_role_is_picked(workspace: SmallWorkspace, capsys: pytest.CaptureFixture[str]) -> None:
    for role, count in (("ceo", 1), ("security_officer", 0)):
        assert run(workspace, "--role", role, "--format", "json") == 0
        assert len(json.loads(capsys.readouterr().out)["duties"]) == count


def test_duties_are_written_to_the_files_that_are_named(workspace: SmallWorkspace) -> None:
    files = [workspace.root / f"duties.{ending}" for ending in ("csv", "ics", "xlsx")]
    arguments = [part for file in files for part in ("-o", str(file))]
    assert run(workspace, "--year", "2027", *arguments) == 0
    csv, ics, xlsx = (file.read_bytes() for file in files)
    assert csv.startswith(b"\xef\xbb\xbfRole,Statement,")
    assert b"DTSTAMP:20270101T000000Z\r\nDTSTART;VALUE=DATE:20270131" in ics
    assert xlsx.startswith(b"PK\x03\x04")
    assert run(workspace, "--year", "2027", *arguments) == 0
    assert [file.read_bytes() for file in files] == [csv, ics, xlsx]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(("-o", "duties.pdf"), "usage-file-ending", id="an ending nobody writes"),
        pytest.param(("--role", "securty_officer"), "usage-unknown-role", id="no such role"),
    ],
)
def test_what_cannot_be_given_is_wrong_usage(
    workspace: SmallWorkspace,
    arguments: tuple[str, ...],
    code: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(workspace, *arguments) == 2
    assert f"[{code}]" in capsys.readouterr().err


def test_a_set_with_errors_has_no_list_of_duties(
    workspace: SmallWorkspace, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.policy("## Rules\n\n{{ p.nothing }}\n")
    assert run(workspace) == 1
    assert "[render-unknown-name]" in capsys.readouterr().err
