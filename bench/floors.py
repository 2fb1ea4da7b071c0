"""Floors: what the engines alone need for the same bytes, and nothing of ours around them."""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import Run, call, process

if TYPE_CHECKING:
    from policygen.pipeline.publication.sealing import Sealable
    from policygen.pipeline.situation import Situation


def typesetting(found: Situation, rows: list[Sealable]) -> tuple[Run, list[bytes]]:
    """One pandoc and typst in one process, one document after the other."""
    from policygen.pipeline.publication.sealing import unsigned_pdf
    from policygen.publish.pdf.typeset import Typesetter

    made: list[bytes] = []

    def work() -> None:
        with Typesetter() as typesetter:
            made.extend(unsigned_pdf(found, row.entry, row.version, typesetter) for row in rows)

    return call(work), made


def sealing(root: Path, pdfs: list[bytes]) -> Run:
    """Signing alone, one after the other."""
    from policygen.crypto.pdfseal import seal_pdf
    from policygen.pipeline.publication.sealing import load_identity

    identity = load_identity(root, None, None)
    at = datetime.now(UTC)

    def work() -> None:
        for pdf in pdfs:
            seal_pdf(pdf, identity, reason="bench", location=None, at=at)

    return call(work)


def mkdocs(root: Path) -> Run:
    """A plain `mkdocs build` of the pages that policygen wrote."""
    with tempfile.TemporaryDirectory() as folder:
        command = (sys.executable, "-m", "mkdocs", "build", "-q", "-d", str(Path(folder) / "site"))
        return process(command, root)


def signatures(count: int) -> Run:
    """So many checks of an Ed25519 signature, without reading or judging anything."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    signed = key.sign(b"a consent")
    public = key.public_key()

    def work() -> None:
        for _ in range(count):
            public.verify(signed, b"a consent")

    return call(work)
