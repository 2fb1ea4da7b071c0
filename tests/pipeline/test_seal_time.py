"""Seals with independent time: asked for only where an authority is configured, shown by verify."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import timedelta
from typing import TYPE_CHECKING

import pikepdf
import pytest

from policygen.cli.session import Session
from tests.command_line import run
from tests.crypto.pdf_samples import OpensslAuthority
from tests.crypto.time_server import serving
from tests.moments import NOW
from tests.pipeline.doors import edit

if TYPE_CHECKING:
    from pathlib import Path

SEALED = "evidence/sealed/access-control-policy/2.0"


@pytest.fixture(autouse=True)
def _an_hour_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "now", lambda _: NOW + timedelta(hours=1))


@pytest.fixture
def authority(tmp_path: Path) -> OpensslAuthority:
    return OpensslAuthority(tmp_path / "authority")


@pytest.fixture
def unsealed(example: Path) -> Path:
    """The example as it was before its PDFs were sealed."""
    before = ["git", "-C", str(example), "reset", "--quiet", "--hard", "HEAD~1"]
    subprocess.run(before, check=True)
    assert not (example / f"{SEALED}.pdf").exists()
    return example


def _configure(root: Path, url: str, roots: Path | None = None) -> None:
    lines = f"publication:\n  timestamp_authority: {url}\n"
    if roots is not None:
        shutil.copy(roots, root / "time-roots.pem")
        lines += "  timestamp_roots: time-roots.pem\n"
    edit(root / "organization.yml", "publication:\n", lines)


def _record(root: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((root / f"{SEALED}.json").read_text())
    return found


def test_nobody_is_asked_for_the_time_unless_configured(
    unsealed: Path, authority: OpensslAuthority, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(authority) as (_, asked):
        assert run(unsealed, "seal", "access-control-policy") == 0
    assert asked == []
    assert "timestamped_at" not in _record(unsealed)
    assert run(unsealed, "verify") == 0
    assert "time attested" not in capsys.readouterr().out


@pytest.mark.parametrize("with_roots", [True, False])
def test_a_configured_authority_attests_the_time_and_verify_shows_it(
    unsealed: Path,
    authority: OpensslAuthority,
    capsys: pytest.CaptureFixture[str],
    with_roots: bool,
) -> None:
    with serving(authority) as (url, asked):
        _configure(unsealed, url, authority.folder / "root.pem" if with_roots else None)
        assert run(unsealed, "seal", "access-control-policy") == 0
    assert asked
    pdf = unsealed / f"{SEALED}.pdf"
    with pikepdf.open(pdf) as opened:
        assert ("/DSS" in opened.Root) == with_roots
    capsys.readouterr()
    assert run(unsealed, "verify") == 0
    shown = capsys.readouterr().out
    assert "access-control-policy 2.0: time attested: " in shown
    assert "by Example Time Authority" in shown
    assert ("under a root that this organization names" in shown) == with_roots
    assert _record(unsealed)["timestamped_at"].endswith("Z")
    assert run(unsealed, "verify", str(pdf)) == 0
    assert "by Example Time Authority (its root is not judged)" in capsys.readouterr().out
    signed = subprocess.run(["pdfsig", "-nocert", pdf], capture_output=True, check=True)
    assert b"Total document signed" in signed.stdout


def test_an_authority_that_is_not_there_leaves_nothing_behind(
    unsealed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _configure(unsealed, "http://127.0.0.1:9/")
    assert run(unsealed, "seal", "access-control-policy") == 1
    assert "[timestamp-unreachable]" in capsys.readouterr().err
    assert not (unsealed / f"{SEALED}.pdf").exists()
    assert not (unsealed / f"{SEALED}.json").exists()


def test_an_authority_under_another_root_is_refused(
    unsealed: Path, authority: OpensslAuthority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = OpensslAuthority(tmp_path / "other")
    with serving(authority) as (url, _):
        _configure(unsealed, url, other.folder / "root.pem")
        assert run(unsealed, "seal", "access-control-policy") == 1
    assert "[timestamp-refused]" in capsys.readouterr().err
    assert not (unsealed / f"{SEALED}.pdf").exists()


def test_roots_replaced_later_make_the_attested_time_a_failure(
    unsealed: Path, authority: OpensslAuthority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(authority) as (url, _):
        _configure(unsealed, url, authority.folder / "root.pem")
        assert run(unsealed, "seal", "access-control-policy") == 0
    other = OpensslAuthority(tmp_path / "other")
    shutil.copy(other.folder / "root.pem", unsealed / "time-roots.pem")
    assert run(unsealed, "verify") == 1
    assert "[timestamp-untrusted]" in capsys.readouterr().err


def test_a_time_changed_in_the_record_is_seen(
    unsealed: Path, authority: OpensslAuthority, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(authority) as (url, _):
        _configure(unsealed, url)
        assert run(unsealed, "seal", "access-control-policy") == 0
    stated = _record(unsealed)["timestamped_at"]
    edit(unsealed / f"{SEALED}.json", stated, "2020-01-01T00:00:00Z")
    assert run(unsealed, "verify") == 1
    assert "timestamped_at is 2020-01-01T00:00:00Z" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, "no certificate\n"])
def test_a_file_of_roots_that_holds_none_is_named(
    unsealed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    roots = tmp_path / "roots.pem"
    roots.write_text(content or "x")
    _configure(unsealed, "http://127.0.0.1:9/", roots)
    if content is None:
        (unsealed / "time-roots.pem").unlink()
    assert run(unsealed, "seal", "access-control-policy") == 1
    assert "time-roots.pem: error: " in capsys.readouterr().err
