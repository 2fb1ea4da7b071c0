"""Sealing with a key that never leaves its token: PKCS#11 modules of cards, HSMs and SoftHSM.

Needs the extra `policygen[pkcs11]`. The module is code of the token's maker that runs in this
process, so it is only loaded where its path is given on the command line.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from policygen.crypto.sealing_keys import MINIMUM_RSA_BITS, fingerprint
from policygen.problems import Location, PolicygenError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyhanko.sign import signers


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKey:
    """Where a sealing key is kept."""

    module: Path
    """The PKCS#11 library of the token's maker."""

    token: str
    """Label of the token."""

    label: str
    """Label of the private key and of the certificate that belongs to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenIdentity:
    """A key on a token that is open, and its certificate. Not for use by two threads at once."""

    certificate: x509.Certificate
    label: str
    session: Any = field(repr=False)
    """The open session. Any: the part that defines it is optional."""

    chain: tuple[x509.Certificate, ...] = ()
    """Certificates above; none are taken from tokens."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, lower-case hex."""
        return fingerprint(self.certificate)

    def signer(self) -> signers.Signer:
        """What signs with the key; the digest is made here, the signature on the token."""
        from pyhanko.sign.pkcs11 import PKCS11Signer

        return PKCS11Signer(
            self.session,
            # Handing the certificate over here would put it into the seal twice.
            cert_label=self.label,
            key_label=self.label,
            # Many tokens do ECDSA over a digest only; for RSA pyHanko has no such way.
            use_raw_mechanism=isinstance(self.certificate.public_key(), ec.EllipticCurvePublicKey),
        )


@contextmanager
def open_token(key: TokenKey, pin: str) -> Iterator[TokenIdentity]:
    """The sealing identity of a token, for as long as the block runs.

    Args:
        key: Where it is.
        pin: Of the token's user. Never part of a message.

    Raises:
        PolicygenError: The extra is not installed, the module cannot be loaded, or there is no such
            token, key or certificate (`seal-token`); the PIN is wrong or locked (`seal-token-pin`);
            the key is of a kind that does not seal (`seal-key-unreadable`).
    """
    token = _token(key)
    failures = _pkcs11().exceptions.PKCS11Error
    try:
        session = token.open(user_pin=pin)
    except failures as error:
        raise _not_opened(key, error) from None
    try:
        certificate = _certificate(key, session)
        yield TokenIdentity(certificate=certificate, label=key.label, session=session)
    except failures as error:
        message = f"the token failed while it was used ({type(error).__name__})"
        raise _refused(key, message) from error
    finally:
        session.close()


def _pkcs11() -> Any:
    """The optional part. Any: it may not be there."""
    try:
        import pkcs11
    except ImportError as error:
        raise PolicygenError(
            Problem(
                code="seal-token",
                message="keys on tokens need a part that is not installed",
                hint='Run pip install "policygen[pkcs11]".',
            )
        ) from error
    return pkcs11


def _token(key: TokenKey) -> Any:
    pkcs11 = _pkcs11()
    if not key.module.is_file():
        raise _refused(key, "there is no PKCS#11 module of this name")
    try:
        found = list(pkcs11.lib(str(key.module.absolute())).get_tokens(token_label=key.token))
    except (pkcs11.exceptions.PKCS11Error, RuntimeError, OSError) as error:
        raise _refused(key, "the PKCS#11 module cannot be loaded") from error
    if len(found) != 1:
        count = "no token" if not found else f"{len(found)} tokens"
        raise _refused(key, f'{count} called "{key.token}", expected one')
    return found[0]


def _certificate(key: TokenKey, session: Any) -> x509.Certificate:
    """The certificate beside the key, where both are there once."""
    constants = _pkcs11().constants
    kinds = constants.ObjectClass
    found = {
        kind: list(session.get_objects({constants.Attribute.CLASS: kind, **_labelled(key)}))
        for kind in (kinds.PRIVATE_KEY, kinds.CERTIFICATE)
    }
    for kind, name in ((kinds.PRIVATE_KEY, "private key"), (kinds.CERTIFICATE, "certificate")):
        if len(found[kind]) != 1:
            count = len(found[kind]) or "no"
            message = f'the token has {count} {name} called "{key.label}", expected one'
            raise _refused(key, message)
    data = found[kinds.CERTIFICATE][0][constants.Attribute.VALUE]
    try:
        certificate = x509.load_der_x509_certificate(data)
    except ValueError as error:
        raise _refused(key, "the certificate on the token cannot be read") from error
    match certificate.public_key():
        case ec.EllipticCurvePublicKey():
            return certificate
        case rsa.RSAPublicKey() as public if public.key_size >= MINIMUM_RSA_BITS:
            return certificate
        case _:
            message = f"the sealing key must be elliptic or RSA of at least {MINIMUM_RSA_BITS} bits"
            raise _refused(key, message, "seal-key-unreadable")


def _labelled(key: TokenKey) -> dict[Any, str]:
    return {_pkcs11().constants.Attribute.LABEL: key.label}


def _not_opened(key: TokenKey, error: Exception) -> PolicygenError:
    """Without a cause: it might quote what it was given."""
    kind = type(error).__name__
    if kind.startswith("Pin"):
        locked = ", and the token is locked now" if kind == "PinLocked" else ""
        return _refused(key, f"the PIN does not open the token{locked}", "seal-token-pin")
    return _refused(key, f"the token cannot be opened ({kind})")


def _refused(key: TokenKey, message: str, code: str = "seal-token") -> PolicygenError:
    return PolicygenError(
        Problem(code=code, location=Location(key.module.as_posix()), message=message)
    )
