"""What tests of derived lists share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.small_workspace import SmallWorkspace

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.pipeline.sources.survey import Survey


@pytest.fixture(scope="session")
def library(library_survey: Survey) -> Survey:
    """The whole library, rendered for the example organization."""
    return library_survey


@pytest.fixture
def workspace(tmp_path: Path) -> SmallWorkspace:
    return SmallWorkspace(tmp_path)
