"""What every verb is given: the workspace, the clock, the terminal."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from policygen.problems import Problem, UsageError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One call of the command line."""

    root: Path
    """The workspace."""

    def now(self) -> datetime:
        """The time, read once at the door; whole seconds, UTC."""
        return datetime.now(UTC).replace(microsecond=0)

    @property
    def interactive(self) -> bool:
        """Whether somebody can be asked."""
        return sys.stdin.isatty() and sys.stdout.isatty()

    def confirm(self, question: str, *, yes: bool) -> bool:
        """Ask; without a terminal and without `--yes` it is wrong usage.

        Raises:
            UsageError: Nobody can be asked.
        """
        if yes:
            return True
        if not self.interactive:
            raise UsageError(
                Problem(
                    code="usage-needs-terminal",
                    message="this needs a yes, and there is no terminal to ask at",
                    hint="Give --yes if you have read what it does.",
                )
            )
        return typer.confirm(question)


def session(context: typer.Context) -> Session:
    """The session that the callback of the program made."""
    found = context.obj
    assert isinstance(found, Session)
    return found


def parse_day(text: str | None) -> date | None:
    """A date given on the command line.

    Raises:
        typer.BadParameter: It is not a day of the calendar.
    """
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text} is not a date such as 2026-11-20") from error


AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="The day to look at; else today.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Answer yes to what would be asked.")]
