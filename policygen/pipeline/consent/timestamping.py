"""Time stamps: the authority that an organization has configured, and the roots it trusts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cryptography.x509 import Certificate

    from policygen.crypto.pdfseal import Timestamping
    from policygen.crypto.pdfsignatures import PdfSignature
    from policygen.model.profile.root import Profile
    from policygen.pipeline.situation import Situation
    from policygen.problems import Problem


@dataclass(frozen=True, slots=True)
class SealTime:
    """What the time stamp over a seal says."""

    lines: tuple[str, ...]
    """One line where there is a time stamp, none otherwise."""

    problems: tuple[Problem, ...]
    """Why the stamp does not count under the roots; empty where no roots are known."""


def timestamping_of(found: Situation) -> Timestamping | None:
    """Who is asked for the time of seals; None where nobody is configured.

    Nothing is asked here. With roots seals are PAdES B-LT, without them B-T.

    Raises:
        PolicygenError: The file with the roots cannot be used (`timestamp-roots`).
    """
    url = found.survey.facts.profile.publication.timestamp_authority
    if url is None:
        return None
    from policygen.crypto.pdfseal import Timestamping
    from policygen.crypto.timestamps import HttpAuthority

    return Timestamping(authority=HttpAuthority(url=url), roots=roots_of(found))


def roots_of(found: Situation) -> tuple[Certificate, ...]:
    """Roots of authorities whose time counts; empty where none are named.

    Raises:
        PolicygenError: The file with the roots cannot be used (`timestamp-roots`).
    """
    return roots_in(found.root, found.survey.facts.profile)


def roots_in(root: Path, profile: Profile) -> tuple[Certificate, ...]:
    """`roots_of` for whoever has no situation yet.

    Raises:
        PolicygenError: The file with the roots cannot be used (`timestamp-roots`).
    """
    name = profile.publication.timestamp_roots
    if name is None:
        return ()
    from policygen.crypto.roots import load_roots

    return load_roots(root / name, name=name)


def time_of(seal: PdfSignature, roots: Sequence[Certificate]) -> SealTime:
    """Who else states the time of a seal.

    Args:
        seal: A signature that holds.
        roots: Roots of authorities that count; empty says that the authority is not judged.
    """
    if seal.timestamp is None:
        return SealTime((), ())
    from policygen.crypto.timestamps import check_token

    check = check_token(seal.timestamp, seal.value, roots)
    trusted = "under a root that this organization names" if roots else "its root is not judged"
    if check.problems and roots:
        trusted = "under no root that this organization names"
    at = f"{check.at:%Y-%m-%d %H:%M:%S} UTC" if check.at else "an unreadable time"
    line = f"time attested: {at} by {check.authority or 'an unknown authority'} ({trusted})"
    return SealTime((line,), check.problems if roots else ())
