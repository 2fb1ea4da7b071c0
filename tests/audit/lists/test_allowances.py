"""Waivers in an auditor's list: a narrowed one says how narrow it is."""

from __future__ import annotations

from datetime import date

import pytest

from policygen.audit.lists.exceptions import Allowed, exceptions
from policygen.model.profile.choices import Waiver
from policygen.model.window import Window

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("values", "target"),
    [
        ({"code": "text-untestable"}, "text-untestable"),
        (
            {"code": "conflict-in-one-hand", "naming": "write-and-watch"},
            "conflict-in-one-hand, where it names write-and-watch",
        ),
        ({"statement": "AC-19"}, "AC-19"),
    ],
)
def test_a_waiver_is_listed_with_what_it_sets_aside(values: dict[str, str], target: str) -> None:
    waiver = Waiver.model_validate(
        {"id": "w-1", "reason": "we hire", "approved_by": "ada", "beneficiary": "ben",
         "from": "2026-11-01", "expires": "2026-12-31", **values}
    )  # fmt: skip
    table = exceptions(
        [Allowed(what=waiver, first_seen=DAY, removed=None)],
        Window(first=DAY, last=DAY, is_period=False),
        str.capitalize,
    )
    [row] = table.rows
    assert row[:3] == ("w-1", "waiver", target)
    assert {"Ada", "Ben"} <= set(row)
