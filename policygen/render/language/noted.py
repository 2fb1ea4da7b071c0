"""Notes taken while a text is filled in: which parameters it read, and which of them it printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.model.uses import Uses
from policygen.render.language.values import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from policygen.render.language.values import Names


class Notes:
    """What one text took from the parameters until now."""

    __slots__ = ("_printed", "_read")

    def __init__(self, read: Iterable[str] = ()) -> None:
        self._read = set(read)
        self._printed: set[str] = set()

    def read(self, names: Iterable[str]) -> None:
        """Values of these were at hand; a condition may have asked them."""
        self._read.update(names)

    def printed(self, names: Iterable[str]) -> None:
        """Values of these went into the text."""
        self._printed.update(names)

    def uses(self, pacing: str) -> Uses:
        """What the text uses, once it is complete.

        Args:
            pacing: The parameter that sets how often it is reviewed.
        """
        stated = frozenset(self._printed)
        return Uses(
            stated=stated,
            deciding=frozenset(self._read) - stated,
            pacing=frozenset({pacing}),
        )


class Watched(Record):
    """A record that tells which of its parts are read, where parameters stand behind them."""

    __slots__ = ("_behind", "_tell")

    def __init__(
        self,
        parts: Mapping[str, object],
        behind: Mapping[str, Names],
        tell: Callable[[Names], None],
    ) -> None:
        super().__init__(parts)
        self._behind = behind
        self._tell = tell

    def __getattr__(self, name: str) -> object:
        value = super().__getattr__(name)
        names = self._behind.get(name)
        if names is not None:
            self._tell(names)
        return value
