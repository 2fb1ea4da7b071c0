"""Succession: consents held against each other, and versions against the ones before."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from policygen.history.consents.forge_reviews import change_of, drafters_of
from policygen.history.dates import local_day
from policygen.history.records.paths import version_number
from policygen.history.trust.entitlement import zone_of
from policygen.model.evidence import Decision, Method

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from policygen.history.consents.cases import Case
    from policygen.model.evidence import Previous
    from policygen.model.judgement import LoneApproval, Witness
    from policygen.model.register import Verdict
    from policygen.problems import Problem

    Holding = tuple[Case, Verdict]


def settle(
    holding: Sequence[Holding], witness: Witness, *, partial: bool
) -> tuple[list[Verdict], list[Problem]]:
    """The consents that also hold beside all others, and why the rest do not.

    Args:
        holding: Consents that hold on their own.
        witness: Who drafted what.
        partial: Whether a text that a later version follows may be missing.
    """
    verdicts: list[Verdict] = []
    problems: list[Problem] = []
    reviews: list[Holding] = []
    versions: list[Holding] = []
    for item in holding:
        confirmed = item[1].consent.decision is Decision.CONFIRMED
        (reviews if confirmed else versions).append(item)
    versions.sort(key=lambda item: _place(item[1]))
    for _, group in groupby(versions, key=lambda item: item[1].consent.document):
        accepted, found = _succession(list(group), witness, partial)
        verdicts += accepted
        problems += found
    known = {(item.consent.document, item.consent.version) for item in verdicts}
    for case, verdict in reviews:
        if (verdict.consent.document, verdict.consent.version) in known:
            verdicts.append(verdict)
        else:
            message = f"version {verdict.consent.version} was never approved, so nobody can confirm"
            problems.append(case.problem("review-version-unknown", message))
    return verdicts, problems


def two_texts(cases: Sequence[Case]) -> Iterator[Problem]:
    """Consents of one version to different texts, whether or not they hold otherwise."""
    digests: dict[tuple[str, str], set[str]] = {}
    for case in cases:
        consent = case.consent
        digests.setdefault((consent.document, consent.version), set()).add(consent.text_sha256)
    for case in cases:
        consent = case.consent
        named = digests[consent.document, consent.version]
        stored = None if case.text is None else case.text.sha256
        if len(named) > 1 and consent.text_sha256 != stored:
            message = (
                f"version {consent.version} of {consent.document} was consented to in two texts"
            )
            hint = "The stored text counts; the other is approved as a version of its own."
            yield case.problem("approval-version-fork", message, hint)


def _place(verdict: Verdict) -> tuple[str, tuple[int, int]]:
    return verdict.consent.document, version_number(verdict.consent.version)


def _succession(
    holding: list[Holding], witness: Witness, partial: bool
) -> tuple[list[Verdict], list[Problem]]:
    """The consents of one document that continue it, oldest version first."""
    verdicts: list[Verdict] = []
    problems: list[Problem] = []
    complete: list[str] = []
    for version, items in groupby(holding, key=lambda item: item[1].consent.version):
        group = list(items)
        found = [*_forks(group), *_previous_unknown(group, complete, partial)]
        problems += found
        if found:
            continue
        verdicts += [verdict for _, verdict in group]
        if _is_complete(group):
            complete.append(version)
            problems += _drafter_alone(group, witness)
    return verdicts, problems


def _is_complete(group: list[Holding]) -> bool:
    return any(
        case.text is not None and verdict.consent.role == case.text.record.header.required_role
        for case, verdict in group
    )


def _forks(group: list[Holding]) -> Iterator[Problem]:
    """Consents of one version that say different things about it."""
    first = group[0][1].consent
    for case, verdict in group[1:]:
        consent = verdict.consent
        if (consent.previous, consent.decision) != (first.previous, first.decision):
            message = f"version {consent.version} is described differently by {first.person}"
            yield case.problem("approval-version-fork", message)


def _previous_unknown(
    group: list[Holding], complete: list[str], partial: bool
) -> Iterator[Problem]:
    case, verdict = group[0]
    consent = verdict.consent
    if consent.previous is None:
        if complete:
            message = f"it names no previous version, but {complete[-1]} comes before"
            yield case.problem("approval-previous-unknown", message)
        return
    previous = consent.previous
    if version_number(previous.version) >= version_number(consent.version):
        message = f"its previous version {previous.version} does not come before it"
        yield case.problem("approval-previous-unknown", message)
    elif not _is_stored(case, previous, partial):
        message = f"version {previous.version}, which it follows, is not stored with that digest"
        yield case.problem("approval-previous-unknown", message)
    elif complete and version_number(complete[-1]) > version_number(previous.version):
        message = f"it follows {previous.version}, but {complete[-1]} comes between"
        yield case.problem("approval-previous-unknown", message)
    elif consent.decision is Decision.RETIRED and previous.text_sha256 != consent.text_sha256:
        message = "a retirement carries the text that it takes out of force, this is another"
        yield case.problem("approval-previous-unknown", message)


def _is_stored(case: Case, previous: Previous, partial: bool) -> bool:
    text = case.siblings.get((case.consent.document, previous.version))
    return partial if text is None else text.sha256 == previous.text_sha256


def _drafter_alone(group: list[Holding], witness: Witness) -> Iterator[Problem]:
    case, verdict = group[0]
    mails = witness.drafters.get((verdict.consent.document, verdict.consent.version), frozenset())
    drafters = set()
    for mail in sorted(mails):
        person = witness.people_by_mail.get(mail.lower())
        if person is None:
            message = f"{mail} changed the text and is nobody in the profile"
            hint = "Add the address to the person's emails in organization.yml."
            yield case.problem("approval-author-unknown", message, hint)
        else:
            drafters.add(person)
    drafters |= yield from _behind_changes(group, witness)
    consenting = {verdict.consent.person for _, verdict in group}
    if consenting <= drafters:
        who = " and ".join(sorted(consenting))
        message = f"{who} drafted version {verdict.consent.version} and approved it alone"
        hint = "A second person consents: the owner, the chief executive or the governing body."
        waiver = _waiver(group, consenting, witness)
        if waiver is not None:
            message += f", under waiver {waiver.id} approved by {waiver.approved_by}"
            hint = f"It is listed until {waiver.end}: {waiver.reason}"
        lighter = waiver is not None or verdict.consent.kind == "register"
        yield case.problem("approval-drafter-alone", message, hint, warning=lighter)


def _waiver(
    group: list[Holding], consenting: set[str], witness: Witness
) -> LoneApproval | None:  # fmt: skip
    """The waiver that every consent of a version was given under; None where there is none."""
    case, verdict = group[0]
    if case.named is None:
        return None
    zone = zone_of(case.named.snapshot)
    days = [local_day(each.consent.at, zone) for _, each in group]
    return next(
        (
            waiver
            for waiver in witness.lone_approvals
            if all(waiver.covers(consenting, verdict.consent.document, day) for day in days)
        ),
        None,
    )


def _behind_changes(
    group: list[Holding], witness: Witness
) -> Generator[Problem, None, frozenset[str]]:
    """Who is behind the changes on a forge in which a version was approved."""
    drafters: frozenset[str] = frozenset()
    for case, verdict in group:
        change = change_of(case) if verdict.consent.method is Method.FORGE else None
        if change is None:
            continue
        snapshots = [link.snapshot for link in reversed(case.chain.links)]
        persons, unknown = drafters_of(change, snapshots, witness.people_by_mail)
        drafters |= persons
        # In a package or PDF nobody knows whose address is whose; the workspace has told.
        for account in unknown if witness.people_by_mail else ():
            message = f"{account} is behind change {change.number} and is nobody in the profile"
            hint = "Add the account or address to the person in organization.yml (forge, emails)."
            yield case.problem("approval-author-unknown", message, hint)
    return drafters
