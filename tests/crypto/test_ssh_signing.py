"""Signing with ssh-keygen, and the allow-list it reads."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from policygen.crypto import ssh
from policygen.crypto.sshsig import verify
from policygen.problems import PolicygenError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAMESPACE = "policy-approval"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "keys" / "dana"
    ssh.make_key(path, "dana@northwind.example")
    return path


@pytest.fixture
def records(tmp_path: Path) -> tuple[Path, Path]:
    files = (tmp_path / "a" / "1.json", tmp_path / "b" / "1.json")
    for file in files:
        file.parent.mkdir()
        file.write_text(f"{file.parent.name}\n", encoding="utf-8")
    return files


@pytest.fixture
def agent(key: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    said = subprocess.run(["ssh-agent", "-s"], capture_output=True, text=True, check=True).stdout
    for name in ("SSH_AUTH_SOCK", "SSH_AGENT_PID"):
        found = re.search(rf"{name}=([^;]+);", said)
        assert found is not None
        monkeypatch.setenv(name, found.group(1))
    subprocess.run(["ssh-add", "-q", str(key)], check=True, capture_output=True)
    yield
    subprocess.run(["ssh-agent", "-k"], check=True, capture_output=True)


def problem_of(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(PolicygenError) as caught:
        call()
    [problem] = caught.value.problems
    return problem.code, problem.message


def test_many_files_are_signed_in_order_and_nothing_is_left_beside_them(
    key: Path, records: tuple[Path, Path]
) -> None:
    signatures = ssh.sign(records, key=key, namespace=NAMESPACE)
    for file, signature in zip(records, signatures, strict=True):
        about = verify(file.read_bytes(), signature, namespace=NAMESPACE)
        assert about.public_key == ssh.public_key_of(key)
        assert list(file.parent.iterdir()) == [file]
    assert ssh.sign([], key=key, namespace=NAMESPACE) == ()


@pytest.mark.usefixtures("agent")
def test_a_public_key_signs_while_its_private_part_is_in_the_agent(
    key: Path, records: tuple[Path, Path]
) -> None:
    key.unlink()
    [signature] = ssh.sign(records[:1], key=key.with_name("dana.pub"), namespace=NAMESPACE)
    verify(records[0].read_bytes(), signature, namespace=NAMESPACE)


def test_a_public_key_without_its_private_part_is_refused(
    key: Path, records: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    key.unlink()
    public = key.with_name("dana.pub")
    code, message = problem_of(lambda: ssh.sign(records, key=public, namespace=NAMESPACE))
    assert code == "ssh-key-refused"
    assert "No private key found" in message


def test_a_key_that_is_not_there_is_refused(tmp_path: Path, records: tuple[Path, Path]) -> None:
    nowhere = tmp_path / "nowhere"
    with pytest.raises(PolicygenError) as refused:
        ssh.public_key_of(nowhere)
    [problem] = refused.value.problems
    assert (problem.code, str(problem.location)) == ("ssh-key-refused", str(nowhere))
    code, message = problem_of(lambda: ssh.sign(records, key=nowhere, namespace=NAMESPACE))
    assert code == "ssh-key-refused"
    assert "No such file" in message


def test_a_key_others_may_read_is_refused(key: Path, records: tuple[Path, Path]) -> None:
    key.chmod(0o644)
    code, _ = problem_of(lambda: ssh.sign(records, key=key, namespace=NAMESPACE))
    assert code == "ssh-key-refused"


def test_a_small_rsa_key_is_refused_before_its_signature_is_used(
    tmp_path: Path, records: tuple[Path, Path]
) -> None:
    small = tmp_path / "small"
    command = ["ssh-keygen", "-q", "-t", "rsa", "-b", "1024", "-N", "", "-f", str(small)]
    subprocess.run(command, check=True)
    _, message = problem_of(lambda: ssh.sign(records, key=small, namespace=NAMESPACE))
    assert "1024 bits" in message


def test_without_ssh_keygen_the_problem_says_so(
    key: Path, records: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    code, _ = problem_of(lambda: ssh.sign(records, key=key, namespace=NAMESPACE))
    assert code == "ssh-keygen-missing"


def test_the_public_key_comes_from_the_private_one_where_no_pub_file_lies(key: Path) -> None:
    public = ssh.public_key_of(key)
    key.with_name("dana.pub").unlink()
    assert ssh.public_key_of(key) == public
    assert public.startswith("ssh-ed25519 ")
    assert len(public.split()) == 2


def test_a_key_is_never_overwritten(key: Path) -> None:
    before = key.read_bytes()
    assert problem_of(lambda: ssh.make_key(key, "other"))[0] == "ssh-key-refused"
    assert key.read_bytes() == before


def test_the_fingerprint_is_that_of_ssh_keygen(key: Path) -> None:
    command = ["ssh-keygen", "-l", "-f", str(key)]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert ssh.fingerprint(ssh.public_key_of(key)) == listed.split()[1]


START = datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))
END = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland"])
@pytest.mark.parametrize(
    ("at", "namespace", "accepted"),
    [
        pytest.param("20260101000001Z", NAMESPACE, True, id="just inside"),
        pytest.param("20251231235959Z", NAMESPACE, False, id="too early"),
        pytest.param("20261231235959Z", NAMESPACE, True, id="last second"),
        pytest.param("20270101000001Z", NAMESPACE, False, id="too late"),
        pytest.param("20260601000000Z", "file", False, id="other namespace"),
    ],
)
def test_ssh_keygen_reads_the_allow_list_as_it_is_meant(
    key: Path, tmp_path: Path, at: str, namespace: str, accepted: bool, zone: str
) -> None:
    record = tmp_path / "record"
    record.write_bytes(b"record")
    [signature] = ssh.sign([record], key=key, namespace=namespace)
    (tmp_path / "record.sig").write_bytes(signature)
    allowed = tmp_path / "allowed_signers"
    lines = [("dana", ssh.public_key_of(key), START, END)]
    allowed.write_text(ssh.allowed_signers(lines), encoding="ascii")
    asked = ["-n", namespace, "-I", "dana", "-O", f"verify-time={at}", "-f", str(allowed)]
    done = subprocess.run(
        ["ssh-keygen", "-Y", "verify", *asked, "-s", str(tmp_path / "record.sig")],
        input=b"record",
        env={**os.environ, "TZ": zone},
        capture_output=True,
        check=False,
    )
    assert (done.returncode == 0) == accepted


def test_a_key_without_end_counts_until_further_notice(key: Path) -> None:
    public = ssh.public_key_of(key)
    text = ssh.allowed_signers([("dana", public, START, None)])
    window = 'namespaces="policy-approval",valid-after="20260101000000Z"'
    assert text == f"dana {window} {public}\n"


@pytest.mark.parametrize("principal", ["", "dana sam", "*", 'a"b', "a\nb", "a,b", "!a", "Dana"])
def test_an_allow_list_takes_only_person_ids(key: Path, principal: str) -> None:
    with pytest.raises(ValueError, match="person id"):
        ssh.allowed_signers([(principal, ssh.public_key_of(key), START, None)])


def test_an_allow_list_takes_only_times_with_offset(key: Path) -> None:
    naive = START.replace(tzinfo=None)
    with pytest.raises(ValueError, match="offset"):
        ssh.allowed_signers([("dana", ssh.public_key_of(key), naive, None)])
