"""Where a workspace stands: sources, evidence, what git witnessed, the register of a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from policygen.gitrepo.repository import open_repository
from policygen.history.dates import local_day
from policygen.history.evidence import read_evidence
from policygen.history.register import ReviewRules, register_from
from policygen.pipeline.consent.turns import whose_turn
from policygen.pipeline.judging import judged
from policygen.pipeline.next_step import Standing, Step, next_step
from policygen.pipeline.publication.sealing import sealing_key, unsealed
from policygen.pipeline.sources.survey import survey
from policygen.problems import PolicygenError, Problem, has_errors

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from policygen.gitrepo.repository import Repository
    from policygen.model.evidence import Evidence
    from policygen.model.facts import Facts
    from policygen.model.judgement import Judgement
    from policygen.model.register import Register
    from policygen.pipeline.sources.survey import Survey
    from policygen.pipeline.sources.surveying import Surveyor

COMMITTED = (
    "policies", "procedures", "overrides", "rendered", "reviews", "evidence", "handovers",
    ".policygen/library",
    ".github", ".gitlab", ".githooks",
)  # fmt: skip
"""Folders of a workspace that belong into git whole."""

TOP_FILES = (
    "organization.yml", "mkdocs.yml", ".gitattributes", ".gitignore", "README.md",
    "requirements.txt", ".policygen/library.json", ".gitlab-ci.yml",
)  # fmt: skip


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
    profile = found.facts.profile
    zone = ZoneInfo(profile.organization.time_zone)
    evidence = read_evidence(root / "evidence")
    repository = open_repository(root)
    judgement = judged(root, profile, evidence, repository, now)
    register = register_from(
        judgement,
        evidence,
        {document.id: document for document in found.rendering.documents},
        as_of=as_of or local_day(now, zone),
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


def next_step_in(root: Path, *, now: datetime, surveyor: Surveyor) -> Step:
    """What to do next in a workspace."""
    return next_step(standing_of(situation(root, now=now, surveyor=surveyor)))


def standing_of(found: Situation) -> Standing:
    """What decides the next step."""
    newest = found.judgement.chain.newest
    roles = found.survey.facts.roles
    turns = whose_turn(found)
    needed = {person for person in turns.values() if person is not None} | {
        role.holder
        for entry in found.register.entries
        if (role := roles.get(entry.approver)) is not None and role.holder is not None
    }
    people = {person.id: person for person in newest.snapshot.people} if newest else {}
    without_key = {name for name in needed if name in people and not people[name].keys}
    forge = found.survey.facts.profile.forge
    clicking = {
        name
        for name in without_key
        if forge is not None and any(host == forge.host for host, _, _ in people[name].logins)
    }
    own = sorted(
        person.id
        for person in people.values()
        if person.keys and all(key.enrolled_by == person.id for key in person.keys)
    )
    signers = newest.signers if newest else ()
    in_force = {
        entry.in_force.version: entry.id
        for entry in found.register.entries
        if entry.in_force is not None
    }
    return Standing(
        problems=found.survey.problems,
        register=found.register,
        has_repository=found.repository is not None,
        uncommitted=_uncommitted(found.root, found.repository),
        has_trust=newest is not None,
        keyless=sorted(without_key - clicking),
        clicking=clicking,
        half_enrolled=own,
        signer=signers[0] if signers else None,
        turns=turns,
        has_sealing_key=sealing_key(found.root)[0].exists(),
        unsealed=sorted({row.entry.id for row in unsealed(found)}) if in_force else (),
    )


def _uncommitted(root: Path, repository: Repository | None) -> tuple[str, ...]:
    if repository is None:
        return ()
    folders = [path for folder in COMMITTED for path in repository.uncommitted(folder)]
    known = {*repository.uncommitted("")}
    commit = repository.head()
    new = [
        name
        for name in TOP_FILES
        if (root / name).is_file() and (commit is None or repository.blob(commit, name) is None)
    ]
    return tuple(sorted({*folders, *known, *new}))
