"""A process killed at any moment loses nothing and leaves no half file."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from policygen.pipeline.verification import verify_workspace
from tests.moments import NOW

if TYPE_CHECKING:
    from pathlib import Path

_KILLED = 137

_SCRIPT = """
import os, signal, sys
from datetime import timedelta
from pathlib import Path
from tests.moments import NOW

root, work, last = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
count = 0

def stepwise(real):
    def step(*arguments, **keywords):
        global count
        count += 1
        if count == last:
            os._exit(137)
        return real(*arguments, **keywords)
    return step

for name in ("fsync", "link", "replace", "rename", "unlink"):
    setattr(os, name, stepwise(getattr(os, name)))

from policygen.pipeline import approval, building, sealing
from policygen.pipeline.situation import situation

now = NOW + timedelta(hours=1)
found = situation(root, now=now)
if work == "approve":
    entry = approval.waiting_for(found, sys.argv[4])
    request = approval.Request(
        person=sys.argv[4], documents=entry, waiting=False, role=None,
        significance=None, reason=None, effective=None, retire=False, tool="test", now=now,
    )
    key = root / ".policygen" / "keys" / "people" / sys.argv[4]
    approval.sign(found, approval.plan(found, request), key)
elif work == "seal":
    rows = sealing.choose(found, ())
    identity = sealing.load_identity(root, None, None)
    sealing.seal_versions(found, rows, identity, now=now, advance=lambda _: None)
else:
    building.build(found, ("pdf", "matrix"), preview=False, version="test", advance=lambda _: None)
"""


def _run(root: Path, work: str, last: int, *more: str) -> int:
    command = [sys.executable, "-c", _SCRIPT, str(root), work, str(last), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (0, _KILLED), done.stderr
    return done.returncode


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
    from policygen.pipeline.survey import survey, write_rendered

    profile = root / "organization.yml"
    text = profile.read_text(encoding="utf-8")
    profile.write_text(text.replace("auth_notes:", "auth_notes: Reviewed.  #", 1))
    write_rendered(survey(root, now=NOW))
    holder = situation(root, now=NOW).survey.facts.roles["it_lead"].holder
    assert holder is not None
    return holder


@pytest.mark.parametrize("moment", [1, 3, 5, 7, 9, 11])
def test_approve_killed_at_any_moment_is_completed_by_running_it_again(
    example: Path, moment: int
) -> None:
    person = _reopen(example)
    before = _files(example, "evidence")
    assert _run(example, "approve", moment, person) in (0, _KILLED)
    after = _files(example, "evidence")
    assert before.items() <= after.items(), "nothing that was there changed"
    assert _errors(example) <= {"approval-incomplete", "approval-text-alone"}
    assert _run(example, "approve", 10_000, person) == 0
    assert _errors(example) == set()


@pytest.mark.parametrize("moment", [1, 3, 5, 7, 9])
def test_seal_killed_at_any_moment_is_completed_by_running_it_again(
    example: Path, moment: int
) -> None:
    assert _run(example, "approve", 10_000, _reopen(example)) == 0
    before = _files(example, "evidence")
    assert _run(example, "seal", moment) in (0, _KILLED)
    assert before.items() <= _files(example, "evidence").items()
    assert _errors(example) <= {"seal-incomplete"}
    assert _run(example, "seal", 10_000) == 0
    assert _errors(example) == set()


@pytest.mark.parametrize("moment", [1, 2, 4, 6, 8])
def test_build_killed_at_any_moment_leaves_whole_files_only(example: Path, moment: int) -> None:
    whole = _files(example, "build/pdf") | _files(example, "build/matrix")
    for path in (example / "build" / "matrix").iterdir():
        path.unlink()
    _run(example, "build", moment)
    found = _files(example, "build/pdf") | _files(example, "build/matrix")
    assert found.items() <= whole.items()
