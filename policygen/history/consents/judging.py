"""Judging evidence: every consent is tried on its own, then against the others."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from policygen.history.consents.cases import open_cases, read_texts, texts_without_consent
from policygen.history.consents.proofs import proof_of
from policygen.history.consents.succession import settle, two_texts
from policygen.history.dates import local_day
from policygen.history.records.checklists import checklist_faults
from policygen.history.records.paths import in_workspace
from policygen.history.trust.chain import load_trust
from policygen.history.trust.entitlement import (
    SECOND_ROLES,
    allowed_roles,
    why_not_entitled,
    zone_of,
)
from policygen.model.evidence import Decision, Method
from policygen.model.judgement import Judgement, Witness
from policygen.model.register import Verdict
from policygen.problems import has_errors, in_reading_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from policygen.history.consents.cases import Case
    from policygen.history.consents.proofs import Proof
    from policygen.model.document import RecordText
    from policygen.model.evidence import Evidence
    from policygen.problems import Problem

TOLERANCE = timedelta(days=3)
"""How long a consent may wait before it is on the default branch."""

CLOCK_SKEW = timedelta(hours=1)
"""How far two honest clocks may differ."""


def judge(
    evidence: Evidence, witness: Witness | None = None, *, partial: bool = False
) -> Judgement:
    """Everything in evidence that proves what it claims, and every reason why the rest does not.

    Args:
        evidence: The folder, or what a package or PDF carries of it.
        witness: What git, a time authority and the clock know; None where nobody was asked.
        partial: Whether a text that a later version follows may be missing, as inside a PDF.
    """
    asked = witness or Witness()
    chain, trust_problems = load_trust(evidence)
    texts, text_problems = read_texts(evidence)
    cases, format_problems = open_cases(evidence, texts, chain, asked)
    problems = [*evidence.problems, *trust_problems, *text_problems, *format_problems]
    problems += texts_without_consent(texts, cases)
    problems += two_texts(cases)
    holding: list[tuple[Case, Verdict]] = []
    for case in cases:
        verdict, reasons = _try(case)
        problems += reasons
        if verdict is not None:
            holding.append((case, verdict))
    verdicts, found = settle(holding, asked, partial=partial)
    problems += found
    return Judgement(
        chain=chain,
        verdicts=tuple(sorted(verdicts, key=lambda item: (item.consent.at, item.path))),
        texts={key: text.record for key, text in texts.items()},
        problems=in_reading_order(problems),
    )


def _try(case: Case) -> tuple[Verdict | None, tuple[Problem, ...]]:
    problems = [problem for check in CHECKS for problem in check(case)]
    proof = proof_of(case)
    problems += proof.problems
    if has_errors(problems) or case.text is None:
        return None, tuple(problems)
    return _verdict(case, case.text.record, proof), tuple(problems)


def _verdict(case: Case, text: RecordText, proof: Proof) -> Verdict:
    header, consent = text.header, case.consent
    titles = {**SECOND_ROLES, header.owner: header.owner_title}
    if header.approver is not None and header.approver_title is not None:
        titles[header.approver] = header.approver_title
    known = None if case.named is None else case.named.snapshot.person(consent.person)
    return Verdict(
        consent=consent,
        path=in_workspace(case.path),
        strength=proof.strength,
        time_attested=proof.time_attested,
        name=consent.person if known is None else known.name,
        role_title=titles.get(consent.role, consent.role.replace("_", " ")),
        fingerprint=proof.fingerprint,
        note=proof.note,
    )


def _misplaced(case: Case) -> Iterator[Problem]:
    consent = case.consent
    if case.path != case.expected_path:
        message = (
            f"the record says {consent.decision.value} {consent.document} {consent.version}"
            f" by {consent.person}, which does not belong in this file"
        )
        yield case.problem("approval-misplaced", message)
    elif case.text is not None:
        header = case.text.record.header
        if (header.id, header.kind.value) != (consent.document, consent.kind):
            message = f"the text is the {header.kind.value} {header.id}, not what the record names"
            yield case.problem("approval-misplaced", message)


def _text_changed(case: Case) -> Iterator[Problem]:
    consent = case.consent
    if case.text is None:
        message = f"the text of {consent.document} {consent.version} is missing or unreadable"
        yield case.problem("approval-text-missing", message)
    elif case.text.sha256 != consent.text_sha256:
        message = (
            f"{consent.person} consented to a text with digest {consent.text_sha256[:12]},"
            f" stored is {case.text.sha256[:12]}"
        )
        hint = "Restore the committed text; an approved text is never edited."
        yield case.problem("approval-text-changed", message, hint)


def _untrusted(case: Case) -> Iterator[Problem]:
    if case.named is None:
        message = f"the trust snapshot {case.consent.trust_sha256[:12]} is not one that holds"
        yield case.problem("approval-trust-unknown", message)
        return
    if case.consent.method is Method.LEGACY:
        return  # given before there was a snapshot; its proof says so
    # A snapshot may be made in the second of the signature, or before the time stamp over it. Which
    # is named decides nothing: a window that the later one closed is closed for the consent too.
    just_before = case.consent.at - timedelta(microseconds=1)
    newest = {
        link.sha256
        for moment in (just_before, case.consent.at, case.moment)
        if (link := case.chain.at(moment)) is not None
    }
    if case.named.sha256 not in newest:
        number = case.named.snapshot.number
        message = f"trust snapshot {number} was not the newest one at {case.moment.isoformat()}"
        yield case.problem("approval-trust-unknown", message)


def _not_entitled(case: Case) -> Iterator[Problem]:
    newest, consent = case.chain.newest, case.consent
    if case.named is None or newest is None or consent.method is Method.LEGACY:
        return
    # A window that a later snapshot closed is closed for a consent dated after its end as well.
    for snapshot in (case.named.snapshot, newest.snapshot):
        reason = why_not_entitled(
            snapshot, consent.person, consent.role, consent.acting_for, case.moment
        )
        if reason is not None:
            yield case.problem("approval-not-entitled", reason)
            return


def _role_not_required(case: Case) -> Iterator[Problem]:
    if case.text is not None and case.consent.role not in allowed_roles(case.text.record):
        required = case.text.record.header.required_role
        message = f"the text is approved by the role {required}, not by {case.consent.role}"
        yield case.problem("approval-role-not-required", message)


def _effective_early(case: Case) -> Iterator[Problem]:
    consent = case.consent
    if case.named is None or consent.method is Method.LEGACY:
        return
    day = local_day(consent.at, zone_of(case.named.snapshot))
    if consent.effective < day:
        verb = "is reviewed" if consent.decision is Decision.CONFIRMED else "takes effect"
        message = f"it {verb} on {consent.effective}, before it was given on {day}"
        yield case.problem("approval-effective-early", message)


def _implausible(case: Case) -> Iterator[Problem]:
    claimed, witness = case.consent.at, case.witness
    path = in_workspace(case.path)
    hint = "The time in a record is the signer's claim; ask them, and let them approve again."
    if witness.now is not None and claimed > witness.now + CLOCK_SKEW:
        message = f"it is dated {claimed.isoformat()}, which is in the future"
        yield case.problem("approval-time-implausible", message, hint)
    appeared = None if witness.appeared_at is None else witness.appeared_at.get(path)
    known = witness.stamped_at.get(path, appeared)
    if known is None or case.consent.method is not Method.SSH:
        return  # what was decided elsewhere is recorded later
    if not known - TOLERANCE <= claimed <= known + CLOCK_SKEW:
        message = f"it is dated {claimed.isoformat()}, but was first seen {known.isoformat()}"
        yield case.problem("approval-time-implausible", message, hint)


def _checklist_missing(case: Case) -> Iterator[Problem]:
    if case.consent.decision is Decision.CONFIRMED and case.consent.method is not Method.LEGACY:
        for code, message in checklist_faults(case.consent, case.evidence.files):
            yield case.problem(code, message)


CHECKS: tuple[Callable[[Case], Iterator[Problem]], ...] = (
    _misplaced,
    _text_changed,
    _untrusted,
    _not_entitled,
    _role_not_required,
    _effective_early,
    _implausible,
    _checklist_missing,
)
"""What every consent must pass, whatever its method."""
