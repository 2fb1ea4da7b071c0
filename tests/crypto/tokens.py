"""SoftHSM tokens with a sealing key and its certificate."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pkcs11
from cryptography.hazmat.primitives import serialization
from pkcs11.util.x509 import decode_x509_certificate

if TYPE_CHECKING:
    from policygen.crypto.sealing_keys import SealingIdentity

PIN = "271828"
MODULE = next(
    path
    for path in (
        Path("/usr/lib/softhsm/libsofthsm2.so"),
        *Path("/usr/lib").glob("*/softhsm/libsofthsm2.so"),
    )
    if path.exists()
)


def make_tokens(folder: Path, tokens: dict[str, tuple[SealingIdentity, ...]]) -> None:
    """Make tokens, each with keys and certificates called `seal`.

    SoftHSM reads its settings once a process, when the module is loaded: call this once, first.
    """
    (folder / "tokens").mkdir(parents=True)
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    for name, identities in tokens.items():
        _util("--init-token", "--free", "--label", name, "--so-pin", "314159", "--pin", PIN)
        for number, identity in enumerate(identities, start=1):
            key = folder / "key.pem"
            key.write_bytes(
                identity.key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
            _util("--import", str(key), "--token", name, "--label", "seal", "--id", f"0{number}",
                  "--pin", PIN)  # fmt: skip
            key.unlink()
            _store(name, identity)


def _util(*arguments: str) -> None:
    subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)


def _store(name: str, identity: SealingIdentity) -> None:
    """Put the certificate beside the key; softhsm2-util has no way to."""
    attributes = decode_x509_certificate(
        identity.certificate.public_bytes(serialization.Encoding.DER)
    )
    attributes[pkcs11.Attribute.TOKEN] = True
    attributes[pkcs11.Attribute.LABEL] = "seal"
    library = pkcs11.lib(str(MODULE))
    library.reinitialize()
    with library.get_token(token_label=name).open(rw=True, user_pin=PIN) as session:
        session.create_object(attributes)
