"""Rosters: what the profile says about people, roles and git addresses."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from policygen.history.trust.renewal import Roster, RosterPerson
from policygen.model.evidence import RoleHolding, TrustedDelegation
from policygen.model.judgement import LoneApproval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.model.profile import people as profile_people
    from policygen.model.profile.root import Profile

UNKNOWN_START = date(1970, 1, 1)
"""First day of a holding where the profile names none."""


def roster_of(profile: Profile) -> Roster:
    """People and roles as the profile has them now."""
    ends = {person.id: person.end_date for person in profile.people}
    return Roster(
        organization=profile.organization.legal_name,
        time_zone=profile.organization.time_zone,
        people=tuple(
            RosterPerson(
                id=person.id,
                name=person.name,
                title=person.title or "",
                end_date=person.end_date,
                logins=tuple((login.host, login.id, login.login) for login in person.forge),
            )
            for person in profile.people
        ),
        holdings=tuple(
            holding
            for role, held in profile.roles.items()
            for holding in _holdings(role, held, ends)
        ),
        delegations=tuple(
            TrustedDelegation(
                role=role,
                person=delegation.to,
                acting_for=held.person,
                start=delegation.start,
                end=delegation.until,
                signed_by=delegation.signed_by,
            )
            for role, held in profile.roles.items()
            for delegation in held.delegations
            if held.person is not None
        ),
    )


def people_by_mail(profile: Profile) -> dict[str, str]:
    """Person id by mail address as git has it, lower case."""
    return {
        mail.lower(): person.id
        for person in profile.people
        for mail in (person.email, *person.emails)
        if mail is not None
    }


def lone_approvals(profile: Profile) -> tuple[LoneApproval, ...]:
    """Waivers under which a drafter may approve alone; none that its beneficiary approved."""
    return tuple(
        LoneApproval(
            id=waiver.id,
            person=waiver.beneficiary,
            document=waiver.document,
            start=waiver.start,
            end=waiver.expires,
            approved_by=waiver.approved_by,
            reason=waiver.reason,
        )
        for waiver in profile.waivers
        if waiver.code == "approval-drafter-alone" and waiver.approved_by != waiver.beneficiary
    )


def _holdings(
    role: str, held: profile_people.RoleHolding, ends: Mapping[str, date | None]
) -> Iterator[RoleHolding]:
    if held.person is not None:
        last_days = [day for day in (held.to, ends.get(held.person)) if day is not None]
        yield RoleHolding(
            role=role,
            person=held.person,
            start=held.start or UNKNOWN_START,
            end=min(last_days, default=None),
            acting=False,
        )
    if held.acting is not None:
        yield RoleHolding(
            role=role,
            person=held.acting,
            start=held.vacant_since or held.start or UNKNOWN_START,
            end=ends.get(held.acting),
            acting=True,
        )
