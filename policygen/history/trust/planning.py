"""Planning trust: the next snapshot with its redline, ready for one person's signature."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from policygen.crypto.sshsig import verify
from policygen.crypto.sshwire import SignatureError
from policygen.history.records.canonical import RecordFormatError, problem_of
from policygen.history.records.paths import in_workspace
from policygen.history.records.snapshots import (
    TRUST_NAMESPACE,
    read_snapshot,
    read_word,
    write_snapshot,
)
from policygen.history.records.storing import write_records
from policygen.history.trust.entitlement import holds_any, key_at, shared_keys
from policygen.history.trust.renewal import SnapshotFiles, next_snapshot, snapshot_files
from policygen.history.trust.windows import changed_lines
from policygen.problems import Location, PolicygenError, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from pathlib import Path

    from policygen.history.trust.renewal import Enrollment, Roster
    from policygen.model.evidence import Evidence, TrustSnapshot
    from policygen.model.judgement import TrustChain


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPlan:
    """A snapshot that only lacks a signature."""

    snapshot: TrustSnapshot
    redline: tuple[str, ...]
    """What it changes, a line each, to be shown before signing."""

    files: SnapshotFiles
    signed_at: datetime
    """When the word says it is signed."""


def plan_trust(
    roster: Roster,
    evidence: Evidence,
    chain: TrustChain,
    *,
    person: str,
    keys: Sequence[Enrollment] = (),
    lost: Collection[str] = (),
    at: datetime,
    tool: str,
) -> TrustPlan:
    """The next snapshot, to be signed by one person; one that was broken off is taken up.

    Args:
        roster: What the profile says now.
        evidence: What lies under `evidence/`.
        chain: The snapshots that hold.
        person: Who signs; `enrolled_by` of the keys they enroll.
        keys: Keys to enroll.
        lost: Fingerprints of keys that end now.
        at: When.
        tool: E.g. `policygen 1.0.0`.

    Raises:
        PolicygenError: Nothing changes (`trust-unchanged`), the person may not sign
            (`trust-not-trusted`), or another snapshot is in the way (`record-in-the-way`).
    """
    previous = chain.newest
    number = 1 if previous is None else previous.snapshot.number + 1
    begun = evidence.files.get(f"trust/{number}.yml")
    made_at = at if begun is None else _made_at(begun, number)
    snapshot = next_snapshot(roster, previous, keys=keys, lost=lost, at=made_at)
    if begun is not None and write_snapshot(snapshot) != begun:
        raise _in_the_way(number)
    _refuse_shared_keys(snapshot)
    before = None if previous is None else previous.snapshot
    redline = changed_lines(before, snapshot)
    if not redline:
        raise PolicygenError(
            Problem(
                code="trust-unchanged",
                message=f"trust snapshot {number - 1} says what the profile says",
                hint="Change people or roles in organization.yml first, or enroll a key.",
            )
        )
    _check_signer(before or snapshot, person, at)
    return _planned(snapshot, redline, evidence, person, at, tool)


def plan_countersignature(
    evidence: Evidence, chain: TrustChain, *, person: str, at: datetime, tool: str
) -> TrustPlan:
    """A second signature under the newest snapshot, e.g. so that two people enroll each other.

    Raises:
        PolicygenError: There is no snapshot, or the person signed it or may not sign it
            (`trust-not-trusted`).
    """
    newest = chain.newest
    if newest is None or person in newest.signers:
        raise _not_trusted(person, "there is no snapshot that they have not signed")
    judge = chain.links[-2].snapshot if len(chain.links) > 1 else newest.snapshot
    _check_signer(judge, person, at)
    return _planned(newest.snapshot, (), evidence, person, at, tool)


def write_trust(folder: Path, plan: TrustPlan, armored: bytes, chain: TrustChain) -> None:
    """Store a snapshot, its list of keys, the word for it and the signature, each once.

    Args:
        folder: `evidence/`.
        plan: What was planned.
        armored: Signature over `plan.files.word`, in namespace `policy-trust`.
        chain: The snapshots that hold.

    Raises:
        PolicygenError: The signature fails or is by no key that counts (`trust-signature-bad`),
            or another file is in the way (`record-in-the-way`).
    """
    earlier = [link for link in chain.links if link.snapshot.number < plan.snapshot.number]
    judge = earlier[-1].snapshot if earlier else plan.snapshot
    try:
        signature = verify(plan.files.word, armored, namespace=TRUST_NAMESPACE)
    except SignatureError as error:
        raise _bad_signature(plan, str(error)) from error
    if key_at(judge, plan.files.person, signature.fingerprint, plan.signed_at) is None:
        reason = f"{signature.fingerprint} is no key of {plan.files.person} that counts"
        raise _bad_signature(plan, reason)
    write_records(folder, plan.files.files(armored))


def _planned(
    snapshot: TrustSnapshot,
    redline: tuple[str, ...],
    evidence: Evidence,
    person: str,
    at: datetime,
    tool: str,
) -> TrustPlan:
    files = snapshot_files(snapshot, person=person, at=max(at, snapshot.created_at), tool=tool)
    path = f"trust/{snapshot.number}.{person}.json"
    begun = evidence.files.get(path)
    signed_at = read_word(files.word).at
    if begun is not None and path + ".sig" not in evidence.files:
        word = _word(begun, path)
        files, signed_at = replace(files, word=begun), word
    return TrustPlan(snapshot=snapshot, redline=redline, files=files, signed_at=signed_at)


def _word(data: bytes, path: str) -> datetime:
    try:
        return read_word(data).at
    except RecordFormatError as error:
        raise PolicygenError(problem_of(error, in_workspace(path))) from error


def _made_at(data: bytes, number: int) -> datetime:
    try:
        return read_snapshot(data).created_at
    except RecordFormatError as error:
        raise _in_the_way(number) from error


def _refuse_shared_keys(snapshot: TrustSnapshot) -> None:
    for fingerprint, first, second in shared_keys(snapshot):
        raise PolicygenError(
            Problem(
                code="trust-key-shared",
                message=f"the key {fingerprint} is that of {first} and would be that of {second}",
                hint="One key, one person: ask for the .pub file of their own key.",
            )
        )


def _check_signer(judge: TrustSnapshot, person: str, at: datetime) -> None:
    known = judge.person(person)
    if known is None or not any(
        key_at(judge, person, key.fingerprint, at) for key in known.keys
    ):  # fmt: skip
        raise _not_trusted(person, "no key of theirs counts now")
    if not holds_any(judge, person, at):
        raise _not_trusted(person, "they hold no role now")


def _not_trusted(person: str, reason: str) -> PolicygenError:
    return PolicygenError(
        Problem(
            code="trust-not-trusted",
            message=f"{person} cannot sign this trust snapshot: {reason}",
            hint="Somebody who holds a role and has an enrolled key signs it.",
        )
    )


def _bad_signature(plan: TrustPlan, reason: str) -> PolicygenError:
    path = f"evidence/trust/{plan.snapshot.number}.{plan.files.person}.json"
    return PolicygenError(
        Problem(
            code="trust-signature-bad",
            location=Location(path),
            message=reason,
            hint="Nothing was stored; sign again with an enrolled key of that person.",
        )
    )


def _in_the_way(number: int) -> PolicygenError:
    return PolicygenError(
        Problem(
            code="record-in-the-way",
            location=Location(f"evidence/trust/{number}.yml"),
            message="a snapshot with this number is there, is not signed and says something else",
            hint="If it was never committed, delete it and run the command again.",
        )
    )
