"""Rendered texts as a forge lists them: which file has which bytes at a commit."""

from __future__ import annotations

RENDERED_FOLDERS = ("rendered/policies", "rendered/procedures", "rendered/registers")
"""Where documents lie in a workspace."""

_PREFIX = "rendered/"


def below_rendered(path: str, folder: str) -> str | None:
    """A document's path below `rendered/`; None where a path is no document of the workspace.

    Args:
        path: In the repository.
        folder: Where the workspace lies in it, ending in a slash; empty at its root.
    """
    if not path.startswith(folder) or not path.endswith(".md"):
        return None
    inside = path.removeprefix(folder)
    above, _, _ = inside.rpartition("/")
    return inside.removeprefix(_PREFIX) if above in RENDERED_FOLDERS else None
