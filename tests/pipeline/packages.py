"""Packages in tests: made of a workspace, taken apart, put together again by somebody else."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import date
from typing import TYPE_CHECKING

from policygen.audit.package.manifest import STATEMENT, SUMS, sums
from policygen.model.window import Window
from policygen.pipeline.package.exporting import Export, Request, export
from policygen.pipeline.package.verification import verify_package
from policygen.stored_zip import zip_bytes
from tests.moments import NOW

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

TOP = "package"


def on(day: str) -> Window:
    """One day."""
    return Window(first=date.fromisoformat(day), last=date.fromisoformat(day), is_period=False)


def during(first: str, last: str) -> Window:
    """A period."""
    return Window(first=date.fromisoformat(first), last=date.fromisoformat(last), is_period=True)


def made(root: Path, window: Window, **changes: object) -> Export:
    """The package of a window."""
    plain = {"with_problems": False, "tool": "policygen 0.1.0", "now": NOW} | changes
    return export(root, Request(window=window, **plain), advance=lambda _: None)  # type: ignore[arg-type]


def unpacked(archive: bytes) -> dict[str, bytes]:
    """Content by path, the folder around everything taken off."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name.partition("/")[2]: opened.read(name) for name in opened.namelist()}


def packed(files: Mapping[str, bytes]) -> bytes:
    """A zip of files, without a word about what they are."""
    return zip_bytes({f"{TOP}/{path}": data for path, data in sorted(files.items())})


def listed_again(files: Mapping[str, bytes], **claims: object) -> dict[str, bytes]:
    """The files with manifests that fit them: what an attacker with our program would make.

    Args:
        files: Contents, perhaps changed.
        claims: Claims to state otherwise.
    """
    again = {path: data for path, data in files.items() if path not in (SUMS, f"{SUMS}.sig")}
    value = json.loads(again.pop(STATEMENT))
    value["predicate"] |= claims
    value["subject"] = [
        {"digest": {"sha256": hashlib.sha256(again[path]).hexdigest()}, "name": path}
        for path in sorted(again, key=str.encode)
    ]
    again[STATEMENT] = (json.dumps(value, indent=2, sort_keys=True) + "\n").encode()
    again[SUMS] = sums(again)
    return again


def claims_of(files: Mapping[str, bytes]) -> dict[str, object]:
    """What a package says about itself."""
    predicate = json.loads(files[STATEMENT])["predicate"]
    assert isinstance(predicate, dict)
    return predicate


def codes(archive: bytes, folder: Path, *, now: datetime = NOW) -> set[str]:
    """Codes of the failures that a verification tells, in a place with nothing but the archive."""
    path = folder / "package.zip"
    path.write_bytes(archive)
    finding = verify_package(path, trust=frozenset(), now=now)
    return {problem.code for problem in finding.errors}
