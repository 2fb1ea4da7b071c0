"""VERIFY.md: its commands are run as they stand, and they notice what was tampered with."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest

from policygen.audit.verification.stock_check_page import stock_check_page
from policygen.audit.verification.stock_checks import SignedManifest, checks_of
from policygen.cli.main import main
from policygen.cli.session import Session
from policygen.pipeline.situation import situation
from policygen.pipeline.stock_checking import instructions
from tests.moments import NOW
from tests.pipeline.doors import edit
from tests.pipeline.packages import made, on

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

POLICY = "access-control-policy"


def commands(page: str) -> str:
    return "\n".join(re.findall(r"^```sh\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE))


def run(page: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh"], input=commands(page), cwd=folder, capture_output=True, text=True, check=False
    )


def pages(root: Path) -> str:
    return instructions(situation(root, now=NOW))


def test_every_command_for_a_workspace_runs_as_it_stands(demonstration: Path) -> None:
    page = pages(demonstration)
    done = run(page, demonstration)
    assert done.returncode == 0, done.stderr
    consents = sum(
        not path.name.endswith(".forge.json")
        for path in (demonstration / "evidence" / "approvals").rglob("*.json")
    )
    assert done.stdout.count('Good "policy-approval" signature') == consents > 0
    assert done.stdout.count('Good "policy-trust" signature') == 3
    assert done.stdout.count("Total document signed") == 6
    assert done.stdout.count("sha256 Fingerprint=") == 1
    for tool in ("sha256sum", "ssh-keygen", "openssl", "pdfsig", "git"):
        assert f"{tool} " in commands(page)


def test_the_command_line_prints_the_page(
    demonstration: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(Session, "now", lambda _: NOW)
    assert main(["-C", str(demonstration), "verify", "--instructions"]) == 0
    assert capfdbinary.readouterr().out.decode() == pages(demonstration)


def _one(root: Path, pattern: str) -> Path:
    return sorted((root / "evidence").glob(pattern))[0]


def _text(root: Path) -> None:
    edit(_one(root, f"approvals/{POLICY}/1.0.md"), "SHALL", "MAY")


def _record(root: Path) -> None:
    edit(_one(root, f"approvals/{POLICY}/1.0.*.json"), '"role": "', '"role": "x')


def _signature_gone(root: Path) -> None:
    _one(root, f"approvals/{POLICY}/1.0.*.json.sig").unlink()


def _signature_of_another(root: Path) -> None:
    other = _one(root, "approvals/roles-register/*.sig").read_bytes()
    _one(root, f"approvals/{POLICY}/1.0.*.json.sig").write_bytes(other)


def _snapshot(root: Path) -> None:
    edit(root / "evidence/trust/2.yml", '"created_at": "2026', '"created_at": "2025')


def _root_of_trust(root: Path) -> None:
    edit(root / "evidence/trust/1.yml", '"created_at": "2026', '"created_at": "2025')


def _pdf(root: Path) -> None:
    path = _one(root, "sealed/*/*.pdf")
    path.write_bytes(path.read_bytes() + b"\n% more\n")


def _pdf_exchanged(root: Path) -> None:
    old, new = sorted((root / "evidence/sealed" / POLICY).glob("*.pdf"))
    new.write_bytes(old.read_bytes())


def _stray(root: Path) -> None:
    (root / "evidence/external").mkdir()
    (root / "evidence/external" / f"{'0' * 64}.txt").write_text("minutes")


def _rewritten(root: Path) -> None:
    path = _one(root, f"approvals/{POLICY}/1.0.*.json")
    data = path.read_bytes()
    for content in (b"{}\n", data):
        path.write_bytes(content)
        _commit(root)


def _removed(root: Path) -> None:
    for name in (".json", ".json.sig"):
        _one(root, f"approvals/{POLICY}/1.0.*{name}").unlink()
    _commit(root)


def _commit(root: Path) -> None:
    who = ("-c", "user.name=M", "-c", "user.email=m@evil.example")
    subprocess.run(
        ["git", *who, "commit", "-qm", "nothing to see", "--", "evidence"], cwd=root, check=True
    )


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(_text, id="text"),
        pytest.param(_record, id="record"),
        pytest.param(_signature_gone, id="signature removed"),
        pytest.param(_signature_of_another, id="signature of another record"),
        pytest.param(_snapshot, id="trust snapshot"),
        pytest.param(_root_of_trust, id="root of trust"),
        pytest.param(_pdf, id="PDF extended"),
        pytest.param(_pdf_exchanged, id="PDF of an older version"),
        pytest.param(_stray, id="external file"),
        pytest.param(_rewritten, id="history rewritten and put back"),
        pytest.param(_removed, id="approval removed"),
    ],
)
def test_the_commands_stop_where_something_was_tampered_with(
    demonstration: Path, example: Path, attack: Callable[[Path], None]
) -> None:
    page = pages(demonstration)
    attack(example)
    assert run(page, example).returncode != 0


def test_every_command_for_a_package_runs_as_it_stands(demonstration: Path, tmp_path: Path) -> None:
    person = "yusuf-demir"
    key = demonstration / ".policygen" / "keys" / "people" / person
    package = made(demonstration, on("2026-11-20"), signer=(person, key))
    with zipfile.ZipFile(io.BytesIO(package.archive)) as archive:
        archive.extractall(tmp_path)
    [folder] = tmp_path.iterdir()
    page = (folder / "VERIFY.md").read_text(encoding="utf-8")
    done = run(page, folder)
    assert done.returncode == 0, done.stderr
    assert f'Good "policy-package" signature for {person}' in done.stdout
    assert package.fingerprint in done.stdout
    assert "Total document signed" in done.stdout
    edit(folder / "METHOD.md", " ", "  ")
    assert run(page, folder).returncode != 0


def test_what_is_not_there_is_not_asked_for() -> None:
    page = stock_check_page(
        checks_of(
            (), organization="Quillwater", root_of_trust=None, set_head=None, roots=None,
            history=None,
        )
    )  # fmt: skip
    assert page.count("```sh") == 1
    for word in ("pdfsig -", "ssh-keygen -Y", "git log", "openssl ts"):
        assert word not in page


def test_names_cannot_become_commands_or_markup() -> None:
    page = stock_check_page(
        checks_of(
            ("evidence/trust/1.yml",),
            organization="`x` <b> $(id)\n```sh\nid",
            root_of_trust="0" * 64,
            set_head=None,
            roots="$(touch canary).pem",
            history=None,
            manifest=SignedManifest(signer="$(touch canary)"),
        )
    )
    assert "-I '$(touch canary)'" in commands(page)
    assert "-CAfile '$(touch canary).pem'" in commands(page)
    assert "\nid\n" not in commands(page)


def test_time_stamps_are_checked_where_there_are_some() -> None:
    page = stock_check_page(
        checks_of(
            ("evidence/approvals/a/1.0.b.json", "evidence/approvals/a/1.0.b.json.tsr"),
            organization="Quillwater",
            root_of_trust="0" * 64,
            set_head=None,
            roots="roots.pem",
            history="repository.bundle",
        )
    )
    assert 'openssl ts -verify -in "$token"' in page
    assert "git clone -q --bare repository.bundle" in page
