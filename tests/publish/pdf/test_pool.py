"""Many PDFs at once: the same bytes as one at a time, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policygen.model.publication import Attachment
from policygen.publish.pdf.pool import Job, Made, make_pdfs
from tests.publish.editions import THEME, edition

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence


class _Deadly:
    """An attachment that ends the process it is sent to."""

    content = b""

    def __reduce__(self) -> tuple[object, ...]:
        return (signal.raise_signal, (signal.SIGKILL,))


def _jobs(count: int) -> list[Job]:
    return [Job(edition=edition(number), attachments=()) for number in range(1, count + 1)]


def _make(jobs: Sequence[Job], folder: Path, workers: int) -> Generator[Made, None, None]:
    return make_pdfs(jobs, theme=THEME, workspace=folder, workers=workers)


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's temporary files go, by which its processes are known."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def _environments(marker: str) -> list[str]:
    """Environments of other processes that mention a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            text = (process / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if marker in text and int(process.name) != os.getpid():
            found.append(text)
    return found


def _wait_until_gone(marker: str) -> bool:
    for _ in range(200):
        if not _environments(marker):
            return True
        time.sleep(0.05)
    return False


def test_pdfs_made_by_workers_are_those_made_one_after_the_other(tmp_path: Path) -> None:
    jobs = _jobs(5)
    together = list(_make(jobs, tmp_path, 2))
    assert together == list(_make(jobs, tmp_path, 1))
    assert len({made.pdf for made in together}) == 5


def test_a_text_that_cannot_be_set_is_a_problem_of_its_own(tmp_path: Path) -> None:
    jobs = _jobs(4)
    jobs[1] = Job(edition=edition(2, text_sha256="0" * 64), attachments=())
    made = list(_make(jobs, tmp_path, 2))
    assert [problem.code for problem in made[1].problems] == ["pdf-text-digest"]
    assert [row.pdf is None for row in made] == [False, True, False, False]


def test_a_worker_that_dies_is_a_problem_that_names_the_document(tmp_path: Path) -> None:
    jobs = _jobs(5)
    deadly = Job(edition=edition(9), attachments=(_Deadly(),))  # type: ignore[arg-type]
    made = list(_make([*jobs[:2], deadly, *jobs[2:]], tmp_path, 2))
    [problem] = made[2].problems
    assert problem.code == "pdf-worker-died"
    assert "access-control-policy" in problem.message
    assert "signal 9" in problem.message
    assert [row.pdf for row in (*made[:2], *made[3:])] == [
        row.pdf for row in _make(jobs, tmp_path, 1)
    ]


def test_leaving_early_ends_the_workers_and_their_pandoc(tmp_path: Path, scratch: Path) -> None:
    made = _make(_jobs(8), tmp_path, 2)
    assert next(made).pdf is not None
    assert _environments(str(scratch))
    made.close()
    # The kernel takes a killed process down when it gets to it.
    assert _wait_until_gone(str(scratch))
    assert list(scratch.iterdir()) == []


def test_workers_are_not_told_what_only_their_parent_may_know(
    tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEAL_PASSPHRASE", "correct horse")
    made = _make(_jobs(8), tmp_path, 2)
    assert next(made).pdf is not None
    found = _environments(str(scratch))
    made.close()
    assert found
    assert not any("correct horse" in text for text in found)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_their_parent_in_the_middle_of_work(
    tmp_path: Path, how: signal.Signals
) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "from pathlib import Path\n"
        "from policygen.publish.pdf.pool import Job, make_pdfs\n"
        "from tests.publish.editions import THEME, edition\n"
        "jobs = [Job(edition=edition(n), attachments=()) for n in range(1, 400)]\n"
        "made = make_pdfs(jobs, theme=THEME, workspace=Path('.'), workers=2)\n"
        "next(made)\n"
        "print('started', flush=True)\n"
        "list(made)\n"
    )
    environment = {
        **os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[3]),
    }  # fmt: skip
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=tmp_path,
    )
    assert parent.stdout is not None
    with parent.stdout:
        assert parent.stdout.readline() == b"started\n"
        parent.send_signal(how)
        assert parent.wait(timeout=30) != 0
    assert _wait_until_gone(str(tmp_path))


def test_a_module_in_the_current_folder_is_not_run_by_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pickle.py").write_text("raise SystemExit(3)\n")
    (tmp_path / "typst.py").write_text("raise SystemExit(3)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [place for place in sys.path if place])
    assert all(made.pdf for made in _make(_jobs(4), tmp_path, 2))


def test_attachments_travel_whole(tmp_path: Path) -> None:
    files = (
        Attachment(
            name="record.json", content=bytes(range(256)) * 800, mime_type="application/json",
            description="A record", relationship="data",
        ),
    )  # fmt: skip
    jobs = [Job(edition=job.edition, attachments=files) for job in _jobs(4)]
    assert list(_make(jobs, tmp_path, 2)) == list(_make(jobs, tmp_path, 1))
