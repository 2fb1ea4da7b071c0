"""Waivers act: a problem that one sets aside is shown as waived, with its last day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from policygen import words
from policygen.model.waiver import WaiverStanding, WaiverState
from policygen.problems import Problem, Severity, in_reading_order

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import date

    from policygen.model.facts import Facts
    from policygen.model.profile.choices import Waiver
    from policygen.problems import Location

NEVER = frozenset({
    "profile-waiver", "statement-duplicate-id", "statement-retired-id", "statement-id-of-control",
    "statement-unknown-control", "statement-unknown-criterion", "statement-unknown-role",
    "text-raw-html", "text-attributes",
})  # fmt: skip
"""Findings that no waiver sets aside: the text of record or the matrix would be false, a page
unsafe, or the waiver its own judge."""

NEVER_FAMILIES = frozenset({
    "approval", "record", "trust", "seal", "package", "pdf", "ssh", "git", "command",
    "yaml", "registry", "condition", "template", "render",
})  # fmt: skip
"""Families of codes (files of `data/problems`) about evidence, or sources that give no text."""


JUDGED = frozenset({"approval-drafter-alone"})
"""Findings about evidence that a waiver may lighten all the same: a founder has no second person.
Verification says so itself, and needs the waiver for as long as an approval rests on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """Problems after the waivers of a day, and how each waiver stands."""

    problems: tuple[Problem, ...]
    standings: tuple[WaiverStanding, ...]


def apply_waivers(
    findings: Sequence[Problem],
    facts: Facts,
    *,
    today: date,
    stated: Collection[str],
    families: Mapping[str, str],
    place: Callable[[int], Location],
) -> Waived:
    """The findings with those set aside marked so, and what is wrong with the waivers themselves.

    Only warnings and errors that leave a sound text behind may be handed in as findings; whatever
    verification says never comes here.

    Args:
        findings: Problems that a waiver may set aside.
        facts: The profile with its waivers.
        today: The day, in the organization's time zone.
        stated: Ids of the statements that apply.
        families: Family of each problem code that exists.
        place: Where a waiver stands, by its index.
    """
    judge = _Judge(facts, today, stated, families)
    waivers = facts.profile.waivers
    standings = tuple(
        judge.standing(waiver, place(index), findings) for index, waiver in enumerate(waivers)
    )
    acting = [standing for standing in standings if standing.acts]
    problems = [_marked(problem, acting) for problem in findings]
    problems += [
        problem for standing in standings if (problem := judge.problem(standing)) is not None
    ]
    return Waived(problems=in_reading_order(problems), standings=standings)


@dataclass(frozen=True, slots=True)
class _Judge:
    facts: Facts
    today: date
    stated: Collection[str]
    families: Mapping[str, str]

    def standing(
        self, waiver: Waiver, location: Location, findings: Iterable[Problem]
    ) -> WaiverStanding:
        matched = in_reading_order(row for row in findings if _names(waiver, row))
        found = bool(matched) or waiver.statement in self.stated or waiver.code in JUDGED
        state = self._state(waiver, found=found)
        return WaiverStanding(
            waiver=waiver,
            state=state,
            location=location,
            approver=self._name(waiver.approved_by),
            beneficiary=self._name(waiver.beneficiary),
            problems=matched if state is WaiverState.ACTING else (),
        )

    def _name(self, person: str) -> str:
        found = self.facts.profile.person(person)
        return found.name if found else person

    def _state(self, waiver: Waiver, *, found: bool) -> WaiverState:
        if not _is_sound(waiver) or self._refusal(waiver) is not None:
            return WaiverState.REFUSED
        if waiver.expires < self.today:
            return WaiverState.EXPIRED
        if self.today < waiver.start:
            return WaiverState.COMING
        return WaiverState.ACTING if found else WaiverState.IDLE

    def _refusal(self, waiver: Waiver) -> tuple[str, str, str] | None:
        """Code, message and hint, where the waiver names what it may not, or lasts too long."""
        code = waiver.code
        if code is not None and code not in self.families:
            near = words.nearest(code, self.families)
            return (
                "waiver-unknown-code",
                f"waiver {waiver.id} names {code}, which is not the code of a problem",
                f"did you mean {near}?" if near else "policygen explain codes lists them.",
            )
        if code is not None and (code in NEVER or self._is_beyond(code)):
            return (
                "waiver-refused",
                f"waiver {waiver.id} names {code}, which nobody may set aside",
                "Mend what the problem names; a waiver is for findings about sound text.",
            )
        longest = self.facts.parameters["policy_exception_max_days"].value
        days = (waiver.expires - waiver.start).days + 1
        if isinstance(longest, int) and days > longest:
            return (
                "waiver-too-long",
                f"waiver {waiver.id} lasts {days} days, at most {longest} are allowed",
                "Bring expires forward; policy_exception_max_days sets the limit.",
            )
        return None

    def _is_beyond(self, code: str) -> bool:
        beyond = self.families[code] in NEVER_FAMILIES or code.startswith(("waiver-", "drift-"))
        return beyond and code not in JUDGED

    def problem(self, standing: WaiverStanding) -> Problem | None:
        """What is wrong with a waiver as it stands; None where nothing is."""
        waiver = standing.waiver
        match standing.state:
            case WaiverState.REFUSED:
                refusal = self._refusal(waiver)
                if refusal is None:
                    return None  # said of the profile, where it was loaded
                code, message, hint = refusal
                return Problem(code=code, location=standing.location, message=message, hint=hint)
            case WaiverState.EXPIRED if waiver.code not in JUDGED:
                return Problem(
                    code="waiver-expired",
                    severity=Severity.WARNING,
                    location=standing.location,
                    message=f"waiver {waiver.id} ended on {waiver.expires} and no longer acts",
                    hint="Remove it; earlier versions of the profile keep it.",
                )
            case WaiverState.IDLE:
                return Problem(
                    code="waiver-unused",
                    severity=Severity.WARNING,
                    location=standing.location,
                    message=f"waiver {waiver.id} sets nothing aside: {standing.sets_aside} is not "
                    "found",
                    hint="Remove it, or correct what it names.",
                )
            case _:
                return None


def _is_sound(waiver: Waiver) -> bool:
    """What loading told already: one thing named, another's approval, days in order."""
    return (
        (waiver.code is None) is not (waiver.statement is None)
        and waiver.approved_by != waiver.beneficiary
        and waiver.start <= waiver.expires
    )


def _names(waiver: Waiver, problem: Problem) -> bool:
    if waiver.code != problem.code or problem.code in NEVER:
        return False
    path = problem.location.path if problem.location else ""
    if waiver.document is not None and PurePosixPath(path).stem != waiver.document:
        return False
    return waiver.naming is None or waiver.naming in problem.message


def _marked(problem: Problem, acting: Iterable[WaiverStanding]) -> Problem:
    for standing in acting:
        if problem in standing.problems:
            waiver = standing.waiver
            return replace(
                problem,
                severity=Severity.WAIVED,
                hint=f"Waived until {waiver.expires} by {standing.approver} ({waiver.id}): "
                f"{waiver.reason}",
            )
    return problem
