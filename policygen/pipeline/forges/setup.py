"""Setting the forge up: workflows, code owners from roles, templates and hook, in the workspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen import atomic
from policygen.adopt.forge_files import OwnedPath, forge_files
from policygen.pipeline.sources.survey import survey
from policygen.problems import PolicygenError, Problem, has_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from policygen.model.profile.forge import Forge
    from policygen.pipeline.sources.survey import Survey

_MARK = "policygen forge setup"
"""Stands in every file that may be written again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """What was written."""

    written: tuple[str, ...]
    same: int
    """How many files were as they should be."""

    without_account: tuple[str, ...]
    """Titles of roles that approve something and whose holder has no account on the forge."""


def set_up(root: Path, forge: Forge, *, now: datetime, replace: bool) -> SetUp:
    """Write the files for the workspace's forge.

    Args:
        root: The workspace.
        forge: Where it is reviewed.
        now: The moment.
        replace: Whether files that others wrote are replaced.

    Raises:
        PolicygenError: The sources have errors, or a file of somebody else's is in the way.
    """
    found = survey(root, now=now)
    if has_errors([row for row in found.problems if not row.code.startswith("drift-")]):
        raise PolicygenError(*found.problems)
    owned = tuple(_owned(found, forge))
    files = forge_files(forge.kind, forge.branch, owned)
    wanted = {
        path: text
        for path, text in files.items()
        if not (root / path).is_file() or (root / path).read_text(encoding="utf-8") != text
    }
    taken = [path for path in wanted if (root / path).exists() and not _is_ours(root / path)]
    if taken and not replace:
        raise PolicygenError(
            *(
                Problem(
                    code="forge-file-taken",
                    message=f"{path} is there and was not written by policygen",
                    hint="Merge what you need by hand, or give --replace.",
                )
                for path in taken
            )
        )
    for path, text in wanted.items():
        atomic.write_text(root / path, text)
    hook = root / ".githooks" / "pre-commit"
    hook.chmod(0o755)
    return SetUp(
        written=tuple(sorted(wanted)),
        same=len(files) - len(wanted),
        without_account=tuple(dict.fromkeys(row.role for row in owned if not row.logins)),
    )


def _is_ours(path: Path) -> bool:
    return path.is_file() and _MARK in path.read_text(encoding="utf-8", errors="replace")


def _owned(found: Survey, forge: Forge) -> Iterator[OwnedPath]:
    for path, role in (
        ("", "compliance_lead"),
        ("organization.yml", "compliance_lead"),
        ("overrides/", "compliance_lead"),
        ("evidence/", "compliance_lead"),
        ("evidence/trust/", "ceo"),
        (".github/" if forge.kind == "github" else ".gitlab-ci.yml", "security_officer"),
        ("requirements.txt", "security_officer"),
    ):
        yield _path(found, forge, path or "*", role)
    for document in found.rendering.documents:
        header = document.record.header
        yield _path(found, forge, document.template, header.owner)
        yield _path(found, forge, document.path, header.required_role)


def _path(found: Survey, forge: Forge, path: str, role: str) -> OwnedPath:
    facts = found.facts
    fact = facts.roles[facts.roles[role].filled_by]
    person = facts.profile.person(fact.holder) if fact.holder else None
    accounts = person.forge if person else ()
    return OwnedPath(
        path=path,
        role=fact.title,
        logins=tuple(row.login for row in accounts if row.host == forge.host),
    )
