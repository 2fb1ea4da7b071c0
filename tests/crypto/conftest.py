"""What tests of signatures and times share."""

from __future__ import annotations

import pytest

from tests.crypto.pdf_samples import OpensslAuthority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> OpensslAuthority:
    """A time stamping authority with keys of its own."""
    return OpensslAuthority(tmp_path_factory.mktemp("authority"))
