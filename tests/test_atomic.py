"""Files are whole: the old one or the new one, whatever happens in between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from policygen import atomic
from policygen.history.records.evidence import read_evidence

if TYPE_CHECKING:
    from pathlib import Path

_WRITER = """
import sys
from pathlib import Path
from policygen import atomic
path, size = Path(sys.argv[1]), int(sys.argv[2])
print("ready", flush=True)
letter = 0
while True:
    atomic.write_bytes(path, bytes([97 + letter]) * size)
    letter = (letter + 1) % 26
"""


def test_a_file_is_written_with_its_folders_and_mode(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "x.key"
    atomic.write_bytes(path, b"one", mode=0o600)
    atomic.write_bytes(path, b"two", mode=0o600)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"two", 0o600)
    assert [found.name for found in path.parent.iterdir()] == ["x.key"]


def test_text_keeps_its_line_ends(tmp_path: Path) -> None:
    atomic.write_text(tmp_path / "x.md", "é\n\r\n")
    assert (tmp_path / "x.md").read_bytes() == b"\xc3\xa9\n\r\n"


def test_a_record_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "evidence" / "1.0.md"
    atomic.create_bytes(path, b"first")
    with pytest.raises(FileExistsError):
        atomic.create_bytes(path, b"second")
    assert path.read_bytes() == b"first"
    assert [found.name for found in path.parent.iterdir()] == ["1.0.md"]


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    (path / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="folder"):
        atomic.write_bytes(path, b"a file cannot replace a folder")
    assert [found.name for found in tmp_path.iterdir()] == ["folder"]


def test_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"precious")
    link.symlink_to(target)
    atomic.write_bytes(link, b"new")
    assert (target.read_bytes(), link.read_bytes(), link.is_symlink()) == (
        b"precious",
        b"new",
        False,
    )


def test_a_killed_process_leaves_a_whole_file_and_leftovers_are_swept(tmp_path: Path) -> None:
    path = tmp_path / "rendered" / "x.md"
    size = 3_000_000
    for _ in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(path), str(size)], stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        while not path.exists():
            assert writer.poll() is None
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        data = path.read_bytes()
        assert len(data) == size
        assert len(set(data)) == 1
        path.unlink()
    (tmp_path / "rendered" / ".left.partial").write_bytes(b"half")
    atomic.remove_leftovers(tmp_path)
    assert list((tmp_path / "rendered").iterdir()) == []


_FOLDER_MAKER = """
import sys
from pathlib import Path
from policygen import atomic
above = Path(sys.argv[1])
print("ready", flush=True)
number = 0
while True:
    files = {f"{name}.json": b"x" * 100 for name in range(20)}
    atomic.create_folder(above / str(number), files)
    number += 1
"""


def test_a_folder_comes_whole_with_its_files(tmp_path: Path) -> None:
    atomic.create_folder(tmp_path / "a" / "b", {"x.json": b"one", "y.json": b"two"})
    assert (tmp_path / "a" / "b" / "y.json").read_bytes() == b"two"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    atomic.create_folder(tmp_path / "b", {"x.json": b"one"})
    with pytest.raises(FileExistsError):
        atomic.create_folder(tmp_path / "b", {"y.json": b"two"})
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["x.json"]


def test_a_killed_process_leaves_no_half_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _FOLDER_MAKER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as maker:
        assert maker.stdout is not None
        assert maker.stdout.readline() == b"ready\n"
        while not (tmp_path / "2").exists():
            pass
        maker.send_signal(signal.SIGKILL)
        maker.wait()
    whole = [path for path in tmp_path.iterdir() if not path.name.startswith(".")]
    assert len(whole) >= 3
    assert {len(list(path.iterdir())) for path in whole} == {20}
    assert all(path.name.endswith(".partial") for path in set(tmp_path.iterdir()) - set(whole))
    atomic.remove_leftovers(tmp_path)
    assert set(tmp_path.iterdir()) == set(whole)


def test_evidence_passes_over_a_folder_that_was_not_finished(tmp_path: Path) -> None:
    half = tmp_path / "forge" / ".abc.partial"
    half.mkdir(parents=True)
    (half / "get-pulls-42-p1.json").write_bytes(b"[]")
    found = read_evidence(tmp_path)
    assert (dict(found.files), found.problems) == ({}, ())
