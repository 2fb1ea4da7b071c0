from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from policygen.crypto.sealing_keys import (
    SealingIdentity,
    fingerprint,
    load_sealing_identity,
    make_sealing_identity,
)
from policygen.problems import PolicygenError
from tests.crypto.pdf_samples import START, identity

if TYPE_CHECKING:
    from pathlib import Path

PASSPHRASE = b"correct horse battery"


def made(folder: Path, passphrase: bytes | None = None) -> SealingIdentity:
    return make_sealing_identity(
        folder, organization="Ledgerlane Ltd", not_before=START, passphrase=passphrase
    )


def code(caught: pytest.ExceptionInfo[PolicygenError]) -> str:
    [problem] = caught.value.problems
    return problem.code


def private(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    path.chmod(0o600)
    return path


def bundle(passphrase: bytes) -> bytes:
    own = identity()
    encryption = serialization.BestAvailableEncryption(passphrase)
    assert isinstance(own.key, ec.EllipticCurvePrivateKey)
    return pkcs12.serialize_key_and_certificates(
        b"seal", own.key, own.certificate, None, encryption
    )


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_a_new_identity_is_the_one_read_back(tmp_path: Path, passphrase: bytes | None) -> None:
    new = made(tmp_path / "keys", passphrase)
    read = load_sealing_identity(
        tmp_path / "keys/seal.key.pem", tmp_path / "keys/seal.cert.pem", passphrase
    )
    assert read.fingerprint == new.fingerprint
    assert read.key.public_key() == new.key.public_key()


def test_the_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    made(tmp_path / "keys")
    assert (tmp_path / "keys/seal.key.pem").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


def test_a_passphrase_encrypts_the_key(tmp_path: Path) -> None:
    made(tmp_path, PASSPHRASE)
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in (tmp_path / "seal.key.pem").read_bytes()


def test_the_certificate_says_what_it_is_for(tmp_path: Path) -> None:
    certificate = made(tmp_path).certificate
    assert (
        certificate.subject.rfc4514_string() == "CN=Ledgerlane Ltd document seal,O=Ledgerlane Ltd"
    )
    assert certificate.issuer == certificate.subject
    assert certificate.not_valid_before_utc == START
    assert certificate.not_valid_after_utc == START.replace(year=START.year + 10)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert usage.value.content_commitment
    assert not usage.value.key_cert_sign
    extended = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert ExtendedKeyUsageOID.EMAIL_PROTECTION in extended


def test_two_certificates_have_different_serial_numbers(tmp_path: Path) -> None:
    numbers = {made(tmp_path / name).certificate.serial_number for name in ("a", "b")}
    assert len(numbers) == 2


def test_the_fingerprint_is_the_one_openssl_prints(tmp_path: Path) -> None:
    certificate = made(tmp_path).certificate
    said = subprocess.run(
        ["openssl", "x509", "-in", "seal.cert.pem", "-noout", "-fingerprint", "-sha256"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said.split("=")[1].strip().replace(":", "").lower() == fingerprint(certificate)


@pytest.mark.parametrize("name", ["seal.key.pem", "seal.cert.pem"])
def test_an_existing_file_is_never_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(PolicygenError) as caught:
        made(tmp_path)
    assert code(caught) == "seal-key-exists"
    assert (tmp_path / name).read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_long_name_is_shortened_only_in_the_common_name(tmp_path: Path) -> None:
    name = "Ledgerlane Settlement and Reconciliation Services Holding Ltd"
    certificate = make_sealing_identity(
        tmp_path, organization=name, not_before=START, passphrase=None
    ).certificate
    [organization] = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    [common] = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert organization.value == name
    assert str(common.value).endswith(" document seal")
    assert len(common.value) <= 64


@pytest.mark.parametrize("name", ["", "x" * 65])
def test_a_name_that_fits_no_certificate_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PolicygenError) as caught:
        make_sealing_identity(tmp_path, organization=name, not_before=START, passphrase=None)
    assert code(caught) == "seal-key-organization"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("given", [None, b"", b"wrong-secret"])
def test_a_wrong_passphrase_is_named_and_never_shown(tmp_path: Path, given: bytes | None) -> None:
    made(tmp_path, PASSPHRASE)
    with pytest.raises(PolicygenError) as caught:
        load_sealing_identity(tmp_path / "seal.key.pem", tmp_path / "seal.cert.pem", given)
    assert code(caught) == "seal-key-passphrase"
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_pkcs12_file_carries_key_and_certificate(tmp_path: Path) -> None:
    path = private(tmp_path / "seal.p12", bundle(PASSPHRASE))
    assert load_sealing_identity(path, None, PASSPHRASE).fingerprint == identity().fingerprint


@pytest.mark.parametrize("given", [None, b"wrong-secret"])
def test_a_wrong_pkcs12_passphrase_is_named(tmp_path: Path, given: bytes | None) -> None:
    path = private(tmp_path / "seal.p12", bundle(PASSPHRASE))
    with pytest.raises(PolicygenError) as caught:
        load_sealing_identity(path, None, given)
    assert code(caught) == "seal-key-passphrase"
    assert "secret" not in str(caught.value)


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / "seal.key.pem").chmod(0o640)
    with pytest.raises(PolicygenError) as caught:
        load_sealing_identity(tmp_path / "seal.key.pem", tmp_path / "seal.cert.pem", None)
    assert code(caught) == "seal-key-readable"
    assert "0640" in str(caught.value)


def test_key_and_certificate_must_belong_together(tmp_path: Path) -> None:
    made(tmp_path / "a")
    made(tmp_path / "b")
    with pytest.raises(PolicygenError) as caught:
        load_sealing_identity(tmp_path / "a/seal.key.pem", tmp_path / "b/seal.cert.pem", None)
    assert code(caught) == "seal-key-mismatch"


def test_one_pem_file_may_hold_key_and_certificate(tmp_path: Path) -> None:
    new = made(tmp_path)
    both = (tmp_path / "seal.key.pem").read_bytes() + (tmp_path / "seal.cert.pem").read_bytes()
    path = private(tmp_path / "both.pem", both)
    assert load_sealing_identity(path, None, None).fingerprint == new.fingerprint


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"hello", id="text"),
        pytest.param(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", id="torn"),
        pytest.param(b"x" * (1024 * 1024 + 1), id="too long"),
        pytest.param(
            ed25519.Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
            id="a kind of key that readers of PDF do not know",
        ),
    ],
)
def test_what_is_no_sealing_key_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(PolicygenError) as caught:
        load_sealing_identity(private(tmp_path / "key", data), None, None)
    assert code(caught) == "seal-key-unreadable"


def test_a_missing_key_is_a_problem_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(PolicygenError) as caught:
        load_sealing_identity(tmp_path / "seal.key.pem", None, None)
    assert code(caught) == "seal-key-unreadable"
    assert "seal.key.pem" in str(caught.value.problems[0].location)


def test_the_key_is_in_no_text_of_the_identity() -> None:
    assert "key" not in repr(identity()).lower().replace("sealingidentity", "")
