"""Plans: consents worked out and ready to be signed, before anything is written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from policygen.history.approving.renames import Names
from policygen.history.dates import local_day
from policygen.history.records.paths import Shelf, place_of, version_number
from policygen.history.register.versions import fold_versions, newest_approved
from policygen.history.trust.entitlement import zone_of
from policygen.model.evidence import Decision, Method
from policygen.problems import PolicygenError, Problem, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date, datetime
    from typing import TypeVar

    from policygen.model.evidence import Consent, Evidence
    from policygen.model.judgement import Judgement, LoneApproval, TrustLink
    from policygen.model.register import Verdict, Version

    Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedConsent:
    """One record that only lacks its signature."""

    consent: Consent
    path: str
    """Path of the record below `evidence/`."""

    data: bytes
    """What is signed, in namespace `policy-approval`."""

    text_path: str | None
    """Where the text is stored; None for a confirmed review."""

    text: bytes
    """The text consented to."""

    reasons: tuple[str, ...] = ()
    """Why the suggested significance is what it is."""

    joins: bool = False
    """Whether the version was there already."""

    is_rename: bool = False
    """Whether the text differs from the one before in names only; the reasons say which."""

    beside: Mapping[str, bytes] = field(default_factory=dict)
    """Files that the record refers to, by path below `evidence/`; stored before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalPlan:
    """What one person is about to consent to in one sitting."""

    consents: tuple[PlannedConsent, ...]
    problems: tuple[Problem, ...]
    """Why documents are not among the consents; a plan with errors is not signed."""


def planned_each(documents: Iterable[Item], plan: Callable[[Item], PlannedConsent]) -> ApprovalPlan:
    """One consent to each document; a document that is refused leaves the others."""
    consents: list[PlannedConsent] = []
    problems: list[Problem] = []
    for document in documents:
        try:
            consents.append(plan(document))
        except PolicygenError as error:
            problems += error.problems
    return ApprovalPlan(consents=tuple(consents), problems=tuple(problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """Who decides, when, and what is known at that moment."""

    evidence: Evidence
    judgement: Judgement
    person: str
    at: datetime
    tool: str
    """E.g. `policygen 1.0.0`."""

    role: str | None = None
    """The role to decide under; None picks the one that the text requires, or the next."""

    effective: date | None = None
    """First day of force; None means today."""

    drafters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Git mails of who changed the text since the version before, by document."""

    people_by_mail: Mapping[str, str] = field(default_factory=dict)
    """Person id by git mail, lower case."""

    method: Method = Method.SSH
    """How they decide: with a key, or by a review on a forge."""

    lone_approvals: tuple[LoneApproval, ...] = ()
    """Waivers under which a drafter may approve alone."""

    names: Names = field(default_factory=Names)
    """What things are and were called, by which a rename is told from another change."""

    is_record: bool = False
    """Whether a decision is recorded that was given earlier; the snapshot of its time counts."""

    _given: dict[str, list[Verdict]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _stored: dict[str, dict[str, str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        """Sort evidence by document once: a sitting may be about hundreds of them."""
        for verdict in self.judgement.verdicts:
            if verdict.consent.decision is not Decision.CONFIRMED:
                self._given.setdefault(verdict.consent.document, []).append(verdict)
        for path, data in self.evidence.files.items():
            place = place_of(path) if path.endswith(".md") else None
            if place is not None and place.shelf is Shelf.TEXT:
                digest = hashlib.sha256(data).hexdigest()
                self._stored.setdefault(place.document, {})[place.version] = digest

    @property
    def trust(self) -> TrustLink:
        """The newest snapshot; of an earlier decision, the one that was newest then.

        Raises:
            PolicygenError: There is none yet (`approve-trust-missing`).
        """
        link = self.judgement.chain.at(self.at)
        if link is None or not (self.is_record or link is self.judgement.chain.newest):
            raise refusal(
                "approve-trust-missing",
                "there is no trust snapshot that says who may approve",
                "Make one with policygen trust update.",
            )
        return link

    @property
    def today(self) -> date:
        """The day of the sitting on the organization's calendar."""
        return local_day(self.at, zone_of(self.trust.snapshot))

    def versions(self, document: str) -> tuple[Version, ...]:
        """The document's versions, oldest first."""
        given = self._given.get(document, [])
        return fold_versions(given, self.judgement.texts, self.today)

    def newest(self, document: str) -> Version | None:
        """The newest approved version; None where there is none."""
        return newest_approved(self.versions(document))

    def stored(self, document: str) -> dict[str, str]:
        """Digest of every stored text of a document by version, approved or not, oldest first."""
        found = self._stored.get(document, {})
        return dict(sorted(found.items(), key=lambda item: version_number(item[0])))
