"""Attacks on a finished workspace: each is found, with a stable code."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from policygen.cli.main import main
from policygen.cli.session import Session
from policygen.pipeline.consent import approval
from policygen.pipeline.situation import situation
from policygen.pipeline.sources.survey import write_rendered
from policygen.pipeline.verification import verify_pdf, verify_workspace
from tests.moments import NOW
from tests.pipeline.doors import edit

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

POLICY = "evidence/approvals/access-control-policy"


def _codes(root: Path) -> set[str]:
    finding = verify_workspace(
        root, trust=frozenset(), now=NOW, rebuild=False, advance=lambda _: None
    )
    return {problem.code for problem in finding.errors}


def _git(root: Path, *arguments: str, env: dict[str, str] | None = None) -> str:
    identity = ("-c", "user.name=Mallory", "-c", "user.email=mallory@elsewhere.example")
    command = ["git", "-C", str(root), *identity, *arguments]
    around = {**os.environ, **(env or {})}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=around).stdout


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


def _key(root: Path, person: str) -> Path:
    return root / ".policygen" / "keys" / "people" / person


def _approve_at(root: Path, at: datetime) -> None:
    """Tobias approves a changed text with his own key; the record says it was then."""
    edit(root / "organization.yml", "revocation_hours: 8", "revocation_hours: 6")
    found = situation(root, now=NOW)
    write_rendered(found.survey)
    found = situation(root, now=NOW)
    request = approval.Request(
        person="tobias-lindqvist", documents=("access-control-policy",), waiting=False, role=None,
        significance=None, reason=None, effective=None, retire=False, tool="x", now=at,
        given_at=at,
    )  # fmt: skip
    approval.sign(found, approval.plan(found, request), _key(root, "tobias-lindqvist"))


def _back_date(root: Path) -> None:
    """A consent said to be of before the as-of date, and a commit whose date agrees with it."""
    day = NOW - timedelta(days=10)
    _approve_at(root, day)
    _git(root, "add", "evidence", "rendered", "organization.yml")
    stamp = f"{int(day.timestamp())} +0000"
    dates = {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
    _git(root, "commit", "-qm", "approved in time", env=dates)


def _post_date(root: Path) -> None:
    _approve_at(root, NOW + timedelta(days=2))


def _delete_newest_trust(root: Path) -> None:
    folder = root / "evidence" / "trust"
    newest = max(int(path.stem) for path in folder.glob("*.yml"))
    for path in folder.glob(f"{newest}.*"):
        path.unlink()


def _graft(root: Path) -> None:
    head = _git(root, "rev-parse", "HEAD").strip()
    (root / ".git" / "info").mkdir(exist_ok=True)
    (root / ".git" / "info" / "grafts").write_text(f"{head}\n")


def _lookalike_record(root: Path) -> None:
    path = _consent(root)
    for ending in ("", ".sig"):
        copy = path.with_name(path.name.replace("tobias", "t\u043ebias") + ending)
        shutil.copy(path.with_name(path.name + ending), copy)


def _capital_record(root: Path) -> None:
    path = _consent(root)
    shutil.copy(path, path.with_name(path.name.replace("tobias", "Tobias")))


def _duplicate_key(root: Path) -> None:
    path = _consent(root)
    text = path.read_text().replace('  "person"', '  "person": "marisol-okafor",\n  "person"', 1)
    path.write_text(text)


def _trailing_data(root: Path) -> None:
    path = _consent(root)
    path.write_text(path.read_text() + '{"decision": "approved"}\n')


def _unicode_equal_text(root: Path) -> None:
    """The same letters for a reader, other bytes."""
    path = root / POLICY / "2.0.md"
    path.write_text(path.read_text().replace("refuse", "r\u0435fuse", 1), encoding="utf-8")


def _windows_lines(root: Path) -> None:
    path = root / POLICY / "2.0.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


def _link_folder(root: Path) -> None:
    folder = root / POLICY
    folder.rename(root / "elsewhere")
    folder.symlink_to(root / "elsewhere")


def _fork(root: Path) -> None:
    """A second consent to version 2.0, signed by somebody entitled, to another text."""
    path = _consent(root)
    record = json.loads(path.read_text())
    record |= {"person": "marisol-okafor", "role": "ceo", "text_sha256": "0" * 64}
    other = path.with_name("2.0.marisol-okafor.json")
    other.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n")
    _sign(other, _key(root, "marisol-okafor"))


def _sign(path: Path, key: Path) -> None:
    command = ["ssh-keygen", "-q", "-Y", "sign", "-n", "policy-approval", "-f", str(key)]
    subprocess.run([*command, str(path)], check=True, capture_output=True)


def _unentitled(root: Path) -> None:
    """Somebody with a good key decides under a role that is not theirs."""
    path = _consent(root)
    record = json.loads(path.read_text()) | {"person": "yusuf-demir", "role": "ceo"}
    other = path.with_name("2.0.yusuf-demir.json")
    other.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n")
    _sign(other, _key(root, "yusuf-demir"))


def _foreign_list(root: Path) -> None:
    """A list of somebody else's, which names the record, beside a signature of theirs."""
    path = _consent(root)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    listed = f"{digest}  {path.relative_to(root).as_posix()}\n".encode()
    folder = root / "evidence" / "external"
    folder.mkdir(exist_ok=True)
    file = folder / f"{hashlib.sha256(listed).hexdigest()}.sha256"
    file.write_bytes(listed)
    _sign(file, _key(root, "yusuf-demir"))
    file.with_name(file.name + ".sig").replace(path.with_name(path.name + ".sig"))


