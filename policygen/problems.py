"""Problems: what is wrong, where, and what to do next.

A stage collects every problem it finds and hands them on as values. `PolicygenError` carries
problems to the command line when a stage cannot go on. This module imports nothing of ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(Enum):
    """How much a problem matters."""

    ERROR = "error"
    """The sources are wrong; `check` exits 1 and nothing is built from them."""

    WARNING = "warning"
    """Worth a decision by a person; nothing is blocked."""

    WAIVED = "waived"
    """Set aside by a waiver of the profile until its last day; shown, and blocks nothing."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file, as editors print and open it."""

    path: str
    """Path relative to the workspace, with forward slashes."""

    line: int | None = None
    """Line, from 1; None where the whole file is meant."""

    column: int | None = None
    """Column in characters, from 1; None where the whole line is meant."""

    def __str__(self) -> str:
        parts = [self.path]
        if self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        return ":".join(parts)

    def sort_key(self) -> tuple[str, int, int]:
        """Orders locations as a reader walks through files."""
        return (self.path, self.line or 0, self.column or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, as a value."""

    code: str
    """Stable kebab-case code, e.g. `render-unknown-name`; described in `data/problems`."""

    severity: Severity = Severity.ERROR
    """Errors stop a build, warnings do not."""

    location: Location | None = None
    """Where it stands; None where no file is to blame."""

    message: str
    """Subject, fact, what was expected and found; lower case, no full stop."""

    hint: str | None = None
    """The next thing to do, as a sentence; None where the message says it."""

    def plain(self) -> dict[str, str | int | None]:
        """Its parts as plain values under fixed names, for JSON."""
        place = self.location
        return {
            "code": self.code,
            "severity": self.severity.value,
            "path": place.path if place else None,
            "line": place.line if place else None,
            "column": place.column if place else None,
            "message": self.message,
            "hint": self.hint,
        }

    def __str__(self) -> str:
        place = f"{self.location}: " if self.location else ""
        # What a file holds may be quoted here: it cannot begin a line of its own in a log.
        text = _on_one_line(f"{place}{self.severity.value}: {self.message}  [{self.code}]")
        return f"{text}\n    hint: {_on_one_line(self.hint)}" if self.hint else text


class PolicygenError(Exception):
    """Problems that stop a stage. Never prints; the command line does."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def refusal(code: str, message: str, hint: str | None = None) -> PolicygenError:
    """One problem that stops a stage and that no file is to blame for."""
    return PolicygenError(Problem(code=code, message=message, hint=hint))


class UsageError(PolicygenError):
    """The command was called wrongly: a name that does not exist, an answer that is missing."""


def _on_one_line(text: str) -> str:
    return text.replace("\r", "\\r").replace("\n", "\\n")


def in_reading_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems sorted by place, then code, each once."""

    def key(problem: Problem) -> tuple[tuple[str, int, int], str, str]:
        place = problem.location.sort_key() if problem.location else ("", 0, 0)
        return (place, problem.code, problem.message)

    return tuple(sorted(dict.fromkeys(problems), key=key))


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether at least one problem is an error."""
    return any(problem.severity is Severity.ERROR for problem in problems)
