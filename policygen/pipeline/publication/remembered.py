"""The last build remembered: where nothing it was made from has changed, it need not be made again.

What counts: sources, evidence, the commit, the day, the program with everything it is built on,
and the published files themselves. Light to import, because the quick answer must be quick.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypedDict
from zoneinfo import ZoneInfo

from policygen.gitrepo import layout
from policygen.pipeline.sources.watching import SOURCES, Mark, Seen, census, contents, tool
from policygen.problems import Location, Problem, Severity
from policygen.publish.cache import Cache, key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from policygen.pipeline.sources.watching import Census

CACHE = "build/cache"
"""Folder of everything that is kept only to be quick; it may be deleted at any time."""

_OUTPUTS = {
    "site": ("build/site", "build/pdf", "build/handbook"),
    "pdf": ("build/pdf",),
    "matrix": ("build/matrix",),
    "handbook": ("build/handbook",),
    "lists": ("build/lists",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build made."""

    pages: int
    pdfs: tuple[str, ...]
    """Paths of PDFs, relative to the workspace."""

    problems: tuple[Problem, ...]
    """Warnings: PDFs without a seal, links to what is not in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What somebody wants built."""

    parts: tuple[str, ...]
    preview: bool
    as_of: date | None
    """None means today in the organization's time zone."""

    version: str
    """Of this program, as pages print it."""


class _Record(TypedDict):
    """What is stored of a build."""

    tool: str
    commit: str | None
    zone: str
    at: str
    """When the workspace was looked at, RFC 3339."""

    more: list[str]
    """Files of the brand, which may stand anywhere in the workspace."""

    files: dict[str, list[int | str]]
    pages: int
    pdfs: list[str]
    problems: list[dict[str, str | int | None]]


class Memory:
    """What is remembered of the last build that answered a request."""

    def __init__(self, root: Path, request: Request, *, now: datetime) -> None:
        """Look at the workspace as it is before anything is built.

        Args:
            root: The workspace.
            request: What is wanted.
            now: The present.
        """
        self._root = root
        self._request = request
        self._now = now
        self._cache = Cache(root / CACHE)
        self._tool = tool()
        self._commit = _commit(root)
        self._key = key_of(("built/1", json.dumps(asdict(request), sort_keys=True, default=str)))
        data = self._cache.read(self._key)
        self._last: _Record | None = json.loads(data) if data is not None else None
        self._known = _files_of(self._last) if self._last else {}
        self._sources = self._look(SOURCES)

    def recall(self) -> Built | None:
        """What the build made last time; None where building now may give something else."""
        last = self._last
        if last is None or not self._same_day(last):
            return None
        if (last["tool"], last["commit"]) != (self._tool, self._commit):
            return None
        present = self._sources | self._look((*last["more"], *self._outputs()))
        if contents(present) != contents(self._known):
            return None
        if present != self._known:
            # Somebody touched files without changing them: do not read them again next time.
            self._write({**last, "at": self._now.isoformat(), "files": _rows_of(present)})
        return Built(
            pages=last["pages"],
            pdfs=tuple(last["pdfs"]),
            problems=tuple(_problem(row) for row in last["problems"]),
        )

    def keep(self, built: Built, *, zone: ZoneInfo, more: Sequence[str]) -> None:
        """Remember a build that was made from what was looked at in the beginning.

        Args:
            built: What it made.
            zone: The organization's time zone, by which a day begins.
            more: Files it read beside the sources: logo and fonts of the brand.
        """
        files = self._sources | self._look((*more, *self._outputs()))
        self._write(
            _Record(
                tool=self._tool,
                commit=self._commit,
                zone=zone.key,
                at=self._now.isoformat(),
                more=list(more),
                files=_rows_of(files),
                pages=built.pages,
                pdfs=list(built.pdfs),
                problems=[problem.plain() for problem in built.problems],
            )
        )
        self._cache.trim()

    def _look(self, places: Iterable[str]) -> Census:
        since = datetime.fromisoformat(self._last["at"]) if self._last else None
        return census(self._root, places, before=self._known, since=since)

    def _outputs(self) -> tuple[str, ...]:
        wanted = (place for part in self._request.parts for place in _OUTPUTS[part])
        return tuple(dict.fromkeys(wanted))

    def _same_day(self, last: _Record) -> bool:
        """Whether the register would be that of the same day, and no consent of the future."""
        then, zone = datetime.fromisoformat(last["at"]), ZoneInfo(last["zone"])
        if self._now < then:
            return False
        return self._request.as_of is not None or (
            self._now.astimezone(zone).date() == then.astimezone(zone).date()
        )

    def _write(self, record: _Record) -> None:
        self._cache.write(self._key, json.dumps(record, sort_keys=True).encode())


def _commit(root: Path) -> str | None:
    """The commit that is checked out: evidence is witnessed by its history."""
    found = layout.find_layout(root)
    return layout.resolve(found, "HEAD") if found else None


def _rows_of(files: Census) -> dict[str, list[int | str]]:
    return {name: [*seen.mark, seen.sha256] for name, seen in files.items()}


def _files_of(record: _Record) -> Census:
    return {
        name: Seen(Mark(*(int(value) for value in row[:-1])), str(row[-1]))
        for name, row in record["files"].items()
    }


def _problem(row: dict[str, str | int | None]) -> Problem:
    path, line, column, hint = row["path"], row["line"], row["column"], row["hint"]
    place = None
    if isinstance(path, str):
        place = Location(
            path,
            line if isinstance(line, int) else None,
            column if isinstance(column, int) else None,
        )
    return Problem(
        code=str(row["code"]),
        severity=Severity(row["severity"]),
        location=place,
        message=str(row["message"]),
        hint=hint if isinstance(hint, str) else None,
    )
