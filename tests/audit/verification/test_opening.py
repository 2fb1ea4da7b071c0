"""Opening what somebody handed over: read, or refused with a reason, and never an error of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
