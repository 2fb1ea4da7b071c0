"""Trusting: snapshots of who may approve, from the profile to a signed record."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.crypto import ssh
from policygen.history.records.snapshots import TRUST_NAMESPACE
from policygen.history.trust.planning import (
    TrustPlan,
    plan_countersignature,
    plan_trust,
    write_trust,
)
from policygen.history.trust.renewal import Enrollment
from policygen.history.trust.rosters import roster_of
from policygen.history.trust.windows import changed_lines
from policygen.problems import Location, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from policygen.pipeline.situation import Situation


def plan(
    found: Situation,
    *,
    person: str,
    keys: Mapping[str, Path],
    method: str,
    signing_key: Path,
    now: datetime,
    tool: str = "policygen",
) -> TrustPlan:
    """The next snapshot: people and roles of the profile, keys known and new.

    The first snapshot carries the key of whoever signs it.

    Raises:
        UsageError: A person is not in the profile, or a key file cannot be read.
        PolicygenError: Nothing changes, or the person may not sign.
    """
    known = {entry.id for entry in found.survey.facts.profile.people}
    strangers = sorted({person, *keys} - known)
    if strangers:
        raise UsageError(
            Problem(
                code="usage-unknown-person",
                location=Location("organization.yml"),
                message=f"{', '.join(strangers)} is not a person in organization.yml",
                hint=f"Known: {', '.join(sorted(known))}.",
            )
        )
    previous = found.judgement.chain.newest
    enrollments = [
        Enrollment(
            person=owner, public_key=ssh.public_key_of(file), enrolled_by=person, method=method
        )
        for owner, file in keys.items()
    ]
    if previous is None:
        own = ssh.public_key_of(signing_key)
        enrollments.append(
            Enrollment(person=person, public_key=own, enrolled_by=person, method="own key")
        )
    return plan_trust(
        roster_of(found.survey.facts.profile),
        found.evidence,
        found.judgement.chain,
        person=person,
        keys=enrollments,
        at=now,
        tool=tool,
    )


def plan_second_signature(found: Situation, *, person: str, tool: str) -> TrustPlan:
    """The newest snapshot, ready for the signature of one more person.

    Raises:
        PolicygenError: There is none, or the person signed it or may not sign it.
    """
    return plan_countersignature(
        found.evidence, found.judgement.chain, person=person, at=found.now, tool=tool
    )


def sign(found: Situation, planned: TrustPlan, key: Path) -> None:
    """Sign a snapshot and store it.

    Raises:
        PolicygenError: The signature is by no key that counts.
    """
    with tempfile.TemporaryDirectory(prefix="policygen-sign-") as folder:
        file = Path(folder) / "trust.json"
        file.write_bytes(planned.files.word)
        [signature] = ssh.sign([file], key=key, namespace=TRUST_NAMESPACE)
    write_trust(found.root / "evidence", planned, signature, found.judgement.chain)


def describe(found: Situation) -> str:
    """The newest snapshot in words, with the fingerprint of the root."""
    newest = found.judgement.chain.newest
    if newest is None:
        return "there is no trust snapshot yet"
    lines = [line.removeprefix("+ ") for line in changed_lines(None, newest.snapshot)]
    return "\n".join(
        (
            f"trust snapshot {newest.snapshot.number}, signed by {', '.join(newest.signers)}",
            *lines,
            f"root of trust: {found.judgement.chain.root_sha256}",
        )
    )
