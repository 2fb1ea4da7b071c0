"""Reading evidence/ once into a value, so that a folder, a package and a PDF are judged alike."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

from policygen.history.records.paths import in_workspace, place_of
from policygen.model.evidence import Evidence
from policygen.plain_files import entries_below, read_plain
from policygen.problems import Location, Problem, in_reading_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_FILES = 200_000
MAX_SHOWN = 240
"""Characters of a path that are told; one that cannot be read may be too long to read."""

_UNREADABLE_HINT = "Let your account read it, or put it back as it was committed."


def read_evidence(folder: Path) -> Evidence:
    """All files below a folder `evidence/` but sealed PDFs; empty where there is no folder.

    Symbolic links, devices, pipes, files over 64 MiB and what cannot be read are reported
    (`record-odd-file`), and so are names that no record has (`record-unexpected`). Leftovers of
    a killed process (`.*.partial`) are passed over.
    """
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    if folder.is_symlink():
        return Evidence(files={}, problems=(_odd("", "is a symbolic link"),))
    try:
        for path, entry in _entries(folder):
            reason = _oddness(entry.stat(follow_symlinks=False))
            if reason:
                problems.append(_odd(path, reason))
            elif len(files) >= MAX_FILES:
                problems.append(_odd(path, f"is one of more than {MAX_FILES} files"))
                break
            else:
                files[path] = read_plain(entry.path, MAX_FILE_BYTES)
    except OSError as error:
        below = str(error.filename or "").removeprefix(str(folder)).lstrip(os.sep)
        problem = _odd(below[:MAX_SHOWN], f"cannot be read ({error.strerror})")
        problems.append(replace(problem, hint=_UNREADABLE_HINT))
    return gather(files, problems)


def gather(files: Mapping[str, bytes], problems: Iterable[Problem] = ()) -> Evidence:
    """Evidence from files however they were carried, e.g. in a package; sealed PDFs left out.

    Args:
        files: Content by path below `evidence/`.
        problems: What their carrier reported.
    """
    found = list(problems)
    kept = {}
    for path in sorted(files):
        if path.startswith("sealed/"):
            continue
        kept[path] = files[path]
        if place_of(path) is None:
            found.append(
                Problem(
                    code="record-unexpected",
                    location=Location(in_workspace(path)),
                    message=f"{path} is not the name of any record",
                    hint="Nothing reads it and it proves nothing; find out who put it there.",
                )
            )
    return Evidence(files=kept, problems=in_reading_order(found))


def set_head(evidence: Evidence) -> str:
    """SHA-256 over the sorted `sha256sum` lines of all evidence but sealed PDFs.

    The same with stock tools, in the workspace: `find evidence -type f -not -path
    'evidence/sealed/*' -exec sha256sum {} + | LC_ALL=C sort | sha256sum`.
    """
    lines = "".join(
        sorted(
            f"{hashlib.sha256(data).hexdigest()}  {in_workspace(path)}\n"
            for path, data in evidence.files.items()
        )
    )
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def _entries(folder: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    if not folder.is_dir():
        return
    for path, entry in entries_below(folder, _is_entered):
        if not _is_leftover(path):
            yield path, entry


def _is_entered(path: str) -> bool:
    return path != "sealed" and not _is_leftover(path)


def _is_leftover(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.startswith(".") and name.endswith(".partial")


def _oddness(status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return "is a symbolic link"
    if not stat.S_ISREG(status.st_mode):
        return "is not a regular file"
    if status.st_size > MAX_FILE_BYTES:
        return f"has {status.st_size} bytes, the limit is {MAX_FILE_BYTES}"
    return ""


def _odd(path: str, reason: str) -> Problem:
    return Problem(
        code="record-odd-file",
        location=Location(in_workspace(path).rstrip("/")),
        message=f"{path or 'evidence'} {reason}; evidence holds plain files only",
        hint="Remove it and restore the committed file.",
    )
