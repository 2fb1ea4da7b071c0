"""Rules of a branch on GitHub: strict ones, to be loosened one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.forge.github_schemas import full
from tests.forge.hub import account, sha, stamp

if TYPE_CHECKING:
    from datetime import datetime

    from tests.forge.hub import Hub

Object = dict[str, Any]
SCHEMAS = {
    "branches/main/protection": "protection",
    "rules/branches/main": "branch-rules",
    "rulesets": "rulesets",
    "rulesets/7": "ruleset",
    "rulesets/7/history": "ruleset-history",
    "rulesets/rule-suites": "rule-suites",
    "actions/permissions/workflow": "workflow",
}
"""Answer documented for each path below the repository."""


def protect(hub: Hub) -> None:
    """Everything that can be asked for is in force."""
    ruleset = full(
        "repository-ruleset", id=7, name="main", source=hub.repository, enforcement="active",
        bypass_actors=[],
    )  # fmt: skip
    source = {
        "ruleset_source_type": "Repository", "ruleset_source": hub.repository, "ruleset_id": 7,
    }  # fmt: skip
    hub.rules = {
        "branches/main/protection": (
            200,
            full(
                "branch-protection",
                enforce_admins={"url": "https://api.github.com/x", "enabled": True},
                allow_force_pushes={"enabled": False},
                allow_deletions={"enabled": False},
                required_pull_request_reviews={
                    "dismiss_stale_reviews": True,
                    "require_code_owner_reviews": True,
                    "require_last_push_approval": True,
                    "required_approving_review_count": 1,
                },
            ),
        ),
        "rules/branches/main": (
            200,
            [
                {"type": "deletion", **source},
                {"type": "non_fast_forward", **source},
                {
                    "type": "pull_request",
                    "parameters": {
                        "dismiss_stale_reviews_on_push": True,
                        "require_code_owner_review": True,
                        "require_last_push_approval": True,
                        "required_approving_review_count": 1,
                        "required_review_thread_resolution": False,
                    },
                    **source,
                },
            ],
        ),
        "rulesets": (200, [ruleset]),
        "rulesets/7": (200, ruleset),
        "rulesets/7/history": (
            200,
            [
                {
                    "version_id": 1,
                    "actor": {"id": 4712, "type": "User"},
                    "updated_at": stamp(hub.now),
                }
            ],
        ),
        "rulesets/rule-suites": (200, []),
        "actions/permissions/workflow": (
            200,
            {
                "default_workflow_permissions": "read",
                "can_approve_pull_request_reviews": False,
            },
        ),
    }


def value(hub: Hub, path: str) -> Any:
    """An answer about rules, to be changed."""
    return hub.rules[path][1]


def reviews(hub: Hub) -> tuple[Object, Object]:
    """What protection and ruleset say about reviews."""
    protection = value(hub, "branches/main/protection")["required_pull_request_reviews"]
    return protection, value(hub, "rules/branches/main")[2]["parameters"]


def suite(result: str, at: datetime, *, actor: str = "lee-p", number: int = 21) -> Object:
    """A push that the rules were asked about."""
    return {
        "id": number,
        "actor_id": account(actor)["id"],
        "actor_name": actor,
        "before_sha": sha(1),
        "after_sha": sha(number),
        "ref": "refs/heads/main",
        "repository_id": 1,
        "repository_name": "policies",
        "pushed_at": stamp(at),
        "result": result,
        "evaluation_result": result,
    }
