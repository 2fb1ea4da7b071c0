"""Attesting: decisions given outside, stored with the file that shows them and who vouches."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.crypto import ssh
from policygen.history.dates import local_day
from policygen.history.records.consents import write_consent
from policygen.history.records.snapshots import APPROVAL_NAMESPACE
from policygen.model.evidence import External, Method
from policygen.pipeline.consent.packs import LIST, refused
from policygen.pipeline.judging import record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from policygen.pipeline.consent.returning import Returned
    from policygen.pipeline.situation import Situation
    from policygen.problems import PolicygenError

MAX_PROOF_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """How a decision was given that no key of the decider signed."""

    file: Path
    """Minutes, a signed resolution, or an e-signature envelope."""

    given: date
    """The day of the decision."""

    attested_by: str
    """Person id of whoever states that the file is what it claims."""

    key: Path
    """Their SSH key, which signs the records."""


def record_attestation(
    found: Situation, returned: Returned, attestation: Attestation
) -> tuple[str, ...]:
    """Store the consents as given outside, with the file that shows it, signed by who attests it.

    Raises:
        PolicygenError: The file cannot be read, the day does not fit, or verification would refuse
            the records.
    """
    data = read_proof(attestation.file)
    external = External(
        file=external_path(attestation.file, data),
        sha256=hashlib.sha256(data).hexdigest(),
        attested_by=attestation.attested_by,
    )
    at = _given_at(found, returned, attestation.given)
    link = found.judgement.chain.at(at)
    assert link is not None, "the pack was planned under a snapshot"
    files: dict[str, bytes] = {external.file: data}
    records: dict[str, bytes] = {}
    for planned in returned.plan.consents:
        consent = replace(
            planned.consent,
            at=at,
            effective=max(planned.consent.effective, attestation.given),
            external=external,
            method=Method.EXTERNAL,
            trust_sha256=link.sha256,
        )
        if planned.text_path is not None:
            files[planned.text_path] = planned.text
        records[planned.path] = write_consent(consent)
    return record(found, files | signed_records(records, attestation.key))


def signed_records(records: Mapping[str, bytes], key: Path) -> dict[str, bytes]:
    """Records and their signatures by path, each record before its signature.

    Raises:
        PolicygenError: ssh-keygen refuses the key.
    """
    with tempfile.TemporaryDirectory(prefix="policygen-sign-") as folder:
        names = [Path(folder, str(number)) for number in range(len(records))]
        for name, data in zip(names, records.values(), strict=True):
            name.write_bytes(data)
        signatures = ssh.sign(names, key=key, namespace=APPROVAL_NAMESPACE)
    files: dict[str, bytes] = {}
    for (path, data), signature in zip(records.items(), signatures, strict=True):
        files |= {path: data, f"{path}.sig": signature}
    return files


def read_proof(file: Path) -> bytes:
    """The bytes of minutes, an envelope or an earlier document.

    Raises:
        PolicygenError: It is no plain file, is empty, or is too large (`proof-unreadable`).
    """
    try:
        data = file.read_bytes() if file.is_file() else b""
    except OSError as error:
        raise _unreadable(file, str(error.strerror)) from error
    if not data:
        raise _unreadable(file, "it is empty or no file")
    if len(data) > MAX_PROOF_BYTES:
        raise _unreadable(file, f"it has {len(data)} bytes, the limit is {MAX_PROOF_BYTES}")
    return data


def external_path(file: Path, data: bytes) -> str:
    """Where a file from outside is kept, below `evidence/`."""
    ending = file.suffix.removeprefix(".").lower()
    plain = ending if ending.isascii() and ending.isalnum() and len(ending) <= 8 else "bin"
    return f"external/{hashlib.sha256(data).hexdigest()}.{plain}"


def _given_at(found: Situation, returned: Returned, given: date) -> datetime:
    """Noon of the day on which it was decided, or as near as the pack and the clock allow."""
    sent = returned.plan.consents[0].consent.at
    sent_on, today = (local_day(moment, found.zone) for moment in (sent, found.now))
    if not sent_on <= given <= today:
        raise refused(
            "pack-given",
            LIST,
            f"the decision is said to be of {given}, the pack is of {sent_on}, today is {today}",
            "Nobody decides on a pack before it is made; give the day that the minutes state.",
        )
    noon = datetime.combine(given, time(12), found.zone).astimezone(sent.tzinfo)
    return min(max(noon, sent), found.now)


def _unreadable(file: Path, reason: str) -> PolicygenError:
    return refused("proof-unreadable", str(file), f"the file cannot be taken over: {reason}")
