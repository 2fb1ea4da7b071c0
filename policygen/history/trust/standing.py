"""Standing: under which role a person may decide, for themselves or for somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.history.trust.entitlement import why_not_entitled
from policygen.problems import PolicygenError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from policygen.model.evidence import TrustSnapshot


@dataclass(frozen=True, slots=True)
class Standing:
    """A role under which a person decides."""

    role: str
    acting_for: str | None
    """The holder, where the person is a delegate; else None."""


def standing_of(
    snapshot: TrustSnapshot, person: str, roles: Sequence[str], moment: datetime
) -> Standing:
    """The first of the roles that the person holds, or else one delegated to them.

    Args:
        snapshot: Who is trusted.
        person: Who wants to decide.
        roles: Roles that count, the required one first.
        moment: When.

    Raises:
        PolicygenError: None of them (`approval-not-entitled`).
    """
    for standing in _candidates(snapshot, person, roles):
        reason = why_not_entitled(snapshot, person, standing.role, standing.acting_for, moment)
        if reason is None:
            return standing
    reason = why_not_entitled(snapshot, person, roles[0], None, moment)
    raise PolicygenError(
        Problem(
            code="approval-not-entitled",
            message=f"{reason}, as trust snapshot {snapshot.number} has it",
            hint="Somebody else approves, or the change of role enters policygen trust update.",
        )
    )


def _candidates(
    snapshot: TrustSnapshot, person: str, roles: Sequence[str]
) -> Iterator[Standing]:  # fmt: skip
    for role in roles:
        yield Standing(role, None)
        for delegation in snapshot.delegations:
            if delegation.role == role and delegation.person == person:
                yield Standing(role, delegation.acting_for)
