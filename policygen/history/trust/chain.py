"""The chain of trust: each snapshot follows from the one before, by signature and by rule."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.crypto.sshsig import verify
from policygen.crypto.sshwire import SignatureError
from policygen.history.records.canonical import RecordFormatError, problem_of
from policygen.history.records.paths import Shelf, in_workspace, place_of
from policygen.history.records.snapshots import (
    TRUST_NAMESPACE,
    read_snapshot,
    read_word,
    signers_file,
)
from policygen.history.trust.entitlement import holds_any, key_at, shared_keys
from policygen.history.trust.lookalikes import lookalikes
from policygen.history.trust.windows import broken_windows
from policygen.model.judgement import TrustChain, TrustLink
from policygen.problems import Location, Problem, Severity, has_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.evidence import Evidence, TrustedKey, TrustSnapshot

_HINT = "Restore the committed file; snapshots are written by policygen trust and never edited."


@dataclass(frozen=True, slots=True)
class _Step:
    """A snapshot on trial."""

    evidence: Evidence
    snapshot: TrustSnapshot
    sha256: str
    previous: TrustLink | None
    words: tuple[tuple[str, str], ...]
    """Path and person of each word given for it."""

    @property
    def path(self) -> str:
        """Path below `evidence/`."""
        return f"trust/{self.snapshot.number}.yml"

    @property
    def judge(self) -> TrustSnapshot:
        """The snapshot that says who may sign this one; the root vouches for itself."""
        return self.snapshot if self.previous is None else self.previous.snapshot


def load_trust(evidence: Evidence) -> tuple[TrustChain, tuple[Problem, ...]]:
    """The snapshots that hold, and why the others do not.

    A snapshot holds when the one before holds, its number and digest continue it, somebody whom
    that one trusts signed it, and no window is taken back. The root is signed by one of its own
    people; its digest is compared by whoever got it by another channel.
    """
    links: list[TrustLink] = []
    problems: list[Problem] = []
    numbers, words = _files(evidence)
    for number in numbers:
        previous = links[-1] if links else None
        link, found = _link(evidence, number, previous, tuple(words.get(number, ())))
        problems += found
        if link is None:
            break
        links.append(link)
    problems += _unread(numbers[len(links) + 1 :])
    return TrustChain(links=tuple(links)), tuple(problems)


def _files(evidence: Evidence) -> tuple[list[int], dict[int, list[tuple[str, str]]]]:
    numbers: list[int] = []
    words: dict[int, list[tuple[str, str]]] = {}
    for path in sorted(evidence.files):
        place = place_of(path) if path.startswith("trust/") else None
        if place is None:
            continue
        if place.shelf is Shelf.SNAPSHOT:
            numbers.append(place.number)
        elif place.shelf is Shelf.TRUST_RECORD:
            words.setdefault(place.number, []).append((path, place.person))
    return sorted(numbers), words


def _link(
    evidence: Evidence,
    number: int,
    previous: TrustLink | None,
    words: tuple[tuple[str, str], ...],
) -> tuple[TrustLink | None, tuple[Problem, ...]]:
    path = f"trust/{number}.yml"
    data = evidence.files[path]
    try:
        snapshot = read_snapshot(data)
    except RecordFormatError as error:
        return None, (problem_of(error, in_workspace(path)),)
    step = _Step(evidence, snapshot, hashlib.sha256(data).hexdigest(), previous, words)
    signers: list[str] = []
    # A word that does not hold is reported, but takes nothing from one beside it that does.
    aside = [*_signatures(step, signers), *_signers_file(step)]
    problems = [*_continuity(step, number), *_keys(step)]
    if not signers:
        problems.append(
            _problem(
                "trust-unsigned",
                path,
                "no signature of a person whom the snapshot before trusts holds",
                "Somebody who holds a role there signs it with policygen trust update.",
            )
        )
    problems += _enrollments(step, signers)
    aside += [*_own_grants(step, signers), *_names_alike(step)]
    link = TrustLink(snapshot=snapshot, sha256=step.sha256, signers=tuple(sorted(signers)))
    return None if has_errors(problems) else link, (*problems, *aside)


def _continuity(step: _Step, number: int) -> Iterator[Problem]:
    snapshot, previous = step.snapshot, step.previous
    expected = 1 if previous is None else previous.snapshot.number + 1
    if snapshot.number != number or number != expected:
        message = f"it is number {snapshot.number} in file {number}, expected was {expected}"
        yield _problem("trust-chain-broken", f"trust/{number}.yml", message, _HINT)
    if snapshot.previous_sha256 != (None if previous is None else previous.sha256):
        message = "previous_sha256 is not the digest of the snapshot before"
        yield _problem("trust-chain-broken", f"trust/{number}.yml", message, _HINT)
    if previous is None:
        return
    if snapshot.created_at <= previous.snapshot.created_at:
        message = "it is not made after the snapshot before"
        yield _problem("trust-chain-broken", f"trust/{number}.yml", message, _HINT)
    for clause in broken_windows(previous.snapshot, snapshot):
        hint = "Windows are closed or added, never taken back; make the snapshot again."
        yield _problem("trust-window-backdated", f"trust/{number}.yml", clause, hint)


def _keys(step: _Step) -> Iterator[Problem]:
    for fingerprint, first, second in shared_keys(step.snapshot):
        message = f"the key {fingerprint} belongs to {first} and to {second}"
        yield _problem("trust-key-shared", step.path, message, "One key, one person.")


def _signatures(step: _Step, signers: list[str]) -> Iterator[Problem]:
    """Adds to `signers` who signed; yields what does not hold."""
    for path, person in step.words:
        try:
            reason = _why_not_signed(step, path, person)
        except RecordFormatError as error:
            yield problem_of(error, in_workspace(path))
            continue
        if reason is None:
            signers.append(person)
        else:
            yield _problem("trust-signature-bad", path, reason, _HINT)


def _why_not_signed(step: _Step, path: str, person: str) -> str | None:
    data = step.evidence.files[path]
    word = read_word(data)
    if (word.person, word.number, word.snapshot_sha256) != (
        person,
        step.snapshot.number,
        step.sha256,
    ):
        return "it is a word for another snapshot or of another person"
    armored = step.evidence.files.get(path + ".sig")
    if armored is None:
        return "it has no signature"
    try:
        signature = verify(data, armored, namespace=TRUST_NAMESPACE)
    except SignatureError as error:
        return str(error)
    if word.at < step.snapshot.created_at:
        return "it was signed before the snapshot was made"
    if key_at(step.judge, person, signature.fingerprint, word.at) is None:
        return f"{signature.fingerprint} is no key of {person} that counted then"
    if not holds_any(step.judge, person, word.at):
        return f"{person} held no role then"
    return None


def _enrollments(step: _Step, signers: list[str]) -> Iterator[Problem]:
    """Whoever is named as the one who enrolled a key must have signed the snapshot that says so."""
    for person in step.snapshot.people:
        for key in person.keys:
            if key.enrolled_by == person.id or _was_enrolled(step, person.id, key):
                continue
            if key.enrolled_by not in signers:
                message = (
                    f"{key.enrolled_by} is named as having enrolled the key of {person.id},"
                    " but did not sign this snapshot"
                )
                hint = f"{key.enrolled_by} enrolls it with policygen trust enroll."
                yield _problem("trust-enrollment-unsigned", step.path, message, hint)


def _own_grants(step: _Step, signers: list[str]) -> Iterator[Problem]:
    """Roles that the only person who signed a snapshot gives to themself in it."""
    if step.previous is None or len(set(signers)) != 1:
        return
    before = {(held.role, held.person) for held in step.previous.snapshot.holdings}
    [signer] = set(signers)
    for role in sorted({held.role for held in step.snapshot.holdings if held.person == signer}):
        if (role, signer) not in before:
            message = f"{signer} alone signed that {signer} holds the role {role}"
            hint = "A second person signs it too: policygen trust countersign."
            yield _problem("trust-own-grant", step.path, message, hint, warning=True)


def _names_alike(step: _Step) -> Iterator[Problem]:
    """People whom a reader of a name cannot tell apart."""
    known = {*_alike(step.previous.snapshot)} if step.previous else set()
    for first, second in _alike(step.snapshot):
        if (first, second) in known:
            continue
        message = f"the names of {first} and {second} read alike, so nobody can tell who approved"
        hint = "Where they are two people, write one name with a middle name or a title."
        yield _problem("trust-names-alike", step.path, message, hint, warning=True)


def _alike(snapshot: TrustSnapshot) -> Iterator[tuple[str, str]]:
    return lookalikes((person.id, person.name) for person in snapshot.people)


def _was_enrolled(step: _Step, person: str, key: TrustedKey) -> bool:
    if step.previous is None:
        return False
    earlier = step.previous.snapshot.person(person)
    return earlier is not None and any(
        (other.public_key, other.valid_from, other.enrolled_by, other.enrolled_at)
        == (key.public_key, key.valid_from, key.enrolled_by, key.enrolled_at)
        for other in earlier.keys
    )


def _signers_file(step: _Step) -> Iterator[Problem]:
    path = f"trust/{step.snapshot.number}.allowed_signers"
    if step.evidence.files.get(path) != signers_file(step.snapshot):
        message = "it does not list the keys that the snapshot lists, or is missing"
        yield _problem("trust-signers-differ", path, message, _HINT)


def _unread(numbers: list[int]) -> Iterator[Problem]:
    for number in numbers:
        message = "it follows a snapshot that does not hold and counts for nothing"
        yield _problem("trust-chain-broken", f"trust/{number}.yml", message, _HINT)


def _problem(code: str, path: str, message: str, hint: str, *, warning: bool = False) -> Problem:
    return Problem(
        code=code,
        severity=Severity.WARNING if warning else Severity.ERROR,
        location=Location(in_workspace(path)),
        message=message,
        hint=hint,
    )
