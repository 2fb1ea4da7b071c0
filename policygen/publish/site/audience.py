"""Whom a document concerns: groups read from its audience, roles read from its duties."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policygen.model.publication import Edition
    from policygen.publish.site.content import SiteContent

EVERYONE = "everyone"
"""Key of documents that concern the whole workforce."""

_SEPARATOR = re.compile(r"\s*(?:[,;+/]|\band\b)\s*")
_REMARK = re.compile(r"\([^)]*\)")
_ALL = ("all workforce", "everyone", "all staff", "all employees", "all people")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer to "which documents concern me?"."""

    key: str
    """Stands in the rows it selects, e.g. `group:engineering` or `role:security officer`."""

    label: str


def groups(audience: str, workforce: str = "workforce") -> tuple[str, ...]:
    """The groups that an audience names, lower case; those that mean everybody become one.

    Args:
        audience: Whom a document addresses, in words.
        workforce: The organization's word for everybody who works for it.

    >>> groups("engineering, IT and asset owners")
    ('engineering', 'it', 'asset owners')
    >>> groups("all workforce + contractors")
    ('everyone', 'contractors')
    """
    names = (part.strip() for part in _SEPARATOR.split(_REMARK.sub("", audience)))
    whole = (*_ALL, f"all {workforce.casefold()}")
    found = [EVERYONE if name.casefold().startswith(whole) else name.casefold() for name in names]
    return tuple(dict.fromkeys(name for name in found if name))


def keys(content: SiteContent, edition: Edition) -> tuple[str, ...]:
    """The choices that select a document."""
    header = edition.record.header
    named = groups(header.audience, content.workforce)
    duties = {header.owner_title, header.approver_title or header.owner_title}
    duties |= {row.owner for row in edition.record.statements if row.applies}
    folded = {duty.casefold() for duty in duties}
    roles = [f"role:{role.casefold()}" for role in content.roles if role.casefold() in folded]
    found = [name if name == EVERYONE else f"group:{name}" for name in named]
    return tuple(found + roles)


def group_choices(content: SiteContent) -> tuple[Choice, ...]:
    """The groups that the shown documents name, by label."""
    labels: dict[str, str] = {}
    for edition in content.shown.values():
        audience = _REMARK.sub("", edition.record.header.audience)
        for part in _SEPARATOR.split(audience):
            name = part.strip()
            if name and groups(name, content.workforce) != (EVERYONE,):
                labels.setdefault(name.casefold(), name[0].upper() + name[1:])
    choices = (Choice(key=f"group:{key}", label=label) for key, label in labels.items())
    return tuple(sorted(choices, key=lambda choice: choice.label.casefold()))


def role_choices(content: SiteContent) -> tuple[Choice, ...]:
    """The roles that carry a duty in a shown document, in the order given."""
    selected = {key for edition in content.shown.values() for key in keys(content, edition)}
    choices = (
        Choice(key=f"role:{role.casefold()}", label=role[:1].upper() + role[1:])
        for role in dict.fromkeys(content.roles)
    )
    return tuple(choice for choice in choices if choice.key in selected)
