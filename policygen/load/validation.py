"""Broken rules of a model, as problems in the house's words at the place in the file."""

from __future__ import annotations

import difflib
import typing
from typing import TYPE_CHECKING

from pydantic import BaseModel

from policygen.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic import ValidationError
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

    from policygen.yaml.yamlfile import YamlFile

_FAULTS: Mapping[str, str] = {
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "string_pattern_mismatch": "must match {pattern}",
    "string_type": "must be text, in quotes where it looks like a number",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "int_type": "must be a whole number",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be keys with values",
    "model_type": "must be keys with values",
    "model_attributes_type": "must be keys with values",
}
"""What is wrong, continuing the name of the field, by pydantic's name of the error."""


def problems_of(
    error: ValidationError, file: YamlFile, model: type[BaseModel], *, prefix: str
) -> tuple[Problem, ...]:
    """Every broken rule of a front matter or profile.

    Args:
        error: What pydantic found.
        file: The file, for places and for what was written.
        model: The model that the file was held against, for the names it knows.
        prefix: First word of the codes, e.g. `template`.
    """
    return tuple(
        _problem(details, file, model, prefix) for details in error.errors(include_url=False)
    )


def _problem(details: ErrorDetails, file: YamlFile, model: type[BaseModel], prefix: str) -> Problem:
    path = _in_file(details["loc"], file)
    subject = _subject(path)
    match details["type"]:
        case "extra_forbidden":
            known = sorted(_fields_at(model, details["loc"][:-1]))
            return Problem(
                code=f"{prefix}-unknown-key",
                location=file.location(path, of_key=True),
                message=f"{subject} is not a key that is known here",
                hint=_key_meant(path, known, file, model),
            )
        case "missing":
            return Problem(
                code=f"{prefix}-missing",
                location=file.location(path[:-1], of_key=True),
                message=f"{subject} is missing",
                hint=f"Add {path[-1]}: with its value.",
            )
        case _:
            return Problem(
                code=f"{prefix}-value",
                location=file.location(path, of_key=details["loc"][-1:] == ("[key]",)),
                message=f"{subject} {_fault(details)}, not {_found(details['input'])}",
                hint=_description_at(model, details["loc"]),
            )


def _key_meant(
    path: Sequence[str | int], known: Sequence[str], file: YamlFile, model: type[BaseModel]
) -> str:
    """The nearest key that is known at the place, or else the place where this key is known."""
    key = str(path[-1])
    near = difflib.get_close_matches(key, known, n=1)
    if near:
        beside = [*path[:-1], near[0]]
        place = f" It is set at {file.location(beside)}." if file.has(beside) else ""
        return f"did you mean {near[0]}?{place}"
    elsewhere = [name for name in _names_in(model, "") if name.rpartition(".")[2] == key]
    if elsewhere:
        return f"{key} belongs elsewhere: {' or '.join(elsewhere[:3])}."
    return f"Known: {', '.join(known)}."


def _names_in(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, info in _fields(model).items():
        written = f"{prefix}{name}"
        yield written
        for part in _models_in(info.annotation):
            yield from _names_in(part, f"{written}.")


def _fault(details: ErrorDetails) -> str:
    plain = _FAULTS.get(details["type"])
    if plain is not None:
        return plain.format_map(details.get("ctx", {}))
    text = details["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return f"must be {text[0].lower()}{text[1:]}"


def _found(value: object) -> str:
    if isinstance(value, str):
        return f'"{value[:60]}"'
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "keys with values"
    return str(value)


def _in_file(location: Sequence[str | int], file: YamlFile) -> tuple[str | int, ...]:
    """The path as the file has it: pydantic adds names of variants that the file does not know."""
    path: list[str | int] = []
    value: object = file.value
    for index, part in enumerate(location):
        if part == "[key]":
            break
        last = index == len(location) - 1
        if isinstance(value, dict) and (part in value or last):
            path.append(part)
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            path.append(part)
            value = value[part]
    return tuple(path) or tuple(location)


def _subject(path: Sequence[str | int]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _fields_at(model: type[BaseModel], location: Sequence[str | int]) -> frozenset[str]:
    """The keys of the model that stands at a place."""
    for part in location:
        info = _fields(model).get(str(part))
        if info is not None:
            model = next(_models_in(info.annotation), model)
    return frozenset(_fields(model))


def _description_at(model: type[BaseModel], location: Sequence[str | int]) -> str | None:
    """What the field at a place holds, in the model's own words; None where it does not say."""
    name, description = "", None
    for part in location:
        info = _fields(model).get(str(part))
        if info is not None:
            name, description = str(part), info.description
            model = next(_models_in(info.annotation), model)
    return f"{name}: {description}" if description else None


def _fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model by the key that a file writes."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for part in typing.get_args(annotation):
        yield from _models_in(part)
