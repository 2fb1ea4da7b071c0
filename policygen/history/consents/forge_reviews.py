"""Reviews on a forge: whether one carries a consent, judged anew from its recording.

The observation beside a consent is only a pointer. Everything it says is held against what the
recording shows, which a stage of its own has read (`Witness.changes`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from policygen.gitrepo.batch import object_id
from policygen.history.dates import local_day
from policygen.history.records.canonical import RecordFormatError
from policygen.history.records.consents import read_observation
from policygen.history.records.paths import observation_path
from policygen.history.trust.entitlement import allowed_roles, why_not_entitled, zone_of
from policygen.model.evidence import Decision
from policygen.model.forge import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime, tzinfo

    from policygen.history.consents.cases import Case
    from policygen.model.evidence import Observation, TrustSnapshot
    from policygen.model.forge import ForgeChange, ForgeReview
    from policygen.problems import Problem

IMPORT_WAITS = timedelta(days=14)
"""How long the pull request that brings an import may stay open."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a review carries no consent."""

    code: str
    message: str


def recording_of(observation: Observation) -> str | None:
    """Path of the index of the recording an observation was read from; None where it has none."""
    first = observation.raw[0].file
    return first if first.endswith("/index.json") else None


def change_of(case: Case) -> ForgeChange | None:
    """The change that the observation beside a consent points to; None where none shows it."""
    data = case.evidence.files.get(observation_path(case.path))
    if data is None:
        return None
    try:
        observation = read_observation(data)
    except RecordFormatError:
        return None  # reported with the proof
    return case.witness.changes.get(recording_of(observation) or "")


def review_problems(case: Case, observation: Observation) -> Iterator[Problem]:
    """Why the review that an observation names does not carry the consent."""
    change = case.witness.changes.get(recording_of(observation) or "")
    if change is None:
        message = f"no recording shows change {observation.change} as the observation claims"
        yield case.problem("approval-observation-differs", message)
        return
    review = change.review_of(observation.user_id)
    if review is None:
        message = f"account {observation.user_id} has decided nothing about change {change.number}"
        yield case.problem("approval-observation-differs", message)
        return
    for clause in _contradictions(case, observation, change, review):
        yield case.problem("approval-observation-differs", clause)
    for fault in _faults(case, change, review):
        yield case.problem(fault.code, fault.message)


def faults_of_change(change: ForgeChange) -> Iterator[Fault]:
    """Why nothing in a change counts."""
    if change.merged_at is None:
        yield Fault("forge-not-merged", f"change {change.number} was not merged")
    elif not change.into_default:
        message = f"change {change.number} was merged into {change.base}, not the default branch"
        yield Fault("forge-not-into-default", message)


def fault_of_review(change: ForgeChange, review: ForgeReview) -> Fault | None:
    """Why an account's review is no approval at the merge; None where it is one."""
    who = f"{review.login} in change {change.number}"
    match review.outcome:
        case Outcome.APPROVED:
            return None
        case Outcome.CHANGES_REQUESTED:
            return Fault("forge-changes-requested", f"{who} asked for changes at the end")
        case Outcome.DISMISSED:
            return Fault("forge-review-dismissed", f"the review of {who}: {review.detail}")
        case Outcome.LATE:
            return Fault("forge-review-late", f"{who} approved after the merge only")
        case Outcome.UNBOUND:
            message = f"the forge does not say what {who} approved, or when"
            return Fault("forge-review-unbound", message)
        case Outcome.BOT:
            return Fault("forge-review-bot", f"the approval of {who} is by {review.detail}")
        case Outcome.NOBODY:
            message = f"a review of change {change.number} is by an account that was deleted"
            return Fault("forge-review-nobody", message)
    assert_never(review.outcome)


def fault_of_text(
    change: ForgeChange, review: ForgeReview, path: str, data: bytes
) -> Fault | None:  # fmt: skip
    """Why a review does not cover a text; None where it does.

    The bytes are covered where they are the file's at the reviewed commit and after the merge.

    Args:
        change: The change.
        review: An approval in it.
        path: Of the document below `rendered/`.
        data: The text.
    """
    if path not in change.changed:
        message = f"change {change.number} does not touch {path}, so nobody approved it there"
        return Fault("forge-review-stale", message)
    reviewed, merged = review.texts.get(path), change.texts.get(path)
    if reviewed is None or reviewed != merged:
        message = f"{review.login} approved another text of {path} than change {change.number} made"
        return Fault("forge-review-stale", message)
    if object_id("blob", data, letters=len(reviewed)) != reviewed:
        message = f"the text of {path} is not the one that {review.login} approved"
        return Fault("forge-review-stale", message)
    return None


def faults_of_objections(
    change: ForgeChange, snapshot: TrustSnapshot, roles: Sequence[str], moment: datetime
) -> Iterator[Fault]:
    """People who may approve a text and whose last word on the change was an objection."""
    for review in change.reviews:
        if review.outcome is not Outcome.CHANGES_REQUESTED or review.user_id is None:
            continue
        person = person_of(snapshot, change.host, review.user_id)
        if person is not None and has_say(snapshot, person, roles, moment):
            message = (
                f"{person} asked for changes in change {change.number} and did not take it back"
            )
            yield Fault("forge-changes-requested", message)


