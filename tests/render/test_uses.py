"""What a text uses: the values it states, those that decide what it says, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from policygen.model.uses import reach
from tests.small_workspace import PROFILE, front, statement

if TYPE_CHECKING:
    from tests.small_workspace import SmallWorkspace

SERVICE = """\
services:
  - id: app
    name: App
    description: It serves.
    commitments:
      - id: up
        text: It is up.
        source: SLA
        clause: "2"
        parameter: uptime_target_percent
        value: 99
"""


@pytest.mark.parametrize(
    ("body", "stated", "deciding"),
    [
        pytest.param("x", "", "", id="nothing"),
        pytest.param("{{ p.access_revocation_hours }}", "access_revocation_hours", "", id="figure"),
        pytest.param(
            "{{ p.password_history_count | count }}", "password_history_count", "", id="in words"
        ),
        pytest.param(
            "{{ p.log_retention_days | number }}", "log_retention_days", "", id="without its unit"
        ),
        pytest.param(
            "{% for row in p.incident_severities %}{{ row.ack_minutes | minutes }}{% endfor %}",
            "incident_severities", "", id="minutes of a row",
        ),
        pytest.param(
            "{{ p.access_review_frequency | every | cap }}", "access_review_frequency", "",
            id="a frequency",
        ),
        pytest.param(
            "{% set some = p.log_retention_days %}{{ some }}", "log_retention_days", "",
            id="through a variable",
        ),
        pytest.param(
            "{{ p.access_request_approvers | one_of }}", "access_request_approvers", "",
            id="a list of roles",
        ),
        pytest.param(
            "{% for r in p.access_request_approvers %}{{ r | role_title }}{% endfor %}",
            "access_request_approvers", "", id="a role by its title",
        ),
        pytest.param("{{ roles.ceo }}", "", "", id="a role that no parameter names"),
        pytest.param("{% if p.byod_allowed %}x{% else %}y{% endif %}", "", "byod_allowed", id="if"),
        pytest.param(
            "{{ 'x' if p.risk_scale == '3x3' else 'y' }}", "", "risk_scale", id="in an expression"
        ),
        pytest.param("{% if false %}{{ p.risk_scale }}{% endif %}x", "", "", id="not taken"),
        pytest.param(
            "{% if scope.tsc.privacy and p.byod_allowed %}x{% endif %}y", "", "",
            id="settled before it is asked",
        ),
        pytest.param(
            statement(more='when="p.byod_allowed", otherwise="none"'), "", "byod_allowed",
            id="a condition of a statement",
        ),
        pytest.param(
            statement(more='when="tsc.privacy and p.byod_allowed", otherwise="none"'), "", "",
            id="a condition that it cannot turn",
        ),
    ],
)  # fmt: skip
def test_a_text_uses_what_it_states_and_what_decides_it(
    workspace: SmallWorkspace, body: str, stated: str, deciding: str
) -> None:
    workspace.policy(body + "\n")
    uses = workspace.document().uses
    assert uses.stated == set(stated.split())
    assert uses.deciding == set(deciding.split())
    assert uses.pacing == {"policy_review_months"}


@pytest.mark.parametrize(
    ("column", "others"),
    [
        pytest.param("data", set(), id="a column that names none"),
        pytest.param("period", {"log_retention_days", "backup_retention_days"}, id="one that does"),
    ],
)
def test_a_table_states_what_the_printed_cells_name(
    workspace: SmallWorkspace, column: str, others: set[str]
) -> None:
    workspace.policy(
        "{% for row in p.retention_schedule %}\n- {{ row." + column + " }}\n{% endfor %}\n"
    )
    uses = workspace.document().uses
    named = {"log_retention_days", "backup_retention_days"}
    assert uses.stated & named == others
    assert "retention_schedule" in uses.stated
    assert not uses.deciding & named


@pytest.mark.parametrize(
    ("systems", "uses"),
    [
        pytest.param("access_review: monthly", frozenset(), id="a cadence of its own"),
        pytest.param("sso: true", {"access_review_frequency"}, id="the cadence of all"),
    ],
)
def test_a_system_without_a_cadence_states_that_of_all(
    workspace: SmallWorkspace, systems: str, uses: frozenset[str]
) -> None:
    row = f"{{id: a, kind: idp, name: Keyring, owner_role: ceo, {systems}}}"
    workspace.write("organization.yml", PROFILE + f"systems: [{row}]\n")
    workspace.policy("{% for s in systems.all %}{{ s.access_review | every }}{% endfor %}\n")
    assert workspace.document().uses.stated == uses


def test_a_list_of_commitments_goes_with_every_promise(workspace: SmallWorkspace) -> None:
    workspace.write("organization.yml", PROFILE + SERVICE)
    workspace.policy(
        "{% for s in scope.services %}{% for c in s.commitments %}{{ c.value }}\n"
        "{% endfor %}{% endfor %}"
    )
    uses = workspace.document().uses
    assert uses.stated == {"uptime_target_percent"}
    assert {"rto_hours", "customer_data_deletion_days"} <= uses.deciding
    assert "byod_allowed" not in uses.names


def test_whether_a_document_exists_decides_what_lists_it(workspace: SmallWorkspace) -> None:
    workspace.write(
        "policies/phone-policy.md", front("phone-policy", more="include_when: p.byod_allowed\n")
    )
    workspace.policy("{{ scope.documents | map(attribute='title') | and_list }}\n")
    workspace.policy("x\n", name="quiet-policy", more="related: [phone-policy]\n")
    workspace.policy("x\n", name="other-policy")
    rendering, _, _ = workspace.render()
    there = reach(rendering, "byod_allowed")
    assert (there.decided, there.appearing) == (
        ("access-control-policy", "quiet-policy"), ("phone-policy",),
    )  # fmt: skip
    assert reach(rendering, "policy_review_months").paced == (
        "access-control-policy", "other-policy", "quiet-policy",
    )  # fmt: skip
