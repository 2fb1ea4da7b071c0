"""What every test may use: a quiet environment, and one demonstration shared by the whole run."""

from __future__ import annotations

import gc
import os
import pickle
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from policygen.cli.main import COLLECTED_AFTER
from tests.moments import NOW
from tests.small_workspace import SmallWorkspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from policygen.pipeline.sources.survey import Survey
    from tests.history.office import Keyring
    from tests.year import Year

HERE = Path(__file__).parent


def pytest_collection_finish() -> None:
    """What the tests are made of stays; to look through it again and again takes time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECTED_AFTER)


# A slow machine is no failure, and a property fails for everybody or for nobody.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

# Some shells and images ask Python to keep no compiled modules. Then every process that a test
# starts, workers of the PDF pool included, would compile the whole package anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


LONGEST = frozenset({"test_examples", "test_random_organizations", "test_wheel"})
"""Files with tests that take many seconds each."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no process is left alone with it at the end."""
    items.sort(key=lambda item: item.path.stem not in LONGEST)


@pytest.fixture(autouse=True)
def _own_git_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """No test depends on the git settings of whoever runs it."""
    home = tmp_path_factory.getbasetemp() / "home"
    home.mkdir(exist_ok=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def workspace(tmp_path: Path) -> SmallWorkspace:
    """A folder for a few templates, whose profile is that of a small organization."""
    return SmallWorkspace(tmp_path)


@pytest.fixture(scope="session")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    """Keys of the people of a small office."""
    from tests.history.office import make_keyring

    return make_keyring(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def small_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of four short documents beside the theme and profile of the released one."""
    return made_once(tmp_path_factory, "small-library", _write_small_library)


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory, small_library: Path) -> Path:
    """The example organization with four short documents after its demonstration.

    Read only, made once for all processes. The texts are short so that attacks are tried fast;
    the library's own texts have tests of their own.
    """

    def make(checkout: Path) -> None:
        # As `make demo` does: inside a repository that ignores the folder. It is a folder of
        # its own, so that no other test's folder lies inside that repository.
        subprocess.run(["git", "init", "-q", str(checkout)], check=True)
        (checkout / ".gitignore").write_text("*\n")
        _demonstrate(checkout / "demo", small_library)

    return made_once(tmp_path_factory, "checkout", make) / "demo"


@pytest.fixture(scope="session")
def library_survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    """What the sources of this repository say; taken once, because it renders every document."""

    def make(folder: Path) -> None:
        from policygen.pipeline.sources.survey import survey

        (folder / "survey").write_bytes(pickle.dumps(survey(HERE.parent, now=NOW)))

    kept = made_once(tmp_path_factory, "library-survey", make) / "survey"
    found: Survey = pickle.loads(kept.read_bytes())
    return found


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """A year of an organization with five short documents; read only, made once for all."""
    from tests.year import make_quietly, read_year

    folder = made_once(tmp_path_factory, "a-year", lambda made: make_quietly(made / "year"))
    return read_year(folder / "year")


@pytest.fixture
def own_year(year: Year, tmp_path: Path) -> Year:
    """A copy of the year that a test may go on with."""
    from tests.year import read_year

    root = tmp_path / "year"
    shutil.copytree(year.root, root, symlinks=True)
    shutil.copy(year.root.with_name("year.json"), root.with_name("year.json"))
    return read_year(root)


@pytest.fixture
def example(demonstration: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration that a test may change."""
    root = tmp_path / "example"
    shutil.copytree(demonstration, root, symlinks=True)
    return root


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder that the first process to ask for it fills; the others wait. Read only."""
    base = factory.getbasetemp()
    # Under pytest-xdist each process has a folder of its own below the run's.
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder, done = shared / name, shared / f"{name}.done"
    try:
        folder.mkdir()
    except FileExistsError:
        while not done.exists():
            time.sleep(0.1)
    else:
        try:
            make(folder)
        except BaseException as error:
            _tell(done, f"failed: {error}")
            raise
        _tell(done, "made")
    if (outcome := done.read_text()) != "made":
        pytest.fail(f"{name} could not be made: {outcome}")
    return folder


def _tell(done: Path, outcome: str) -> None:
    """The file appears with its content: whoever waits for it reads it at once."""
    partial = done.with_suffix(".partial")
    partial.write_text(outcome)
    partial.rename(done)


def _write_small_library(library: Path) -> None:
    shutil.copytree(HERE / "fixtures" / "library", library, dirs_exist_ok=True)
    shutil.copytree(HERE.parent / "overrides", library / "overrides")
    for name in ("organization.yml", "mkdocs.yml"):
        shutil.copy(HERE.parent / name, library / name)


def _demonstrate(root: Path, library: Path) -> None:
    from policygen.pipeline.demo.demonstration import demonstrate

    os.environ.setdefault("GIT_CONFIG_GLOBAL", os.devnull)
    made = demonstrate(
        root,
        now=NOW,
        version="0.1.0",
        say=lambda _: None,
        advance=lambda _: None,
        library=library,
    )
    assert made.verified, made.problems
