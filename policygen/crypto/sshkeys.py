"""Public SSH keys: the kinds that count, their fingerprints, and what each one verifies."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from policygen.crypto.sshwire import Reader, SignatureError

MINIMUM_RSA_BITS = 2048
USER_PRESENT = 0x01
"""Flag of a security key: somebody touched it (PROTOCOL.u2f)."""

_CURVES: dict[str, tuple[ec.EllipticCurve, hashes.HashAlgorithm]] = {
    "nistp256": (ec.SECP256R1(), hashes.SHA256()),
    "nistp384": (ec.SECP384R1(), hashes.SHA384()),
    "nistp521": (ec.SECP521R1(), hashes.SHA512()),
}
_RSA_HASHES: dict[str, hashes.HashAlgorithm] = {
    "rsa-sha2-256": hashes.SHA256(),
    "rsa-sha2-512": hashes.SHA512(),
}


class _Checker(Protocol):
    """One kind of key: how a signature blob is checked against bytes."""

    def check(self, algorithm: str, signature: Reader, data: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key as an SSH signature or an allow-list carries it."""

    type: str
    """E.g. `ssh-ed25519`."""

    blob: bytes
    """The key in wire encoding."""

    checker: _Checker
    """What verifies with it."""

    @property
    def line(self) -> str:
        """Type and base64, without comment."""
        return f"{self.type} {base64.b64encode(self.blob).decode()}"

    @property
    def fingerprint(self) -> str:
        """`SHA256:...` as ssh-keygen prints it."""
        digest = hashlib.sha256(self.blob).digest()
        return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")

    def verify(self, algorithm: str, signature: Reader, data: bytes) -> None:
        """Check a signature blob, read behind the name of its algorithm.

        Raises:
            SignatureError: It does not hold.
        """
        try:
            self.checker.check(algorithm, signature, data)
        except InvalidSignature as error:
            raise SignatureError(
                f"the bytes are not what {self.fingerprint} signed, or the signature was changed"
            ) from error


def parse_public_key(blob: bytes) -> PublicKey:
    """The key in a wire-encoded blob.

    Raises:
        SignatureError: It is damaged, or of a kind that does not count: certificates, DSA, RSA
            below 2048 bits.
    """
    reader = Reader(blob)
    kind = reader.string().decode("ascii", "backslashreplace")
    try:
        checker = _read_checker(kind, reader)
    except ValueError as error:
        raise SignatureError(f"the {kind} key is not a valid key") from error
    reader.expect_end()
    return PublicKey(kind, blob, checker)


def parse_public_line(line: str) -> PublicKey:
    """The key in a line `type base64 [comment]`, as in a .pub file.

    Raises:
        SignatureError: It is no such line, or a key that does not count.
    """
    match line.split(maxsplit=2):
        case [kind, text, *_]:
            try:
                blob = base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError) as error:
                raise SignatureError("the public key is not base64") from error
        case _:
            raise SignatureError('a public key is written "type base64"')
    key = parse_public_key(blob)
    if key.type != kind or key.line != f"{kind} {text}":
        raise SignatureError(f"the public key says {kind} but holds {key.type}")
    return key


def _read_checker(kind: str, reader: Reader) -> _Checker:
    match kind:
        case "ssh-ed25519":
            return _Ed25519(reader)
        case "ecdsa-sha2-nistp256" | "ecdsa-sha2-nistp384" | "ecdsa-sha2-nistp521":
            return _Ecdsa(reader, kind, kind.removeprefix("ecdsa-sha2-"))
        case "ssh-rsa":
            return _Rsa(reader)
        case "sk-ssh-ed25519@openssh.com":
            return _SecurityKey(kind, _Ed25519(reader, kind), reader)
        case "sk-ecdsa-sha2-nistp256@openssh.com":
            return _SecurityKey(kind, _Ecdsa(reader, kind, "nistp256"), reader)
        case _ if "-cert-v" in kind:
            raise SignatureError("the key is a certificate; sign with the plain key")
        case _:
            raise SignatureError(f'keys of type "{kind}" do not count')


def _only_value(signature: Reader) -> bytes:
    """The one string that a signature holds after its algorithm."""
    value = signature.string()
    signature.expect_end()
    return value


class _Ed25519:
    def __init__(self, reader: Reader, kind: str = "ssh-ed25519") -> None:
        self._kind = kind
        self._key = ed25519.Ed25519PublicKey.from_public_bytes(reader.string())

    def check(self, algorithm: str, signature: Reader, data: bytes) -> None:
        _expect_algorithm(algorithm, self._kind)
        self.check_value(_only_value(signature), data)

    def check_value(self, value: bytes, data: bytes) -> None:
        """Check the inner signature."""
        self._key.verify(value, data)


class _Ecdsa:
    def __init__(self, reader: Reader, kind: str, curve: str) -> None:
        named = reader.string()
        if named != curve.encode():
            raise SignatureError(f"the {kind} key names another curve")
        self._kind = kind
        self._curve, self._hash = _CURVES[curve]
        point = reader.string()
        if point[:1] != b"\x04":
            raise SignatureError(f"the {kind} key is not an uncompressed point")
        self._key = ec.EllipticCurvePublicKey.from_encoded_point(self._curve, point)

    def check(self, algorithm: str, signature: Reader, data: bytes) -> None:
        _expect_algorithm(algorithm, self._kind)
        self.check_value(_only_value(signature), data)

    def check_value(self, value: bytes, data: bytes) -> None:
        """Check the inner signature, r and s as two mpints."""
        reader = Reader(value)
        encoded = utils.encode_dss_signature(reader.integer(), reader.integer())
        reader.expect_end()
        self._key.verify(encoded, data, ec.ECDSA(self._hash))


class _Rsa:
    def __init__(self, reader: Reader) -> None:
        exponent, modulus = reader.integer(), reader.integer()
        self._key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
        if self._key.key_size < MINIMUM_RSA_BITS:
            bits = self._key.key_size
            raise SignatureError(f"the RSA key has {bits} bits, at least {MINIMUM_RSA_BITS} count")

    def check(self, algorithm: str, signature: Reader, data: bytes) -> None:
        if algorithm not in _RSA_HASHES:
            raise SignatureError(f"{algorithm} does not count; use rsa-sha2-512 or rsa-sha2-256")
        self._key.verify(_only_value(signature), data, padding.PKCS1v15(), _RSA_HASHES[algorithm])


class _SecurityKey:
    """A key in a token: it signs digests together with its flags and counter (PROTOCOL.u2f)."""

    def __init__(self, kind: str, inner: _Ed25519 | _Ecdsa, reader: Reader) -> None:
        self._kind = kind
        self._inner = inner
        self._application = reader.string()

    def check(self, algorithm: str, signature: Reader, data: bytes) -> None:
        _expect_algorithm(algorithm, self._kind)
        value = signature.string()
        state = signature.take(5)  # one byte of flags, then the counter
        signature.expect_end()
        digests = (hashlib.sha256(part).digest() for part in (self._application, data))
        application, message = digests
        self._inner.check_value(value, application + state + message)
        if not state[0] & USER_PRESENT:
            raise SignatureError("the security key signed without being touched")


def _expect_algorithm(found: str, expected: str) -> None:
    if found != expected:
        raise SignatureError(f"the signature is {found}, the key is {expected}")
