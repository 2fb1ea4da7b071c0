"""SSH signatures: our verdict is the one ssh-keygen gives, or a stricter one."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given
from hypothesis import strategies as st

from policygen.crypto.sshkeys import parse_public_line
from policygen.crypto.sshsig import MAGIC, read_signature, verify
from policygen.crypto.sshwire import SignatureError, string
from tests.crypto import security_keys
from tests.crypto.security_keys import SecurityKey

if TYPE_CHECKING:
    from pathlib import Path

DATA = b'{"document": "access-control-policy"}\n'
NAMESPACE = "policy-approval"
KINDS = {
    "ed25519": ("-t", "ed25519"),
    "ecdsa-256": ("-t", "ecdsa", "-b", "256"),
    "ecdsa-384": ("-t", "ecdsa", "-b", "384"),
    "ecdsa-521": ("-t", "ecdsa", "-b", "521"),
    "rsa-2048": ("-t", "rsa", "-b", "2048"),
    "rsa-3072": ("-t", "rsa", "-b", "3072"),
}


def make(folder: Path, name: str, *options: str) -> Path:
    key = folder / name
    subprocess.run(["ssh-keygen", "-q", *options, "-N", "", "-C", "c", "-f", key], check=True)
    return key


def sign(key: Path, data: bytes, *options: str, namespace: str = NAMESPACE) -> bytes:
    command = ["ssh-keygen", "-q", "-Y", "sign", *options, "-n", namespace, "-f", str(key)]
    done = subprocess.run(command, input=data, capture_output=True, check=True)
    return done.stdout


def ssh_keygen_accepts(folder: Path, data: bytes, armored: bytes, namespace: str) -> bool:
    file = folder / "checked.sig"
    file.write_bytes(armored)
    command = ["ssh-keygen", "-Y", "check-novalidate", "-n", namespace, "-s", str(file)]
    return subprocess.run(command, input=data, capture_output=True, check=False).returncode == 0


def we_accept(data: bytes, armored: bytes, namespace: str = NAMESPACE) -> bool:
    try:
        verify(data, armored, namespace=namespace)
    except SignatureError as error:
        return not error.reason
    return True


def unarmor(armored: bytes) -> bytes:
    return base64.b64decode(b"".join(armored.splitlines()[1:-1]))


def armor(blob: bytes) -> bytes:
    text = base64.b64encode(blob)
    lines = [text[start : start + 70] for start in range(0, len(text), 70)]
    begin, end = b"-----BEGIN SSH SIGNATURE-----", b"-----END SSH SIGNATURE-----"
    return b"\n".join([begin, *lines, end]) + b"\n"


def flip(data: bytes, position: int, bit: int = 0) -> bytes:
    changed = bytearray(data)
    changed[position] ^= 1 << bit
    return bytes(changed)


@pytest.fixture(scope="module", params=KINDS)
def key(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    kind: str = request.param
    return make(tmp_path_factory.mktemp("keys"), kind, *KINDS[kind])


@pytest.mark.parametrize("digest", ["sha256", "sha512"])
def test_a_good_signature_holds_and_names_its_key(key: Path, tmp_path: Path, digest: str) -> None:
    armored = sign(key, DATA, "-O", f"hashalg={digest}")
    about = verify(DATA, armored, namespace=NAMESPACE)
    public = " ".join(key.with_name(f"{key.name}.pub").read_text().split()[:2])
    listed = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(key)], capture_output=True, text=True, check=True
    )
    assert about.public_key == public
    assert about.fingerprint == listed.stdout.split()[1]
    assert (about.namespace, about.hash_algorithm) == (NAMESPACE, digest)
    assert read_signature(armored) == about
    assert ssh_keygen_accepts(tmp_path, DATA, armored, NAMESPACE)


def test_every_verdict_is_that_of_ssh_keygen(key: Path, tmp_path: Path) -> None:
    armored = sign(key, DATA)
    blob = unarmor(armored)
    other = unarmor(sign(make(tmp_path, "other", "-t", "ed25519"), DATA))
    # The key of one signature with the rest of another.
    exchanged = blob[:10] + other[10:65] + blob[10 + 4 + int.from_bytes(blob[10:14], "big") :]
    cases = {
        "good": (DATA, armored, NAMESPACE),
        "flipped data": (flip(DATA, 3), armored, NAMESPACE),
        "no data": (b"", armored, NAMESPACE),
        "flipped signature": (DATA, armor(flip(blob, len(blob) - 9)), NAMESPACE),
        "flipped key": (DATA, armor(flip(blob, 60)), NAMESPACE),
        "other key": (DATA, armor(exchanged), NAMESPACE),
        "asked for another namespace": (DATA, armored, "file"),
        "made for another namespace": (DATA, sign(key, DATA, namespace="git"), NAMESPACE),
        "truncated armor": (DATA, armored[: len(armored) // 2], NAMESPACE),
        "truncated blob": (DATA, armor(blob[:-4]), NAMESPACE),
        "trailing blob": (DATA, armor(blob + b"\0"), NAMESPACE),
        "magic": (DATA, armor(b"SSHSIH" + blob[6:]), NAMESPACE),
        "version": (DATA, armor(flip(blob, 9, 1)), NAMESPACE),
        "junk": (DATA, b"junk\n", NAMESPACE),
        "nothing": (DATA, b"", NAMESPACE),
        "junk in front": (DATA, b"x\n" + armored, NAMESPACE),
    }
    theirs = {name: ssh_keygen_accepts(tmp_path, *case) for name, case in cases.items()}
    ours = {name: we_accept(*case) for name, case in cases.items()}
    assert ours == theirs
    assert [name for name, accepted in ours.items() if accepted] == ["good"]


@pytest.fixture(scope="module")
def armored(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return sign(make(tmp_path_factory.mktemp("one"), "key", "-t", "ed25519"), DATA)


@given(data=st.data())
def test_no_flipped_bit_of_the_signed_blob_passes(armored: bytes, data: st.DataObject) -> None:
    blob = unarmor(armored)
    position = data.draw(st.integers(0, len(blob) - 1))
    assert not we_accept(DATA, armor(flip(blob, position, data.draw(st.integers(0, 7)))))


@given(data=st.data())
def test_no_flipped_bit_of_the_armor_passes(armored: bytes, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(armored) - 2))
    assert not we_accept(DATA, flip(armored, position, data.draw(st.integers(0, 7))))


@given(st.binary(max_size=300))
def test_random_bytes_are_refused_with_a_reason(junk: bytes) -> None:
    assert not we_accept(DATA, junk)
    assert not we_accept(DATA, armor(junk))
    assert not we_accept(DATA, armor(MAGIC + b"\0\0\0\1" + junk))


@pytest.mark.parametrize("behind", [b"x", b"\n\n", b"\n-----BEGIN SSH SIGNATURE-----\n"])
def test_nothing_may_follow_the_armor(armored: bytes, behind: bytes) -> None:
    assert not we_accept(DATA, armored + behind)


def test_windows_line_ends_change_nothing(armored: bytes) -> None:
    assert we_accept(DATA, armored.replace(b"\n", b"\r\n"))


def test_a_small_rsa_key_is_refused(tmp_path: Path) -> None:
    small = make(tmp_path, "small", "-t", "rsa", "-b", "1024")
    with pytest.raises(SignatureError, match="1024 bits"):
        read_signature(sign(small, DATA))


def test_a_certificate_is_refused(tmp_path: Path) -> None:
    key = make(tmp_path, "user", "-t", "ed25519")
    authority = make(tmp_path, "authority", "-t", "ed25519")
    command = ["ssh-keygen", "-q", "-s", str(authority), "-I", "id", "-n", "dana", f"{key}.pub"]
    subprocess.run(command, check=True)
    certificate = (tmp_path / "user-cert.pub").read_text()
    with pytest.raises(SignatureError, match="certificate"):
        parse_public_line(certificate)
    blob = unarmor(sign(key, DATA))
    end = 14 + int.from_bytes(blob[10:14], "big")
    exchanged = blob[:10] + string(base64.b64decode(certificate.split()[1])) + blob[end:]
    with pytest.raises(SignatureError, match="certificate"):
        verify(DATA, armor(exchanged), namespace=NAMESPACE)


def built(public: bytes, signature: bytes, digest: str = "sha512") -> bytes:
    parts = (public, NAMESPACE.encode(), b"", digest.encode(), signature)
    return armor(MAGIC + b"\0\0\0\1" + b"".join(map(string, parts)))


@pytest.mark.parametrize("digest", ["sha1", "md5", "sha384", ""])
def test_other_digests_are_refused(digest: str) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    public = string(b"ssh-ed25519") + string(key.public_key().public_bytes_raw())
    signed = MAGIC + b"".join(
        map(string, (NAMESPACE.encode(), b"", digest.encode(), hashlib.sha1(DATA).digest()))
    )
    signature = string(b"ssh-ed25519") + string(key.sign(signed))
    with pytest.raises(SignatureError, match="neither sha256 nor sha512"):
        verify(DATA, built(public, signature, digest), namespace=NAMESPACE)


def test_an_rsa_signature_over_sha1_is_refused(tmp_path: Path) -> None:
    blob = unarmor(sign(make(tmp_path, "rsa", "-t", "rsa", "-b", "2048"), DATA))
    old = string(string(b"rsa-sha2-512") + blob[-260:])
    new = string(string(b"ssh-rsa") + blob[-260:])
    assert old in blob
    with pytest.raises(SignatureError, match="ssh-rsa does not count"):
        verify(DATA, armor(blob.replace(old, new)), namespace=NAMESPACE)


@pytest.fixture(scope="module", params=security_keys.KINDS)
def token(request: pytest.FixtureRequest) -> SecurityKey:
    return SecurityKey(request.param)


def test_a_touched_security_key_holds_as_with_ssh_keygen(
    token: SecurityKey, tmp_path: Path
) -> None:
    armored = token.sign(DATA, NAMESPACE)
    about = verify(DATA, armored, namespace=NAMESPACE)
    (tmp_path / "token.pub").write_text(f"{token.line} comment\n")
    listed = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(tmp_path / "token.pub")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (about.public_key, about.fingerprint) == (token.line, listed.stdout.split()[1])
    assert parse_public_line(token.line).fingerprint == about.fingerprint
    assert ssh_keygen_accepts(tmp_path, DATA, armored, NAMESPACE)


def test_every_verdict_on_a_security_key_is_that_of_ssh_keygen(
    token: SecurityKey, tmp_path: Path
) -> None:
    armored = token.sign(DATA, NAMESPACE)
    blob = unarmor(armored)
    end = 14 + int.from_bytes(blob[10:14], "big")
    cases = {
        "good": (DATA, armored, NAMESPACE),
        "flipped data": (flip(DATA, 3), armored, NAMESPACE),
        "flipped counter": (DATA, armor(flip(blob, len(blob) - 1)), NAMESPACE),
        "flipped flags": (DATA, armor(flip(blob, len(blob) - 5, 2)), NAMESPACE),
        "flipped signature": (DATA, armor(flip(blob, len(blob) - 9)), NAMESPACE),
        "flipped application": (DATA, armor(flip(blob, end - 1)), NAMESPACE),
        "other key": (
            DATA, armor(blob[:10] + string(SecurityKey(token.kind).blob) + blob[end:]), NAMESPACE,
        ),
        "made for another namespace": (DATA, token.sign(DATA, "git"), NAMESPACE),
        "trailing blob": (DATA, armor(blob + b"\0"), NAMESPACE),
    }  # fmt: skip
    theirs = {name: ssh_keygen_accepts(tmp_path, *case) for name, case in cases.items()}
    ours = {name: we_accept(*case) for name, case in cases.items()}
    assert ours == theirs
    assert [name for name, accepted in ours.items() if accepted] == ["good"]


def test_a_security_key_that_was_not_touched_is_refused(token: SecurityKey) -> None:
    with pytest.raises(SignatureError, match="without being touched"):
        verify(DATA, token.sign(DATA, NAMESPACE, security_keys.NOT_TOUCHED), namespace=NAMESPACE)
