"""The crosswalk as a table: every criterion, ids alone, and what they do not mean."""

from __future__ import annotations

from dataclasses import replace

from policygen.crosswalk import DISCLAIMER, crosswalk_table, sources_table
from policygen.load.registries.registries import package_registries
from policygen.model.catalogue import Crosswalk
from policygen.tables import csv_bytes

OURS = package_registries()
LICENSED = Crosswalk(
    id="house_rules",
    title="House Rules 3",
    source="licensed, agreement 12",
    relationship="subset",
    ids={"CC6.1": ("HR-4", "HR-5")},
    own=True,
)
EXTENDED = replace(OURS, crosswalks={**OURS.crosswalks, LICENSED.id: LICENSED})


def test_each_criterion_stands_beside_the_ids_of_each_standard() -> None:
    table = crosswalk_table(OURS)
    assert len(table.rows) == 61
    row = next(row for row in table.rows if row[0] == "CC6.5")
    assert row[2:] == (
        "A.7.14, A.8.10, A.5.11", "PR.PS-03, ID.AM-08", "MP-6, PE-16",
        "310(d)(2)(i), 310(d)(2)(ii)", "9.4.6, 9.4.7", "3.5",
    )  # fmt: skip
    assert table.note == DISCLAIMER
    assert all("informative" in column.title for column in table.columns[2:])


def test_a_mapping_of_the_workspace_is_the_last_column_and_says_whose_it_is() -> None:
    table = crosswalk_table(EXTENDED)
    assert table.columns[-1].title == "House Rules 3 (subset, informative)"
    assert [row[-1] for row in table.rows if row[-1]] == ["HR-4, HR-5"]
    assert sources_table(EXTENDED).rows[-1] == (
        "House Rules 3", "subset", "licensed, agreement 12", "this organization",
    )  # fmt: skip
    assert b"House Rules 3 (subset, informative)" in csv_bytes(table)


def test_where_no_mapping_is_known_there_is_no_row() -> None:
    assert crosswalk_table(replace(OURS, crosswalks={})).rows == ()
