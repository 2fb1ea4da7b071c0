"""Files for the forge: workflows, code owners, a template for requests, a hook."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_FILES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "github": (
        ("github/policygen-check.yml", ".github/workflows/policygen-check.yml"),
        ("github/policygen-evidence.yml", ".github/workflows/policygen-evidence.yml"),
        ("github/policygen-reviews.yml", ".github/workflows/policygen-reviews.yml"),
        ("both/pull-request.md", ".github/pull_request_template.md"),
        ("both/pre-commit", ".githooks/pre-commit"),
    ),
    "gitlab": (
        ("gitlab/gitlab-ci.yml", ".gitlab-ci.yml"),
        ("both/pull-request.md", ".gitlab/merge_request_templates/Default.md"),
        ("both/pre-commit", ".githooks/pre-commit"),
    ),
}
"""By kind of forge: what lies in the package, and where it goes in a workspace."""

_CODE_OWNERS = {"github": ".github/CODEOWNERS", "gitlab": ".gitlab/CODEOWNERS"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedPath:
    """A path whose changes somebody must approve."""

    path: str
    """Relative to the workspace; a folder ends in a slash."""

    role: str
    """Title of the role."""

    logins: tuple[str, ...]
    """Logins of whoever holds it; empty where nobody has one."""


def forge_files(kind: str, branch: str, owned: Sequence[OwnedPath]) -> dict[str, str]:
    """Every file by path relative to the workspace.

    Args:
        kind: `github` or `gitlab`.
        branch: Name of the default branch.
        owned: Who approves what; a later path counts before an earlier one.
    """
    folder = files("policygen") / "data" / "forge"
    found = {}
    for source, target in _FILES[kind]:
        text = folder.joinpath(source).read_text(encoding="utf-8")
        text = text.replace("@BRANCH@", json.dumps(branch))
        found[target] = text.replace("@BRANCH_TEXT@", f"'{branch.replace(chr(39), chr(39) * 2)}'")
    found[_CODE_OWNERS[kind]] = code_owners(owned)
    return found


def code_owners(owned: Sequence[OwnedPath]) -> str:
    """The file with code owners."""
    return "\n".join(_lines(owned)) + "\n"


def _lines(owned: Sequence[OwnedPath]) -> Iterator[str]:
    yield "# Written by `policygen forge setup` from the roles in organization.yml; write it again"
    yield "# when a role changes hands. The last line that fits a file counts."
    for row in owned:
        logins = [f"@{login}" for login in row.logins if _LOGIN.fullmatch(login)]
        path = row.path if row.path == "*" else f"/{row.path}"
        if logins:
            yield f"{path} {' '.join(logins)}"
        else:
            yield f"# {path}: nobody in the role {row.role} has an account in organization.yml"
