"""The example organization surveyed once for all tests of derived lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from policygen.pipeline.survey import Survey, survey
from tests.moments import NOW
from tests.small_workspace import SmallWorkspace


@pytest.fixture(scope="session")
def library() -> Survey:
    """The whole library, rendered for the example organization."""
    return survey(Path(__file__).parents[2], now=NOW)


@pytest.fixture
def workspace(tmp_path: Path) -> SmallWorkspace:
    return SmallWorkspace(tmp_path)
