"""The last survey kept on disk, so that the next command need not render the same sources again.

It counts only on this disk and for this program (`publish/cache.py`), and reading it can make
nothing but values of ours: a file of somebody else is a miss, and never runs anything.
"""

from __future__ import annotations

import io
import pickle
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from policygen.pipeline.publication.remembered import CACHE
from policygen.pipeline.sources.watching import tool
from policygen.publish.cache import Cache, key_of

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.pipeline.sources.survey import Survey
    from policygen.render.kept import Kept

_OTHERS = frozenset(
    {
        ("datetime", "date"), ("datetime", "datetime"), ("datetime", "timezone"),
        ("pathlib", "PosixPath"), ("pathlib", "WindowsPath"), ("policygen.render.kept", "Kept"),
    }
)  # fmt: skip
"""Classes that a survey holds beside dataclasses, enumerations and models of ours."""

_FAULTS = (
    pickle.UnpicklingError, AttributeError, EOFError, ImportError, IndexError, KeyError, TypeError,
    ValueError,
)  # fmt: skip
"""What reading raises where the bytes are not what this program writes."""


@dataclass(frozen=True, slots=True)
class Known:
    """A survey and what it was made from."""

    digest: str
    """Over every source."""

    found: Survey
    kept: Kept
    """What each template gave, for a survey of sources that changed in part."""


class Shelf:
    """Where the last survey of a workspace lies."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._cache = Cache(root / CACHE)
        self._key = key_of(("survey/1", tool()))

    def take(self) -> Known | None:
        """The survey that lies there; None where there is none of this workspace."""
        data = self._cache.read(self._key)
        if data is None:
            return None
        try:
            known = _Values(io.BytesIO(data)).load()
        except _FAULTS:
            return None
        return known if isinstance(known, Known) and known.found.root == self._root else None

    def put(self, known: Known) -> None:
        """Lay a survey there instead of the one before."""
        self._cache.write(self._key, pickle.dumps(known, protocol=pickle.HIGHEST_PROTOCOL))


class _Values(pickle.Unpickler):
    """Makes values of this program; everything else that a pickle may name is refused."""

    def find_class(self, module: str, name: str) -> type:
        """A class of values.

        Raises:
            UnpicklingError: It is something else, a function for instance.
        """
        if (module, name) in _OTHERS or module.startswith("policygen."):
            found = super().find_class(module, name)
            if isinstance(found, type) and ((module, name) in _OTHERS or _holds_values(found)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no value")


def _holds_values(found: type) -> bool:
    is_made_of_fields = hasattr(found, "__dataclass_fields__") or hasattr(
        found, "__pydantic_fields__"
    )
    return found.__module__.startswith("policygen.") and (
        is_made_of_fields or issubclass(found, Enum)
    )
