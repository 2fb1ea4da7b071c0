"""Proofs: what stands behind a consent by its method, and how strong that is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, assert_never

from policygen.crypto.sshsig import SshSignature, verify
from policygen.crypto.sshwire import SignatureError
from policygen.history.consents.forge_reviews import review_problems, was_plausible
from policygen.history.records.canonical import RecordFormatError, problem_of
from policygen.history.records.consents import read_observation
from policygen.history.records.lists import line_of
from policygen.history.records.paths import in_workspace, observation_path
from policygen.history.records.snapshots import APPROVAL_NAMESPACE
from policygen.history.trust.entitlement import key_at, keys_of
from policygen.model.evidence import Method, Strength
from policygen.model.forge import Binding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from policygen.history.consents.cases import Case
    from policygen.model.evidence import External, Observation, TrustedKey
    from policygen.model.judgement import TrustLink
    from policygen.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What stands behind a consent."""

    strength: Strength
    note: str
    time_attested: bool = False
    fingerprint: str | None = None
    problems: tuple[Problem, ...] = ()
    """Why it proves nothing, where one is an error."""


def proof_of(case: Case) -> Proof:
    """What stands behind a consent."""
    match case.consent.method:
        case Method.SSH:
            return _own_signature(case)
        case Method.FORGE:
            return _forge_review(case)
        case Method.EXTERNAL:
            return _external_decision(case)
        case Method.LEGACY:
            return _earlier_approval(case)
    assert_never(case.consent.method)


def _own_signature(case: Case) -> Proof:
    person = case.consent.person
    key, problems = _signing_key(case, case.path, person, case.named, case.moment)
    if key is None:
        return _nothing(*problems)
    if key.enrolled_by == person:
        note = "signed with a key that only its holder enrolled"
        hint = "A second person enrolls it with policygen trust enroll; later consents count A3."
        problem = case.problem(
            "approval-own-key", f"no second person enrolled the key of {person}", hint, warning=True
        )
        return Proof(
            strength=Strength.A0, note=note, fingerprint=key.fingerprint, problems=(problem,)
        )
    stamped = in_workspace(case.path) in case.witness.stamped_at
    return Proof(
        strength=Strength.A4 if stamped else Strength.A3,
        note=f"signed with a key enrolled by {key.enrolled_by}",
        time_attested=stamped,
        fingerprint=key.fingerprint,
    )


def _signing_key(
    case: Case, path: str, person: str, link: TrustLink | None, moment: datetime
) -> tuple[TrustedKey | None, list[Problem]]:
    """The key of a person that signed a file and counts at a moment, or why there is none."""
    armored = case.evidence.files.get(path + ".sig")
    if armored is None:
        return None, [_unsigned(case, path, person)]
    try:
        signature = _verified(case, path, armored)
    except SignatureError as error:
        return None, [case.problem("approval-signature-bad", f"the signature fails: {error}")]
    if link is None:
        return None, []  # reported as approval-trust-unknown
    if not keys_of(link.snapshot, person, signature.fingerprint):
        message = f"{signature.fingerprint} signed, which is no key of {person} in the snapshot"
        return None, [case.problem("approval-key-unknown", message)]
    key = key_at(link.snapshot, person, signature.fingerprint, moment)
    # A window that a later snapshot closed is closed for a consent dated after its end as well.
    newest = case.chain.newest
    if key is None or newest is None or (
        key_at(newest.snapshot, person, signature.fingerprint, moment) is None
    ):  # fmt: skip
        message = f"the key {signature.fingerprint} of {person} did not count at {moment}"
        return None, [case.problem("approval-key-window", message)]
    return key, []


def _verified(case: Case, path: str, armored: bytes) -> SshSignature:
    """The signature over a record, or over a list that names it.

    Raises:
        SignatureError: It is over neither.
    """
    data = case.evidence.files[path]
    try:
        return verify(data, armored, namespace=APPROVAL_NAMESPACE)
    except SignatureError:
        for listed in case.lists.get(line_of(path, data), ()):
            signature = _over_list(case.evidence.files[listed], armored)
            if signature is not None:
                return signature
        raise


@lru_cache(maxsize=64)
def _over_list(data: bytes, armored: bytes) -> SshSignature | None:
    """The signature over a whole list, None where it is over other bytes; asked for each record."""
    try:
        return verify(data, armored, namespace=APPROVAL_NAMESPACE)
    except SignatureError:
        return None


def _unsigned(case: Case, path: str, person: str) -> Problem:
    hint = f"Where approving was broken off, {person} runs it again, which completes the record."
    appeared = case.witness.appeared_at
    if appeared is not None and in_workspace(path) not in appeared:
        message = f"the signature of {person} is still to come"
        return case.problem("approval-incomplete", message, hint)
    return case.problem("approval-unsigned", f"there is no signature of {person}", hint)


