"""A process killed at any moment loses nothing and leaves no half file."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest

from policygen.pipeline.verification import verify_workspace
from tests.moments import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

_KILLED = 137

_SCRIPT = """
import json, os, sys
from datetime import timedelta
from pathlib import Path

# Loaded once; each piece of work is done by a copy of this process, which can be killed.
from policygen.crypto import pdfcheck, pdfseal
from policygen.pipeline.consent import approval
from policygen.pipeline.publication import building
from policygen.pipeline.publication import sealing
from policygen.pipeline.situation import situation
from policygen.publish import matrix_files
from policygen.publish.pdf import pool
from tests.moments import NOW

now = NOW + timedelta(hours=1)


def kill_at(last):
    count = 0

    def stepwise(real):
        def step(*arguments, **keywords):
            nonlocal count
            count += 1
            if count == last:
                os._exit(137)
            return real(*arguments, **keywords)
        return step

    for name in ("fsync", "link", "replace", "rename", "unlink"):
        setattr(os, name, stepwise(getattr(os, name)))


def do(root, work, person):
    found = situation(root, now=now)
    if work == "approve":
        entry = approval.waiting_for(found, person)
        request = approval.Request(
            person=person, documents=entry, waiting=False, role=None,
            significance=None, reason=None, effective=None, retire=False, tool="test", now=now,
        )
        key = root / ".policygen" / "keys" / "people" / person
        approval.sign(found, approval.plan(found, request), key)
    elif work == "seal":
        rows = sealing.choose(found, ())
        identity = sealing.load_identity(root, None, None)
        sealing.seal_versions(found, rows, identity, now=now, advance=lambda _: None)
    else:
        building.build(
            found, ("pdf", "matrix"), preview=False, version="test", advance=lambda _: None
        )


for line in sys.stdin:
    root, work, last, person = json.loads(line)
    copy = os.fork()
    if copy == 0:
        sys.stdin.close()
        kill_at(last)
        do(Path(root), work, person)
        os._exit(0)
    _, status = os.waitpid(copy, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


class Workman:
    """Does a piece of work in a process of its own, and may be killed at it."""

    def __init__(self, errors: IO[bytes]) -> None:
        self._errors = errors
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )

    def run(self, root: Path, work: str, last: int, person: str = "") -> int:
        """Begin the work and die at the `last` step that changes the disk; gives the exit code."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(root), work, last, person]) + "\n")
        self._process.stdin.flush()
        code = self._process.stdout.readline().strip()
        self._errors.seek(0)
        assert code in ("0", str(_KILLED)), self._errors.read().decode()
        return int(code)

    def end(self) -> None:
        """Let go of the process."""
        self._process.communicate()


@pytest.fixture(scope="module")
def workman() -> Iterator[Workman]:
    with tempfile.TemporaryFile() as errors:
        workman = Workman(errors)
        yield workman
        workman.end()


def _files(root: Path, folder: str) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted((root / folder).rglob("*"))
        if path.is_file() and not path.name.endswith(".partial")
    }


def _errors(root: Path) -> set[str]:
    finding = verify_workspace(
        root, trust=frozenset(), now=NOW, rebuild=False, advance=lambda _: None
    )
    return {problem.code for problem in finding.errors}


def _reopen(root: Path) -> str:
    """One register changes, so that one person has something to approve."""
    from policygen.pipeline.situation import situation
    from policygen.pipeline.sources.survey import survey, write_rendered

    profile = root / "organization.yml"
    text = profile.read_text(encoding="utf-8")
    profile.write_text(text.replace("auth_notes:", "auth_notes: Reviewed.  #", 1))
    write_rendered(survey(root, now=NOW))
    holder = situation(root, now=NOW).survey.facts.roles["it_lead"].holder
    assert holder is not None
    return holder


@pytest.mark.parametrize("moment", [1, 3, 5, 7, 9, 11])
def test_approve_killed_at_any_moment_is_completed_by_running_it_again(
    example: Path, workman: Workman, moment: int
) -> None:
    person = _reopen(example)
    before = _files(example, "evidence")
    assert workman.run(example, "approve", moment, person) in (0, _KILLED)
    after = _files(example, "evidence")
    assert before.items() <= after.items(), "nothing that was there changed"
    assert _errors(example) <= {"approval-incomplete", "approval-text-alone"}
    assert workman.run(example, "approve", 10_000, person) == 0
    assert _errors(example) == set()


@pytest.fixture(scope="module")
def approved(
    demonstration: Path, workman: Workman, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The demonstration with one more approval, not sealed yet; read only."""
    root = tmp_path_factory.mktemp("approved") / "example"
    shutil.copytree(demonstration, root, symlinks=True)
    assert workman.run(root, "approve", 10_000, _reopen(root)) == 0
    return root


@pytest.mark.parametrize("moment", [1, 3, 5, 7, 9])
def test_seal_killed_at_any_moment_is_completed_by_running_it_again(
    approved: Path, workman: Workman, tmp_path: Path, moment: int
) -> None:
    root = tmp_path / "example"
    shutil.copytree(approved, root, symlinks=True)
    before = _files(root, "evidence")
    assert workman.run(root, "seal", moment) in (0, _KILLED)
    assert before.items() <= _files(root, "evidence").items()
    assert _errors(root) <= {"seal-incomplete"}
    assert workman.run(root, "seal", 10_000) == 0
    assert _errors(root) == set()


@pytest.mark.parametrize("moment", [1, 2, 4, 6, 8])
def test_build_killed_at_any_moment_leaves_whole_files_only(
    example: Path, workman: Workman, moment: int
) -> None:
    whole = _files(example, "build/pdf") | _files(example, "build/matrix")
    for path in (example / "build" / "matrix").iterdir():
        path.unlink()
    workman.run(example, "build", moment)
    found = _files(example, "build/pdf") | _files(example, "build/matrix")
    assert found.items() <= whole.items()
