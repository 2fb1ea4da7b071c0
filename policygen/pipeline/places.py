"""Folders of a workspace that are written and cleared: none of them may be a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.problems import Location, PolicygenError, Problem

if TYPE_CHECKING:
    from pathlib import Path


def refuse_links(root: Path, place: str) -> None:
    """Make sure that what is written and removed under a place lies there, and nowhere else.

    A repository may bring a link in place of a folder, and files of its user would be written over
    and removed where it leads. A link to a file is no danger: files are put in place of it.

    Args:
        root: The workspace.
        place: Folder that is written and cleared; it and two levels below are looked at.

    Raises:
        PolicygenError: One of them is a link (`folder-link`).
    """
    top = root / place
    found = [top] if top.is_symlink() else [*top.glob("*"), *top.glob("*/*")]
    links = sorted(path for path in found if path.is_symlink() and not path.is_file())
    if links:
        raise PolicygenError(
            *(
                Problem(
                    code="folder-link",
                    location=Location(path.relative_to(root).as_posix()),
                    message="a link stands in place of a folder, and files would be written and "
                    "removed where it leads",
                    hint="Remove the link; the folder is made where it is needed.",
                )
                for path in links
            )
        )
