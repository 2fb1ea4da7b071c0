"""Deciding without a new text: retiring a document, confirming it in a review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.history.approving.approve import check_effective, check_standing, take_up
from policygen.history.approving.numbering import next_version
from policygen.history.approving.plans import ApprovalPlan, PlannedConsent, Sitting, planned_each
from policygen.history.records.checklists import binding, bound_checklist, stored_path
from policygen.history.records.consents import write_consent
from policygen.history.records.paths import approval_path, in_workspace, review_path, text_path
from policygen.history.register.versions import in_force
from policygen.model.evidence import Consent, Decision, Method, Previous, Significance
from policygen.problems import Location, PolicygenError, Problem, refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policygen.model.register import Version


def plan_retirement(sitting: Sitting, documents: Sequence[str], reason: str) -> ApprovalPlan:
    """The consents that take documents out of force, ready to be signed.

    A retirement takes the next major number and carries the text that it takes out of force.

    Args:
        sitting: Who decides, from when, and what is known.
        documents: Ids of documents that have an approved version.
        reason: Why, or what replaces them.
    """
    return planned_each(documents, lambda document: _retirement(sitting, document, reason))


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What a person is about to confirm."""

    cycle: str
    """Name of the review cycle, e.g. `2027`."""

    working_sha256: str
    """Digest of the working text; one that differs from the text in force is approved, not
    confirmed."""

    checklist: bytes
    """The filled checklist, which the consent is bound to."""

    remark: str | None = None
    """What the reviewer wants on record; may be None."""


def plan_review(sitting: Sitting, confirmations: Mapping[str, Confirmation]) -> ApprovalPlan:
    """The consents that confirm documents in a review, ready to be signed.

    Args:
        sitting: Who reviewed, and what is known.
        confirmations: What is confirmed, by document id.
    """
    return planned_each(
        confirmations,
        lambda document: _review(sitting, document, confirmations[document]),
    )


def _retirement(sitting: Sitting, document: str, reason: str) -> PlannedConsent:
    retired = sitting.newest(document)
    if retired is None or retired.decision is Decision.RETIRED:
        raise refusal(
            "approve-nothing-changed",
            f"{document} has no approved version to retire",
            "A document that was never approved is left out under documents in organization.yml.",
        )
    stored = sitting.stored(document)
    versions = [*sitting.versions(document)]
    begun = versions[-1] if versions[-1].decision is Decision.RETIRED else None
    version = begun.version if begun else _broken_off(sitting, document, retired)
    if version is None:
        version = next_version(stored, retired, Significance.MAJOR)
    path = approval_path(document, version, sitting.person)
    consent = take_up(sitting, path) or _consent(
        sitting, retired, Decision.RETIRED, version=version, reason=reason
    )
    return PlannedConsent(
        consent=consent,
        path=path,
        data=write_consent(consent),
        text_path=text_path(document, version),
        text=_stored_text(sitting, retired),
        joins=begun is not None,
    )


def _broken_off(sitting: Sitting, document: str, retired: Version) -> str | None:
    """The number under which the person began to retire the document and was interrupted."""
    stored = sitting.stored(document)
    last = list(stored)[-1]
    unsigned = approval_path(document, last, sitting.person)
    if last == retired.version or stored[last] != retired.text_sha256:
        return None
    begun = unsigned in sitting.evidence.files and unsigned + ".sig" not in sitting.evidence.files
    return last if begun else None


def _review(sitting: Sitting, document: str, confirmed: Confirmation) -> PlannedConsent:
    current = in_force(sitting.versions(document))
    if current is None:
        raise refusal(
            "review-nothing-in-force",
            f"{document} has no version in force to review",
            "Approve it first with policygen approve.",
        )
    if current.text_sha256 != confirmed.working_sha256:
        raise refusal(
            "review-text-drifted",
            f"the working text of {document} is not version {current.version}, which is in force",
            "Approve the change, or take it back; a confirmed review changes nothing.",
        )
    path = review_path(confirmed.cycle, document, sitting.person)
    reason = binding(confirmed.checklist, confirmed.remark)
    consent = take_up(sitting, path) or _consent(
        sitting, current, Decision.CONFIRMED, version=current.version, reason=reason
    )
    if consent.reason != reason:
        raise PolicygenError(
            Problem(
                code="record-in-the-way",
                location=Location(in_workspace(path)),
                message="it was begun with another checklist and is not signed yet",
                hint="Put the checklist back as it was, or choose another cycle.",
            )
        )
    digest = bound_checklist(consent)
    assert digest is not None, "the reason names it"
    return PlannedConsent(
        consent=consent,
        path=path,
        data=write_consent(consent),
        text_path=None,
        text=_stored_text(sitting, current),
        beside={stored_path(digest): confirmed.checklist},
    )


def _consent(
    sitting: Sitting, about: Version, decision: Decision, *, version: str, reason: str | None
) -> Consent:
    standing = check_standing(sitting, about.text)
    retires = decision is Decision.RETIRED
    return Consent(
        acting_for=standing.acting_for,
        at=sitting.at,
        decision=decision,
        document=about.document,
        effective=check_effective(sitting) if retires else sitting.today,
        external=None,
        kind=about.text.header.kind.value,
        method=Method.SSH,
        person=sitting.person,
        previous=Previous(version=about.version, text_sha256=about.text_sha256)
        if retires
        else None,
        reason=reason,
        role=standing.role,
        significance=Significance.MAJOR if retires else Significance.MINOR,
        text_sha256=about.text_sha256,
        tool=sitting.tool,
        trust_sha256=sitting.trust.sha256,
        version=version,
    )


def _stored_text(sitting: Sitting, version: Version) -> bytes:
    return sitting.evidence.files[version.text_path.removeprefix("evidence/")]
