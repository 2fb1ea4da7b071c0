"""`policygen explain` of a parameter names the documents that change with it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from policygen.pipeline.explanation import explain
from policygen.pipeline.sources.survey import survey
from tests.small_workspace import PROFILE, SmallWorkspace, front

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        pytest.param("access_revocation_hours", ["stated in: access-control-policy"], id="stated"),
        pytest.param(
            "byod_allowed",
            [
                "decides what is said in: access-control-policy",
                "decides whether there is: phone-policy",
            ],
            id="deciding",
        ),
        pytest.param(
            "policy_review_months",
            ["sets the review interval of: access-control-policy"],
            id="pacing",
        ),
        pytest.param("log_retention_days", ["used in: no document of this set"], id="nowhere"),
    ],
)
def test_a_parameter_names_the_documents_that_change_with_it(
    tmp_path: Path, name: str, lines: list[str]
) -> None:
    workspace = SmallWorkspace(tmp_path)
    workspace.write("organization.yml", PROFILE)
    workspace.write(
        "policies/phone-policy.md", front("phone-policy", more="include_when: p.byod_allowed\n")
    )
    workspace.policy(
        "{{ p.access_revocation_hours }}{% if p.byod_allowed %} or more{% endif %}"
        "{% if false %}{{ p.log_retention_days }}{% endif %}\n"
    )
    told = explain(survey(tmp_path, now=NOW), name).split("\n")
    headings = ("stated", "decides", "sets the", "used in")
    assert [line.strip() for line in told if line.strip().startswith(headings)] == lines
