"""Where a workspace stands: sources, evidence, what git witnessed, the register of a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from policygen.gitrepo.repository import open_repository
from policygen.history.dates import local_day
from policygen.history.records.evidence import gather, read_evidence
from policygen.history.register.register import ReviewRules, register_from
from policygen.pipeline.judging import judged
from policygen.pipeline.sources.survey import survey
from policygen.problems import PolicygenError, Problem, has_errors

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime
    from pathlib import Path

    from policygen.gitrepo.repository import Repository
    from policygen.model.evidence import Evidence
    from policygen.model.facts import Facts
    from policygen.model.judgement import Judgement
    from policygen.model.register import Register
    from policygen.pipeline.sources.survey import Survey
    from policygen.pipeline.sources.surveying import Surveyor


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything known about a workspace at one moment."""

    root: Path
    survey: Survey
    repository: Repository | None
    evidence: Evidence
    judgement: Judgement
    register: Register
    zone: ZoneInfo
    now: datetime

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the evidence."""
        return self.judgement.problems


def situation(
    root: Path, *, now: datetime, as_of: date | None = None, surveyor: Surveyor | None = None
) -> Situation:
    """Take stock of a workspace.

    Args:
        root: The workspace.
        now: The moment; consents dated after it are refused.
        as_of: The day of the register; None means today in the organization's time zone.
        surveyor: Who knows the sources already, where this is asked again and again.

    Raises:
        PolicygenError: The profile cannot be read, or the repository is damaged.
    """
    found = surveyor.survey(now) if surveyor else survey(root, now=now)
    zone = ZoneInfo(found.facts.profile.organization.time_zone)
    evidence = read_evidence(root / "evidence")
    return _judged_by(
        root, found, open_repository(root), evidence, now, as_of or local_day(now, zone)
    )


def without_records(found: Situation, paths: Collection[str]) -> Situation:
    """The situation as it would be, had these files never come into evidence.

    Args:
        found: Where the workspace stands.
        paths: Below `evidence/`.
    """
    kept = {path: data for path, data in found.evidence.files.items() if path not in paths}
    return _judged_by(
        found.root,
        found.survey,
        found.repository,
        gather(kept, ()),
        found.now,
        found.register.as_of,
    )


def _judged_by(
    root: Path,
    found: Survey,
    repository: Repository | None,
    evidence: Evidence,
    now: datetime,
    as_of: date,
) -> Situation:
    profile = found.facts.profile
    zone = ZoneInfo(profile.organization.time_zone)
    judgement = judged(root, profile, evidence, repository, now)
    register = register_from(
        judgement,
        evidence,
        {document.id: document for document in found.rendering.documents},
        as_of=as_of,
        rules=review_rules(found.facts, zone),
    )
    return Situation(
        root=root,
        survey=found,
        repository=repository,
        evidence=evidence,
        judgement=judgement,
        register=register,
        zone=zone,
        now=now,
    )


def sound(found: Situation) -> Situation:
    """The situation, where its evidence holds.

    Raises:
        PolicygenError: Some of it does not; nothing is built on that.
    """
    if has_errors(found.problems):
        raise PolicygenError(*found.problems)
    return found


def review_rules(facts: Facts, zone: ZoneInfo) -> ReviewRules:
    """How the organization counts review dates, by its parameters."""
    grace = facts.parameters["policy_review_grace_days"].value
    reminders = facts.parameters["review_reminder_days"].value
    first = max((day for day in reminders if isinstance(day, int)), default=60) if isinstance(
        reminders, list
    ) else 60  # fmt: skip
    return ReviewRules(
        time_zone=zone, grace_days=grace if isinstance(grace, int) else 30, reminder_days=first
    )
