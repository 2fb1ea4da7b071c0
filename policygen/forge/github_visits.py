"""Asking GitHub: which requests make up the recording of a pull request, and of branch rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.forge.rendered import RENDERED_FOLDERS, below_rendered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from policygen.forge.visits import Visit

HEADERS = {
    "Accept": "application/vnd.github+json",
    "User-Agent": "policygen",
    "X-GitHub-Api-Version": "2022-11-28",
}

NOT_THERE = (404,)
NOT_FOR_US = (403, 404)
"""Protection is shown to administrators only, and absent where there is none."""


def record_change(visit: Visit, number: int) -> None:
    """Record a pull request: reviews, dismissals, commits, files, and texts at each commit.

    Raises:
        PolicygenError: GitHub refuses or cannot be reached.
    """
    base = visit.repository.base
    pull = visit.reply(f"{base}/pulls/{number}")
    reviews = visit.pages(f"{base}/pulls/{number}/reviews")
    visit.pages(f"{base}/issues/{number}/timeline")
    visit.pages(f"{base}/pulls/{number}/commits")
    visit.pages(f"{base}/pulls/{number}/files")
    repositories = pull.number("head", "repo", "id"), pull.number("base", "repo", "id")
    if repositories[0] == repositories[1]:
        branch = f"refs/heads/{pull.needed_text('head', 'ref')}"
        visit.pages(f"{base}/activity", {"ref": branch}, NOT_FOR_US)
    commits = {review.text("commit_id") for review in reviews} | {pull.text("merge_commit_sha")}
    for commit in sorted(commits - {""}):
        for folder in RENDERED_FOLDERS:
            path = f"{base}/contents/{visit.repository.folder}{folder}"
            visit.reply(path, {"ref": commit}, NOT_THERE)


def record_rules(visit: Visit) -> None:
    """Record the rules of the branch, who may go past them, and who did within the last month.

    Raises:
        PolicygenError: GitHub refuses or cannot be reached.
    """
    base, branch = visit.repository.base, visit.repository.branch
    visit.reply(f"{base}/branches/{branch}/protection", allowed=NOT_FOR_US)
    visit.pages(f"{base}/rules/branches/{branch}", allowed=NOT_FOR_US)
    for ruleset in visit.pages(f"{base}/rulesets", allowed=NOT_FOR_US):
        number = ruleset.needed_number("id")
        visit.reply(f"{base}/rulesets/{number}", allowed=NOT_FOR_US)
        visit.pages(f"{base}/rulesets/{number}/history", allowed=NOT_FOR_US)
    suites = {"ref": f"refs/heads/{branch}", "time_period": "month"}
    visit.pages(f"{base}/rulesets/rule-suites", suites, NOT_FOR_US)
    visit.reply(f"{base}/actions/permissions/workflow", allowed=NOT_FOR_US)


def merged_changes(visit: Visit, since: datetime) -> Iterator[int]:
    """Numbers of pull requests merged into the branch since a moment, newest first.

    Raises:
        PolicygenError: GitHub refuses or cannot be reached.
    """
    query = {
        "base": visit.repository.branch,
        "direction": "desc",
        "sort": "updated",
        "state": "closed",
    }
    for pull in visit.pages_until(
        f"{visit.repository.base}/pulls",
        query,
        lambda found: (found.moment("updated_at") or since) < since,
    ):
        merged_at = pull.moment("merged_at")
        if merged_at is not None and merged_at >= since:
            yield pull.needed_number("number")


def touches_documents(visit: Visit, number: int) -> bool:
    """Whether a change adds or changes a rendered document.

    Raises:
        PolicygenError: GitHub refuses or cannot be reached.
    """
    files = visit.pages(f"{visit.repository.base}/pulls/{number}/files")
    folder = visit.repository.folder
    return any(below_rendered(file.text("filename"), folder) is not None for file in files)
