"""Reference pages: parameters that texts in force use, and roles with what they answer for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen import words
from policygen.publish.site.chrome import (
    PARAMETERS,
    ROLES,
    Page,
    filter_box,
    link,
    row_anchor,
    table,
    text,
)
from policygen.words import long_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from policygen.publish.site.content import SiteContent
    from policygen.publish.site.reference import ParameterRow, RoleRow

_WAITING = "A new text waits for approval"


def parameters_page(content: SiteContent) -> Page:
    """The figures and choices behind the shown texts, by where they come from.

    A value is printed only where a shown text was rendered with it: while every text that uses it
    is older than the value, the value is not in force and stays out.
    """
    parts = [
        "# Parameters",
        "The figures and choices that documents state, with the reason where the organization "
        f"differs from the default. {_as_of(content)}\n{{: .pg-lead }}",
        filter_box("Show parameters with"),
    ]
    groups: dict[str, list[tuple[str, ...]]] = {}
    for row in content.parameters:
        users = [name for name in row.documents if name in content.shown]
        if users:
            groups.setdefault(row.origin, []).append(_parameter(content, row, users))
    head = ("Parameter", "Value", "Bound in force", "Why", "Used in")
    for origin, rows in groups.items():
        parts += [f"## {text(origin)}", table(head, rows, label=f"Parameters: {origin}")]
    if not groups:
        parts.append("No text that is shown uses a parameter.")
    return Page(name=PARAMETERS, body="\n\n".join(parts), searched=False, hide=("tags", "toc"))


def _as_of(content: SiteContent) -> str:
    if content.preview:
        return "This is a preview of working text."
    return f"Values of texts in force on {long_date(content.as_of)}."


def _parameter(content: SiteContent, row: ParameterRow, users: list[str]) -> tuple[str, ...]:
    settled = [name for name in users if _is_settled(content, name)]
    documents = ", ".join(_users(content, row, users, settled))
    if not settled:
        return (row_anchor(row.name), _WAITING, "", "", documents)
    value = text(row.value)
    if row.default is not None:
        value += f" {_quiet(f'default: {row.default}')}"
    why = text(row.rationale or "")
    if row.source is not None:
        why = f"{why} {_quiet(row.source)}".strip()
    return (row_anchor(row.name), value, text(row.bound or ""), why, documents)


def _is_settled(content: SiteContent, document: str) -> bool:
    """Whether the shown text is the working text, and so was rendered with today's values."""
    entry = content.register.entry(document)
    return entry is not None and entry.working_sha256 == content.shown[document].text_sha256


def _users(
    content: SiteContent, row: ParameterRow, users: list[str], settled: list[str]
) -> Iterator[str]:
    """The documents by title; those of which it sets the review interval alone as a number."""
    for name in users:
        if name not in row.paced:
            header = content.shown[name].record.header
            remark = " (decides what it says)" if name in row.decided else ""
            remark = remark if name in settled else " (older text)"
            yield link(PARAMETERS, header.path, header.title) + remark
    paced = sum(name in row.paced for name in users)
    if paced:
        yield f"the review interval of {words.quantity(paced, 'documents')}"


def _quiet(words: str) -> str:
    return f'<span class="pg-evidence">{text(words)}</span>'


def roles_page(content: SiteContent) -> Page:
    """The roles that own, approve or act, with names of approvers only."""
    rows = [cells for row in content.role_rows if (cells := _role(content, row)) is not None]
    parts = [
        "# Roles",
        "Documents name roles, not people. A name stands only where a role approves documents."
        "\n{: .pg-lead }",
    ]
    head = ("Role", "Held by", "Owns", "Approves", "Duties")
    parts.append(table(head, rows, label="Roles") if rows else "No role answers for a text yet.")
    return Page(name=ROLES, body="\n\n".join(parts), searched=False, hide=("tags", "toc"))


def _role(content: SiteContent, row: RoleRow) -> tuple[str, ...] | None:
    headers = [edition.record.header for edition in content.editions.values()]
    owned = [header.id for header in headers if header.owner == row.id]
    approved = [header.id for header in headers if header.required_role == row.id]
    duties = sum(
        statement.applies and statement.owner.casefold() == row.title.casefold()
        for edition in content.shown.values()
        for statement in edition.record.statements
    )
    if not (owned or approved or duties):
        return None
    name = row.holder if approved else None
    held = ", ".join(text(part) for part in (name, row.remark) if part)
    return (
        f"**{text(row.title)}**",
        held,
        _documents(content, owned),
        _documents(content, approved),
        str(duties) if duties else "",
    )


def _documents(content: SiteContent, names: Iterable[str]) -> str:
    lines = {}
    for name in names:
        header = content.editions[name].record.header
        entry = content.register.entry(name)
        lines[header.title.casefold(), name] = (
            f"{text(header.title)} {content.absence(entry)}"
            if name in content.restricted and entry is not None
            else link(ROLES, header.path, header.title)
        )
    return ", ".join(lines[key] for key in sorted(lines))
