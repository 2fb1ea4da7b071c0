"""Uses: with which parameters a text changes, and which texts change with a parameter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policygen.model.document import Document, Rendering

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """The parameters behind one text, as it reads for one organization.

    They are noted while the text is filled in: what stands in a branch that is not taken is none
    of them, and a text changes with no other.
    """

    stated: frozenset[str] = _NONE
    """Those whose value the text states: other words for the value are another text."""

    deciding: frozenset[str] = _NONE
    """Those that it only asks: their value decides what it says, and another one may decide the
    same."""

    pacing: frozenset[str] = _NONE
    """The one that sets how often the text is reviewed, which its header states."""

    @property
    def behind_text(self) -> frozenset[str]:
        """Those behind its sentences: all but the one that sets its review interval."""
        return self.stated | self.deciding

    @property
    def names(self) -> frozenset[str]:
        """All of them."""
        return self.behind_text | self.pacing


def together(several: Iterable[Uses]) -> Uses:
    """The uses of a text that is made of several; what one of them states is stated."""
    rows = tuple(several)
    stated = _NONE.union(*(row.stated for row in rows))
    return Uses(
        stated=stated,
        deciding=_NONE.union(*(row.deciding for row in rows)) - stated,
        pacing=_NONE.union(*(row.pacing for row in rows)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The documents that change with one parameter, by their ids, each under one heading."""

    stated: tuple[str, ...]
    """Those that state its value."""

    decided: tuple[str, ...]
    """Those in which it decides what is said."""

    paced: tuple[str, ...]
    """Those of which it sets the review interval and nothing else."""

    appearing: tuple[str, ...]
    """Those that another value would bring into the set."""

    @property
    def documents(self) -> tuple[str, ...]:
        """All of them: with another value these change and no others do."""
        return tuple(sorted((*self.stated, *self.decided, *self.paced, *self.appearing)))


def reach(rendering: Rendering, parameter: str) -> Reach:
    """Where a parameter reaches in a rendered set."""
    uses = {document.id: document.uses for document in sorted(rendering.documents, key=_id)}
    stated = tuple(name for name, row in uses.items() if parameter in row.stated)
    decided = tuple(name for name, row in uses.items() if parameter in row.deciding)
    shown = {*stated, *decided}
    return Reach(
        stated=stated,
        decided=decided,
        paced=tuple(
            name for name, row in uses.items() if parameter in row.pacing and name not in shown
        ),
        appearing=tuple(
            sorted(
                plan.id
                for plan in rendering.plans
                if not plan.included and parameter in plan.presence
            )
        ),
    )


def _id(document: Document) -> str:
    return document.id
