"""Shapes: which names a template may use, known before anything is filled in."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from policygen.model.profile.base import Part

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Shape:
    """What stands behind a name: parts, items of a list, or a plain value."""

    fields: Mapping[str, Shape] = field(default_factory=dict)
    """Parts by name; empty for lists and plain values."""

    item: Shape | None = None
    """The shape of each item where it is a list."""


SCALAR = Shape()
"""A plain value."""

LOOP = Shape(dict.fromkeys(("index", "index0", "first", "last", "length"), SCALAR))
"""Jinja's `loop` inside a for."""


def record(*names: str, **parts: Shape) -> Shape:
    """A shape whose plain parts are `names`, beside the given parts."""
    return Shape({**dict.fromkeys(names, SCALAR), **parts})


def list_of(item: Shape) -> Shape:
    """A list of items of one shape."""
    return Shape(item=item)


def shape_of_model(model: type[Part]) -> Shape:
    """The shape of a part of the profile, field by field."""
    fields = model.model_fields.items()
    return Shape({info.alias or name: _shape(info.annotation) for name, info in fields})


def _shape(annotation: object) -> Shape:
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if origin is typing.Annotated:
        return _shape(arguments[0])
    if origin in (typing.Union, types.UnionType):
        inner = [_shape(part) for part in arguments if part is not type(None)]
        return next((shape for shape in inner if shape != SCALAR), SCALAR)
    if origin in (list, tuple):
        return list_of(_shape(arguments[0]))
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return shape_of_model(annotation)
    return SCALAR
