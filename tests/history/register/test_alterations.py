"""What the version history says of each version, worked out from the approved texts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policygen.history.register.alterations import alterations
from policygen.text.record import read_record

if TYPE_CHECKING:
    from policygen.model.document import RecordText

HERE = Path(__file__).parents[3]
TEXT = (HERE / "rendered/policies/access-control-policy.md").read_text(encoding="utf-8")
STATEMENT = TEXT[TEXT.index("**AC-17** ") : TEXT.index("\n\n", TEXT.index("**AC-17** "))]
ROW = next(line for line in TEXT.splitlines() if line.startswith("| AC-17 |"))
PURPOSE = TEXT[TEXT.index("## Purpose\n\n") + 12 :].partition("\n")[0]


def record(text: str) -> RecordText:
    return read_record(text, "access-control-policy.md")


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        pytest.param(TEXT, "no words changed", id="the same text"),
        pytest.param(
            TEXT.replace(STATEMENT, STATEMENT + " At once."), "changed AC-17", id="a statement"
        ),
        pytest.param(
            TEXT.replace("AC-17** ", "AC-99** ").replace("| AC-17 |", "| AC-99 |"),
            "added AC-99; removed AC-17",
            id="one statement for another",
        ),
        pytest.param(
            TEXT.replace(ROW, ROW.replace("leaving date", "day")), "changed AC-17", id="evidence"
        ),
        pytest.param(
            TEXT.replace(PURPOSE, "Another purpose."), "wording in Purpose", id="a section"
        ),
        pytest.param(
            TEXT.replace(PURPOSE, "Another purpose.").replace(STATEMENT, STATEMENT + " At once."),
            "changed AC-17; wording in Purpose",
            id="a statement and a section",
        ),
        pytest.param(TEXT.replace('"all workforce"', '"everyone"'), "header only", id="the header"),
    ],
)
def test_history_names_what_changed(changed: str, line: str) -> None:
    assert alterations(record(TEXT), record(changed)) == line


def test_first_version_says_so() -> None:
    assert alterations(None, record(TEXT)) == "first version"


def test_many_changes_are_counted_not_listed() -> None:
    changed = TEXT.replace(" SHALL ", " SHALL always ")
    line = alterations(record(TEXT), record(changed))
    assert line.startswith("changed AC-")
    assert " more" in line
    assert line.count("AC-") == 6


def test_items_below_a_statement_belong_to_it() -> None:
    before = TEXT.replace(STATEMENT, STATEMENT.rstrip(".") + ":\n\n- one thing\n- another")
    after = before.replace("- another", "- something else")
    assert alterations(record(before), record(after)) == "changed AC-17"
