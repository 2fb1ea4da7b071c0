"""GitLab's branch rules: approval settings, approval rules and protection, from a recording."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from policygen.forge.recordings import FINE
from policygen.model.forge import RuleSnapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from policygen.forge.recordings import Recording
    from policygen.forge.replies import Reply

_NOBODY = 0
"""Access level of GitLab."""


def read_rules(recording: Recording, reach: timedelta) -> RuleSnapshot:
    """The rules of the branch as one recording shows them.

    GitLab keeps no list of pushes past the rules: where the branch lets nobody push, there are
    none, and the audit events, where the tier has them, show whether the rules changed.

    Raises:
        ReplyError: The recording is incomplete, or not what GitLab documents.
    """
    base = f"/projects/{quote(recording.repository, safe='')}"
    events = recording.status(f"{base}/audit_events") == FINE
    return RuleSnapshot(
        recording=recording.index,
        host=recording.host,
        repository=recording.repository,
        branch=recording.branch,
        recorded_at=recording.recorded_at,
        covers_from=recording.recorded_at - reach if events else None,
        bypasses=(),
        weaknesses=tuple(_weaknesses(recording, base)),
        unreadable=tuple(
            name
            for name, path in (
                ("approval settings", f"{base}/approvals"),
                ("approval rules", f"{base}/approval_rules"),
                ("protected branches", f"{base}/protected_branches"),
                ("audit events", f"{base}/audit_events"),
            )
            if recording.status(path) != FINE
        ),
    )


def _weaknesses(recording: Recording, base: str) -> Iterator[str]:
    if recording.status(f"{base}/protected_branches") == FINE:
        branches = recording.pages(f"{base}/protected_branches")
        found = [branch for branch in branches if branch.text("name") == recording.branch]
        if not found:
            yield "the branch is not protected"
        for branch in found:
            yield from _branch_weaknesses(branch)
    settings = recording.reply(f"{base}/approvals")
    if settings.is_there:
        yield from _setting_weaknesses(settings)
    if recording.status(f"{base}/approval_rules") == FINE:
        rules = recording.pages(f"{base}/approval_rules")
        if not any((rule.number("approvals_required") or 0) > 0 for rule in rules):
            yield "no approval is required"


def _branch_weaknesses(branch: Reply) -> Iterator[str]:
    if branch.flag("allow_force_push"):
        yield "the branch's history may be rewritten"
    for level in branch.items("push_access_levels"):
        if (level.number("access_level") or 0) > _NOBODY or level.number("user_id") is not None:
            yield f"{level.text('access_level_description') or 'somebody'} may push without review"


def _setting_weaknesses(settings: Reply) -> Iterator[str]:
    if settings.flag("reset_approvals_on_push") is not True:
        yield "an approval stands after later pushes"
    if settings.flag("merge_requests_author_approval"):
        yield "authors may approve their own merge requests"
    if settings.flag("merge_requests_disable_committers_approval") is not True:
        yield "whoever committed to a merge request may approve it"
    if settings.flag("disable_overriding_approvers_per_merge_request") is not True:
        yield "approval rules may be changed for one merge request"
