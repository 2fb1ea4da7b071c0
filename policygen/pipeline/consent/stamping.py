"""Stamping: an independent authority attests when signed consents existed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.history.consents.judging import TOLERANCE
from policygen.history.consents.stamps import ENDING
from policygen.history.records.paths import in_workspace, sealed_paths
from policygen.history.records.storing import write_records
from policygen.model.evidence import Method
from policygen.pipeline.consent.timestamping import timestamping_of
from policygen.problems import Location, PolicygenError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policygen.crypto.pdfseal import Timestamping
    from policygen.model.register import Verdict
    from policygen.pipeline.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Unstamped:
    """Signed consents without a time stamp."""

    ready: tuple[str, ...]
    """Paths below `evidence/` of those that can have one."""

    late: tuple[str, ...]
    """Paths of those that are too old: a stamp would contradict the time they say."""

    sealed: tuple[str, ...]
    """Paths of those inside a sealed PDF, which shows them as they were."""


def is_asked_for(found: Situation) -> bool:
    """Whether the organization has configured an authority."""
    return found.survey.facts.profile.publication.timestamp_authority is not None


def expect_authority(found: Situation) -> Timestamping:
    """The configured authority.

    Raises:
        UsageError: None is configured (`timestamp-nobody`).
    """
    timestamping = timestamping_of(found)
    if timestamping is None:
        raise UsageError(
            Problem(
                code="timestamp-nobody",
                location=Location("organization.yml"),
                message="no time-stamping authority is configured",
                hint="Name one under publication: timestamp_authority, and its root certificate "
                "under timestamp_roots.",
            )
        )
    return timestamping


def unstamped(found: Situation) -> Unstamped:
    """The consents that hold by their own signature and have no time stamp."""
    ready: list[str] = []
    late: list[str] = []
    sealed: list[str] = []
    for verdict in found.judgement.verdicts:
        path = verdict.path.removeprefix("evidence/")
        if verdict.consent.method is not Method.SSH or path + ENDING in found.evidence.files:
            continue
        if verdict.consent.at < found.now - TOLERANCE:
            late.append(path)
        elif _is_sealed(found, verdict):
            sealed.append(path)
        else:
            ready.append(path)
    return Unstamped(ready=tuple(ready), late=tuple(late), sealed=tuple(sealed))


def stamp(found: Situation, paths: Sequence[str]) -> tuple[str, ...]:
    """Ask the configured authority about records and store what it says beside them.

    Args:
        found: Where the workspace stands.
        paths: Records below `evidence/`, read from disk.

    Returns:
        The paths written, below `evidence/`; each was checked before it was written.

    Raises:
        UsageError: No authority is configured.
        PolicygenError: It gives no answer, refuses, or is under none of the organization's roots.
    """
    timestamping = expect_authority(found)
    written: list[str] = []
    for path in paths:
        data = (found.root / in_workspace(path)).read_bytes()
        token = token_over(timestamping, data, in_workspace(path))
        written += write_records(found.root / "evidence", {path + ENDING: token})
    return tuple(written)


def token_over(timestamping: Timestamping, data: bytes, name: str) -> bytes:
    """What the authority says about some bytes, checked.

    Args:
        timestamping: Who is asked, and under which roots they must be.
        data: The bytes.
        name: What problems call them.

    Raises:
        PolicygenError: It gives no answer, refuses, or its answer does not count.
    """
    from policygen.crypto.timestamps import check_token, request_token

    token = request_token(hashlib.sha256(data).digest(), timestamping.authority)
    problems = [
        problem
        for problem in check_token(token, data, timestamping.roots).problems
        if timestamping.roots or problem.code != "timestamp-untrusted"
    ]
    if problems:
        reason = "; ".join(problem.message for problem in problems)
        raise PolicygenError(
            Problem(
                code="timestamp-refused",
                location=Location(name),
                message=f"what the authority answered does not count: {reason}",
                hint="Nothing was written; name the right root, or another authority.",
            )
        )
    return token


def _is_sealed(found: Situation, verdict: Verdict) -> bool:
    consent = verdict.consent
    return any(
        (found.root / path).exists() for path in sealed_paths(consent.document, consent.version)
    )
