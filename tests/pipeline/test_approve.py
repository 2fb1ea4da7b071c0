"""`approve` at the command line, on an organization that has lived through a year."""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from policygen.cli.session import Session
from policygen.pipeline.situation import situation
from policygen.pipeline.stock_checking import instructions
from tests.command_line import key_of, run
from tests.pipeline.doors import edit
from tests.year import END, POLICY, PROCEDURE, SYSTEMS, Year

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _at_the_years_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "now", lambda _: END)


@pytest.fixture
def root(own_year: Year) -> Path:
    return own_year.root


def _checked_with_stock_tools(root: Path) -> int:
    """Exit code of the signature checks of VERIFY.md, run as they stand."""
    page = instructions(situation(root, now=END + timedelta(hours=1)))
    parts = re.findall(r"^```sh\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)
    script = "\n".join(part for part in parts if "git " not in part)
    done = subprocess.run(
        ["sh"], input=script, cwd=root, capture_output=True, text=True, check=False
    )
    return done.returncode


def test_one_list_is_signed_for_several_documents(root: Path) -> None:
    edit(root / "organization.yml", "hours: 8", "hours: 4")
    edit(root / "organization.yml", "name: Leadbook Plus", "name: Leadbook One")
    # Dana holds one role and is made the owner of the register's too.
    edit(
        root / "organization.yml",
        "  it_lead: {person: noor-haddad, from: 2026-07-01}\n",
        "  it_lead: {person: dana-whitfield, from: 2027-01-15}\n",
    )
    assert run(root, "render") == 0
    assert run(root, "trust", "update", "--as", "yusuf-demir",
                "--key", key_of(root, "yusuf-demir"), "--yes") == 0  # fmt: skip
    assert run(root, "approve", PROCEDURE, SYSTEMS, "--as", "dana-whitfield", "--as-list",
                "--key", key_of(root, "dana-whitfield"), "--yes") == 0  # fmt: skip
    [listed] = (root / "evidence" / "external").glob("*.sha256")
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", listed.relative_to(root)],
        cwd=root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert checked.stdout.count(": OK\n") == 2
    found = situation(root, now=END + timedelta(hours=1))
    assert found.problems == ()
    assert _checked_with_stock_tools(root) == 0
    signature = next((root / "evidence" / "approvals" / SYSTEMS).glob("*.dana-whitfield.json.sig"))
    signature.write_bytes(next(signature.parent.glob("1.0.*.sig")).read_bytes())
    assert _checked_with_stock_tools(root) != 0
    given = [verdict.consent.document for verdict in found.judgement.verdicts[-2:]]
    assert sorted(given) == [SYSTEMS, PROCEDURE]


def test_a_rename_is_taken_up_in_every_document_that_waits(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    officer = "  security_officer:\n"
    edit(root / "organization.yml", officer, f"{officer}    title: Trust lead\n")
    assert run(root, "render") == 0
    for person, document in (("dana-whitfield", PROCEDURE), ("tobias-lindqvist", POLICY)):
        capsys.readouterr()
        assert run(root, "approve", "--mechanical", "--as", person, "--dry-run") == 0
        told = capsys.readouterr().out
        assert f"{document} " in told
        assert "(minor, approved)" in told
        assert 'a rename: "Security officer" is called "Trust lead"' in told


def test_a_word_of_their_own_is_renamed_a_second_time(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(root / "organization.yml", "it: Workplace Services", "it: Desk Services")
    assert run(root, "render") == 0
    capsys.readouterr()
    assert run(root, "approve", "--mechanical", "--as", "tobias-lindqvist", "--dry-run") == 0
    told = capsys.readouterr().out
    assert 'a rename: "Workplace Services" is called "Desk Services"' in told


def test_a_change_that_is_more_than_a_name_is_not_taken_for_one(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(root / "organization.yml", "hours: 8", "hours: 4")
    assert run(root, "render") == 0
    assert run(root, "approve", "--mechanical", "--as", "dana-whitfield", "--dry-run") == 2
    assert "no document waits for dana-whitfield with nothing but a name changed" in (
        capsys.readouterr().err
    )
