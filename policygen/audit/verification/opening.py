"""Opening a package that anybody may have made: a zip or a folder to plain files, or reasons.

Everything is refused that could write, read or grow outside what is said: paths that lead
elsewhere, links and devices, names that two systems read differently, files that swell. Nothing is
unpacked to disk.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.plain_files import entries_below, read_plain
from policygen.problems import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_FILES = 100_000
MAX_FILE_BYTES = 512 * 1024 * 1024
MAX_TOTAL_BYTES = 4 * 1024 * 1024 * 1024
MAX_RATIO = 200
"""How far a file may swell when it is unpacked; text packs well, a bomb packs better."""

MAX_PATH = 240
_SAFE_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._@+-]*")
_RESERVED = re.compile(r"(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")
_HINT = "Ask for the package again; do not unpack this one."
_ENCRYPTED = 0x1
_NO_ARCHIVE = (
    zipfile.BadZipFile, zlib.error, OSError, ValueError, struct.error,
    NotImplementedError,  # of zipfile: a later version of the format, or patched data
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What was read."""

    files: dict[str, bytes]
    """Content by path in the package."""

    problems: tuple[Problem, ...]


def open_package(path: Path) -> Opened:
    """The files of a package, from a zip or from the folder it was unpacked to.

    One folder around everything is taken off. Where anything is refused, `files` holds the rest.
    """
    if path.is_dir():
        return _open_folder(path)
    return _open_zip(path)


def _open_zip(path: Path) -> Opened:
    try:
        with zipfile.ZipFile(path) as archive:
            return _read_zip(archive, path.name)
    except _NO_ARCHIVE as error:
        return _unreadable(path.name, str(error) or type(error).__name__)


def _read_zip(archive: zipfile.ZipFile, name: str) -> Opened:
    members = archive.infolist()
    if len(members) > MAX_FILES:
        return _too_large(name, f"it has more than {MAX_FILES} entries")
    if sum(member.file_size for member in members) > MAX_TOTAL_BYTES:
        return _too_large(name, f"its files have more than {MAX_TOTAL_BYTES} bytes in all")
    problems = [problem for member in members for problem in _faults(member)]
    problems += _names_twice([member.filename for member in members])
    problems += _overlaps(members, name)
    if problems:
        return Opened(files={}, problems=tuple(problems))
    files = {
        member.filename: _read_member(archive, member) for member in members if not member.is_dir()
    }
    return Opened(files=_without_top(files), problems=())


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as stream:
        data = stream.read(member.file_size + 1)
    if len(data) != member.file_size:
        raise zipfile.BadZipFile(f"{_shown(member.filename)} is longer than it says")
    return data


def _faults(member: zipfile.ZipInfo) -> Iterator[Problem]:
    yield from _name_faults(member.orig_filename)
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        yield _problem(
            "package-odd-entry", member.filename, "is a link or a device, not a plain file"
        )
    if member.flag_bits & _ENCRYPTED:
        yield _problem("package-odd-entry", member.filename, "is encrypted")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        yield _problem("package-odd-entry", member.filename, "is packed in an unusual way")
    if member.file_size > MAX_FILE_BYTES:
        yield _problem(
            "package-too-large", member.filename, f"has more than {MAX_FILE_BYTES} bytes"
        )
    elif member.file_size > 1024 * 1024 and member.file_size > MAX_RATIO * member.compress_size:
        yield _problem(
            "package-too-large", member.filename, f"swells to more than {MAX_RATIO} times its size"
        )


def _name_faults(name: str) -> Iterator[Problem]:
    parts = name.removesuffix("/").split("/")
    if len(name) > MAX_PATH:
        yield _problem("package-unsafe-name", name, f"has more than {MAX_PATH} characters")
    elif not all(map(_SAFE_PART.fullmatch, parts)) or any(
        _RESERVED.fullmatch(part) or part.endswith(".") for part in parts
    ):
        yield _problem("package-unsafe-name", name, "is no plain path below the package")


def _names_twice(names: list[str]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for name in names:
        folded = name.removesuffix("/").casefold()
        if folded in seen:
            yield _problem("package-name-twice", name, f"is also called {_shown(seen[folded])}")
        seen[folded] = name


def _overlaps(members: list[zipfile.ZipInfo], name: str) -> Iterator[Problem]:
    """Entries that share bytes: a small archive that unpacks to much more than it holds."""
    end = 0
    for member in sorted(members, key=lambda each: each.header_offset):
        if member.header_offset < end:
            yield _problem("package-too-large", name, "has entries that share their bytes")
            return
        end = member.header_offset + 30 + len(member.orig_filename) + member.compress_size


def _open_folder(root: Path) -> Opened:
    try:
        return _read_folder(root)
    except OSError as error:
        return _unreadable(root.name, error.strerror or type(error).__name__)


def _read_folder(root: Path) -> Opened:
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    total = 0
    for name, entry in entries_below(root):
        problems += _name_faults(name)
        status = entry.stat(follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode):
            problems.append(
                _problem("package-odd-entry", name, "is a link or a device, not a plain file")
            )
            continue
        total += status.st_size
        if status.st_size > MAX_FILE_BYTES or total > MAX_TOTAL_BYTES or len(files) >= MAX_FILES:
            problems.append(_problem("package-too-large", name, "is more than is read"))
            break
        files[name] = read_plain(entry.path, MAX_FILE_BYTES)
    problems += _names_twice(list(files))
    return Opened(files=_without_top(files), problems=tuple(problems))


def _without_top(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files without one folder that is around all of them."""
    tops = {name.partition("/")[0] for name in files if "/" in name}
    if len(tops) != 1 or any("/" not in name for name in files):
        return files
    [top] = tops
    return {name.removeprefix(f"{top}/"): data for name, data in files.items()}


def _unreadable(name: str, reason: str) -> Opened:
    problem = Problem(
        code="package-unreadable",
        location=Location(_shown(name)),
        message=f"it cannot be read as a package: {_shown(reason)}",
        hint=_HINT,
    )
    return Opened(files={}, problems=(problem,))


def _too_large(name: str, reason: str) -> Opened:
    return Opened(files={}, problems=(_problem("package-too-large", name, reason),))


def _problem(code: str, name: str, reason: str) -> Problem:
    shown = _shown(name)
    return Problem(code=code, location=Location(shown), message=f"{shown} {reason}", hint=_HINT)


def _shown(text: str) -> str:
    """A name as it may be printed, whatever it holds."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:120])
