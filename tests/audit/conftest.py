"""What tests of derived lists share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from policygen.pipeline.sources.survey import Survey


@pytest.fixture(scope="session")
def library(library_survey: Survey) -> Survey:
    """The whole library, rendered for the example organization."""
    return library_survey
