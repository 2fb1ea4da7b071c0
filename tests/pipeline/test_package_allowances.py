"""Waivers and exceptions of a period: listed also where the profile has dropped them since."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from policygen.gitrepo.repository import open_repository
from policygen.gitrepo.writing import commit
from policygen.problems import PolicygenError
from tests.pipeline.doors import edit
from tests.pipeline.packages import during, made, on, unpacked

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.model.window import Window

LATER = datetime(2027, 1, 5, 12, tzinfo=UTC)
WAIVER = (
    "  - {{id: {id}, code: profile-vendor-agreement, reason: contract under way,\n"
    "     approved_by: marisol-okafor, beneficiary: jonas-becker,\n"
    "     from: {first}, expires: {last}}}\n"
)


def _commit(root: Path, day: str) -> None:
    repository = open_repository(root)
    assert repository is not None
    at = datetime.fromisoformat(f"{day}T18:00:00+00:00")
    author = ("Mateo Ferreira", "mateo.ferreira@quillwater.example")
    commit(repository, ["organization.yml"], "waivers", author=author, at=at)


def _live(root: Path) -> None:
    """One waiver that is dropped early, and one that nobody dropped when it ended."""
    profile = root / "organization.yml"
    first = "waivers:\n" + WAIVER.format(id="w-01", first="2026-11-21", last="2026-12-10")
    edit(profile, "waivers: []\n", first)
    _commit(root, "2026-11-21")
    edit(profile, first, "waivers: []\n")
    _commit(root, "2026-12-01")
    second = "waivers:\n" + WAIVER.format(id="w-02", first="2026-12-05", last="2026-12-20")
    edit(profile, "waivers: []\n", second)
    _commit(root, "2026-12-05")


def _told(root: Path, window: Window) -> list[tuple[str, str, str]]:
    files = unpacked(made(root, window, now=LATER).archive)
    text = files["exceptions/waivers-and-exceptions.csv"].decode("utf-8-sig")
    return [
        (row["Id"], row["At the end of the window"], row["Changed or removed on"])
        for row in csv.DictReader(io.StringIO(text))
    ]


def test_a_period_lists_what_ran_in_it_and_what_became_of_it(example: Path) -> None:
    _live(example)
    assert _told(example, during("2026-11-01", "2026-12-31")) == [
        ("w-01", "over", "2026-12-01"),
        ("w-02", "expired", ""),
    ]
    assert _told(example, during("2026-12-06", "2026-12-15")) == [("w-02", "running", "")]
    assert _told(example, on("2026-11-25")) == [("w-01", "running", "")]


def test_a_profile_of_then_that_this_release_cannot_read_is_told(example: Path) -> None:
    profile = example / "organization.yml"
    text = profile.read_text(encoding="utf-8")
    profile.write_text(text.replace("schema_version: 1", "schema_version: 0"), encoding="utf-8")
    _commit(example, "2026-11-21")
    profile.write_text(text + "# mended\n", encoding="utf-8")
    _commit(example, "2026-11-23")
    with pytest.raises(PolicygenError) as refused:
        made(example, on("2026-11-22"), now=LATER)
    assert refused.value.problems[0].code == "export-profile-then"
    files = unpacked(made(example, during("2026-11-20", "2026-11-30"), now=LATER).archive)
    assert b"not readable: " in files["METHOD.md"]
