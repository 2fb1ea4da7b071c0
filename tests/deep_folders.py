"""Folders in folders, deeper than any path may be long."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def deep_folders(folder: Path) -> Iterator[None]:
    """A folder that is filled so and emptied afterwards."""
    name = "d" * 250
    handle = os.open(folder, os.O_RDONLY)
    for _ in range(20):
        os.mkdir(name, dir_fd=handle)
        inner = os.open(name, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = inner
    os.close(handle)
    try:
        yield
    finally:
        shutil.rmtree(folder / name)
