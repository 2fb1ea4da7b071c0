"""Judging: evidence held against its signatures, git, attested times and the people here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from policygen.history.consents.judging import judge
from policygen.history.consents.stamps import ENDING as STAMP
from policygen.history.consents.stamps import read_stamps
from policygen.history.consents.witness import take_witness
from policygen.history.records.evidence import gather
from policygen.history.records.storing import write_records
from policygen.history.trust.rosters import lone_approvals, people_by_mail
from policygen.model.judgement import Witness
from policygen.pipeline.consent.timestamping import roots_in
from policygen.pipeline.forges.shown import changes_behind, of_our_forge
from policygen.problems import PolicygenError, Severity, in_reading_order

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from policygen.gitrepo.repository import Repository
    from policygen.model.evidence import Evidence
    from policygen.model.judgement import Judgement
    from policygen.model.profile.root import Profile
    from policygen.pipeline.situation import Situation
    from policygen.problems import Problem


def judged(
    root: Path,
    profile: Profile,
    evidence: Evidence,
    repository: Repository | None,
    now: datetime,
) -> Judgement:
    """What evidence proves in a workspace.

    Args:
        root: The workspace.
        profile: Who is who, and which time authorities count.
        evidence: What lies there, or would.
        repository: Asked when records appeared and who drafted; None where there is none.
        now: The moment; consents dated after it are refused.
    """
    stamped_at, stamp_problems = _stamps(root, profile, evidence)
    changes, forge_problems = of_our_forge(changes_behind(evidence), profile)
    witness = replace(
        _witness(profile, evidence, repository, now), stamped_at=stamped_at, changes=changes
    )
    judgement = judge(evidence, witness)
    problems = (*judgement.problems, *stamp_problems, *forge_problems)
    return replace(judgement, problems=in_reading_order(problems))


def record(found: Situation, files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Store records, if evidence with them still holds; else nothing is written.

    Args:
        found: Where the workspace stands.
        files: Content by path below `evidence/`, in the order in which they are written.

    Returns:
        The paths, below `evidence/`.

    Raises:
        PolicygenError: Verification would refuse one of them, with its reasons, or another file is
            in the way (`record-in-the-way`).
    """
    together = gather({**found.evidence.files, **files}, found.evidence.problems)
    profile = found.survey.facts.profile
    after = judged(found.root, profile, together, found.repository, found.now)
    known = set(found.judgement.problems)
    new = [problem for problem in after.problems if problem not in known]
    failures = [problem for problem in new if problem.severity is Severity.ERROR]
    if failures:
        raise PolicygenError(*failures)
    return write_records(found.root / "evidence", files)


def _stamps(
    root: Path, profile: Profile, evidence: Evidence
) -> tuple[dict[str, datetime], tuple[Problem, ...]]:
    """Attested times; the file with the roots is read only where there is something to judge."""
    if not any(path.endswith(STAMP) for path in evidence.files):
        return {}, ()
    return read_stamps(evidence, roots_in(root, profile))


def _witness(
    profile: Profile, evidence: Evidence, repository: Repository | None, now: datetime
) -> Witness:
    mails, waivers = people_by_mail(profile), lone_approvals(profile)
    if repository is None or repository.head() is None:
        return Witness(people_by_mail=mails, lone_approvals=waivers, now=now)
    taken = take_witness(repository, evidence, people_by_mail=mails, now=now)
    return replace(taken, lone_approvals=waivers)
