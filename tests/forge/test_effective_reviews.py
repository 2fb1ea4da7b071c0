"""Effective reviews: the last decisive word of each account before the merge, whatever else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from policygen.forge.changes import read_change
from policygen.forge.github_visits import record_change
from policygen.model.forge import Outcome
from tests.forge.desk import memory_exchange
from tests.forge.hub import Hub
from tests.forge.pull_requests import TEXT

if TYPE_CHECKING:
    from policygen.model.forge import ForgeChange

from policygen.forge.visits import Repository, Visit
from policygen.model.forge import ForgeKind

WORDS = st.tuples(
    st.sampled_from(["dana-w", "lee-p", "sam-o", "octobot[bot]"]),
    st.sampled_from(["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "PENDING", "DISMISSED"]),
)
OUTCOMES = {
    "APPROVED": Outcome.APPROVED,
    "CHANGES_REQUESTED": Outcome.CHANGES_REQUESTED,
    "DISMISSED": Outcome.DISMISSED,
}


def read(hub: Hub) -> ForgeChange:
    api = "https://api.github.com"
    repository = Repository(
        kind=ForgeKind.GITHUB, host="github.com", api=api, name=hub.repository, branch="main",
        folder="",
    )  # fmt: skip
    visit = Visit(repository, "change-42", memory_exchange(hub, api), hub.now, "policygen 0.1.0")
    record_change(visit, 42)
    return read_change(visit.recording(), 42)


@settings(max_examples=60)
@given(st.lists(WORDS, max_size=7), st.lists(WORDS, max_size=3), st.integers(1, 3))
def test_the_last_decisive_word_before_the_merge_counts(
    before: list[tuple[str, str]], after: list[tuple[str, str]], per_page: int
) -> None:
    hub = Hub(per_page=per_page)
    pull = hub.open()
    hub.push(pull, TEXT)
    for login, state in before:
        hub.review(pull, login, state)
    hub.merge(pull)
    for login, state in after:
        hub.review(pull, login, state)
    expected = {}
    for login, state in after:
        if state in OUTCOMES:
            expected[login] = Outcome.LATE if state == "APPROVED" else None
    for login, state in before:
        if state in OUTCOMES:
            expected[login] = Outcome.BOT if login == "octobot[bot]" else OUTCOMES[state]
    found = {review.login: review.outcome for review in read(hub).reviews}
    assert found == {login: outcome for login, outcome in expected.items() if outcome is not None}
