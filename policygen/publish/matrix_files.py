"""The matrix as files: CSV for spreadsheets, JSON for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from policygen.crosswalk import crosswalk_table, sources_table
from policygen.tables import csv_bytes, csv_of
from policygen.text import dialect

if TYPE_CHECKING:
    from policygen.model.catalogue import Registries
    from policygen.model.matrix import Matrix


def matrix_files(matrix: Matrix, registries: Registries, *, as_of: str) -> dict[str, bytes]:
    """File contents by name; the same matrix gives the same bytes."""
    crosswalk = crosswalk_table(registries)
    files = {
        "criteria.csv": csv_of(
            ("criterion", "title", "category", "coverage", "reason", "controls", "primary",
             "secondary"),
            (
                (
                    row.criterion.id,
                    row.criterion.title,
                    row.criterion.category,
                    row.coverage.value,
                    row.reason or "",
                    " ".join(row.controls),
                    " ".join(row.primary),
                    " ".join(row.secondary),
                )
                for row in matrix.criteria
            ),
        ),
        "controls.csv": csv_of(
            ("control", "title", "description", "owner", "frequency", "key", "criteria",
             "coverage", "reason", "statements", "population", "attribute"),
            (
                (
                    row.control.id,
                    row.control.title,
                    row.control.description,
                    row.owner_title,
                    row.frequency,
                    "key" if row.control.key else "",
                    " ".join(row.control.criteria),
                    row.coverage.value,
                    row.reason or "",
                    " ".join(found.statement.id for found in row.statements),
                    row.control.population,
                    row.control.attribute,
                )
                for row in matrix.controls
            ),
        ),
        "statements.csv": csv_of(
            ("statement", "document", "version", "coverage", "text", "control", "criteria",
             "owner", "evidence", "does not count because"),
            (
                (
                    row.statement.id,
                    row.statement.document,
                    row.version or "",
                    row.coverage.value,
                    dialect.plain(row.statement.text),
                    row.statement.control,
                    " ".join(row.statement.criteria),
                    row.statement.owner,
                    row.statement.evidence,
                    row.reason or row.statement.not_applicable or "",
                )
                for row in matrix.statements
            ),
        ),
        "crosswalk.csv": csv_bytes(crosswalk),
        "crosswalk-sources.csv": csv_bytes(sources_table(registries)),
        "crosswalk-README.txt": f"{crosswalk.note}\n".encode(),
        "summary.json": _summary(matrix, as_of),
    }  # fmt: skip
    if matrix.conflicts:
        files["conflicts.csv"] = csv_of(
            ("conflict", "duties of", "why", "control", "state", "coverage", "done instead",
             "note"),
            (
                (
                    row.id, "; ".join(row.titles), row.why, row.control, row.state.value,
                    row.coverage.value, row.instead or "", row.note,
                )
                for row in matrix.conflicts
            ),
        )  # fmt: skip
    return files


def _summary(matrix: Matrix, as_of: str) -> bytes:
    counts: dict[str, dict[str, int]] = {"criteria": {}, "controls": {}, "statements": {}}
    for name, rows in (
        ("criteria", [row.coverage for row in matrix.criteria]),
        ("controls", [row.coverage for row in matrix.controls]),
        ("statements", [row.coverage for row in matrix.statements]),
    ):
        for coverage in rows:
            counts[name][coverage.value] = counts[name].get(coverage.value, 0) + 1
    value = {"as_of": as_of, "coverage": counts}
    return (json.dumps(value, indent=2, sort_keys=True) + "\n").encode()
