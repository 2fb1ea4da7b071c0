"""GitHub's branch rules: protection, rulesets, bypasses and workflow rights, from a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.forge.recordings import FINE
from policygen.forge.replies import ReplyError
from policygen.model.forge import Bypass, RuleSnapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import timedelta

    from policygen.forge.recordings import Recording
    from policygen.forge.replies import Reply

_NOT_THERE = 404


def read_rules(recording: Recording, reach: timedelta) -> RuleSnapshot:
    """The rules of the branch as one recording shows them.

    Raises:
        ReplyError: The recording is incomplete, or not what GitHub documents.
    """
    base, branch = f"/repos/{recording.repository}", recording.branch
    suites = f"{base}/rulesets/rule-suites"
    query = {"ref": f"refs/heads/{branch}", "time_period": "month"}
    shows_bypasses = recording.status(suites, **query) == FINE
    return RuleSnapshot(
        recording=recording.index,
        host=recording.host,
        repository=recording.repository,
        branch=branch,
        recorded_at=recording.recorded_at,
        covers_from=recording.recorded_at - reach if shows_bypasses else None,
        bypasses=tuple(_bypasses(recording, suites, query)),
        weaknesses=tuple(dict.fromkeys(_weaknesses(recording, base, branch))),
        unreadable=tuple(_unreadable(recording, base, branch, suites, query)),
    )


def _bypasses(recording: Recording, path: str, query: Mapping[str, str]) -> Iterator[Bypass]:
    for suite in recording.pages(path, **query):
        if suite.text("result") != "bypass":
            continue
        at = suite.moment("pushed_at")
        if at is None:
            raise ReplyError("a bypass has no time")
        yield Bypass(
            at=at,
            actor=suite.text("actor_name") or f"account {suite.number('actor_id')}",
            commit=suite.needed_text("after_sha"),
            branch=suite.text("ref").removeprefix("refs/heads/"),
        )


def _weaknesses(recording: Recording, base: str, branch: str) -> Iterator[str]:
    protection = recording.reply(f"{base}/branches/{branch}/protection")
    rules = list(recording.pages(f"{base}/rules/branches/{branch}"))
    if recording.status(f"{base}/rules/branches/{branch}") == FINE:
        yield from _review_weaknesses(protection, rules)
        yield from _push_weaknesses(protection, rules)
    if protection.is_there and protection.flag("enforce_admins", "enabled") is not True:
        yield "branch protection does not bind administrators"
    yield from _allowances(protection)
    for ruleset in recording.pages(f"{base}/rulesets"):
        whole = recording.reply(f"{base}/rulesets/{ruleset.number('id')}")
        for actor in whole.items("bypass_actors"):
            who = f"{actor.text('actor_type')} {actor.number('actor_id') or ''}".strip()
            yield f"{who} may go past ruleset {whole.text('name')} ({actor.text('bypass_mode')})"
    workflow = recording.reply(f"{base}/actions/permissions/workflow")
    if workflow.flag("can_approve_pull_request_reviews"):
        yield "workflows may approve pull requests"


def _review_weaknesses(protection: Reply, rules: list[Reply]) -> Iterator[str]:
    """What required reviews leave open; the stricter of protection and rulesets counts."""
    reviews = protection.part("required_pull_request_reviews")
    parameters = [rule.part("parameters") for rule in rules if rule.text("type") == "pull_request"]
    counts = [part.number("required_approving_review_count") for part in (reviews, *parameters)]
    if max((count for count in counts if count is not None), default=0) < 1:
        yield "no approving review is required"
        return
    wanted = (
        ("dismiss_stale_reviews", "dismiss_stale_reviews_on_push",
         "an approval stands after later pushes"),
        ("require_last_push_approval", "require_last_push_approval",
         "whoever pushes last may approve their own push"),
        ("require_code_owner_reviews", "require_code_owner_review",
         "owners of the documents need not review"),
    )  # fmt: skip
    for classic, modern, weakness in wanted:
        if not reviews.flag(classic) and not any(part.flag(modern) for part in parameters):
            yield weakness


def _push_weaknesses(protection: Reply, rules: list[Reply]) -> Iterator[str]:
    kinds = {rule.text("type") for rule in rules}
    for setting, rule, weakness in (
        ("allow_force_pushes", "non_fast_forward", "the branch's history may be rewritten"),
        ("allow_deletions", "deletion", "the branch may be deleted"),
    ):
        guarded = protection.is_there and protection.flag(setting, "enabled") is False
        if not guarded and rule not in kinds:
            yield weakness


def _allowances(protection: Reply) -> Iterator[str]:
    allowed = protection.part("required_pull_request_reviews", "bypass_pull_request_allowances")
    for kind, name in (("users", "login"), ("teams", "slug"), ("apps", "slug")):
        for actor in allowed.items(kind):
            yield f"{actor.text(name)} may merge without review"


def _unreadable(
    recording: Recording, base: str, branch: str, suites: str, query: Mapping[str, str]
) -> Iterator[str]:
    asked = (
        ("branch protection", recording.status(f"{base}/branches/{branch}/protection"), True),
        ("rules of the branch", recording.status(f"{base}/rules/branches/{branch}"), False),
        ("rulesets", recording.status(f"{base}/rulesets"), False),
        ("who went past the rules", recording.status(suites, **query), False),
        ("rights of workflows", recording.status(f"{base}/actions/permissions/workflow"), False),
    )
    for name, status, may_be_absent in asked:
        if status != FINE and not (may_be_absent and status == _NOT_THERE):
            yield name