def _own_waiver(root: Path) -> None:
    """The only drafter approves alone, under a waiver that they approved themselves."""
    drafter = "marisol.okafor@quillwater.example"
    edit(root / "organization.yml", f"email: {drafter}", "email: ceo@quillwater.example")
    tobias = "email: tobias.lindqvist@quillwater.example"
    edit(root / "organization.yml", tobias, f"{tobias}\n    emails: [{drafter}]")
    waiver = (
        "waivers:\n  - {id: w-01, code: approval-drafter-alone, reason: nobody else is here,\n"
        "     approved_by: tobias-lindqvist, beneficiary: tobias-lindqvist,\n"
        "     from: 2026-07-01, expires: 2026-12-31}"
    )
    edit(root / "organization.yml", "waivers: []", waiver)


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
        pytest.param(_back_date, "approval-time-implausible", id="back-dated near an as-of date"),
        pytest.param(_post_date, "approval-time-implausible", id="dated in the future"),
        pytest.param(_delete_newest_trust, "record-vanished", id="newest trust file deleted"),
        pytest.param(_graft, "record-replaced-objects", id="graft in place"),
        pytest.param(_lookalike_record, "record-unexpected", id="name with a foreign letter"),
        pytest.param(_capital_record, "record-unexpected", id="name with a capital"),
        pytest.param(_duplicate_key, "record-format", id="a key twice"),
        pytest.param(_trailing_data, "record-format", id="data behind the record"),
        pytest.param(_unicode_equal_text, "approval-text-changed", id="letter that looks the same"),
        pytest.param(_windows_lines, "record-text-format", id="line ends changed"),
        pytest.param(_link_folder, "record-odd-file", id="folder behind a link"),
        pytest.param(_fork, "approval-version-fork", id="fork of a version"),
        pytest.param(_unentitled, "approval-not-entitled", id="role of somebody else"),
        pytest.param(_foreign_list, "approval-key-unknown", id="list signed by somebody else"),
        pytest.param(_own_waiver, "approval-drafter-alone", id="waiver by its beneficiary"),
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


def test_a_waiver_of_somebody_else_lightens_what_its_beneficiary_could_not(example: Path) -> None:
    _own_waiver(example)
    edit(
        example / "organization.yml",
        "approved_by: tobias-lindqvist",
        "approved_by: helen-marchetti",
    )
    finding = verify_workspace(
        example, trust=frozenset(), now=NOW, rebuild=False, advance=lambda _: None
    )
    told = [problem for problem in finding.problems if problem.code == "approval-drafter-alone"]
    assert "approval-drafter-alone" not in {problem.code for problem in finding.errors}
    assert told
    assert all("under waiver w-01 approved by helen-marchetti" in one.message for one in told)


def test_an_own_key_is_not_enrolled_as_somebody_elses(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    public = f"{_key(example, 'yusuf-demir')}.pub"
    enroll = ("trust", "enroll", f"helen-marchetti={public}", "--as", "yusuf-demir")
    key = ("--key", str(_key(example, "yusuf-demir")), "--yes")
    before = sorted((example / "evidence" / "trust").iterdir())
    assert main(["-C", str(example), *enroll, *key]) == 1
    assert "[trust-key-shared]" in capsys.readouterr().err
    assert sorted((example / "evidence" / "trust").iterdir()) == before


def test_a_second_person_signs_the_newest_trust_too(
    example: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "now", lambda _: NOW)
    sign = ("trust", "countersign", "--as", "yusuf-demir", "--yes")
    key = ("--key", str(_key(example, "yusuf-demir")))
    assert main(["-C", str(example), *sign, *key]) == 0
    assert "signed by yusuf-demir too" in capsys.readouterr().out
    newest = situation(example, now=NOW).judgement.chain.newest
    assert newest is not None
    assert newest.signers == ("marisol-okafor", "yusuf-demir")
    assert main(["-C", str(example), *sign, *key]) == 1
    assert "[trust-not-trusted]" in capsys.readouterr().err