def _forge_review(case: Case) -> Proof:
    path = observation_path(case.path)
    data = case.evidence.files.get(path)
    if data is None:
        hint = "Import it again with policygen forge import."
        message = f"what the forge said is missing: {in_workspace(path)}"
        return _nothing(case.problem("approval-observation-missing", message, hint))
    try:
        observation = read_observation(data)
    except RecordFormatError as error:
        return _nothing(problem_of(error, in_workspace(path)))
    problems = [
        case.problem("approval-observation-differs", clause)
        for clause in _observation_faults(case, observation)
    ]
    kept_back = any(raw.file not in case.evidence.files for raw in observation.raw)
    if kept_back and not problems:
        note = "what the forge answered was kept back, its digests are listed"
        return Proof(strength=Strength.A0, note=note)
    problems += review_problems(case, observation)
    if problems:
        return _nothing(*problems)
    inferred = " (which commit is inferred)" if observation.binding is Binding.INFERRED else ""
    note = (
        f"review by {observation.login} of change {observation.change} at {observation.host}"
        f"{inferred}, time as the forge has it"
    )
    if path + ".sig" not in case.evidence.files:
        return Proof(strength=Strength.A1, note=note, time_attested=True)
    return _signed_import(case, path, observation, note)


def _signed_import(case: Case, path: str, observation: Observation, note: str) -> Proof:
    """A2 where the importer's key counted at the import and a second person enrolled it."""
    person = observation.imported_by
    link = case.chain.at(observation.imported_at)
    key, faults = _signing_key(case, path, person, link, observation.imported_at)
    appeared = (case.witness.appeared_at or {}).get(in_workspace(path))
    if appeared is not None and not was_plausible(observation.imported_at, appeared):
        message = f"{person} dates the import {observation.imported_at}, it was seen {appeared}"
        faults.append(case.problem("approval-time-implausible", message))
    if key is None or faults:
        return _nothing(*faults)
    if key.enrolled_by == person:
        message = f"no second person enrolled the key of {person}, who signed the import"
        hint = "A second person enrolls it with policygen trust enroll; later imports count A2."
        problem = case.problem("approval-own-key", message, hint, warning=True)
        return Proof(strength=Strength.A1, note=note, time_attested=True, problems=(problem,))
    return Proof(
        strength=Strength.A2,
        note=f"{note}, import signed by {person}",
        time_attested=True,
        fingerprint=key.fingerprint,
    )


def _observation_faults(case: Case, observation: Observation) -> Iterator[str]:
    if observation.consent_sha256 != hashlib.sha256(case.data).hexdigest():
        yield "what the forge said belongs to another consent"
    if observation.imported_at < observation.submitted_at:
        yield "it was imported before the review was given"
    for raw in observation.raw:
        stored = case.evidence.files.get(raw.file)
        kept_back = case.witness.left_out.get(raw.file)
        digest = kept_back if stored is None else hashlib.sha256(stored).hexdigest()
        if digest != raw.sha256:
            yield f"the recording {raw.file} is missing or was changed"


def _external_decision(case: Case) -> Proof:
    external = _external_of(case)
    problems = list(_file_faults(case, external))
    attester = external.attested_by
    if attester == case.consent.person:
        message = f"{attester} attests their own decision"
        problems.append(case.problem("approval-attested-by-self", message))
    key, faults = _signing_key(case, case.path, attester, case.named, case.moment)
    problems += faults
    if key is None or problems:
        return _nothing(*problems)
    return Proof(
        strength=Strength.E,
        note=f"decided outside, {external.file} attested by {attester}",
        fingerprint=key.fingerprint,
    )


def _earlier_approval(case: Case) -> Proof:
    external = _external_of(case)
    problems = list(_file_faults(case, external))
    root = case.chain.links[0] if case.chain.links else None
    if root is not None and case.consent.at >= root.snapshot.created_at:
        message = "an approval from before this workspace is dated after its first trust snapshot"
        problems.append(case.problem("approval-legacy-late", message))
    note = f"asserted by {external.attested_by} from {external.file}"
    return Proof(strength=Strength.A0, note=note, problems=tuple(problems))


def _external_of(case: Case) -> External:
    external = case.consent.external
    if external is None:  # read_consent has refused it
        raise RecordFormatError("it names no file")
    return external


def _file_faults(case: Case, external: External) -> Iterator[Problem]:
    stored = case.evidence.files.get(external.file)
    if stored is None or hashlib.sha256(stored).hexdigest() != external.sha256:
        message = f"{external.file} is missing or was changed"
        yield case.problem("approval-external-changed", message)


def _nothing(*problems: Problem) -> Proof:
    return Proof(strength=Strength.A0, note="proves nothing", problems=problems)
