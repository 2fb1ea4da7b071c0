"""The command line as a new user meets it: next steps, clear problems, stable exit codes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING
from unittest import mock

import pytest

from policygen.cli.main import main
from tests.command_line import run
from tests.conftest import made_once

if TYPE_CHECKING:
    from pathlib import Path

ANSWERS = """\
legal_name: Marrow & Vale Ltd
short_name: Marrow
headcount: 9
time_zone: Europe/Lisbon
ceo: Ana Vale <ana@marrow.example>
security_officer: Rui Marrow <rui@marrow.example>
idp: Keyring
ticketing: Ticketeer
vcs: Branchline
"""


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.yml"
    path.write_text(ANSWERS)
    return path


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory, small_library: Path) -> Path:
    """What `init` makes of those answers and a library of four short documents; read only."""

    def make(folder: Path) -> None:
        answers, root = folder / "answers.yml", folder / "root"
        answers.write_text(ANSWERS)
        with mock.patch("policygen.pipeline.beginning.library_root", return_value=small_library):
            assert main(["init", str(root), "--answers", str(answers), "--no-input"]) == 0

    return made_once(tmp_path_factory, "begun", make) / "root"


@pytest.fixture
def workspace(tmp_path: Path, begun: Path) -> Path:
    """A copy of the new workspace that a test may change."""
    root = tmp_path / "policies of marrow"
    shutil.copytree(begun, root, symlinks=True)
    return root


def _next(root: Path, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert run(root, "status") == 0
    return capsys.readouterr().out.strip().splitlines()[-1]


def _git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Rui Marrow", "-c", "user.email=rui@marrow.example")
    subprocess.run(["git", "-C", str(root), *identity, *arguments], check=True, capture_output=True)


def _commit(root: Path) -> None:
    _git(root, "add", "-A")
    _git(root, "commit", "-qm", "test")


def _key(root: Path, person: str) -> Path:
    path = root / ".policygen" / "keys" / person
    path.parent.mkdir(parents=True, exist_ok=True)
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", person, "-f", str(path)]
    subprocess.run(command, check=True)
    return path


def test_status_leads_from_init_to_the_first_sealed_set(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Commit what was written" in _next(workspace, capsys)
    _commit(workspace)
    assert "policygen trust update" in _next(workspace, capsys)
    rui, ana = _key(workspace, "rui-marrow"), _key(workspace, "ana-vale")
    assert run(workspace, "trust", "update", "--as", "rui-marrow", "--key", str(rui), "-y") == 0
    _commit(workspace)
    step = _next(workspace, capsys)
    assert "policygen trust enroll ana-vale=THEIR-KEY.pub --as rui-marrow" in step
    pair = f"ana-vale={ana}.pub"
    assert (
        run(workspace, "trust", "enroll", pair, "--as", "rui-marrow", "--key", str(rui), "-y") == 0
    )
    assert "a second person" in _next(workspace, capsys)
    pair = f"rui-marrow={rui}.pub"
    assert run(workspace, "trust", "enroll", pair, "--as", "ana-vale", "--key", str(ana), "-y") == 0
    _commit(workspace)
    for _ in range(4):
        step = _next(workspace, capsys)
        if "policygen approve" not in step:
            break
        person = step.rsplit("--as ", 1)[1]
        key = {"rui-marrow": rui, "ana-vale": ana}[person]
        assert run(workspace, "approve", "--waiting", "--as", person, "--key", str(key), "-y") == 0
        _commit(workspace)
    assert "policygen keys init" in step
    assert run(workspace, "keys", "init", "--no-passphrase") == 0
    assert "policygen seal" in _next(workspace, capsys)
    assert run(workspace, "seal") == 0
    assert "Commit new evidence" in _next(workspace, capsys)
    _commit(workspace)
    assert "Everything is in force" in _next(workspace, capsys)
    assert run(workspace, "verify") == 0


def test_trust_snapshots_made_in_one_second_follow_each_other(workspace: Path) -> None:
    _commit(workspace)
    rui, ana = _key(workspace, "rui-marrow"), _key(workspace, "ana-vale")
    sign = ("--as", "rui-marrow", "--key", str(rui), "-y")
    assert run(workspace, "trust", "update", *sign) == 0
    assert run(workspace, "trust", "enroll", f"ana-vale={ana}.pub", *sign) == 0
    assert run(workspace, "verify") == 0


def test_the_drafter_may_not_approve_alone(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _git(workspace, "add", "-A")
    identity = ("-c", "user.name=Ana Vale", "-c", "user.email=ana@marrow.example")
    subprocess.run(
        ["git", "-C", str(workspace), *identity, "commit", "-qm", "by the chief executive"],
        check=True,
    )
    ana = _key(workspace, "ana-vale")
    assert run(workspace, "trust", "update", "--as", "ana-vale", "--key", str(ana), "-y") == 0
    capsys.readouterr()
    command = ("approve", "access-control-policy", "--as", "ana-vale", "--key", str(ana), "-y")
    assert run(workspace, *command) == 1
    assert "approval-drafter-alone" in capsys.readouterr().err
    assert not (workspace / "evidence" / "approvals").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["check"], 1, "workspace-missing", id="no workspace here"),
        pytest.param(["fly"], 2, "fly", id="unknown verb"),
        pytest.param(["check", "--format", "xml"], 2, "xml", id="unknown format"),
        pytest.param(["status", "--as-of", "soon"], 2, "not a date", id="no date"),
        pytest.param(["schema", "poem"], 2, "poem", id="unknown schema"),
        pytest.param(["verify", "missing.pdf"], 1, "pdf-unreadable", id="PDF is not there"),
        pytest.param(["init", "x", "--no-input"], 2, "legal_name", id="answers missing"),
        pytest.param(["init", "x", "--answers", "no.yml"], 2, "init-answers", id="no answers file"),
    ],
)
def test_wrong_usage_says_what_is_wrong(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == code
    captured = capsys.readouterr()
    assert words in captured.err + captured.out
    assert "Traceback" not in captured.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(
            ["explain", "acces_review_frequency"], 2, "access_review_frequency", id="name"
        ),
        pytest.param(["diff", "no-such-policy"], 2, "no-such-policy", id="document"),
        pytest.param(["approve", "x", "--as", "nobody"], 2, "usage-unknown-person", id="person"),
        pytest.param(["approve", "--as", "ana-vale"], 2, "usage-no-document", id="no document"),
        pytest.param(["seal"], 0, "sealed", id="nothing to seal"),
        pytest.param(["build"], 1, "build-nothing-in-force", id="nothing in force"),
        pytest.param(["init", "."], 2, "init-occupied", id="occupied folder"),
        pytest.param(["demo", "."], 2, "demo-occupied", id="demo over a workspace"),
    ],
)
def test_wrong_request_in_a_workspace_says_what_is_wrong(
    workspace: Path,
    answers: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    if arguments[0] == "init":
        arguments = [*arguments, "--answers", str(answers), "--no-input"]
    assert run(workspace, *arguments) == code
    captured = capsys.readouterr()
    assert words in captured.err + captured.out


def test_without_a_terminal_nothing_is_signed_unless_yes_is_given(
    workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = _key(workspace, "rui-marrow")
    command = ("trust", "update", "--as", "rui-marrow", "--key", str(key))
    assert run(workspace, *command) == 2
    assert "usage-needs-terminal" in capsys.readouterr().err
    assert not (workspace / "evidence").exists()


def test_check_names_file_line_and_column_in_every_format(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = workspace / "organization.yml"
    path.write_text(path.read_text().replace("headcount: 9", "headcount: many"))
    line = path.read_text().splitlines().index("  headcount: many") + 1
    assert run(workspace, "check") == 1
    assert f"organization.yml:{line}:14: error: " in capsys.readouterr().out
    assert run(workspace, "check", "--format", "json") == 1
    [problem] = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["path"], problem["line"], problem["column"]) == ("organization.yml", line, 14)
    assert run(workspace, "check", "--format", "github") == 1
    assert f"::error file=organization.yml,line={line},col=14," in capsys.readouterr().out


def test_render_check_writes_nothing(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = workspace / "rendered" / "policies" / "access-control-policy.md"
    before = target.read_bytes() + b"\n"
    target.write_bytes(before)
    assert run(workspace, "render", "--check") == 1
    assert "drift-differs" in capsys.readouterr().err
    assert target.read_bytes() == before
    assert run(workspace, "render") == 0
    assert run(workspace, "render", "--check") == 0


def test_preview_shows_drafts_where_nothing_is_approved(workspace: Path) -> None:
    assert run(workspace, "build", "--preview") == 0
    pdf = next((workspace / "build" / "pdf").glob("*-draft.pdf"))
    text = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, check=True)
    assert "DRAFT" in text.stdout
    page = workspace / "build" / "site" / "policies" / "access-control-policy.html"
    assert "DRAFT" in page.read_text(encoding="utf-8")


def test_diff_shows_the_changed_words(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(workspace, "diff", "access-control-policy") == 0
    assert "nothing -> working text" in capsys.readouterr().out


@pytest.mark.parametrize("what", ["profile", "template"])
def test_schema_is_json_schema(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", what]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is False


def test_the_program_runs_as_a_module_from_any_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "policygen", "--version"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "HOME": "/nonexistent"},
        check=True,
    )
    assert done.stdout.startswith("policygen ")


def test_diff_in_a_file_needs_the_name_of_one(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(workspace, "diff", "access-control-policy", "--format", "pdf") == 2
    assert "[usage-output]" in capsys.readouterr().err


@pytest.mark.parametrize(("style", "opening"), [("pdf", b"%PDF-1.7"), ("html", b"<!DOCTYPE html>")])
def test_diff_is_written_to_a_file(workspace: Path, style: str, opening: bytes) -> None:
    file = workspace / f"changes.{style}"
    arguments = ("diff", "access-control-policy", "--format", style, "-o", str(file))
    assert run(workspace, *arguments) == 0
    assert file.read_bytes().startswith(opening)
