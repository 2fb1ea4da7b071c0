"""Reading and checking armored SSH signatures (OpenSSH's PROTOCOL.sshsig) in process.

Says whether a signature is one over these bytes, in this namespace, by the key it carries. Whether
that key counts, and when, is for the caller to decide.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from policygen.crypto.sshkeys import PublicKey, parse_public_key
from policygen.crypto.sshwire import Reader, SignatureError, string

MAGIC = b"SSHSIG"
BEGIN = b"-----BEGIN SSH SIGNATURE-----"
END = b"-----END SSH SIGNATURE-----"
MAXIMUM_ARMOR_BYTES = 64 * 1024
HASHES = frozenset({"sha256", "sha512"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SshSignature:
    """What an armored signature says about itself."""

    public_key: str
    """Type and base64 of the key it carries, without comment."""

    fingerprint: str
    """`SHA256:...` of that key, as ssh-keygen prints it."""

    namespace: str
    """What the signature is meant for, e.g. `policy-approval`."""

    hash_algorithm: str
    """`sha256` or `sha512`: how the bytes were digested before signing."""

    signature_algorithm: str
    """E.g. `ssh-ed25519` or `rsa-sha2-512`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """A signature taken apart."""

    about: SshSignature
    key: PublicKey
    namespace: bytes
    hash_algorithm: bytes
    signature: Reader
    """Stands behind the name of the algorithm."""


def read_signature(armored: bytes) -> SshSignature:
    """What the signature says about itself; nothing is verified.

    Raises:
        SignatureError: It is no SSH signature, or one of a kind that does not count here.
    """
    return _take_apart(armored).about


def verify(data: bytes, armored: bytes, *, namespace: str) -> SshSignature:
    """The signature, once it is shown to be one over `data` by the key it carries.

    A security key must have been touched (user presence). Certificates, SHA-1, RSA below 2048 bits
    and anything behind the signature are refused, also where ssh-keygen would let them pass.

    Raises:
        SignatureError: It does not hold; the reason says why.

    Source: PROTOCOL.sshsig and PROTOCOL.u2f of OpenSSH.
    """
    parts = _take_apart(armored)
    if parts.about.namespace != namespace:
        found = parts.about.namespace
        raise SignatureError(f'the signature is made for "{found}", not for "{namespace}"')
    digest = hashlib.new(parts.about.hash_algorithm, data).digest()
    signed = MAGIC + b"".join(
        string(part) for part in (parts.namespace, b"", parts.hash_algorithm, digest)
    )
    parts.key.verify(parts.about.signature_algorithm, parts.signature, signed)
    return parts.about


def _take_apart(armored: bytes) -> _Parts:
    reader = Reader(_unarmor(armored))
    if reader.take(len(MAGIC)) != MAGIC:
        raise SignatureError("the armor holds no SSH signature")
    version = reader.number()
    if version != 1:
        raise SignatureError(f"the signature has format version {version}, only 1 is known")
    key = parse_public_key(reader.string())
    namespace = reader.string()
    reader.string()  # reserved: to be ignored, and signed as empty
    hash_algorithm = reader.string()
    signature = Reader(reader.string())
    reader.expect_end()
    if not namespace:
        raise SignatureError("the signature names no namespace")
    about = SshSignature(
        public_key=key.line,
        fingerprint=key.fingerprint,
        namespace=_text(namespace, "namespace"),
        hash_algorithm=_text(hash_algorithm, "hash algorithm"),
        signature_algorithm=_text(signature.string(), "signature algorithm"),
    )
    if about.hash_algorithm not in HASHES:
        raise SignatureError(f"hash algorithm {about.hash_algorithm} is neither sha256 nor sha512")
    return _Parts(
        about=about,
        key=key,
        namespace=namespace,
        hash_algorithm=hash_algorithm,
        signature=signature,
    )


def _unarmor(armored: bytes) -> bytes:
    if len(armored) > MAXIMUM_ARMOR_BYTES:
        raise SignatureError(f"the signature is longer than {MAXIMUM_ARMOR_BYTES} bytes")
    lines = armored.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
    if len(lines) < 3 or lines[0] != BEGIN or lines[-1] != END:
        raise SignatureError("the file is not one armored SSH signature from first to last line")
    text = b"".join(lines[1:-1])
    try:
        blob = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise SignatureError("the armor is not base64") from error
    if base64.b64encode(blob) != text:
        raise SignatureError("the armor is not base64 as it is written")
    return blob


def _text(value: bytes, what: str) -> str:
    try:
        text = value.decode("ascii")
    except UnicodeDecodeError as error:
        raise SignatureError(f"the {what} is not ASCII") from error
    if not text.isprintable():
        raise SignatureError(f"the {what} holds control characters")
    return text
