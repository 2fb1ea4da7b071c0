"""Records of who approved which bytes, and who was entitled to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from policygen.model.forge import Binding
    from policygen.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All files under `evidence/` but sealed PDFs, read once; judged the same from any source."""

    files: Mapping[str, bytes]
    """Content by path below `evidence/`, e.g. `approvals/access-control-policy/1.0.md`."""

    problems: tuple[Problem, ...] = ()
    """What could not be read: links, odd files, files too large, names that do not belong."""


class Decision(Enum):
    """What a person decided."""

    APPROVED = "approved"
    """This text becomes a version."""

    CONFIRMED = "confirmed"
    """Reviewed; the text stays as it is."""

    RETIRED = "retired"
    """The document goes out of force."""


class Method(Enum):
    """How the decision was given."""

    SSH = "ssh"
    """Signed with the person's own SSH key."""

    FORGE = "forge"
    """A review on a forge, recorded and imported."""

    EXTERNAL = "external"
    """Minutes or an e-signature envelope, attested by someone else."""

    LEGACY = "legacy"
    """An approval from before this workspace existed, with its source."""


class Significance(Enum):
    """How much a version changes what people are bound to."""

    INITIAL = "initial"
    """The first version."""

    MAJOR = "major"
    """A duty, a figure, the scope, a role or a criterion changed."""

    MINOR = "minor"
    """Wording only."""


class Strength(IntEnum):
    """How hard an approval is to forge; a version is as strong as its weakest required consent."""

    A0 = 0
    """Asserted, or signed by a key that no second person enrolled."""

    A1 = 1
    """A forge review imported with the raw response."""

    A2 = 2
    """A1, and the record is signed by the importer."""

    E = 3
    """External decision with an attestation."""

    A3 = 4
    """Signed by the approver's own enrolled key."""

    A4 = 5
    """A3, with time from an independent authority."""


@dataclass(frozen=True, slots=True, kw_only=True)
class External:
    """Where a decision given outside the workspace is kept."""

    file: str
    """Path under `evidence/external/`."""

    sha256: str
    """Digest of that file."""

    attested_by: str
    """Person id of whoever states that the file is what it claims."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Previous:
    """The version a consent replaces."""

    version: str
    text_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One person's consent to one exact text (format: `policygen/consent/1`)."""

    acting_for: str | None
    """Person id of the role's holder, where the signer is a delegate; else None."""

    at: datetime
    """When the person says it was given; with offset."""

    decision: Decision
    document: str
    effective: date
    external: External | None
    kind: str
    method: Method
    person: str
    """Stable person id from the profile, never a mail address."""

    previous: Previous | None
    reason: str | None
    """Required where a lower significance than suggested was chosen, and for retirement."""

    role: str
    """Role id under which the person decided."""

    significance: Significance
    text_sha256: str
    """SHA-256 of the approved bytes."""

    tool: str
    """Program and version that wrote the record."""

    trust_sha256: str
    """SHA-256 of the trust snapshot that was newest when the consent was given."""

    version: str
    """`major.minor`, assigned when the first consent was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawResponse:
    """One recorded answer of a forge."""

    file: str
    """Path under `evidence/`, e.g. `forge/github.com/...`."""

    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What an importer saw on a forge (format: `policygen/observation/1`)."""

    binding: Binding
    """How the reviewed commit is known."""

    consent_sha256: str
    """Digest of the consent record it stands beside."""

    host: str
    repository: str
    """`owner/name`."""

    change: int
    """Number of the pull or merge request."""

    review: int
    """Id of the review; 0 where the forge has none."""

    user_id: int
    """Numeric id of the account; logins are renamed and used again."""

    login: str
    commit: str | None
    """Commit that was reviewed; None where the forge does not say."""

    submitted_at: datetime
    merged_at: datetime | None
    imported_at: datetime
    """When, by the importer's clock."""

    imported_by: str
    """Person id of whoever imported it."""

    raw: tuple[RawResponse, ...]
    """The index of the recording it was read from, which names every answer by its digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """A public key of one person, with the time it counts."""

    fingerprint: str
    """`SHA256:...` as ssh-keygen prints it."""

    public_key: str
    """Type and base64, without comment, e.g. `ssh-ed25519 AAAA...`."""

    valid_from: datetime
    valid_to: datetime | None
    enrolled_by: str
    """Person id of whoever enrolled it; a key enrolled by its own holder counts as A0."""

    enrolled_at: datetime
    method: str
    """How the second person made sure, e.g. `in person`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedPerson:
    """A person who may sign, with keys."""

    id: str
    name: str
    title: str
    keys: tuple[TrustedKey, ...]
    logins: tuple[tuple[str, int, str], ...]
    """Forge logins as (host, numeric id, login)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleHolding:
    """Who holds a role in which window."""

    role: str
    person: str
    start: date
    end: date | None
    acting: bool
    """Whether the person only stands in while the role is vacant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedDelegation:
    """A window in which a delegate decides for the holder of a role."""

    role: str
    person: str
    """The delegate."""

    acting_for: str
    """The holder."""

    start: date
    end: date
    signed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustSnapshot:
    """Who may approve what, with which key, from when to when (format: `policygen/trust/1`)."""

    number: int
    """From 1; the first is the root."""

    previous_sha256: str | None
    """Digest of the snapshot before; None for the root."""

    organization: str
    time_zone: str
    """IANA name; windows in days are days there."""

    people: tuple[TrustedPerson, ...]
    holdings: tuple[RoleHolding, ...]
    delegations: tuple[TrustedDelegation, ...]
    created_at: datetime

    def person(self, person_id: str) -> TrustedPerson | None:
        """The person with this id; None where the snapshot does not know it."""
        return next((person for person in self.people if person.id == person_id), None)
