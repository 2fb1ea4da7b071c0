"""Rows of plain texts in `data/*.yml`, which policygen brings for duties, insurers and requests."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from policygen.yaml import yamlfile

if TYPE_CHECKING:
    from policygen.model.catalogue import Value


@cache
def data_of(name: str) -> dict[str, Value]:
    """The content of `data/<name>.yml`."""
    file = files("policygen") / "data" / f"{name}.yml"
    value = yamlfile.parse_yaml(file.read_text(encoding="utf-8"), file.name).value
    assert isinstance(value, dict), f"{name}.yml is a mapping"
    return value


def rows_of(value: Value) -> list[dict[str, Value]]:
    """A value of such a file that is a list of mappings."""
    assert isinstance(value, list)
    rows: list[dict[str, Value]] = []
    for row in value:
        assert isinstance(row, dict)
        rows.append(row)
    return rows


def text_of(value: Value) -> str:
    """A value of such a file that is a text."""
    assert isinstance(value, str)
    return value


def texts_of(value: Value) -> tuple[str, ...]:
    """A value of such a file that is a list of texts."""
    assert isinstance(value, list)
    return tuple(text_of(item) for item in value)
