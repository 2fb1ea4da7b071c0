"""Time-stamping authorities on this machine: one that answers for any moment, and a door to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

if TYPE_CHECKING:
    from pathlib import Path

_FROM, _TO = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)


class Answers(Protocol):
    def answer(self, request: bytes) -> bytes: ...


class DatedAuthority:
    """States whatever time `at` is set to."""

    def __init__(self, at: datetime, name: str = "Example Time Authority") -> None:
        self.at = at
        root_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.root = _certificate(f"{name} root", root_key.public_key(), f"{name} root", root_key)
        self._certificate = _certificate(name, self._key.public_key(), f"{name} root", root_key)

    def answer(self, request: bytes) -> bytes:
        stamper = DummyTimeStamper(
            tsa_cert=asn1_x509.Certificate.load(_der(self._certificate)),
            tsa_key=asn1_keys.PrivateKeyInfo.load(
                self._key.private_bytes(
                    serialization.Encoding.DER,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            ),
            certs_to_embed=SimpleCertificateStore.from_certs(
                [asn1_x509.Certificate.load(_der(self._certificate))]
            ),
            fixed_dt=self.at,
        )
        answer: bytes = stamper.request_tsa_response(tsp.TimeStampReq.load(request)).dump()
        return answer

    def write_root(self, path: Path) -> None:
        path.write_bytes(self.root.public_bytes(serialization.Encoding.PEM))


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _certificate(
    subject: str, public_key: rsa.RSAPublicKey, issuer: str, issuer_key: rsa.RSAPrivateKey
) -> x509.Certificate:
    is_root = subject == issuer
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(public_key)
        .serial_number(1 if is_root else 2)
        .not_valid_before(_FROM)
        .not_valid_after(_TO)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
    )
    if not is_root:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(issuer_key, hashes.SHA256())


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
