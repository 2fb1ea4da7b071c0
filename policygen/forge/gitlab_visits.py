"""Asking GitLab: which requests make up the recording of a merge request, and of branch rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.forge.rendered import RENDERED_FOLDERS, below_rendered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from policygen.forge.visits import Visit

HEADERS = {"Accept": "application/json", "User-Agent": "policygen"}
NOT_THERE = (404,)
NOT_FOR_US = (403, 404)
"""Approval rules are a paid tier, and settings are shown to maintainers only."""

NOTES = {"activity_filter": "only_activity", "order_by": "created_at", "sort": "asc"}


def record_change(visit: Visit, number: int) -> None:
    """Record a merge request: approvals, notes, versions, commits, and texts at each commit.

    Raises:
        PolicygenError: GitLab refuses or cannot be reached.
    """
    base = visit.repository.base
    here = f"{base}/merge_requests/{number}"
    visit.reply(base)
    merge = visit.reply(here)
    approvals = visit.reply(f"{here}/approvals", allowed=NOT_FOR_US)
    visit.reply(f"{here}/approval_state", allowed=NOT_FOR_US)
    visit.pages(f"{here}/reviewers", allowed=NOT_FOR_US)
    visit.pages(f"{here}/notes", NOTES)
    versions = visit.pages(f"{here}/versions")
    visit.pages(f"{here}/commits")
    visit.pages(f"{here}/diffs")
    for approval in approvals.items("approved_by"):
        account = approval.number("user", "id")
        if account is not None:
            visit.reply(f"/users/{account}", allowed=NOT_THERE)
    merged = merge.text("merge_commit_sha") or merge.text("squash_commit_sha") or merge.text("sha")
    heads = {version.text("head_commit_sha") for version in versions}
    for commit in sorted({merged, *heads} - {""}):
        for folder in RENDERED_FOLDERS:
            query = {"path": f"{visit.repository.folder}{folder}", "ref": commit}
            visit.pages(f"{base}/repository/tree", query, NOT_THERE)


def record_rules(visit: Visit) -> None:
    """Record approval settings and rules, and the protection of the branch.

    Raises:
        PolicygenError: GitLab refuses or cannot be reached.
    """
    base = visit.repository.base
    visit.reply(base)
    visit.reply(f"{base}/approvals", allowed=NOT_FOR_US)
    visit.pages(f"{base}/approval_rules", allowed=NOT_FOR_US)
    visit.pages(f"{base}/protected_branches", allowed=NOT_FOR_US)
    visit.pages(f"{base}/audit_events", allowed=NOT_FOR_US)


def merged_changes(visit: Visit, since: datetime) -> Iterator[int]:
    """Numbers of merge requests merged into the branch since a moment, newest first.

    Raises:
        PolicygenError: GitLab refuses or cannot be reached.
    """
    query = {
        "order_by": "updated_at",
        "sort": "desc",
        "state": "merged",
        "target_branch": visit.repository.branch,
        "updated_after": since.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    for merge in visit.pages(f"{visit.repository.base}/merge_requests", query):
        merged_at = merge.moment("merged_at")
        if merged_at is not None and merged_at >= since:
            yield merge.needed_number("iid")


def touches_documents(visit: Visit, number: int) -> bool:
    """Whether a change adds or changes a rendered document.

    Raises:
        PolicygenError: GitLab refuses or cannot be reached.
    """
    files = visit.pages(f"{visit.repository.base}/merge_requests/{number}/diffs")
    folder = visit.repository.folder
    return any(below_rendered(file.text("new_path"), folder) is not None for file in files)
