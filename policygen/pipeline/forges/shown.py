"""What recordings of the organization's forge show, for judging consents and for auditors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.forge.changes import read_changes
from policygen.forge.rules import read_rules, unrecorded
from policygen.history.approving.importing import observations
from policygen.history.consents.forge_reviews import recording_of
from policygen.model.evidence import Method
from policygen.model.forge import Outcome
from policygen.problems import Location, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from policygen.model.evidence import Evidence
    from policygen.model.forge import ForgeChange, RuleSnapshot, Span
    from policygen.model.judgement import Judgement
    from policygen.model.profile.forge import Forge
    from policygen.model.profile.root import Profile


def changes_behind(evidence: Evidence) -> tuple[dict[str, ForgeChange], tuple[Problem, ...]]:
    """The changes that observations point to, by path of the recording's index.

    Other recordings are not opened: nothing rests on them.
    """
    named = {recording_of(found) for _, _, found in observations(evidence)}
    # A missing one is told with the consent that rests on it.
    there = [name for name in named if name is not None and name in evidence.files]
    return read_changes(evidence.files, there) if there else ({}, ())


def of_our_forge(
    shown: tuple[dict[str, ForgeChange], tuple[Problem, ...]], profile: Profile
) -> tuple[dict[str, ForgeChange], tuple[Problem, ...]]:
    """The changes of the repository that the profile names, and a problem for each other one."""
    changes, problems = shown
    ours = {path: change for path, change in changes.items() if is_ours(change, profile.forge)}
    strangers = (
        Problem(
            code="forge-repository-unknown",
            location=Location(f"evidence/{path}"),
            message=f"the recording is of {change.repository} at {change.host}, which"
            " organization.yml does not name",
            hint="Name it under forge in organization.yml, a former name under earlier.",
        )
        for path, change in changes.items()
        if path not in ours
    )
    return ours, (*problems, *strangers)


def is_ours(change: ForgeChange | RuleSnapshot, forge: Forge | None) -> bool:
    """Whether a recording is of the repository that the profile names, by any of its names."""
    return (
        forge is not None
        and change.host == forge.host
        and change.repository in (forge.repository, *forge.earlier)
    )


def rule_snapshots(
    evidence: Evidence, profile: Profile
) -> tuple[tuple[RuleSnapshot, ...], tuple[Problem, ...]]:
    """Recorded states of the branch rules of our repository, oldest first."""
    snapshots, problems = read_rules(evidence.files)
    return tuple(found for found in snapshots if is_ours(found, profile.forge)), problems


def rule_gaps(
    snapshots: tuple[RuleSnapshot, ...], start: datetime, end: datetime
) -> tuple[Span, ...]:
    """The parts of a period for which no recording shows who went past the branch rules."""
    return unrecorded(snapshots, start, end)


def later_doubts(
    evidence: Evidence, profile: Profile, told: Collection[Problem]
) -> Iterator[Problem]:
    """What recordings show that no consent rests on: broken ones, and approvals no longer shown.

    An approval that was given and merged stays; a forge rewrites what it says of a review.

    Args:
        evidence: The folder.
        profile: Names our repository.
        told: What was told already.
    """
    changes, problems = read_changes(evidence.files)
    yield from (problem for problem in problems if problem not in told)
    newest = {
        (change.host, change.repository, change.number): change
        for change in changes.values()
        if is_ours(change, profile.forge)
    }
    for path, _, found in observations(evidence):
        change = newest.get((found.host, found.repository, found.change))
        if change is None or change.recording == recording_of(found):
            continue
        review = change.review_of(found.user_id)
        if review is None or review.outcome is not Outcome.APPROVED:
            now = "no review of it" if review is None else f"it as {review.outcome.value}"
            yield Problem(
                code="forge-review-withdrawn",
                severity=Severity.WARNING,
                location=Location(f"evidence/{path}"),
                message=f"{found.login} approved change {found.change}; the recording of"
                f" {change.recorded_at:%Y-%m-%d} shows {now}",
                hint="Ask them; where they no longer agree, the text is changed or retired.",
            )


def rule_report(
    evidence: Evidence, profile: Profile, judgement: Judgement, now: datetime
) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """What recordings say about the branch rules since the first approval on the forge.

    Without any approval on the forge and without recordings there is nothing to say.
    """
    given = [
        verdict.consent.at
        for verdict in judgement.verdicts
        if verdict.consent.method is Method.FORGE
    ]
    snapshots, broken = rule_snapshots(evidence, profile)
    if not given and not snapshots:
        return (), broken
    gaps = rule_gaps(snapshots, min(given), now) if given else ()
    bypasses = {bypass for found in snapshots for bypass in found.bypasses}
    latest = f", last {snapshots[-1].recorded_at:%Y-%m-%d}" if snapshots else ""
    line = (
        f"branch rules: recorded {len(snapshots)} times{latest}; pushes past them: {len(bypasses)};"
        f" unrecorded spans: {len(gaps)}"
    )
    return (line,), (*broken, *_rule_problems(snapshots, gaps))


def _rule_problems(
    snapshots: tuple[RuleSnapshot, ...], gaps: tuple[Span, ...]
) -> Iterator[Problem]:
    told = set()
    for found in snapshots:
        for bypass in found.bypasses:
            if bypass not in told:
                told.add(bypass)
                yield _warning(
                    "forge-rules-bypassed",
                    found,
                    f"{bypass.actor} pushed {bypass.commit[:12]} to {bypass.branch} past its rules"
                    f" at {bypass.at:%Y-%m-%d %H:%M}",
                )
    for found in snapshots[-1:]:
        for weakness in found.weaknesses:
            yield _warning("forge-rules-weak", found, weakness)
        for name in found.unreadable:
            yield _warning("forge-rules-unreadable", found, f"the token could not read: {name}")
    for gap in gaps:
        yield _warning(
            "forge-rules-unrecorded",
            None,
            f"nothing shows who went past the branch rules from {gap.start:%Y-%m-%d} to"
            f" {gap.end:%Y-%m-%d}",
        )


def _warning(code: str, found: RuleSnapshot | None, message: str) -> Problem:
    return Problem(
        code=code,
        severity=Severity.WARNING,
        location=None if found is None else Location(f"evidence/{found.recording}"),
        message=message,
        hint=None,
    )
