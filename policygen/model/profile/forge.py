"""The forge on which the workspace is reviewed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from policygen.model.profile.base import Name, Part

_FORBIDDEN = frozenset(" :?#@\\%\"'<>")


def _host(value: str) -> str:
    if value != value.lower() or "/" in value or _FORBIDDEN & set(value):
        raise ValueError("must be a host name in lower case, such as github.com")
    return value


def _repository(value: str) -> str:
    parts = value.split("/")
    if len(parts) < 2 or not all(parts) or _FORBIDDEN & set(value) or {".", ".."} & set(parts):
        raise ValueError("must be the repository's path on the forge, such as owner/name")
    return value


HostName = Annotated[Name, AfterValidator(_host)]
RepositoryName = Annotated[Name, AfterValidator(_repository)]


class Forge(Part):
    """Where pull requests approve documents; `policygen forge` reads it."""

    kind: Literal["github", "gitlab"] = Field(description="Whose interface it speaks.")
    host: HostName = Field(description="Host name, e.g. github.com or git.company.example.")
    repository: RepositoryName = Field(description="Its path there, e.g. company/policies.")
    branch: Name = Field(default="main", description="The default branch.")
    earlier: tuple[RepositoryName, ...] = Field(
        default=(), description="What the repository was called before."
    )
