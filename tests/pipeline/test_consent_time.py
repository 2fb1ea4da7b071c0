"""Independent time over consents: asked for where configured, held against everything else."""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from policygen.cli.session import Session
from policygen.model.evidence import Strength
from policygen.pipeline.situation import situation
from tests.command_line import approve_as, run
from tests.crypto.time_server import serving
from tests.pipeline.authorities import DatedAuthority
from tests.pipeline.doors import edit
from tests.year import END, POLICY, Year

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECORD = f"evidence/approvals/{POLICY}/3.0.tobias-lindqvist.json"


@pytest.fixture(autouse=True)
def _at_the_years_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "now", lambda _: END)


@pytest.fixture(scope="module")
def authority() -> DatedAuthority:
    return DatedAuthority(END + timedelta(seconds=30))


@pytest.fixture
def root(own_year: Year) -> Path:
    """The year with a changed figure, for Tobias to approve."""
    edit(own_year.root / "organization.yml", "hours: 8", "hours: 4")
    assert run(own_year.root, "render") == 0
    return own_year.root


@pytest.fixture
def served(root: Path, authority: DatedAuthority) -> Iterator[list[bytes]]:
    authority.write_root(root / "time-roots.pem")
    with serving(authority) as (url, asked):
        _configure(root, url)
        yield asked


def _configure(root: Path, url: str) -> None:
    lines = f"publication:\n  timestamp_authority: {url}\n  timestamp_roots: time-roots.pem\n"
    edit(root / "organization.yml", "publication:\n", lines)


def _verdict(root: Path) -> tuple[Strength, bool]:
    found = situation(root, now=END + timedelta(hours=1))
    [verdict] = [item for item in found.judgement.verdicts if item.path == RECORD]
    return verdict.strength, verdict.time_attested


def test_nobody_is_asked_unless_configured(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert approve_as(root, "tobias-lindqvist", POLICY) == 0
    assert not (root / f"{RECORD}.tsr").exists()
    assert _verdict(root) == (Strength.A3, False)
    assert run(root, "stamp") == 2
    assert "[timestamp-nobody]" in capsys.readouterr().err


def test_a_configured_authority_makes_the_consent_stronger(
    root: Path, served: list[bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    assert approve_as(root, "tobias-lindqvist", POLICY) == 0
    assert len(served) == 1
    assert _verdict(root) == (Strength.A4, True)
    capsys.readouterr()
    assert run(root, "verify") == 0
    shown = capsys.readouterr().out
    assert re.search(r"strengths: 1 A4, \d+ A3", shown)
    assert re.search(r"time unattested: (\d+) of ", shown)
    said = subprocess.run(
        [
            *["openssl", "ts", "-verify", "-data", RECORD, "-in", f"{RECORD}.tsr"],
            *["-CAfile", "time-roots.pem"],
        ],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Verification: OK" in said.stdout


def test_consents_stand_where_the_authority_is_away_and_are_stamped_later(
    root: Path, authority: DatedAuthority, capsys: pytest.CaptureFixture[str]
) -> None:
    _configure(root, "http://127.0.0.1:9/")
    authority.write_root(root / "time-roots.pem")
    assert approve_as(root, "tobias-lindqvist", POLICY) == 0
    told = capsys.readouterr().err
    assert "[timestamp-unreachable]" in told
    assert "policygen stamp" in told
    assert _verdict(root) == (Strength.A3, False)
    with serving(authority) as (url, asked):
        edit(root / "organization.yml", "http://127.0.0.1:9/", url)
        assert run(root, "stamp", "--dry-run") == 0
        assert asked == []
        assert run(root, "stamp") == 0
        assert len(asked) == 1
    told = capsys.readouterr().out
    assert re.search(r"left as they are: \d+ consent\(s\) older than three days", told)
    assert _verdict(root) == (Strength.A4, True)


def test_an_authority_under_another_root_leaves_no_stamp(
    root: Path, served: list[bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    DatedAuthority(END, "Another Authority").write_root(root / "time-roots.pem")
    assert approve_as(root, "tobias-lindqvist", POLICY) == 0
    assert served
    assert "[timestamp-refused]" in capsys.readouterr().err
    assert not (root / f"{RECORD}.tsr").exists()


@pytest.mark.usefixtures("served")
def test_a_back_dated_consent_is_found_by_its_stamp(
    root: Path, authority: DatedAuthority, capsys: pytest.CaptureFixture[str]
) -> None:
    honest = authority.at
    authority.at = END + timedelta(days=5)
    try:
        assert approve_as(root, "tobias-lindqvist", POLICY) == 0
    finally:
        authority.at = honest
    assert run(root, "verify") == 1
    assert "[approval-time-implausible]" in capsys.readouterr().err


@pytest.mark.usefixtures("served")
def test_a_stamp_of_another_record_attests_nothing(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert approve_as(root, "tobias-lindqvist", POLICY) == 0
    other = root / "evidence" / "approvals" / POLICY / "2.1.tobias-lindqvist.json.tsr"
    (root / f"{RECORD}.tsr").rename(other)
    assert _verdict(root) == (Strength.A3, False)
    assert run(root, "verify") == 1
    assert "[timestamp-other-data]" in capsys.readouterr().err


@pytest.mark.usefixtures("served")
def test_stamps_without_named_roots_are_said_once_and_count_for_nothing(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert approve_as(root, "tobias-lindqvist", POLICY) == 0
    edit(root / "organization.yml", "  timestamp_roots: time-roots.pem\n", "")
    assert _verdict(root) == (Strength.A3, False)
    capsys.readouterr()
    assert run(root, "verify") == 0
    assert capsys.readouterr().err.count("[timestamp-unjudged]") == 1


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("later", [0, 10], ids=["in the same second", "ten seconds later"])
def test_a_snapshot_made_between_signature_and_stamp_takes_nothing_away(
    root: Path, monkeypatch: pytest.MonkeyPatch, later: int
) -> None:
    assert approve_as(root, "tobias-lindqvist", POLICY) == 0
    monkeypatch.setattr(Session, "now", lambda _: END + timedelta(seconds=later))
    edit(root / "organization.yml", "title: Compliance Manager", "title: Head of Compliance")
    key = root / ".policygen" / "keys" / "people" / "yusuf-demir"
    trusted = ("trust", "update", "--as", "yusuf-demir", "--key", str(key), "--yes")
    assert run(root, *trusted) == 0
    assert _verdict(root) == (Strength.A4, True)


def test_approve_says_how_much_is_signed_in_one_sitting(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert approve_as(root, "tobias-lindqvist", POLICY) == 0
    assert "one sitting: 1 consent to texts of " in capsys.readouterr().out
    assert run(root, "verify") == 0
    assert "largest sitting: 2 consents by dana-whitfield" in capsys.readouterr().out
