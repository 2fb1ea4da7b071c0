"""Lists: many records under one signature, as a list that `sha256sum -c` reads.

A key in a token asks for a touch for each signature, and people without the workspace sign what
they were sent. Both sign one list of digests instead. It lies under `external/`, names each record
with its path and digest, and its signature stands beside each record that it covers.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from policygen.history.records.paths import in_workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from policygen.model.evidence import Evidence

ENDING = ".sha256"
MAX_LIST_BYTES = 4 * 1024 * 1024
_LINES = re.compile(rb"(?:[0-9a-f]{64}  (?!/)[A-Za-z0-9._/-]{1,400}\n)+")


def write_list(files: Mapping[str, bytes]) -> bytes:
    """The lines of `sha256sum` over files, sorted by name.

    Args:
        files: Content by path; records under the path that they have in the workspace.
    """
    return "".join(
        f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in sorted(files.items())
    ).encode()


def list_path(data: bytes) -> str:
    """Where a signed list lies, below `evidence/`."""
    return f"external/{hashlib.sha256(data).hexdigest()}{ENDING}"


def read_lists(evidence: Evidence) -> dict[str, tuple[str, ...]]:
    """Paths of the lists that name a record, by the line that names it."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(evidence.files):
        data = evidence.files[path]
        if not (path.startswith("external/") and path.endswith(ENDING)) or path != list_path(data):
            continue
        if len(data) <= MAX_LIST_BYTES and _LINES.fullmatch(data):
            for line in data.decode("ascii").splitlines():
                found[line] = (*found.get(line, ()), path)
    return found


def line_of(path: str, data: bytes) -> str:
    """The line that names a record.

    Args:
        path: Its path below `evidence/`.
        data: Its bytes.
    """
    return f"{hashlib.sha256(data).hexdigest()}  {in_workspace(path)}"
