"""The theme, read once: the next site that a process builds finds its templates compiled."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import CodeType

    from jinja2 import Environment
    from mkdocs.theme import Theme

_MOST = 400
"""Templates kept compiled; the theme has about fifty."""


def keep_theme(theme: Theme) -> None:
    """Let a theme take over what earlier builds of this process made of the same files.

    The site is the same: a template counts as compiled only where its text is the same, and the
    workspace's own files are listed anew each time. Only what came with MkDocs and the theme is
    listed once, without its thousands of icons.
    """
    make = theme.get_env

    def get_env() -> Environment:
        environment = make()
        environment.bytecode_cache = _COMPILED  # type: ignore[assignment]
        own = theme.custom_dir
        shipped = _listed_once(tuple(folder for folder in theme.dirs if folder != own))
        names = sorted(shipped | _files(own) if own else shipped)
        assert environment.loader is not None
        environment.loader.list_templates = lambda: names  # type: ignore[method-assign]
        return environment

    theme.get_env = get_env  # type: ignore[method-assign]


class _Compiled:
    """What Jinja calls a bytecode cache, in memory; a workspace cannot bring one along."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def get_bucket(self, _: Environment, name: str, __: str | None, source: str) -> _Bucket:
        """The code of a template, where its text was compiled before."""
        return _Bucket((name, source), self._codes.get((name, source)))

    def set_bucket(self, bucket: _Bucket) -> None:
        """Keep what Jinja has compiled."""
        if len(self._codes) >= _MOST:
            self._codes.clear()
        assert bucket.code is not None
        self._codes[bucket.key] = bucket.code


class _Bucket:
    def __init__(self, key: tuple[str, str], code: CodeType | None) -> None:
        self.key = key
        self.code = code


_COMPILED = _Compiled()


@lru_cache(maxsize=4)
def _listed_once(folders: tuple[str, ...]) -> frozenset[str]:
    """Files of installed folders, without hidden ones, which MkDocs never publishes."""
    return frozenset(name for folder in folders for name in _files(folder, hidden=False))


def _files(folder: str, *, hidden: bool = True) -> frozenset[str]:
    """Files below a folder as Jinja names them; links to folders are not followed."""
    found = set()
    for place, inner, names in os.walk(folder):
        inner[:] = [name for name in inner if hidden or not name.startswith(".")]
        here = Path(place).relative_to(folder)
        found |= {(here / name).as_posix() for name in names}
    return frozenset(found)
