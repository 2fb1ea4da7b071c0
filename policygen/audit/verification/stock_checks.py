"""What there is to check in a workspace or a package, told from the paths of its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedManifest:
    """What vouches for a package as a whole."""

    signer: str | None
    """Person id of whoever signs `MANIFEST.sha256`; None where nobody does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockChecks:
    """What there is to check, below the folder in which the commands run."""

    organization: str
    manifest: SignedManifest | None
    """None for a workspace, which has no manifest."""

    root_of_trust: str | None
    """Digest of `evidence/trust/1.yml`; None where nobody was trusted yet."""

    snapshots: int
    """How many trust snapshots there are."""

    consents: int
    """How many approvals, retirements and confirmed reviews there are."""

    external: bool
    """Whether decisions given elsewhere are stored."""

    stamped: bool
    """Whether a consent has a time-stamp token."""

    roots: str | None
    """Path of the root certificates of time-stamping authorities; None where none are named."""

    pdfs: tuple[str, ...]
    """Patterns of the sealed PDFs, e.g. `policies/*.pdf`; empty where there are none."""

    seals: bool
    """Whether the records of the seals are there, with the digest of each PDF."""

    set_head: str | None
    """The set head as it must come out; None where only a part of the evidence is there."""

    history: str | None
    """`.git` for a repository, the path of a bundle, or None where there is no history."""


def checks_of(
    paths: Collection[str],
    *,
    organization: str,
    root_of_trust: str | None,
    set_head: str | None,
    roots: str | None,
    history: str | None,
    manifest: SignedManifest | None = None,
) -> StockChecks:
    """What there is to check, told from the paths of all files.

    Args:
        paths: Relative to the folder in which the commands run.
        organization: Its legal name.
        root_of_trust: Digest of the first trust snapshot.
        set_head: As it must come out of the evidence that is there.
        roots: Path of the root certificates of time-stamping authorities.
        history: `.git`, the path of a bundle, or None.
        manifest: What vouches for a package; None for a workspace.
    """
    records = [
        path
        for path in paths
        if path.startswith(("evidence/approvals/", "evidence/reviews/"))
        and path.endswith(".json")
        and not path.endswith(".forge.json")
    ]
    patterns = ("evidence/sealed/*/*.pdf", "policies/*.pdf", "procedures/*.pdf", "registers/*.pdf")
    return StockChecks(
        organization=organization,
        manifest=manifest,
        root_of_trust=root_of_trust,
        snapshots=sum(_is_snapshot(path) for path in paths) if root_of_trust else 0,
        consents=len(records),
        external=any(path.startswith("evidence/external/") for path in paths),
        stamped=any(path.startswith("evidence/") and path.endswith(".tsr") for path in paths),
        roots=roots,
        pdfs=tuple(
            pattern
            for pattern in patterns
            if any(PurePosixPath(path).match(pattern) for path in paths)
        ),
        seals=any(PurePosixPath(path).match("evidence/sealed/*/*.json") for path in paths),
        set_head=set_head,
        history=history,
    )


def _is_snapshot(path: str) -> bool:
    return PurePosixPath(path).match("evidence/trust/*.yml")
