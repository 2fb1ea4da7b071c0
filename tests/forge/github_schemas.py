"""GitHub's published schemas: full answers made from them, and every answer checked by them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import (  # type: ignore[import-untyped]
    Draft202012Validator,
    FormatChecker,
)

_FILE = Path(__file__).parents[1] / "fixtures" / "github" / "schemas.json"
_FORMATS = {
    "date-time": "2026-02-01T08:00:00Z",
    "uri": "https://api.github.com/x",
    "date": "2026-02-01",
}

Object = dict[str, Any]


@cache
def _extract() -> Object:
    loaded: Object = json.loads(_FILE.read_text(encoding="utf-8"))
    return loaded


@cache
def _validator(answer: str) -> Draft202012Validator:
    whole = {"$ref": f"#/answers/{answer}", **_extract()}
    return Draft202012Validator(whole, format_checker=FormatChecker())


def faults(answer: str, value: object) -> list[str]:
    """Where a value differs from what GitHub documents for an answer."""
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in _validator(answer).iter_errors(value)
    ]


def full(schema: str, **values: Any) -> Object:
    """An object with every member that GitHub always gives, and with these values."""
    made = _sample(_extract()["schemas"][schema])
    assert isinstance(made, dict), schema
    return _merged(made, values)


def _merged(base: Object, values: Object) -> Object:
    found = dict(base)
    for name, value in values.items():
        both = isinstance(value, dict) and isinstance(found.get(name), dict)
        found[name] = _merged(found[name], value) if both else value
    return found


def _sample(schema: Object) -> Any:
    if "$ref" in schema:
        return _sample(_extract()["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    if "enum" in schema:
        return schema["enum"][0]
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            nothing = {"type": "null"} in schema[choice]
            return None if nothing else _sample(schema[choice][0])
    if "allOf" in schema:
        parts = [_sample(part) for part in schema["allOf"]]
        return {name: value for part in parts for name, value in part.items()}
    return _plain(schema)


def _plain(schema: Object) -> Any:
    kind = schema.get("type", "object")
    if isinstance(kind, list):
        return None
    match kind:
        case "object":
            properties = schema.get("properties", {})
            return {name: _sample(properties[name]) for name in schema.get("required", ())}
        case "array":
            return []
        case "string":
            return _FORMATS.get(schema.get("format", ""), "x")
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return False
        case _:
            raise AssertionError(kind)
