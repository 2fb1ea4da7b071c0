"""Signing a package: a person whom the organization trusts signs the manifest."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.audit.package.manifest import NAMESPACE, SUMS
from policygen.crypto import ssh
from policygen.crypto.sshwire import SignatureError
from policygen.pipeline.consent.stamping import token_over
from policygen.pipeline.consent.timestamping import timestamping_of
from policygen.problems import Location, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policygen.model.evidence import TrustedKey
    from policygen.pipeline.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who signs the manifest."""

    person: str
    name: str
    file: Path
    """The private key, or the public one of a key in an agent or token."""

    key: TrustedKey
    snapshot: int
    """Number of the first trust snapshot that has the key; it must be in the package."""

    @property
    def allowed(self) -> bytes:
        """The line for `ssh-keygen -Y verify` that lets this key sign packages."""
        line = (self.person, self.key.public_key, self.key.valid_from, self.key.valid_to)
        return ssh.allowed_signers([line], namespace=NAMESPACE).encode()

    @property
    def words(self) -> str:
        """Name and fingerprint, as the first page prints them."""
        return f"{self.name}, {self.key.fingerprint}"


def signer_of(found: Situation, person: str, file: Path) -> Signer:
    """The person who is to sign, with the trusted key.

    Raises:
        UsageError: The person has no such key that counts (`export-signer`).
        PolicygenError: The key cannot be read.
    """
    try:
        fingerprint = ssh.fingerprint(ssh.public_key_of(file))
    except SignatureError as error:
        raise _unusable(person, str(error)) from error
    newest = found.judgement.chain.newest
    trusted = newest.snapshot.person(person) if newest else None
    keys = trusted.keys if trusted else ()
    open_keys = [key for key in keys if key.fingerprint == fingerprint and key.valid_to is None]
    if trusted is None or not open_keys:
        raise _unusable(person, f"{fingerprint} is no key of {person} that counts")
    return Signer(
        person=person,
        name=trusted.name,
        file=file,
        key=open_keys[0],
        snapshot=next(
            link.snapshot.number
            for link in found.judgement.chain.links
            if (known := link.snapshot.person(person)) is not None
            and fingerprint in {key.fingerprint for key in known.keys}
        ),
    )


def sign_manifest(files: Mapping[str, bytes], signer: Signer) -> bytes:
    """The armored signature over `MANIFEST.sha256`, in the namespace of packages.

    Raises:
        PolicygenError: ssh-keygen refuses, or the signer gives up.
    """
    with tempfile.TemporaryDirectory(prefix="policygen-sign-") as folder:
        file = Path(folder) / SUMS
        file.write_bytes(files[SUMS])
        [signature] = ssh.sign([file], key=signer.file, namespace=NAMESPACE)
    return signature


def stamp_manifest(found: Situation, files: Mapping[str, bytes]) -> bytes | None:
    """An independent time over `MANIFEST.sha256`; None where no authority is configured.

    Raises:
        PolicygenError: The authority gives no answer that counts.
    """
    timestamping = timestamping_of(found)
    if timestamping is None:
        return None
    return token_over(timestamping, files[SUMS], SUMS)


def _unusable(person: str, reason: str) -> UsageError:
    return UsageError(
        Problem(
            code="export-signer",
            location=Location("evidence/trust"),
            message=f"{person} cannot sign the package: {reason}",
            hint="policygen trust show lists people and keys; give the file with --key.",
        )
    )
