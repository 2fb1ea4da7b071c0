"""Waivers as they stand on a day: what each sets aside, and which no longer acts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policygen.model.profile.choices import Waiver
    from policygen.problems import Location, Problem


class WaiverState(Enum):
    """Whether a waiver acts."""

    ACTING = "acting"
    """It sets something aside today."""

    COMING = "not begun"
    """Its first day lies ahead; until then it changes nothing."""

    IDLE = "sets nothing aside"
    """What it names is not there, so it can be removed."""

    EXPIRED = "expired"
    """Its last day has passed; what it named is a problem again."""

    REFUSED = "refused"
    """It is approved by whoever gains by it, lasts too long, or names what nobody may set aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverStanding:
    """One waiver of the profile, as of a day."""

    waiver: Waiver
    state: WaiverState
    location: Location
    """Where it stands in organization.yml."""

    approver: str
    """Name of the person who approved it."""

    beneficiary: str
    """Name of the person who gains by it."""

    problems: tuple[Problem, ...]
    """The problems it sets aside, as they would stand without it, in reading order."""

    @property
    def acts(self) -> bool:
        """Whether it sets something aside today."""
        return self.state is WaiverState.ACTING

    @property
    def sets_aside(self) -> str:
        """What it names, in words."""
        waiver = self.waiver
        what = f"statement {waiver.statement}" if waiver.statement else f"{waiver.code}"
        where = f" in {waiver.document}" if waiver.document else ""
        which = f' about "{waiver.naming}"' if waiver.naming else ""
        return f"{what}{where}{which}"
