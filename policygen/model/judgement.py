"""What verification says of all evidence, and what others witnessed about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime

    from policygen.model.document import RecordText
    from policygen.model.evidence import TrustSnapshot
    from policygen.model.forge import ForgeChange
    from policygen.model.register import Verdict
    from policygen.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustLink:
    """A snapshot of the chain with what vouches for it."""

    snapshot: TrustSnapshot
    sha256: str
    """Digest of `trust/<n>.yml`."""

    signers: tuple[str, ...]
    """Person ids whose signatures hold, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustChain:
    """The snapshots that hold, from the root on; ends before the first one that does not."""

    links: tuple[TrustLink, ...] = ()

    @property
    def root_sha256(self) -> str | None:
        """Digest of the root, handed over by another channel; None where there is no trust."""
        return self.links[0].sha256 if self.links else None

    @property
    def newest(self) -> TrustLink | None:
        """The last snapshot that holds; None where there is none."""
        return self.links[-1] if self.links else None

    def named(self, sha256: str) -> TrustLink | None:
        """The snapshot with this digest; None where the chain has none."""
        return next((link for link in self.links if link.sha256 == sha256), None)

    def at(self, moment: datetime) -> TrustLink | None:
        """The newest snapshot of a moment; None before the root."""
        found = None
        for link in self.links:
            if link.snapshot.created_at <= moment:
                found = link
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class LoneApproval:
    """A waiver under which the only drafter of a text may approve it alone: a founder's."""

    id: str
    person: str
    """Person id of the drafter who gains by it."""

    document: str | None
    """The only document it is for; None means all."""

    start: date
    end: date
    approved_by: str
    """Person id of somebody else."""

    reason: str

    def covers(self, people: Collection[str], document: str, day: date) -> bool:
        """Whether it lets these people, all of whom drafted, approve on a day."""
        return (
            set(people) == {self.person}
            and self.document in (None, document)
            and self.start <= day <= self.end
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """What git, a time authority and the caller's clock know; empty where nobody was asked."""

    appeared_at: Mapping[str, datetime] | None = None
    """When a path below `evidence/` entered the default branch; None where git was not asked."""

    stamped_at: Mapping[str, datetime] = field(default_factory=dict)
    """Time of the verified RFC 3161 token over a record, by the record's path."""

    drafters: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """Git mails of who changed the text since the version before, by document and version."""

    people_by_mail: Mapping[str, str] = field(default_factory=dict)
    """Person id by git mail, lower case."""

    changes: Mapping[str, ForgeChange] = field(default_factory=dict)
    """What recordings of a forge show, by path of their index; without it no review counts."""

    left_out: Mapping[str, str] = field(default_factory=dict)
    """Digest of each recorded answer of a forge that was kept back, by path below `evidence/`."""

    lone_approvals: tuple[LoneApproval, ...] = ()
    """Waivers of the profile under which a drafter may approve alone."""

    now: datetime | None = None
    """The moment of the verification; None where the future is not to be refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Everything in evidence that proves what it claims, and everything that does not."""

    chain: TrustChain
    verdicts: tuple[Verdict, ...]
    """Consents that hold, earliest first: approvals, retirements and confirmed reviews."""

    texts: Mapping[tuple[str, str], RecordText]
    """Approved texts by document and version, read back from their bytes."""

    problems: tuple[Problem, ...]
