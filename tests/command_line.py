"""The command line as tests call it: a verb in a folder, with the key of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path


def run(root: Path, *arguments: str) -> int:
    """The exit code of a verb, called in a workspace."""
    return main(["-C", str(root), *arguments])


def key_of(root: Path, person: str) -> str:
    """Where a demonstration keeps a person's key."""
    return str(root / ".policygen" / "keys" / "people" / person)


def approve_as(root: Path, person: str, *documents: str) -> int:
    """The exit code of a person's approval of documents."""
    return run(root, "approve", *documents, "--as", person, "--key", key_of(root, person), "--yes")
