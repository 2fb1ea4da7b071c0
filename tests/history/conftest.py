"""Fixtures of evidence: keys made once, an office for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.history.office import Keyring, Office, make_keyring, open_office

if TYPE_CHECKING:
    from pathlib import Path

# A slow machine is no failure, and a property fails for everybody or for nobody.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture(scope="session")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    return make_keyring(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def office(tmp_path: Path, keyring: Keyring) -> Office:
    return open_office(tmp_path / "evidence", keyring)
