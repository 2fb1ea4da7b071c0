"""Root certificates that an organization trusts, read from a PEM file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography import x509

from policygen.problems import Location, PolicygenError, Problem

if TYPE_CHECKING:
    from pathlib import Path

MAXIMUM_BYTES = 1024 * 1024


def load_roots(path: Path, *, name: str) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM file, in its order.

    Args:
        path: The file.
        name: What problems call it.

    Raises:
        PolicygenError: It cannot be read, or holds no certificate (`timestamp-roots`).
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MAXIMUM_BYTES)
    except OSError as error:
        raise _unusable(name) from error
    return parse_roots(data, name=name)


def parse_roots(data: bytes, *, name: str) -> tuple[x509.Certificate, ...]:
    """The certificates that the content of a PEM file holds.

    Raises:
        PolicygenError: It holds none (`timestamp-roots`).
    """
    try:
        return tuple(x509.load_pem_x509_certificates(data))
    except ValueError as error:
        raise _unusable(name) from error


def _unusable(name: str) -> PolicygenError:
    return PolicygenError(
        Problem(
            code="timestamp-roots",
            location=Location(name),
            message="the file holds no PEM certificate that can be read",
            hint="Save the root certificate of the time-stamping authority there, as PEM.",
        )
    )
