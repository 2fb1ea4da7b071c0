"""Archives whose bytes depend on nothing but their contents."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_REGULAR_FILE = 0o100644 << 16
_UNIX = 3


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """A zip archive of `files` in their order.

    Contents are stored, not deflated: another build of zlib packs the same bytes differently, and
    an archive must come out the same on every machine.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            member = zipfile.ZipInfo(name, _LONG_AGO)
            member.create_system = _UNIX
            member.external_attr = _REGULAR_FILE
            archive.writestr(member, data)
    return stream.getvalue()


def stored_again(archive: bytes) -> bytes:
    """An archive made by somebody else, its members as `zip_bytes` writes them."""
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        return zip_bytes({name: source.read(name) for name in source.namelist()})
