"""Approval: from a request at the door to records that somebody signed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.crypto import ssh
from policygen.history.approving.approve import Choice, plan_approval
from policygen.history.approving.decide import plan_retirement
from policygen.history.approving.plans import ApprovalPlan, Sitting
from policygen.history.approving.signing import sign_plan, write_consents
from policygen.history.trust.rosters import lone_approvals, people_by_mail
from policygen.model.evidence import Significance
from policygen.pipeline.consent.turns import whose_turn, working_drafters
from policygen.pipeline.sources.naming import mechanical, names_of
from policygen.problems import PolicygenError, Problem, UsageError, has_errors

if TYPE_CHECKING:
    from datetime import date, datetime

    from policygen.model.document import Document
    from policygen.pipeline.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody asks to approve."""

    person: str
    documents: tuple[str, ...]
    waiting: bool
    role: str | None
    significance: str | None
    reason: str | None
    effective: date | None
    retire: bool
    tool: str
    now: datetime
    mechanical: bool = False
    """Whether what waits for the person and differs in names only is asked for."""

    given_at: datetime | None = None
    """When an earlier decision was given; None where it is given now."""


def plan(found: Situation, request: Request) -> ApprovalPlan:
    """The consents that would be signed.

    Raises:
        PolicygenError: The sources do not hold, the person may not decide, or nothing changed.
    """
    if has_errors(found.survey.problems):
        # Only a text that the sources give again may be approved: else nobody could render it.
        raise PolicygenError(*found.survey.problems)
    if found.survey.facts.profile.person(request.person) is None:
        raise UsageError(
            Problem(
                code="usage-unknown-person",
                message=f"{request.person} is not a person in organization.yml",
                hint="Known: "
                + ", ".join(person.id for person in found.survey.facts.profile.people)
                + ".",
            )
        )
    names = _names(found, request)
    if request.retire:
        if not request.reason:
            raise UsageError(
                Problem(
                    code="usage-reason",
                    message="retiring needs a reason",
                    hint="Say with --reason why, or what replaces the document.",
                )
            )
        planned = plan_retirement(_sitting(found, request, {}), names, request.reason)
    else:
        documents = {name: _document(found, name) for name in names}
        choice = Choice(
            significance=Significance(request.significance) if request.significance else None,
            reason=request.reason,
        )
        planned = plan_approval(
            _sitting(found, request, documents), list(documents.values()), choice
        )
    if has_errors(planned.problems):
        raise PolicygenError(*planned.problems)
    return planned


def sign(
    found: Situation, planned: ApprovalPlan, key: Path, *, as_list: bool = False
) -> tuple[str, ...]:
    """Sign every planned consent with one call of ssh-keygen and store the records.

    Args:
        found: Where the workspace stands.
        planned: What is signed.
        key: The person's key. One in a token signs several records as a list that names them, so
            that it is touched once.
        as_list: Sign such a list with any key.
    """
    newest = found.judgement.chain.newest
    assert newest is not None, "planning needs a trust snapshot"
    in_token = len(planned.consents) > 1 and ssh.is_in_token(key)
    signed = sign_plan(planned, key=key, as_list=as_list or in_token)
    return write_consents(found.root / "evidence", planned, signed, newest.snapshot)


def default_key() -> Path:
    """The key ssh would take: `~/.ssh/id_ed25519`."""
    return Path.home() / ".ssh" / "id_ed25519"


def waiting_for(found: Situation, person: str) -> tuple[str, ...]:
    """Ids of the documents whose approval waits for this person now."""
    return tuple(document for document, turn in whose_turn(found).items() if turn == person)


def _names(found: Situation, request: Request) -> tuple[str, ...]:
    if not request.waiting and not request.mechanical and not request.documents:
        raise UsageError(
            Problem(
                code="usage-no-document",
                message="no document is named",
                hint="Name documents, or give --waiting for all that wait for you.",
            )
        )
    names = request.documents
    if request.waiting:
        names = (*names, *waiting_for(found, request.person))
    if request.mechanical:
        renamed = mechanical(found)
        names = (*names, *(name for name in waiting_for(found, request.person) if name in renamed))
    if not names:
        raise UsageError(
            Problem(
                code="usage-no-document",
                message=f"no document waits for {request.person}"
                + (" with nothing but a name changed" if request.mechanical else ""),
                hint="policygen status shows what waits for whom.",
            )
        )
    return tuple(dict.fromkeys(names))


def _document(found: Situation, name: str) -> Document:
    document = found.survey.document(name)
    if document is None:
        known = [known.id for known in found.survey.rendering.documents]
        entry = found.register.entry(name)
        if entry is not None and entry.bound_into is not None:
            raise UsageError(
                Problem(
                    code="usage-bound-document",
                    message=f"{name} is a part of {entry.bound_into} now",
                    hint=f"Approve {entry.bound_into}, then retire this one: "
                    f"policygen approve {name} --retire --reason TEXT.",
                )
            )
        raise UsageError(
            Problem(
                code="usage-unknown-document",
                message=f"{name} is not a document of this set",
                hint=f"Documents: {', '.join(known)}.",
            )
        )
    return document


def _sitting(found: Situation, request: Request, documents: dict[str, Document]) -> Sitting:
    return Sitting(
        evidence=found.evidence,
        judgement=found.judgement,
        person=request.person,
        at=request.given_at or request.now,
        is_record=request.given_at is not None,
        tool=request.tool,
        role=request.role,
        effective=request.effective,
        drafters=working_drafters(found, documents),
        people_by_mail=people_by_mail(found.survey.facts.profile),
        lone_approvals=lone_approvals(found.survey.facts.profile),
        names=names_of(found),
    )
