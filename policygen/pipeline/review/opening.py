"""Opening reviews: checklists on a branch of each owner, and what its pull request says."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Literal, TypeAlias

from policygen import atomic
from policygen.gitrepo.writing import commit_aside
from policygen.history.records.checklists import checklist_path, write_checklist
from policygen.history.reviews.carried_out import period_of
from policygen.model.checklist import Checklist
from policygen.problems import PolicygenError, Problem, UsageError
from policygen.publish.reviews.request import ExceptionLine, RequestedReview, request_body
from policygen.value_words import value_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from policygen.gitrepo.repository import Repository
    from policygen.model.review import NextReview
    from policygen.pipeline.situation import Situation

Grouping: TypeAlias = Literal["owner", "document", "all"]
"""What shares one branch and one pull request."""

BODIES = "build/review"
"""Where the bodies of pull requests are written; derived, so never committed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedGroup:
    """One branch, or the files in the work tree, with the pull request that belongs to it."""

    name: str
    """Role id of the owner, id of the document, or `all`."""

    branch: str | None
    """None where the checklists were put into the work tree, or it was there already."""

    title: str
    """Proposed title of the pull request."""

    documents: tuple[str, ...]
    checklists: tuple[str, ...]
    """Paths relative to the workspace."""

    body: str
    """Path of the body, relative to the workspace."""


def open_reviews(
    found: Situation,
    reviews: Sequence[NextReview],
    cycle: str,
    *,
    group_by: Grouping,
    here: bool,
    now: datetime | None = None,
) -> tuple[OpenedGroup, ...]:
    """Put a checklist for each review on a branch of its group; nothing is pushed.

    Reviews that are open already are left alone, so that this can run on a schedule.

    Args:
        found: The workspace.
        reviews: What is to be reviewed.
        cycle: Name of the cycle; its folder below `reviews/`.
        group_by: What shares a branch.
        here: Into the work tree instead of on branches.
        now: Date of the commits; None lets git look at its clock.

    Raises:
        UsageError: The cycle's name says no days, or there is no repository.
        PolicygenError: A review was confirmed under this cycle already, or a file is in the way.
    """
    period_of(cycle)
    if found.repository is None and not here:
        raise UsageError(
            Problem(
                code="review-no-repository",
                message="reviews are opened on branches, and this is no git repository",
                hint="Run git init, or give --here to put the checklists into this folder.",
            )
        )
    fresh = [review for review in reviews if review.opened is None]
    _refuse_used(found, cycle, fresh)
    groups: dict[str, list[NextReview]] = defaultdict(list)
    for review in fresh:
        key = {"owner": review.owner.role, "document": review.document, "all": "all"}[group_by]
        groups[key].append(review)
    return tuple(
        _open(found, name, rows, cycle, here=here, now=now) for name, rows in sorted(groups.items())
    )


def _open(
    found: Situation,
    name: str,
    rows: Sequence[NextReview],
    cycle: str,
    *,
    here: bool,
    now: datetime | None,
) -> OpenedGroup:
    wanted = [_requested(found, row, cycle) for row in rows]
    files = {row.checklist: _stub(row, found, cycle).encode() for row in wanted}
    size = f"{len(rows)} document{'' if len(rows) == 1 else 's'}"
    who = rows[0].owner.title if name == rows[0].owner.role else name
    title = f"Review {cycle}: {who}, {size}" if who != "all" else f"Review {cycle}: {size}"
    branch = None
    if here or found.repository is None:
        for path, data in files.items():
            _create(found, path, data)
    else:
        name = _free_name(found.repository, cycle, name)
        branch = f"review/{cycle}/{name}"
        message = f"{title}\n\nChecklists to fill in; see the description of the pull request."
        commit_aside(found.repository, branch, files, message, at=now)
    body = f"{BODIES}/{cycle}/{name}.md"
    atomic.write_text(found.root / body, request_body(cycle, wanted))
    return OpenedGroup(
        name=name,
        branch=branch,
        title=title,
        documents=tuple(row.document for row in rows),
        checklists=tuple(files),
        body=body,
    )


def _free_name(repository: Repository, cycle: str, name: str) -> str:
    """The name, or one with a number where a branch of it has been opened already."""
    taken = repository.branches(f"review/{cycle}/{name}")
    taken_names = {branch.partition(f"review/{cycle}/")[2] for branch in taken}
    numbered = (f"{name}-{number}" for number in count(2))
    return name if name not in taken_names else next(n for n in numbered if n not in taken_names)


def _create(found: Situation, path: str, data: bytes) -> None:
    try:
        atomic.create_bytes(found.root / path, data)
    except FileExistsError as error:
        raise PolicygenError(
            Problem(
                code="review-cycle-used",
                message=f"{path} is there already and is about another review",
                hint="Choose another cycle, e.g. this month's: --cycle 2027-03.",
            )
        ) from error


def _refuse_used(found: Situation, cycle: str, reviews: Sequence[NextReview]) -> None:
    used = {path.split("/")[2].split(".")[0] for path in found.evidence.files
            if path.startswith(f"reviews/{cycle}/")}  # fmt: skip
    names = sorted(review.document for review in reviews if review.document in used)
    if names:
        raise PolicygenError(
            Problem(
                code="review-cycle-used",
                message=f"{', '.join(names)} was confirmed under cycle {cycle} already",
                hint="Choose a finer cycle, e.g. this month's: --cycle 2027-03.",
            )
        )


def _stub(row: RequestedReview, found: Situation, cycle: str) -> str:
    entry = found.register.entry(row.review.document)
    assert entry is not None
    assert entry.in_force is not None
    checklist = Checklist(
        cycle=cycle,
        document=row.review.document,
        version=row.review.version,
        text_sha256=entry.in_force.text_sha256,
        due=row.review.due,
        parameters=row.parameters,
    )
    return write_checklist(checklist, row.review.title)


def _requested(found: Situation, review: NextReview, cycle: str) -> RequestedReview:
    entry = found.register.entry(review.document)
    assert entry is not None
    assert entry.in_force is not None
    statements = {row.id for row in entry.in_force.text.statements}
    profile = found.survey.facts.profile
    approver = profile.person(review.approver.person) if review.approver.person else None
    today = found.register.as_of
    return RequestedReview(
        review=review,
        checklist=checklist_path(cycle, review.document),
        parameters=_parameters(found, review.document),
        exceptions=tuple(
            ExceptionLine(
                id=row.id,
                statement=row.statement,
                reason=row.reason,
                expires=row.expires,
            )
            for row in profile.exceptions
            if row.statement in statements and row.start <= today <= row.expires
        ),
        changed=entry.working_sha256 not in (None, entry.in_force.text_sha256),
        logins=tuple(dict.fromkeys(login.login for login in approver.forge)) if approver else (),
    )


def _parameters(found: Situation, document: str) -> Mapping[str, str]:
    working = found.survey.document(document)
    facts = found.survey.facts
    return {
        name: value_words(facts, facts.parameters[name].parameter, facts.parameters[name].value)
        for name in sorted(working.uses.behind_text if working else ())
        if name in facts.parameters and facts.parameters[name].value is not None
    }
