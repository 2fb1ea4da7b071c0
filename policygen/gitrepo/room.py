"""The clean room: an empty repository of ours that borrows only the objects of the source.

No configuration, hook, attribute, replacement or graft of the source is seen by git in there. Its
commit graph and multi-pack index are not believed either, since both could hide commits.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.gitrepo.failures import failure
from policygen.gitrepo.layout import read_small
from policygen.gitrepo.process import clean_environment, run

if TYPE_CHECKING:
    from policygen.gitrepo.layout import Layout

_SHA256_LETTERS = 64
_CONFIG = """\
[core]
\trepositoryformatversion = {version}
\tbare = true
\tcommitGraph = false
\tmultiPackIndex = false
"""


def furnish(layout: Layout, sample_id: str) -> Path:
    """A new clean room over the objects of a repository; `clear` takes it away.

    Args:
        layout: The source.
        sample_id: Any object id of the source; its length tells SHA-1 from SHA-256.

    Raises:
        PolicygenError: The source takes objects from elsewhere, or fetches them when read.
    """
    objects = layout.common_dir / "objects"
    _refuse_foreign_objects(layout, objects)
    _refuse_partial_clone(layout, objects)
    room = Path(tempfile.mkdtemp(prefix="policygen-git-"))
    (room / "refs").mkdir()
    (room / "objects" / "info").mkdir(parents=True)
    (room / "HEAD").write_text("ref: refs/heads/none\n", encoding="ascii")
    config = _CONFIG.format(version=1 if len(sample_id) == _SHA256_LETTERS else 0)
    if len(sample_id) == _SHA256_LETTERS:
        config += "[extensions]\n\tobjectFormat = sha256\n"
    (room / "config").write_text(config, encoding="ascii")
    (room / "objects" / "info" / "alternates").write_bytes(_quoted(objects))
    return room


def clear(room: Path) -> None:
    """Remove a clean room."""
    shutil.rmtree(room, ignore_errors=True)


def _quoted(path: Path) -> bytes:
    """A line of objects/info/alternates, C-quoted so that no name can start another line."""
    letters = (
        chr(byte) if 0x20 <= byte < 0x7F and byte not in b'"\\' else f"\\{byte:03o}"
        for byte in os.fsencode(path)
    )
    return f'"{"".join(letters)}"\n'.encode("ascii")


def _refuse_foreign_objects(layout: Layout, objects: Path) -> None:
    info = objects / "info" / "alternates"
    foreign = not objects.resolve().is_relative_to(layout.common_dir)
    if info.exists() or info.is_symlink():
        data = read_small(info, 64 * 1024)
        lines = [] if data is None else data.splitlines()
        foreign |= data is None or any(
            not (objects / os.fsdecode(line)).resolve().is_relative_to(layout.common_dir)
            for line in lines
            if line and not line.startswith(b"#")
        )
    if foreign:
        raise failure(
            "git-foreign-objects",
            "the repository takes objects from outside itself (objects/info/alternates)",
            "Run git repack -a -d in it and delete objects/info/alternates, or clone it again"
            " without --shared and --reference.",
        )


def _refuse_partial_clone(layout: Layout, objects: Path) -> None:
    promised = next((objects / "pack").glob("*.promisor"), None) is not None
    if promised or _has_promisor(layout.common_dir / "config"):
        raise failure(
            "git-partial-clone",
            "the repository is a partial clone and lacks objects",
            "Clone it again without --filter.",
        )


def _has_promisor(config: Path) -> bool:
    """Whether a configuration names a remote to fetch missing objects from."""
    if read_small(config, 1024 * 1024) is None:
        return False
    arguments = ["config", "--file", str(config), "--no-includes", "--null", "--name-only"]
    pattern = r"^(extensions\.partialclone|remote\..*\.(promisor|partialclonefilter))$"
    environment = clean_environment(config.parent)
    del environment["GIT_DIR"]
    found = run(
        [*arguments, "--get-regexp", pattern],
        folder=Path(tempfile.gettempdir()),
        environment=environment,
        accept=frozenset({0, 1}),
    )
    return bool(found)
