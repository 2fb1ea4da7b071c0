"""Signing: a person's signature under what was planned, checked before anything is stored."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.crypto.ssh import sign
from policygen.crypto.sshsig import verify
from policygen.crypto.sshwire import SignatureError
from policygen.history.records.lists import list_path, write_list
from policygen.history.records.paths import in_workspace
from policygen.history.records.snapshots import APPROVAL_NAMESPACE
from policygen.history.records.storing import write_records
from policygen.history.trust.entitlement import key_at
from policygen.problems import Location, PolicygenError, Problem, has_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.history.approving.plans import ApprovalPlan, PlannedConsent
    from policygen.model.evidence import TrustSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What a person gave for a plan."""

    signatures: tuple[bytes, ...]
    """Armored signature for each planned consent, in their order."""

    over: bytes | None = None
    """The list that every signature is over; None where each is over its own record."""


def sign_plan(plan: ApprovalPlan, *, key: Path, as_list: bool = False) -> Signed:
    """A person's signatures under a plan, after one prompt of ssh-keygen.

    Args:
        plan: What is to be signed.
        key: The person's private key, or the public key of one in the agent.
        as_list: Sign one list that names all records, so that a token is touched once.

    Raises:
        PolicygenError: ssh-keygen is missing, refuses the key, or the person gave up.
    """
    with tempfile.TemporaryDirectory(prefix="policygen-plan-") as folder:
        if as_list:
            names = {in_workspace(planned.path): planned.data for planned in plan.consents}
            file = Path(folder, "list")
            file.write_bytes(write_list(names))
            signature = sign([file], key=key, namespace=APPROVAL_NAMESPACE)
            return Signed(signatures=signature * len(names), over=file.read_bytes())
        files = []
        for index, planned in enumerate(plan.consents):
            file = Path(folder, f"{index}.json")
            file.write_bytes(planned.data)
            files.append(file)
        return Signed(signatures=sign(files, key=key, namespace=APPROVAL_NAMESPACE))


def write_consents(
    folder: Path, plan: ApprovalPlan, signed: Signed, snapshot: TrustSnapshot
) -> tuple[str, ...]:
    """Store what was signed: the list, if any, then text, record, signature of each document.

    All signatures are checked before the first byte is written. A process killed between two
    files leaves a text without a consent or a consent without a signature; neither counts, and
    approving again completes it.

    Args:
        folder: `evidence/`.
        plan: What was planned; without errors.
        signed: What the person gave for it.
        snapshot: The newest snapshot, whose keys count.

    Returns:
        The paths written, below `evidence/`.

    Raises:
        PolicygenError: A signature fails (`approval-signature-bad`), is by no trusted key
            (`approval-key-unknown`), or another file is in the way (`record-in-the-way`).
    """
    if has_errors(plan.problems):
        raise PolicygenError(*plan.problems)
    files = checked_files(plan, signed, snapshot)
    return write_records(folder, files)


def checked_files(plan: ApprovalPlan, signed: Signed, snapshot: TrustSnapshot) -> dict[str, bytes]:
    """What `write_consents` stores, by path below `evidence/`, in its order.

    Raises:
        PolicygenError: A signature fails or is by no trusted key.
    """
    pairs = list(zip(plan.consents, signed.signatures, strict=True))
    problems = [
        problem
        for planned, armored in pairs
        for problem in _signature_faults(planned, armored, signed.over, snapshot)
    ]
    if problems:
        raise PolicygenError(*problems)
    files: dict[str, bytes] = {}
    if signed.over is not None:
        files[list_path(signed.over)] = signed.over
    for planned, armored in pairs:
        files |= _files(planned, armored)
    return files


def _files(planned: PlannedConsent, armored: bytes) -> dict[str, bytes]:
    text = {} if planned.text_path is None else {planned.text_path: planned.text}
    before = {**planned.beside, **text}
    return {**before, planned.path: planned.data, planned.path + ".sig": armored}


def _signature_faults(
    planned: PlannedConsent, armored: bytes, over: bytes | None, snapshot: TrustSnapshot
) -> Iterator[Problem]:
    location, person = Location(in_workspace(planned.path)), planned.consent.person
    try:
        signature = verify(over or planned.data, armored, namespace=APPROVAL_NAMESPACE)
    except SignatureError as error:
        yield Problem(
            code="approval-signature-bad",
            location=location,
            message=f"the signature fails: {error}",
            hint=f"Nothing was stored; sign again with an enrolled key of {person}.",
        )
        return
    if key_at(snapshot, person, signature.fingerprint, planned.consent.at) is None:
        yield Problem(
            code="approval-key-unknown",
            location=location,
            message=f"{signature.fingerprint} is no key of {person} that counts now",
            hint="Sign with an enrolled key, or enroll this one with policygen trust enroll.",
        )
