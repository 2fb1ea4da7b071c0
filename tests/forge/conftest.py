"""Fixtures of forges: keys made once, a hub, an office and a desk between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.forge.desk import Desk, open_office
from tests.forge.hub import Hub
from tests.history.office import Keyring, make_keyring

if TYPE_CHECKING:
    from pathlib import Path

# A slow machine is no failure, and a property fails for everybody or for nobody.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    return make_keyring(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def desk(tmp_path: Path, keyring: Keyring, hub: Hub) -> Desk:
    return Desk(open_office(tmp_path / "evidence", keyring), hub)
