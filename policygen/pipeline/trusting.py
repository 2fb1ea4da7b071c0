"""Trusting: snapshots of who may approve, from the profile to a signed record."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.crypto import ssh
from policygen.crypto.sshwire import SignatureError
from policygen.history.chain import load_trust
from policygen.history.evidence import gather
from policygen.history.snapshots import TRUST_NAMESPACE
from policygen.history.trust import (
    Enrolment,
    Roster,
    RosterPerson,
    SnapshotFiles,
    next_snapshot,
    snapshot_files,
)
from policygen.history.windows import changed_lines
from policygen.history.writing import write_records
from policygen.model.evidence import RoleHolding, TrustedDelegation
from policygen.problems import Location, PolicygenError, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from policygen.model.facts import Facts
    from policygen.pipeline.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPlan:
    """A snapshot ready to be signed."""

    number: int
    redline: tuple[str, ...]
    """What it changes, a line each; empty where nothing."""

    sha256: str
    """Digest of the snapshot."""

    files: SnapshotFiles


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
    enrolments = [
        Enrolment(
            person=owner, public_key=ssh.public_key_of(file), enrolled_by=person, method=method
        )
        for owner, file in keys.items()
    ]
    if previous is None:
        own = ssh.public_key_of(signing_key)
        enrolments.append(
            Enrolment(person=person, public_key=own, enrolled_by=person, method="own key")
        )
    try:
        snapshot = next_snapshot(roster_of(found.survey.facts), previous, keys=enrolments, at=now)
    except SignatureError as error:
        raise UsageError(
            Problem(
                code="trust-key-unreadable",
                message=f"a public key cannot be read: {error}",
                hint="Give the .pub file that ssh-keygen made.",
            )
        ) from error
    files = snapshot_files(snapshot, person=person, at=now, tool=tool)
    return TrustPlan(
        number=snapshot.number,
        redline=changed_lines(previous.snapshot if previous else None, snapshot),
        sha256=hashlib.sha256(files.snapshot).hexdigest(),
        files=files,
    )


def sign(found: Situation, planned: TrustPlan, key: Path) -> tuple[str, ...]:
    """Sign a snapshot, make sure that the chain accepts it, and store it.

    Raises:
        PolicygenError: The signer is not trusted by the snapshot before.
    """
    with tempfile.TemporaryDirectory(prefix="policygen-sign-") as folder:
        file = Path(folder) / "trust.json"
        file.write_bytes(planned.files.word)
        [signature] = ssh.sign([file], key=key, namespace=TRUST_NAMESPACE)
    files = planned.files.files(signature)
    chain, problems = load_trust(gather({**found.evidence.files, **files}))
    if chain.newest is None or chain.newest.snapshot.number != planned.number:
        raise PolicygenError(*problems)
    return write_records(found.root / "evidence", files)


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


def roster_of(facts: Facts) -> Roster:
    """What the profile says about people and roles."""
    profile = facts.profile
    holdings: list[RoleHolding] = []
    delegations: list[TrustedDelegation] = []
    for role, holding in profile.roles.items():
        if holding.person is not None and holding.start is not None:
            holdings.append(
                RoleHolding(
                    role=role,
                    person=holding.person,
                    start=holding.start,
                    end=holding.to,
                    acting=False,
                )
            )
            delegations += [
                TrustedDelegation(
                    role=role,
                    person=row.to,
                    acting_for=holding.person,
                    start=row.start,
                    end=row.until,
                    signed_by=row.signed_by,
                )
                for row in holding.delegations
            ]
        if holding.acting is not None and holding.vacant_since is not None:
            holdings.append(
                RoleHolding(
                    role=role,
                    person=holding.acting,
                    start=holding.vacant_since,
                    end=None,
                    acting=True,
                )
            )
    return Roster(
        organization=profile.organization.legal_name,
        time_zone=profile.organization.time_zone,
        people=tuple(
            RosterPerson(
                id=person.id,
                name=person.name,
                title=person.title or "",
                end_date=person.end_date,
                logins=tuple((login.host, login.id, login.login) for login in person.forge),
            )
            for person in profile.people
        ),
        holdings=tuple(holdings),
        delegations=tuple(delegations),
    )
