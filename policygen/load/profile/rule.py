"""What a rule between fields of the profile is, and how it tells what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from policygen.model.profile.root import Profile
from policygen.problems import Problem, Severity
from policygen.yaml.yamlfile import YamlFile

Rule: TypeAlias = Callable[[Profile, YamlFile], Iterator[Problem]]
"""Gives a problem for each place where the profile breaks the rule."""


def broken(
    file: YamlFile, path: Sequence[str | int], code: str, message: str, hint: str
) -> Problem:
    """An error at a place of the profile."""
    return Problem(code=code, location=file.location(path), message=message, hint=hint)


def doubtful(
    file: YamlFile, path: Sequence[str | int], code: str, message: str, hint: str
) -> Problem:
    """A warning at a place of the profile."""
    return Problem(
        code=code,
        severity=Severity.WARNING,
        location=file.location(path),
        message=message,
        hint=hint,
    )
