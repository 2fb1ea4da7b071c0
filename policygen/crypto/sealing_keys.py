"""Sealing identities: the organization's key and certificate that PDFs are sealed with."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from policygen.atomic import create_bytes
from policygen.problems import Location, PolicygenError, Problem

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

KEY_FILE = "seal.key.pem"
CERTIFICATE_FILE = "seal.cert.pem"
VALIDITY_YEARS = 10
MAXIMUM_NAME = 64
MAXIMUM_FILE_BYTES = 1024 * 1024
MINIMUM_RSA_BITS = 2048
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""id-kp-documentSigning. Source: RFC 9336."""

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
"""Kinds of key that can seal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingIdentity:
    """A private key and the certificate that belongs to it."""

    key: PrivateKey = field(repr=False)
    """Never printed, logged or written by anything but `make_sealing_identity`."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()
    """Certificates above, as PKCS#12 files carry them; empty for a self-signed certificate."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, lower-case hex."""
        return fingerprint(self.certificate)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate's DER, lower-case hex.

    The same digits as `openssl x509 -noout -fingerprint -sha256` prints, without colons.
    """
    return certificate.fingerprint(hashes.SHA256()).hex()


def make_sealing_identity(
    folder: Path, *, organization: str, not_before: datetime, passphrase: bytes | None
) -> SealingIdentity:
    """A new P-256 key with a self-signed certificate, written to `folder`.

    Files are `seal.key.pem` (PKCS#8, mode 0600, encrypted where a passphrase is given) and
    `seal.cert.pem`. The certificate lasts ten years and may sign documents, nothing else.

    Args:
        folder: Made where it does not exist, then with mode 0700.
        organization: Legal name; subject is `O=<name>, CN=<name> document seal`.
        not_before: Start of validity, with offset.
        passphrase: None or empty leaves the key unencrypted.

    Raises:
        PolicygenError: One of the files exists (`seal-key-exists`), or the name does not fit
            into a certificate (`seal-key-organization`).
    """
    key_path, certificate_path = folder / KEY_FILE, folder / CERTIFICATE_FILE
    for path in (key_path, certificate_path):
        if path.exists() or path.is_symlink():
            raise _refused(path, "seal-key-exists", "there is already a file of this name")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _self_signed(key, organization, not_before)
    encryption = (
        serialization.BestAvailableEncryption(passphrase)
        if passphrase
        else serialization.NoEncryption()
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        create_bytes(key_path, pem, mode=0o600)
        create_bytes(certificate_path, certificate.public_bytes(serialization.Encoding.PEM))
    except FileExistsError as error:
        path = key_path if not certificate_path.exists() else certificate_path
        raise _refused(path, "seal-key-exists", "there is already a file of this name") from error
    return SealingIdentity(key=key, certificate=certificate)


def load_sealing_identity(
    key: Path, certificate: Path | None, passphrase: bytes | None
) -> SealingIdentity:
    """The identity in a PEM key with its certificate, or in a PKCS#12 file.

    Args:
        key: PEM (`-----BEGIN`) or PKCS#12; which one is seen from its bytes.
        certificate: PEM or DER. None where the PKCS#12 or PEM file holds it itself.
        passphrase: None where the key is not encrypted. Never part of a message.

    Raises:
        PolicygenError: The key is readable by others (`seal-key-readable`), the passphrase is wrong
            or missing (`seal-key-passphrase`), a file cannot be used (`seal-key-unreadable`), or
            key and certificate do not belong together (`seal-key-mismatch`).
    """
    data = _private_bytes(key)
    if data.lstrip().startswith(b"-----BEGIN"):
        private = _pem_key(key, data, passphrase)
        own = data if certificate is None else _bytes(certificate)
        found, chain = _certificates(certificate or key, own)
    else:
        private, inside, chain = _pkcs12(key, data, passphrase)
        found = inside
        if certificate is not None:
            found, chain = _certificates(certificate, _bytes(certificate))
    if found.public_key() != private.public_key():
        message = "the certificate belongs to another key"
        raise _refused(certificate or key, "seal-key-mismatch", message)
    return SealingIdentity(key=private, certificate=found, chain=chain)


def _self_signed(
    key: ec.EllipticCurvePrivateKey, organization: str, not_before: datetime
) -> x509.Certificate:
    start = not_before.astimezone(UTC).replace(microsecond=0)
    # X.520 sets the upper bound; the library builds longer and empty names without a word.
    if not 1 <= len(organization) <= MAXIMUM_NAME or not organization.isprintable():
        message = f'the organization "{organization}" must be a name of 1 to 64 characters'
        raise PolicygenError(Problem(code="seal-key-organization", message=message))
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, _common_name(organization)),
        ]
    )
    public = key.public_key()
    identifier = x509.SubjectKeyIdentifier.from_public_key(public)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    # Readers that know RFC 9336 look for documentSigning, older ones and `openssl cms -verify`
    # for emailProtection.
    extended = x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(_years_later(start, VALIDITY_YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(extended, critical=False)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )


def _common_name(organization: str) -> str:
    """`<organization> document seal`, shortened where it is too long for a common name."""
    ending = " document seal"
    return organization[: MAXIMUM_NAME - len(ending)].rstrip() + ending


def _years_later(moment: datetime, years: int) -> datetime:
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:  # 29 February
        return moment.replace(year=moment.year + years, day=28) + timedelta(days=1)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAXIMUM_FILE_BYTES + 1)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "unknown error"
        raise _refused(path, "seal-key-unreadable", f"the file cannot be read: {reason}") from error
    if len(data) > MAXIMUM_FILE_BYTES:
        message = (
            f"the file is longer than {MAXIMUM_FILE_BYTES} bytes, so it is no key or certificate"
        )
        raise _refused(path, "seal-key-unreadable", message)
    return data


def _private_bytes(path: Path) -> bytes:
    data = _bytes(path)
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        message = f"the sealing key may be read by others (mode {mode:04o}, expected 0600)"
        raise _refused(path, "seal-key-readable", message, f"Run chmod 600 {path.name}.")
    return data


def _pem_key(path: Path, data: bytes, passphrase: bytes | None) -> PrivateKey:
    encrypted = b"ENCRYPTED" in data
    if encrypted and not passphrase:
        message = "the sealing key is encrypted and no passphrase was given"
        raise _refused(path, "seal-key-passphrase", message)
    try:
        loaded = serialization.load_pem_private_key(data, passphrase if encrypted else None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # Without a cause: messages of the library may quote what they were given.
        if encrypted:
            message = "the passphrase does not open the sealing key"
            raise _refused(path, "seal-key-passphrase", message) from None
        raise _refused(path, "seal-key-unreadable", "the file holds no PEM private key") from None
    return _usable(path, loaded)


def _pkcs12(
    path: Path, data: bytes, passphrase: bytes | None
) -> tuple[PrivateKey, x509.Certificate, tuple[x509.Certificate, ...]]:
    if not data.startswith(b"\x30"):
        raise _refused(path, "seal-key-unreadable", "the file is neither a PEM key nor PKCS#12")
    try:
        bundle = pkcs12.load_pkcs12(data, passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        message = "the passphrase does not open the PKCS#12 file, or the file is damaged"
        raise _refused(path, "seal-key-passphrase", message) from None
    if bundle.key is None or bundle.cert is None:
        raise _refused(path, "seal-key-unreadable", "the file holds no key with its certificate")
    chain = tuple(extra.certificate for extra in bundle.additional_certs)
    return _usable(path, bundle.key), bundle.cert.certificate, chain


def _usable(path: Path, key: object) -> PrivateKey:
    match key:
        case ec.EllipticCurvePrivateKey():
            return key
        case rsa.RSAPrivateKey() if key.key_size >= MINIMUM_RSA_BITS:
            return key
        case _:
            message = f"the sealing key must be elliptic or RSA of at least {MINIMUM_RSA_BITS} bits"
            raise _refused(path, "seal-key-unreadable", message)


def _certificates(path: Path, data: bytes) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    """The first certificate of a file and those behind it."""
    try:
        if b"-----BEGIN" in data:
            first, *chain = x509.load_pem_x509_certificates(data)
        else:
            first, chain = x509.load_der_x509_certificate(data), []
    except ValueError as error:
        raise _refused(path, "seal-key-unreadable", "the file holds no certificate") from error
    return first, tuple(chain)


def _refused(path: Path, code: str, message: str, hint: str | None = None) -> PolicygenError:
    location = Location(path.as_posix())
    return PolicygenError(Problem(code=code, location=location, message=message, hint=hint))