def has_say(
    snapshot: TrustSnapshot, person: str, roles: Sequence[str], moment: datetime
) -> bool:  # fmt: skip
    """Whether a person holds one of the roles at a moment, or stands in for who does."""
    holders = [None, *(item.acting_for for item in snapshot.delegations if item.person == person)]
    return any(
        why_not_entitled(snapshot, person, role, holder, moment) is None
        for role in roles
        for holder in holders
    )


def person_of(snapshot: TrustSnapshot, host: str, user_id: int) -> str | None:
    """Whose account a numeric id is; None where it is nobody's, or said to be of several."""
    owners = {
        person.id
        for person in snapshot.people
        for login_host, number, _ in person.logins
        if (login_host.lower(), number) == (host.lower(), user_id)
    }
    return owners.pop() if len(owners) == 1 else None


def drafters_of(
    change: ForgeChange, snapshots: Sequence[TrustSnapshot], people_by_mail: Mapping[str, str]
) -> tuple[frozenset[str], tuple[str, ...]]:
    """Person ids behind a change, and the accounts behind it that are nobody's.

    Args:
        change: The change.
        snapshots: Where accounts are looked up, the one that counts most first.
        people_by_mail: Person id by mail address, lower case.
    """
    by_digest = {
        hashlib.sha256(mail.lower().encode()).hexdigest(): person
        for mail, person in people_by_mail.items()
    }
    persons: set[str] = set()
    unknown: list[str] = []
    for author in change.authors:
        person = by_digest.get(author.mail_sha256 or "")
        if author.user_id is not None:
            named = (person_of(snapshot, change.host, author.user_id) for snapshot in snapshots)
            person = next((found for found in named if found is not None), person)
        if person is not None:
            persons.add(person)
        else:
            unknown.append(author.login or f"address {(author.mail_sha256 or '')[:12]}")
    return frozenset(persons), tuple(dict.fromkeys(unknown))


def was_plausible(imported_at: datetime, appeared_at: datetime) -> bool:
    """Whether an import is dated shortly before its records entered the default branch."""
    return appeared_at - IMPORT_WAITS <= imported_at <= appeared_at + timedelta(hours=1)


def first_day(change: ForgeChange, review: ForgeReview, zone: tzinfo) -> date:
    """First day in force: the one that the reviewer wrote, but never before the merge."""
    assert change.merged_at is not None, "only what is merged is approved"
    merged = local_day(change.merged_at, zone)
    return max(merged, review.words.effective or merged)


def _contradictions(
    case: Case, observation: Observation, change: ForgeChange, review: ForgeReview
) -> Iterator[str]:
    pairs: tuple[tuple[str, object, object], ...] = (
        ("host", observation.host, change.host),
        ("repository", observation.repository, change.repository),
        ("number of the change", observation.change, change.number),
        ("time of the merge", observation.merged_at, change.merged_at),
        ("recording", observation.raw, change.raw),
        ("review", observation.review, review.review),
        ("login", observation.login, review.login),
        ("reviewed commit", observation.commit, review.commit),
        ("binding", observation.binding, review.binding),
        ("time of the review", observation.submitted_at, review.submitted_at),
    )
    for name, said, shown in pairs:
        if said != shown:
            yield f"the recording shows another {name} than the observation"
    if observation.imported_at < change.recorded_at:
        yield "it was imported before the recording was made"
    if case.consent.at != review.submitted_at:
        yield "the consent is dated differently from the review on the forge"
    if case.consent.decision is not Decision.APPROVED:
        yield f"a review approves a text; it cannot say {case.consent.decision.value}"
    if case.consent.reason != review.words.reason:
        yield "the consent gives another reason than the review"


def _faults(case: Case, change: ForgeChange, review: ForgeReview) -> Iterator[Fault]:
    yield from faults_of_change(change)
    fault = fault_of_review(change, review)
    if fault is not None:
        yield fault
        return
    if case.text is None or case.named is None or change.merged_at is None:
        return  # reported on their own
    snapshot = case.named.snapshot
    stale = fault_of_text(change, review, case.text.record.header.path, stored_text(case))
    if stale is not None:
        yield stale
    roles = allowed_roles(case.text.record)
    yield from faults_of_objections(change, snapshot, roles, case.consent.at)
    if person_of(snapshot, change.host, review.user_id or 0) != case.consent.person:
        message = f"account {review.user_id} at {change.host} is not {case.consent.person}'s"
        yield Fault("forge-account-unknown", message)
    if case.consent.effective != first_day(change, review, zone_of(snapshot)):
        message = f"it takes effect on another day than merge and review of {change.number} say"
        yield Fault("approval-observation-differs", message)


def stored_text(case: Case) -> bytes:
    """The stored bytes that a consent is about."""
    consent = case.consent
    return case.evidence.files[f"approvals/{consent.document}/{consent.version}.md"]
