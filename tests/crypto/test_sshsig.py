"""SSH signatures: our verdict is the one ssh-keygen gives, or a stricter one."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from hypothesis import given
from hypothesis import strategies as st

from policygen.crypto.sshkeys import parse_public_line
from policygen.crypto.sshsig import MAGIC, read_signature, verify
from policygen.crypto.sshwire import SignatureError, integer_bytes, string

if TYPE_CHECKING:
    from collections.abc import Callable
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


def message(digest: str = "sha512") -> bytes:
    hashed = hashlib.new(digest, DATA).digest()
    parts = (NAMESPACE.encode(), b"", digest.encode(), hashed)
    return MAGIC + b"".join(map(string, parts))


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


APPLICATION = b"ssh:"


def token_ed25519(flags: int, counter: int = 7) -> bytes:
    key = ed25519.Ed25519PrivateKey.generate()
    kind = string(b"sk-ssh-ed25519@openssh.com")
    state = bytes([flags]) + counter.to_bytes(4, "big")
    application = hashlib.sha256(APPLICATION).digest()
    value = key.sign(application + state + hashlib.sha256(message()).digest())
    public = kind + string(key.public_key().public_bytes_raw()) + string(APPLICATION)
    return built(public, kind + string(value) + state)


def token_ecdsa(flags: int) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    kind = string(b"sk-ecdsa-sha2-nistp256@openssh.com")
    state = bytes([flags]) + bytes(4)
    application = hashlib.sha256(APPLICATION).digest()
    signed = application + state + hashlib.sha256(message()).digest()
    value = utils.decode_dss_signature(key.sign(signed, ec.ECDSA(hashes.SHA256())))
    point = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    public = kind + string(b"nistp256") + string(point) + string(APPLICATION)
    numbers = b"".join(string(integer_bytes(number)) for number in value)
    return built(public, kind + string(numbers) + state)


@pytest.mark.parametrize("token", [token_ed25519, token_ecdsa], ids=["ed25519", "ecdsa"])
def test_a_touched_security_key_holds_as_with_ssh_keygen(
    token: Callable[[int], bytes], tmp_path: Path
) -> None:
    armored = token(1)
    about = verify(DATA, armored, namespace=NAMESPACE)
    assert about.public_key.startswith("sk-")
    assert ssh_keygen_accepts(tmp_path, DATA, armored, NAMESPACE)
    assert not we_accept(DATA + b"x", armored)


@pytest.mark.parametrize("token", [token_ed25519, token_ecdsa], ids=["ed25519", "ecdsa"])
def test_a_security_key_that_was_not_touched_is_refused(token: Callable[[int], bytes]) -> None:
    with pytest.raises(SignatureError, match="without being touched"):
        verify(DATA, token(4), namespace=NAMESPACE)


@pytest.mark.parametrize("position", [-1, -5])
def test_flags_and_counter_of_a_security_key_are_signed(position: int) -> None:
    blob = unarmor(token_ed25519(1))
    assert not we_accept(DATA, armor(flip(blob, position % len(blob), 2)))
