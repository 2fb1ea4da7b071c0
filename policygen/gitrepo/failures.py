"""The problems git gives us, each under its code."""

from __future__ import annotations

from policygen.problems import PolicygenError, Problem


def failure(code: str, message: str, hint: str | None = None) -> PolicygenError:
    """An error with one problem; what came from a repository is shown without control characters.

    Args:
        code: Stable code, described in `data/problems/git.yml`.
        message: Subject, fact, what was expected and found.
        hint: The next thing to do.
    """
    return PolicygenError(Problem(code=code, message=printable(message), hint=hint))


def printable(text: str) -> str:
    """`text` with every character a terminal might act on written out."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text.encode("utf-8", "backslashreplace").decode()
    )


def damaged(object_id: str, reason: str) -> PolicygenError:
    """An object that is not what its id says."""
    return failure(
        "git-object-damaged",
        f"object {object_id[:12]} of the repository {reason}",
        "Run git fsck, and clone the repository again from a place you trust.",
    )
