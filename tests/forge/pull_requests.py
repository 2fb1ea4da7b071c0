"""Nineteen pull requests that an importer must tell apart, as people would make them on a forge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.history.office import sheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.forge.hub import Hub

TEXT = sheet().text
OTHER = sheet(hours=8).text


@dataclass(frozen=True)
class Case:
    """One pull request, who has approved by it, and what the import tells."""

    build: Callable[[Hub], None]
    approved: tuple[str, ...]
    told: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    """What verification says of the consents."""


def _single(hub: Hub, how: str = "merge") -> None:
    pull = hub.open()
    hub.push(pull, TEXT)
    hub.review(pull)
    hub.merge(pull, how)


def _two_approvers(hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, TEXT)
    hub.review(pull, "lee-p")
    hub.review(pull, "dana-w")
    hub.merge(pull)


def _dismissed_by_push(hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, TEXT)
    review = hub.review(pull)
    commit = hub.push(pull, OTHER)
    hub.dismiss(pull, review, by="sam-o", push=commit)
    hub.merge(pull)


def _changes_requested_then_approved(hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, OTHER)
    hub.review(pull, state="CHANGES_REQUESTED")
    hub.push(pull, TEXT)
    hub.review(pull)
    hub.review(pull, state="COMMENTED")
    hub.merge(pull)


def _approved_then_changes_requested(hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, TEXT)
    hub.review(pull, "lee-p")
    hub.review(pull)
    hub.review(pull, state="CHANGES_REQUESTED")
    hub.merge(pull)


def _stale_changed(hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, OTHER)
    hub.review(pull)
    hub.push(pull, TEXT)
    hub.merge(pull)


def _stale_unchanged(hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, TEXT)
    hub.review(pull)
    hub.push(pull, "notes", path="notes.txt", status="added")
    hub.merge(pull)


def _bot_approval(hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, TEXT)
    hub.review(pull, "octobot[bot]")
    hub.merge(pull)


def _null_user(hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, TEXT)
    hub.review(pull, None)
    hub.merge(pull)


def _own_commits_in_a_bots_pull_request(hub: Hub) -> None:
    pull = hub.open(author="octobot[bot]")
    hub.push(pull, TEXT, by="dana-w")
    hub.review(pull, "dana-w")
    hub.merge(pull)


def _late_approval(hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, TEXT)
    hub.merge(pull)
    hub.review(pull)


def _two_pages(hub: Hub) -> None:
    hub.per_page = 2
    pull = hub.open()
    hub.push(pull, TEXT)
    hub.review(pull, state="COMMENTED")
    hub.review(pull, "lee-p", state="COMMENTED")
    hub.review(pull)
    hub.merge(pull)


def _renamed_file(hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, TEXT, status="renamed", previous_filename="rendered/policies/access-policy.md")
    hub.review(pull)
    hub.merge(pull)


def _force_push_after_approval(hub: Hub) -> None:
    pull = hub.open()
    hub.push(pull, OTHER)
    hub.review(pull)
    hub.force_push(pull, TEXT)
    hub.merge(pull)


POLICY = "access-control-policy 1.0"
CASES = {
    "happy single": Case(_single, (f"{POLICY} dana",)),
    "two approvers": Case(_two_approvers, (f"{POLICY} lee", f"{POLICY} dana")),
    "squash": Case(lambda hub: _single(hub, "squash"), (f"{POLICY} dana",)),
    "rebase": Case(lambda hub: _single(hub, "rebase"), (f"{POLICY} dana",)),
    "merge queue": Case(lambda hub: _single(hub, "queue"), (f"{POLICY} dana",)),
    "dismissed by push": Case(_dismissed_by_push, (), ("forge-review-dismissed",)),
    "changes requested then approved": Case(_changes_requested_then_approved, (f"{POLICY} dana",)),
    "approved then changes requested": Case(
        _approved_then_changes_requested, (), ("forge-changes-requested", "forge-changes-requested")
    ),
    "stale with changed content": Case(_stale_changed, (), ("forge-review-stale",)),
    "stale with unchanged content": Case(_stale_unchanged, (f"{POLICY} dana",)),
    "bot approval": Case(_bot_approval, (), ("forge-review-bot",)),
    "null user": Case(_null_user, (), ("forge-review-nobody",)),
    "self-approval through a bot's pull request": Case(
        _own_commits_in_a_bots_pull_request,
        (f"{POLICY} dana",),
        codes=("approval-drafter-alone",),
    ),
    "late approval": Case(_late_approval, (), ("forge-review-late",)),
    "two pages": Case(_two_pages, (f"{POLICY} dana",)),
    "renamed file": Case(_renamed_file, (f"{POLICY} dana",)),
    "force push after approval": Case(_force_push_after_approval, (), ("forge-review-stale",)),
}
"""With the rule suite of a bypass and the limit that passes, which have tests of their own."""
