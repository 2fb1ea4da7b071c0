"""Attacks on a finished workspace: each is found, with a stable code."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from policygen.pipeline.verification import verify_pdf, verify_workspace
from tests.moments import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

POLICY = "evidence/approvals/access-control-policy"


def _codes(root: Path) -> set[str]:
    finding = verify_workspace(
        root, trust=frozenset(), now=NOW, rebuild=False, advance=lambda _: None
    )
    return {problem.code for problem in finding.errors}


def _git(root: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Mallory", "-c", "user.email=mallory@elsewhere.example")
    command = ["git", "-C", str(root), *identity, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _consent(root: Path, version: str = "2.0", document: str = "access-control-policy") -> Path:
    folder = root / "evidence" / "approvals" / document
    return next(path for path in sorted(folder.glob(f"{version}.*.json")))


def _edit(root: Path, **changes: object) -> None:
    path = _consent(root)
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, **changes}, indent=2, sort_keys=True) + "\n")


def _edit_consent(root: Path) -> None:
    _edit(root, effective="2026-12-24")


def _drop_signature(root: Path) -> None:
    path = _consent(root)
    path.with_name(path.name + ".sig").unlink()


def _other_signature(root: Path) -> None:
    mine = _consent(root)
    other = _consent(root, document="systems-register", version="1.0")
    shutil.copy(other.with_name(other.name + ".sig"), mine.with_name(mine.name + ".sig"))


def _move_to_other_document(root: Path) -> None:
    path = _consent(root)
    target = root / "evidence" / "approvals" / "systems-register"
    for ending in ("", ".sig"):
        shutil.copy(path.with_name(path.name + ending), target / (path.name + ending))


def _move_to_other_version(root: Path) -> None:
    path = _consent(root)
    for ending in ("", ".sig"):
        copy = path.with_name(path.name.replace("2.0.", "3.0.") + ending)
        shutil.copy(path.with_name(path.name + ending), copy)
    shutil.copy(root / POLICY / "2.0.md", root / POLICY / "3.0.md")


def _change_text(root: Path) -> None:
    path = root / POLICY / "2.0.md"
    path.write_text(path.read_text().replace("SHALL", "SHOULD", 1))


def _edit_trust(root: Path) -> None:
    path = root / "evidence" / "trust" / "2.yml"
    path.write_text(path.read_text().replace("in person", "in a dream", 1))


def _sign_with_unknown_key(root: Path) -> None:
    path = _consent(root)
    key = root / "mallory"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    path.with_name(path.name + ".sig").unlink()
    subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-n", "policy-approval", "-f", str(key), str(path)],
        check=True,
        capture_output=True,
    )


def _rewrite_history_forward(root: Path) -> None:
    path = _consent(root)
    original = path.read_bytes()
    path.write_bytes(original + b" ")
    _git(root, "commit", "-qam", "edit")
    path.write_bytes(original)
    _git(root, "commit", "-qam", "put back")


def _delete_from_history(root: Path) -> None:
    _git(root, "rm", "-rq", POLICY)
    _git(root, "commit", "-qm", "forget")


def _replace_ref(root: Path) -> None:
    blob = _git(root, "rev-parse", f"HEAD:{POLICY}/2.0.md").strip()
    forged = root / "forged.md"
    forged.write_text("# Everybody is exempt\n")
    other = _git(root, "hash-object", "-w", str(forged)).strip()
    _git(root, "replace", blob, other)


def _edit_rendered(root: Path) -> None:
    path = root / "rendered" / "policies" / "access-control-policy.md"
    path.write_text(path.read_text().replace("SHALL", "MAY", 1))


def _swap_sealed(root: Path) -> None:
    folder = root / "evidence" / "sealed" / "access-control-policy"
    shutil.copy(folder / "1.0.pdf", folder / "2.0.pdf")


def _foreign_seal_record(root: Path) -> None:
    path = root / "evidence" / "sealed" / "access-control-policy" / "2.0.json"
    path.write_text(path.read_text().replace('"version": "2.0"', '"version": "1.0"'))


@pytest.mark.parametrize(
    ("attack", "code"),
    [
        pytest.param(_edit_consent, "approval-signature-bad", id="consent edited"),
        pytest.param(_drop_signature, "approval-unsigned", id="consent unsigned"),
        pytest.param(_other_signature, "approval-signature-bad", id="signature of another record"),
        pytest.param(_sign_with_unknown_key, "approval-key-unknown", id="signed by a strange key"),
        pytest.param(_move_to_other_document, "approval-misplaced", id="moved to another document"),
        pytest.param(_move_to_other_version, "approval-misplaced", id="moved to another version"),
        pytest.param(_change_text, "approval-text-changed", id="text changed after approval"),
        pytest.param(_edit_trust, "trust-signature-bad", id="trust file edited"),
        pytest.param(_rewrite_history_forward, "record-rewritten", id="edited and put back"),
        pytest.param(_delete_from_history, "record-vanished", id="deleted from history"),
        pytest.param(_replace_ref, "record-replaced-objects", id="replace reference in place"),
        pytest.param(_edit_rendered, "rendered-unexplained", id="rendered text edited"),
        pytest.param(_swap_sealed, "seal-revision-differs", id="another version's PDF"),
        pytest.param(_foreign_seal_record, "seal-record-differs", id="seal record edited"),
    ],
)
def test_attack_on_the_workspace_is_found(
    example: Path, attack: Callable[[Path], None], code: str
) -> None:
    attack(example)
    assert code in _codes(example)


def _flip(data: bytes) -> bytes:
    middle = data.index(b"stream\n", len(data) // 3) + 40
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def _append(data: bytes) -> bytes:
    return data + b"\n1 0 obj\n<<>>\nendobj\n"


def _cut(data: bytes) -> bytes:
    return data[:-500]


def _back_to_revision_0(data: bytes) -> bytes:
    return data[: data.index(b"%%EOF") + len(b"%%EOF")]


@pytest.mark.parametrize(
    ("attack", "codes"),
    [
        pytest.param(_flip, {"seal-broken"}, id="a byte flipped"),
        pytest.param(_append, {"seal-later-change", "seal-not-whole"}, id="something appended"),
        pytest.param(_cut, {"seal-truncated", "pdf-unreadable", "seal-missing"}, id="end cut off"),
        pytest.param(_back_to_revision_0, {"seal-missing"}, id="cut back to before the seal"),
    ],
)
def test_attack_on_a_sealed_pdf_is_found(
    demonstration: Path, tmp_path: Path, attack: Callable[[bytes], bytes], codes: set[str]
) -> None:
    source = demonstration / "evidence" / "sealed" / "access-control-policy" / "2.0.pdf"
    target = tmp_path / "attacked.pdf"
    target.write_bytes(attack(source.read_bytes()))
    finding = verify_pdf(target, trust=frozenset(), now=NOW)
    assert {problem.code for problem in finding.errors} & codes
