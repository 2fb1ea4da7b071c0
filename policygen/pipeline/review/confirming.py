"""Confirming: reviews whose answers change nothing become consents that somebody signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.history.approving.decide import Confirmation, plan_review
from policygen.history.approving.plans import Sitting
from policygen.history.trust.rosters import people_by_mail
from policygen.model.review import Outcome
from policygen.pipeline.review.answers import check_answers
from policygen.pipeline.review.rounds import approver_of
from policygen.problems import PolicygenError, Problem, UsageError, has_errors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from policygen.history.approving.plans import ApprovalPlan
    from policygen.pipeline.review.answers import Answers
    from policygen.pipeline.situation import Situation


def plan_confirmations(
    found: Situation,
    *,
    person: str,
    documents: Sequence[str],
    waiting: bool,
    cycle: str | None,
    remark: str | None,
    tool: str,
    now: datetime,
) -> ApprovalPlan:
    """The consents that confirm what the checklists say, ready to be signed.

    Args:
        found: The workspace.
        person: Who confirms.
        documents: Ids; each needs one filled checklist that is not done yet.
        waiting: All whose approver is this person.
        cycle: Only checklists of this cycle; None means all.
        remark: What the reviewer wants on record.
        tool: Program and version.
        now: The moment.

    Raises:
        UsageError: Nothing is named, or nothing waits.
        PolicygenError: Sources, checklists or entitlement do not hold.
    """
    if has_errors(found.survey.problems):
        raise PolicygenError(*found.survey.problems)
    chosen = _chosen(found, person, documents, cycle, waiting=waiting)
    problems = [problem for answers in chosen.values() for problem in answers.problems]
    if has_errors(problems):
        raise PolicygenError(*problems)
    sitting = Sitting(
        evidence=found.evidence,
        judgement=found.judgement,
        person=person,
        at=now,
        tool=tool,
        people_by_mail=people_by_mail(found.survey.facts.profile),
    )
    planned = plan_review(
        sitting,
        {
            document: Confirmation(
                cycle=answers.path.split("/")[1],
                working_sha256=_working(found, document),
                checklist=answers.data,
                remark=remark,
            )
            for document, answers in chosen.items()
        },
    )
    if has_errors(planned.problems):
        raise PolicygenError(*planned.problems)
    return planned


def _chosen(
    found: Situation, person: str, documents: Sequence[str], cycle: str | None, *, waiting: bool
) -> dict[str, Answers]:
    if found.survey.facts.profile.person(person) is None:
        raise _usage("usage-unknown-person", f"{person} is not a person in organization.yml")
    if not documents and not waiting:
        raise _usage(
            "usage-no-document", "no document is named",
            "Name documents, or give --waiting for all that wait for you.",
        )  # fmt: skip
    open_answers = {
        answers.checklist.document: answers
        for answers in check_answers(found, cycle)
        if answers.checklist is not None
        and not answers.done
        and answers.checklist.outcome is Outcome.CONFIRMED
    }
    unknown = [name for name in documents if name not in open_answers]
    if unknown:
        raise _usage(
            "review-not-open",
            f"no checklist under reviews/ ends in confirmed and waits for {', '.join(unknown)}",
            "Open the review with policygen review open, fill in its file, then confirm.",
        )
    names = list(documents)
    if waiting:
        names += [name for name in open_answers if approver_of(found, name) == person]
    if not names:
        raise _usage("usage-no-document", f"no answered review waits for {person}")
    return {name: open_answers[name] for name in names}


def _working(found: Situation, document: str) -> str:
    entry = found.register.entry(document)
    return (entry.working_sha256 if entry else None) or ""


def _usage(code: str, message: str, hint: str | None = None) -> UsageError:
    return UsageError(Problem(code=code, message=message, hint=hint))
