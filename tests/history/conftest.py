"""Fixtures of evidence: keys made once, an office for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.history.office import Keyring, Office, open_office

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def office(tmp_path: Path, keyring: Keyring) -> Office:
    return open_office(tmp_path / "evidence", keyring)
