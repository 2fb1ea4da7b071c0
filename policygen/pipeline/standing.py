"""What decides the next step of a workspace, gathered from its situation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.pipeline.consent.turns import whose_turn
from policygen.pipeline.next_step import Standing, Step, next_step
from policygen.pipeline.publication.sealing import sealing_key, unsealed
from policygen.pipeline.review.rounds import next_reviews
from policygen.pipeline.situation import situation

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from policygen.gitrepo.repository import Repository
    from policygen.pipeline.situation import Situation
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
"""Files beside them that belong into git."""


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
    is_anything_in_force = any(entry.in_force is not None for entry in found.register.entries)
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
        unsealed=sorted({row.entry.id for row in unsealed(found)}) if is_anything_in_force else (),
        reviews_open={row.document: row.opened for row in next_reviews(found) if row.opened},
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
