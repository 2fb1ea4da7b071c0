"""The files of a new workspace: the library as released, its baseline, and what git must know."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from policygen import atomic
from policygen.model.document import text_digest

if TYPE_CHECKING:
    from pathlib import Path

LIBRARY = ("policies", "procedures", "overrides")
"""Folders that a workspace takes from the library as they are."""

GIT_ATTRIBUTES = """\
# What people approve is bytes: git must not change line ends here.
rendered/** -text
reviews/** -text
evidence/** -text
"""

GIT_IGNORE = """\
# derived
/build/
# private keys never leave this machine
/.policygen/keys/
/.policygen/cache/
.*.partial
"""

README = """\
# Policies of {name}

`organization.yml` holds the facts, `policies/` and `procedures/` the templates, `rendered/` the
text of record that people approve, `evidence/` who approved what. Never edit the last two by hand.

    policygen status     what to do next
    policygen check      whether sources and rendered text agree
    policygen build      site and PDFs of the documents in force, in build/
    policygen verify     whether every record proves what it claims
"""


def copy_library(library: Path, root: Path, *, version: str) -> tuple[str, ...]:
    """Put the library into a workspace, with a pristine copy as the base of the next upgrade.

    Gives the paths written, relative to the workspace. Files that are there already are kept.
    """
    written = []
    digests = {}
    for source in library_files(library):
        name = source.relative_to(library).as_posix()
        data = source.read_bytes()
        digests[name] = text_digest(data)
        atomic.write_bytes(root / ".policygen" / "library" / name, data)
        if not (root / name).exists():
            atomic.write_bytes(root / name, data)
            written.append(name)
    baseline = {"files": digests, "version": version}
    text = json.dumps(baseline, indent=2, sort_keys=True) + "\n"
    atomic.write_text(root / ".policygen" / "library.json", text)
    return tuple(written)


def library_files(library: Path) -> tuple[Path, ...]:
    """Every file of the library that a workspace takes, sorted."""
    files = [library / "mkdocs.yml"]
    for folder in LIBRARY:
        files += (path for path in (library / folder).rglob("*") if path.is_file())
    return tuple(sorted(path for path in files if "__pycache__" not in path.parts))


def write_housekeeping(root: Path, *, name: str, version: str) -> None:
    """What git and the next colleague need: attributes, ignored folders, a pinned renderer."""
    files = {
        ".gitattributes": GIT_ATTRIBUTES,
        ".gitignore": GIT_IGNORE,
        "README.md": README.format(name=name),
        # The renderer is part of the evidence: the same release gives the same text.
        "requirements.txt": f"policygen=={version}\n",
    }
    for path, text in files.items():
        if not (root / path).exists():
            atomic.write_text(root / path, text)
