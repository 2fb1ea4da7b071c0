"""Security keys in software: what a token answers, by the published format (PROTOCOL.u2f)."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

from policygen.crypto.sshsig import MAGIC
from policygen.crypto.sshwire import integer_bytes, string

if TYPE_CHECKING:
    from collections.abc import Callable

APPLICATION = b"ssh:"
TOUCHED, NOT_TOUCHED = 1, 4


class SecurityKey:
    """A token with one key; counts its signatures as tokens do."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.counter = 6
        self._sign: Callable[[bytes], bytes]
        if kind == "sk-ssh-ed25519@openssh.com":
            edwards = ed25519.Ed25519PrivateKey.generate()
            self._sign = edwards.sign
            public = string(edwards.public_key().public_bytes_raw())
        else:
            curve = ec.generate_private_key(ec.SECP256R1())
            self._sign = lambda data: _numbers(curve.sign(data, ec.ECDSA(hashes.SHA256())))
            point = curve.public_key().public_bytes(
                serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
            )
            public = string(b"nistp256") + string(point)
        self.blob = string(kind.encode()) + public + string(APPLICATION)

    @property
    def line(self) -> str:
        """Type and base64, as in a .pub file."""
        return f"{self.kind} {base64.b64encode(self.blob).decode()}"

    def sign(self, data: bytes, namespace: str, flags: int = TOUCHED) -> bytes:
        """The armored signature that ssh-keygen would write."""
        self.counter += 1
        digest = hashlib.sha512(data).digest()
        head = [namespace.encode(), b"", b"sha512"]
        message = MAGIC + b"".join(map(string, [*head, digest]))
        state = bytes([flags]) + self.counter.to_bytes(4, "big")
        application = hashlib.sha256(APPLICATION).digest()
        value = self._sign(application + state + hashlib.sha256(message).digest())
        signature = string(self.kind.encode()) + string(value) + state
        body = MAGIC + b"\0\0\0\1" + b"".join(map(string, [self.blob, *head, signature]))
        text = base64.b64encode(body)
        lines = [text[start : start + 70] for start in range(0, len(text), 70)]
        begin, end = b"-----BEGIN SSH SIGNATURE-----", b"-----END SSH SIGNATURE-----"
        return b"\n".join([begin, *lines, end]) + b"\n"


KINDS = ("sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com")


def _numbers(encoded: bytes) -> bytes:
    """r and s as two mpints."""
    return b"".join(string(integer_bytes(number)) for number in utils.decode_dss_signature(encoded))
