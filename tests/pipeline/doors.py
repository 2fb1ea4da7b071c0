"""A workspace of one policy, small enough to be built many times."""

from __future__ import annotations

import shutil
from pathlib import Path

from policygen.pipeline.sources.survey import survey, write_rendered
from tests.moments import NOW

REPOSITORY = Path(__file__).parents[2]
POLICY = "policies/door-policy.md"

_TEMPLATE = """\
---
id: door-policy
title: Door Policy
kind: policy
owner: security_officer
approver: ceo
primary: [CC6.4]
secondary: []
audience: all workforce
acknowledge: true
classification: internal
include_when: "true"
related: []
cadence: policy_review_months
---

## Purpose

Doors of {{ org.short_name }} are closed.

## Rules

{% statement "DO-01", control="PHY-01", criteria="CC6.4", owner="security_officer",
             evidence="door log" %}
The {{ roles.security_officer }} SHALL close every door at night.
{% endstatement %}
"""


def open_doors(root: Path) -> Path:
    """Make the workspace."""
    root.mkdir()
    shutil.copytree(REPOSITORY / "overrides", root / "overrides")
    for name in ("mkdocs.yml", "organization.yml"):
        shutil.copy(REPOSITORY / name, root / name)
    (root / "policies").mkdir()
    (root / POLICY).write_text(_TEMPLATE, encoding="utf-8")
    write_rendered(survey(root, now=NOW))
    return root


def edit(path: Path, old: str, new: str) -> None:
    """Replace a piece of a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
