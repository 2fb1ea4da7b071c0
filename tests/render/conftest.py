"""A small workspace for tests of rendering."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.small_workspace import SmallWorkspace

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def workspace(tmp_path: Path) -> SmallWorkspace:
    return SmallWorkspace(tmp_path)
