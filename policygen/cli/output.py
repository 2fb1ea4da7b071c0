"""What is printed, and how: plain lines that steer no terminal, tables, progress."""

from __future__ import annotations

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


def version() -> str:
    """The version of this program."""
    try:
        return installed_version("policygen")
    except PackageNotFoundError:
        return "0 (not installed)"


def say(text: str = "") -> None:
    """A line on standard output."""
    print(clean(text))


def write(data: bytes) -> None:
    """A file on standard output: as it is for a program, cleaned for a terminal."""
    if sys.stdout.isatty() or not hasattr(sys.stdout, "buffer"):
        say(data.decode("utf-8", "replace").replace("\r\n", "\n").removesuffix("\n"))
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def error(text: str) -> None:
    """A line on standard error."""
    print(clean(text), file=sys.stderr)


def clean(text: str) -> str:
    """The text without characters that could steer a terminal."""
    return "".join(
        character
        if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cf")
        else _visible(character)
        for character in text
    )


def _visible(character: str) -> str:
    point = ord(character)
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"


def problems(found: Iterable[Problem]) -> None:
    """Problems as text on standard error, each with something to do."""
    from policygen.pipeline.problem_codes import with_hint

    for problem in found:
        error(str(with_hint(problem)))


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
