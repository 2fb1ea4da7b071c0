"""Surveys taken once: the same sources give the same survey, so nobody renders them twice."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from policygen.checks.drift import drift
from policygen.pipeline.sources.shelf import Known, Shelf
from policygen.pipeline.sources.survey import day_of, rendered_on_disk, source_problems, survey
from policygen.pipeline.sources.watching import census, digest_of
from policygen.problems import has_errors, in_reading_order
from policygen.render.kept import Kept

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from policygen.pipeline.sources.survey import Survey

SURVEYED = ("organization.yml", "policies", "procedures", "registries")
"""What a survey reads, beside `rendered/`, which is compared each time."""


def surveyor_of(root: Path) -> Surveyor:
    """A surveyor who knows what the last command found here, if nothing was changed since."""
    # Only a workspace gets a folder for it.
    return Surveyor(root, Shelf(root) if (root / "organization.yml").is_file() else None)


class Surveyor:
    """Takes surveys of one workspace, anew only when a file has other bytes than last time."""

    def __init__(self, root: Path, shelf: Shelf | None = None) -> None:
        """Begin with nothing.

        Args:
            root: The workspace.
            shelf: Where the last survey of another process lies; None means nowhere.
        """
        self._root = root
        self._shelf = shelf
        self._kept = Kept()
        self._digest: str | None = None
        self._found: Survey | None = None
        known = shelf.take() if shelf else None
        if known is not None:
            self._digest, self._found, self._kept = known.digest, known.found, known.kept

    def survey(self, now: datetime) -> Survey:
        """The workspace as its sources say it is.

        Args:
            now: The moment; on another day waivers may stand otherwise.

        Raises:
            PolicygenError: The profile or the registries cannot be read.
        """
        digest = self._look()
        if self._found is not None and digest == self._digest and _same_day(self._found, now):
            return self._compared(self._found)
        found = survey(self._root, now=now, kept=self._kept)
        # Sources saved while they were read belong to no survey that can be kept.
        self._found, self._digest = found, digest if self._look() == digest else None
        if self._shelf is not None and self._digest is not None:
            self._shelf.put(Known(digest, found, self._kept))
        return found

    def _look(self) -> str:
        return digest_of(census(self._root, SURVEYED))

    def _compared(self, found: Survey) -> Survey:
        """The survey with what is true of `rendered/` now."""
        problems = source_problems(found)
        if not has_errors(problems):
            stated = drift(found.rendering.documents, rendered_on_disk(self._root))
            problems = in_reading_order((*problems, *stated))
        return replace(found, problems=problems)


def _same_day(found: Survey, now: datetime) -> bool:
    return day_of(found.facts, now) == found.day
