"""The site kept up to date with its sources while somebody writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.pipeline.publication import building
from policygen.pipeline.situation import situation
from policygen.pipeline.sources.surveying import Surveyor
from policygen.pipeline.sources.watching import SOURCES, marks
from policygen.problems import PolicygenError, Problem, has_errors

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from policygen.pipeline.sources.watching import Mark
    from policygen.publish.pdf.typeset import Typesetter

PAUSE_SECONDS = 0.1
"""How long to wait between two looks at the files."""


class Workshop:
    """Builds the site of one workspace again and again."""

    def __init__(
        self, root: Path, *, preview: bool, version: str, now: Callable[[], datetime]
    ) -> None:
        """Nothing is built yet.

        Args:
            root: The workspace.
            preview: Show working text.
            version: Of this program, as pages print it.
            now: The clock.
        """
        self._root = root
        self._preview = preview
        self._version = version
        self._now = now
        self._surveyor = Surveyor(root)
        self._seen: dict[str, Mark] = {}
        self._typesetter: Typesetter | None = None

    def build(self, *, quick: bool = False) -> tuple[Problem, ...]:
        """Build the site from what is there now.

        Args:
            quick: Build only pages that changed; a whole build is owed when writing pauses.

        Returns:
            Why the site could not be built, or nothing; the site from before then stays.
        """
        self._seen = self._look()
        try:
            found = situation(self._root, now=self._now(), surveyor=self._surveyor)
            made = building.build(
                found,
                ("site",),
                preview=self._preview,
                version=self._version,
                advance=lambda _: None,
                quick=quick,
                typesetter=self._pandoc(),
            )
        except PolicygenError as error:
            return error.problems
        return made.problems if has_errors(made.problems) else ()

    def close(self) -> None:
        """End the pandoc that waits for the next change."""
        if self._typesetter is not None:
            self._typesetter.close()

    def _pandoc(self) -> Typesetter:
        """A pandoc that is left running: starting one takes longer than reading a document."""
        from policygen.publish.pdf.typeset import Typesetter

        if self._typesetter is None:
            self._typesetter = Typesetter()
        return self._typesetter

    def wait_for_change(
        self, pause: Callable[[float], bool], *, at_most_seconds: float | None = None
    ) -> bool:
        """Wait until a file of the workspace changes, and until nobody is writing any more.

        Args:
            pause: Waits for some seconds; true where the wait should be given up.
            at_most_seconds: How long to wait for a change; None waits on.

        Returns:
            Whether something changed; false where the wait was given up or has lasted that long.
        """
        waited = 0.0
        while not pause(PAUSE_SECONDS):
            waited += PAUSE_SECONDS
            found = self._look()
            if found == self._seen:
                if at_most_seconds is not None and waited >= at_most_seconds:
                    return False
                continue
            while not pause(PAUSE_SECONDS / 2):
                before, found = found, self._look()
                if found == before:
                    return True
        return False

    def _look(self) -> dict[str, Mark]:
        return marks(self._root, SOURCES)
