"""The wheel carries the library, byte for byte, and works where nothing else is installed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from policygen.adopt.examples import EXAMPLES
from policygen.adopt.workspace import library_files

ROOT = Path(__file__).parents[1]
ANSWERS = """\
legal_name: Tarn GmbH
short_name: Tarn
headcount: 30
time_zone: Europe/Vienna
ceo: Eva Tarn <eva@tarn.example>
security_officer: Max Tarn <max@tarn.example>
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(folder)]
    subprocess.run([*command, str(ROOT)], check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_every_file_of_the_library(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        carried = {
            name.removeprefix("policygen/_shipped/"): hashlib.sha256(archive.read(name)).hexdigest()
            for name in archive.namelist()
            if name.startswith("policygen/_shipped/")
        }
    profiles = (ROOT / path for path in EXAMPLES.values())
    for path in (*library_files(ROOT), *profiles):
        name = path.relative_to(ROOT).as_posix()
        assert carried.get(name) == hashlib.sha256(path.read_bytes()).hexdigest(), name


def test_the_installed_wheel_makes_a_workspace_that_checks_clean(
    wheel: Path, tmp_path: Path
) -> None:
    # The wheel is unpacked alone: the checkout is out of reach, libraries are shared.
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (tmp_path / "answers.yml").write_text(ANSWERS)
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), *libraries])}
    program = [sys.executable, "-S", "-m", "policygen"]
    for arguments in (
        ["init", "workspace", "--answers", "answers.yml", "--no-input"],
        ["-C", "workspace", "check"],
        ["-C", "workspace", "render", "--check"],
        ["init", "example", "--archetype", "data-center", "--example"],
        ["-C", "example", "check"],
    ):
        done = subprocess.run(
            [*program, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    baseline = tmp_path / "workspace" / ".policygen" / "library" / "policies"
    assert any(baseline.glob("*.md"))
