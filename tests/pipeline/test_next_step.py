"""The next step: one sentence that reads well for one and for many, and one command."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from policygen.model.register import Register
from policygen.pipeline.next_step import Standing, next_step
from policygen.problems import Problem
from tests.moments import NOW

if TYPE_CHECKING:
    from collections.abc import Mapping

DONE = Standing(
    problems=(),
    register=Register(as_of=NOW.date(), entries=(), set_head="0" * 64),
    has_repository=True,
    uncommitted=(),
    has_trust=True,
    keyless=(),
    clicking=(),
    half_enrolled=(),
    signer="dana-whitfield",
    turns={},
    has_sealing_key=True,
    unsealed=(),
    reviews_open={},
)
DOOR, GATE = "door-policy", "gate-policy"


@pytest.mark.parametrize(
    ("changes", "step"),
    [
        pytest.param({}, "There is nothing to do", id="nothing"),
        pytest.param(
            {"problems": (Problem(code="yaml-syntax", message="a colon is missing"),)},
            "1 problem in the sources: policygen check",
            id="one problem",
        ),
        pytest.param(
            {"uncommitted": ("policies/door-policy.md", "organization.yml")},
            "Commit what was written or changed (2 files): "
            'git add organization.yml policies && git commit -m "Policies"',
            id="two files",
        ),
        pytest.param(
            {"turns": {DOOR: "eva-lind"}},
            f"1 document waits for approval: policygen approve {DOOR} --as eva-lind",
            id="one approval",
        ),
        pytest.param(
            {"turns": {DOOR: "eva-lind", GATE: "eva-lind"}},
            f"2 documents wait for approval: policygen approve {DOOR} {GATE} --as eva-lind",
            id="two approvals",
        ),
        pytest.param(
            {"turns": {DOOR: None}},
            "1 document waits for approval by somebody who did not draft them, and nobody else "
            "holds a role that counts: name a chief executive or governing body in "
            "organization.yml",
            id="nobody may approve",
        ),
        pytest.param(
            {"unsealed": (DOOR,)},
            "1 approved PDF waits for the seal: policygen seal",
            id="one seal",
        ),
        pytest.param(
            {"unsealed": (DOOR, GATE)},
            "2 approved PDFs wait for the seal: policygen seal",
            id="two seals",
        ),
    ],
)
def test_a_step_is_a_sentence_and_its_command(changes: Mapping[str, object], step: str) -> None:
    standing = replace(DONE, **changes)  # type: ignore[arg-type]  # fields of a standing
    assert str(next_step(standing)) == step
