"""Opening what somebody handed over: read, or refused with a reason, and never an error of ours."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from policygen.audit.verification.opening import open_package
from tests.deep_folders import deep_folders

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_deeper_than_a_path_may_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("x")
    with deep_folders(tmp_path):
        opened = open_package(tmp_path)
    [problem] = opened.problems
    assert (problem.code, opened.files) == ("package-unreadable", {})
    assert "File name too long" in problem.message


VERSION, FLAGS, METHOD = 4, 6, 8
"""Where they stand in the head of a member; the list at the end has them two bytes on."""


@pytest.mark.parametrize(
    ("place", "value", "code", "why"),
    [
        pytest.param(FLAGS, 0x01, "package-odd-entry", "is encrypted", id="encrypted"),
        pytest.param(METHOD, 99, "package-odd-entry", "unusual way", id="method nobody knows"),
        pytest.param(VERSION, 99, "package-unreadable", "version 9.9", id="format of a later day"),
        pytest.param(FLAGS, 0x20, "package-unreadable", "patched data", id="patched data"),
    ],
)
def test_an_archive_that_cannot_be_unpacked_is_refused_with_the_reason(
    tmp_path: Path, place: int, value: int, code: str, why: str
) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("README.md", "x")
    data = bytearray(made.getvalue())
    data[place] = data[data.index(b"PK\x01\x02") + place + 2] = value
    path = tmp_path / "package.zip"
    path.write_bytes(data)
    opened = open_package(path)
    [problem] = opened.problems
    assert (problem.code, opened.files) == (code, {})
    assert why in problem.message
