"""Renames: one class of change over many documents, told from every other change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.history.approving.renames import Names, Rename, renames
from policygen.history.approving.significance import suggested_significance
from policygen.model.evidence import Significance
from policygen.text.record import read_record, write_record
from tests.history.office import sheet

if TYPE_CHECKING:
    from policygen.model.document import RecordText

BODY = """\
## Roles and scope

The IT lead of Larkfield uses Gatehouse.

## Rules

**AC-01** The IT lead SHALL disable access in Gatehouse within 24 hours.

| system | owner |
| --- | --- |
| Gatehouse | IT lead |
| Forgeline | Engineering lead |

1. IT's desk opens Gatehouse, then Forgeline.
2. IT, not the user, closes it.
"""
NOW = frozenset(
    {"Workplace lead", "Keyring One", "Workplace Services", "Larkfield Group Ltd", "Forgeline",
     "Larkfield", "Engineering lead", "Gatehouse Plus", "Vault 7"}
)  # fmt: skip
BEFORE = frozenset({"IT lead", "IT", "Gatehouse", "Forgeline", "Larkfield Ltd"})
NAMES = Names(now=NOW, before=BEFORE)
LEAD_STAYS = Names(now=NOW | {"IT lead"}, before=BEFORE)
OLD = sheet().record


def text(*pairs: tuple[str, str], **header: str) -> RecordText:
    body = BODY
    for old, new in pairs:
        assert old in body
        body = body.replace(old, new)
    return read_record(write_record(replace(OLD.header, **header), body, ()), "text.md")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        pytest.param(
            text(("IT lead", "Workplace lead"), owner_title="Workplace lead"),
            {("IT lead", "Workplace lead")},
            id="a role has another title",
        ),
        pytest.param(
            text(("Gatehouse", "Keyring One")), {("Gatehouse", "Keyring One")}, id="a tool swap"
        ),
        pytest.param(
            text(("Gatehouse", "Gatehouse Plus")),
            {("Gatehouse", "Gatehouse Plus")},
            id="a word added to a name",
        ),
        pytest.param(
            text(("IT's desk", "Workplace Services' desk"), ("IT, not", "Workplace Services, not")),
            {("IT", "Workplace Services")},
            id="a word of their own, beside punctuation",
        ),
        pytest.param(
            text(organization="Larkfield Group Ltd"),
            {("Larkfield Ltd", "Larkfield Group Ltd")},
            id="the organization, in the header only",
        ),
        pytest.param(
            text(("Gatehouse", "Keyring One"), ("IT lead", "Workplace lead")),
            {("Gatehouse", "Keyring One"), ("IT lead", "Workplace lead")},
            id="two at once",
        ),
    ],
)
def test_a_change_of_names_is_a_rename_and_minor(
    new: RecordText, expected: set[tuple[str, str]]
) -> None:
    found = renames(text(), new, NAMES)
    assert found is not None
    assert {(one.old, one.new) for one in found} == expected
    significance, reasons = suggested_significance(text(), new, NAMES)
    assert significance is Significance.MINOR
    assert len(reasons) == len(expected)


@pytest.mark.parametrize(
    "new",
    [
        pytest.param(text(), id="nothing"),
        pytest.param(text(("Gatehouse", "Keyring")), id="a name that nothing has"),
        pytest.param(text(("user", "Engineering lead")), id="a name where none was"),
        pytest.param(text(("Gatehouse", "Keyring One"), ("24", "48")), id="a figure beside it"),
        pytest.param(text(("Gatehouse", "Vault 7")), id="a name with a figure"),
        pytest.param(text(("SHALL", "SHOULD")), id="a binding word"),
        pytest.param(text(("The IT lead SHALL", "The Engineering lead SHALL")), id="a duty moves"),
        pytest.param(text(("| Forgeline | Engineering lead |\n", "")), id="a row gone"),
        pytest.param(text(("then Forgeline", "then Forgeline and Keyring One")), id="one added"),
        pytest.param(text(("closes it", "closes it at once")), id="a word added"),
        pytest.param(text(audience="IT lead"), id="a field of the header"),
        pytest.param(text(owner="engineering_lead"), id="another owner"),
    ],
)
def test_anything_else_is_no_rename(new: RecordText) -> None:
    assert renames(text(), new, LEAD_STAYS) is None


@given(st.lists(st.sampled_from(["access", "24", "SHALL", "review", "IT", "not"]), max_size=8))
def test_words_that_are_no_names_are_never_taken_for_renames(words: list[str]) -> None:
    new = text(("closes it", f"closes it {' '.join(words)}".rstrip()))
    assert renames(text(), new, NAMES) is None


@pytest.mark.parametrize(
    ("pair", "significance"),
    [
        (("once each calendar quarter", "once each calendar month"), Significance.MAJOR),
        (("within 24 hours", "within 48 hours"), Significance.MAJOR),
        (("SHALL review", "SHALL not review"), Significance.MAJOR),
        (("Guests are welcome", "Visitors are welcome"), Significance.MINOR),
    ],
    ids=["cadence in words", "figure", "a duty turned", "wording"],
)
def test_significance_follows_from_what_changed(
    pair: tuple[str, str], significance: Significance
) -> None:
    body = (
        "## Rules\n\nOwners SHALL review access once each calendar quarter, within 24 hours.\n\n"
        "Guests are welcome.\n"
    )
    old, new = (
        read_record(write_record(OLD.header, one, ()), "text.md")
        for one in (body, body.replace(*pair))
    )
    assert old != new
    assert suggested_significance(old, new)[0] is significance


def test_a_figure_changed_in_a_moved_paragraph_is_major() -> None:
    rule = "Guests are met at the door and stay with their host for {} hours."
    texts = (
        f"## A\n\n{rule.format(2)}\n\nkeep\n\n## B\n\nstays\n",
        f"## A\n\nkeep\n\n## B\n\nstays\n\n{rule.format(4)}\n",
    )
    old, new = (read_record(write_record(OLD.header, one, ()), "text.md") for one in texts)
    assert suggested_significance(old, new)[0] is Significance.MAJOR


def test_one_more_item_of_a_list_is_wording() -> None:
    texts = ("1. Tell them.\n2. Wait.\n", "1. Tell them.\n2. Smile.\n3. Wait.\n")
    old, new = (read_record(write_record(OLD.header, one, ()), "text.md") for one in texts)
    assert suggested_significance(old, new)[0] is Significance.MINOR


def test_a_rename_reads_as_a_sentence() -> None:
    assert str(Rename("IT", "Workplace Services")) == '"IT" is called "Workplace Services"'
