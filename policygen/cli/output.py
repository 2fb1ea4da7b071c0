"""What is printed, and how: plain lines, problems in the formats that editors and forges read."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections import Counter
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from typing import TYPE_CHECKING

from policygen import words
from policygen.problems import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from policygen.problems import Problem

FORMATS = ("text", "json", "github")


def version() -> str:
    """The version of this program."""
    try:
        return installed_version("policygen")
    except PackageNotFoundError:
        return "0 (not installed)"


def say(text: str = "") -> None:
    """A line on standard output."""
    print(clean(text))


def error(text: str) -> None:
    """A line on standard error."""
    print(clean(text), file=sys.stderr)


def clean(text: str) -> str:
    """The text without characters that could steer a terminal."""
    return "".join(
        character
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf")
        else f"\\u{ord(character):04x}"
        for character in text
    )


def problems(found: Iterable[Problem]) -> None:
    """Problems as text on standard error."""
    for problem in found:
        error(str(problem))


def summary(found: Sequence[Problem]) -> str:
    """How many errors and warnings there are, and how many are waived, in words."""
    counts = Counter(problem.severity for problem in found)
    parts = [
        f"{counts[severity]} {severity.value}{'' if counts[severity] == 1 else 's'}"
        for severity in (Severity.ERROR, Severity.WARNING)
        if counts[severity]
    ]
    if counts[Severity.WAIVED]:
        parts.append(f"{counts[Severity.WAIVED]} waived")
    return words.join_words(parts, "and") if parts else "no problems"


def formatted(found: Sequence[Problem], style: str) -> str:
    """Problems in one of `FORMATS`."""
    if style == "json":
        rows = [_as_dict(problem) for problem in found]
        return json.dumps({"problems": rows}, indent=2, sort_keys=True, ensure_ascii=False)
    if style == "github":
        return "\n".join(_annotation(problem) for problem in found)
    return "\n".join(str(problem) for problem in found)


def _as_dict(problem: Problem) -> dict[str, str | int | None]:
    place = problem.location
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "path": place.path if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "message": problem.message,
        "hint": problem.hint,
    }


def _annotation(problem: Problem) -> str:
    place = problem.location
    parts = []
    if place:
        parts.append(f"file={_escape(place.path, in_property=True)}")
        if place.line:
            parts.append(f"line={place.line}")
        if place.column:
            parts.append(f"col={place.column}")
    parts.append(f"title={problem.code}")
    text = f"{problem.message}. {problem.hint}" if problem.hint else problem.message
    level = "notice" if problem.severity is Severity.WAIVED else problem.severity.value
    return f"::{level} {','.join(parts)}::{_escape(text, in_property=False)}"


def _escape(text: str, *, in_property: bool) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    if in_property:
        escaped = escaped.replace(":", "%3A").replace(",", "%2C")
    return escaped


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A plain table in columns, which also reads well in a log."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    for row in (head, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        say("  ".join(cells).rstrip())


@contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[str], None]]:
    """A bar for work over a second; silent where there is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    from rich.console import Console

    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)

        def advance(name: str) -> None:
            bar.update(task, advance=1, description=f"{title} {name}")

        yield advance
