"""Fixtures of forges: keys made once, a hub, an office and a desk between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.forge.desk import Desk, open_office
from tests.forge.hub import Hub

if TYPE_CHECKING:
    from pathlib import Path

    from tests.history.office import Keyring


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def desk(tmp_path: Path, keyring: Keyring, hub: Hub) -> Desk:
    return Desk(open_office(tmp_path / "evidence", keyring), hub)
