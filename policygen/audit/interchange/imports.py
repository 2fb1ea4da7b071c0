"""Interchange: the set for programs that keep policies for other reasons, in the forms they read.

CISO Assistant imports document templates as a zip of Markdown with front matter, and policies as a
sheet; platforms that take PDFs want the facts beside each file to be pasted once.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from policygen.model.document import Kind
from policygen.model.register import Flag, State
from policygen.stored_zip import zip_bytes
from policygen.tables import Column, Table
from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from policygen.audit.interchange.oscal import PublishedText
    from policygen.model.register import Entry, Register
    from policygen.tables import Cell

LOCALE = "en"
_FOR_ALL_STAFF = frozenset({"public", "internal"})
_DOCUMENT_TYPES = {Kind.POLICY: "policy", Kind.PROCEDURE: "procedure", Kind.REGISTER: "record"}


def assistant_documents(documents: Sequence[PublishedText], *, organization: str) -> bytes:
    """A zip of document templates for CISO Assistant: `en/<organization>-<id>.md`.

    The organization's name stands before each id, so that nothing clashes with templates that the
    program brings. Documents for a few only stay out. Links to other documents of the set become
    their words: nothing is there for them to lead to.

    Args:
        documents: What is in force.
        organization: Short name of the organization.
    """
    prefix = _slug(organization)
    return zip_bytes(
        {
            f"{LOCALE}/{prefix}-{each.text.header.id}.md": _template(each, organization)
            for each in sorted(documents, key=lambda each: each.text.header.id)
            if each.text.header.classification in _FOR_ALL_STAFF
        }
    )


def _template(each: PublishedText, organization: str) -> bytes:
    header = each.text.header
    facts = {
        "title": header.title,
        "description": f"Version {each.version}, for {header.audience}",
        "document_type": _DOCUMENT_TYPES[header.kind],
        "locale": LOCALE,
        "provider": organization,
    }
    # JSON is YAML, and quotes whatever a value holds.
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in facts.items()]
    body = dialect.links_as_words(each.text.body, leads=_leads_outside)
    return "\n".join(["---", *lines, "---", "", body.strip(), ""]).encode()


def _leads_outside(target: str) -> bool:
    return target.startswith(("https://", "mailto:", "#"))


def policy_sheet(register: Register, *, site_url: str | None) -> Table:
    """The `Policy` sheet of CISO Assistant's import; its column names are that program's.

    Owner and evidence are not imported there; `domain` is the reader's to fill in.

    Args:
        register: As of the day of the sheet.
        site_url: Where the site stands; None where the profile does not say.
    """
    return Table(
        name="ciso-assistant-policies",
        title="Policy",
        columns=tuple(
            Column(title=title)
            for title in ("ref_id", "name", "description", "domain", "status", "link", "priority",
                          "csf_function", "eta", "expiry_date")
        ),
        rows=tuple(
            _policy(entry, site_url)
            for entry in register.entries
            if entry.kind == Kind.POLICY.value
        ),
    )  # fmt: skip


def _policy(entry: Entry, site_url: str | None) -> tuple[Cell, ...]:
    version = entry.in_force
    link = None
    if site_url is not None and version is not None:
        link = f"{site_url.rstrip('/')}/{version.text.header.path.removesuffix('.md')}.html"
    described = (
        f"Version {version.version}, effective {version.effective.isoformat()}"
        if version is not None
        else f"No version in force: {entry.state.value}"
    )
    return (
        entry.id,
        entry.title,
        described,
        None,
        _status(entry),
        link,
        None,
        "govern",
        None,
        entry.next_review if version is not None else None,
    )


def _status(entry: Entry) -> str:
    """The state in that program's words."""
    if entry.in_force is not None:
        return "degraded" if Flag.OVERDUE in entry.flags else "active"
    return "deprecated" if entry.state is State.RETIRED else "in_progress"


def platform_sidecar(
    register: Register,
    pdfs: Mapping[str, tuple[str, str]],
    day_of: Callable[[datetime], date],
) -> Table:
    """The facts to paste beside each PDF in a platform that takes files.

    Args:
        register: As of the day of the list.
        pdfs: Path and SHA-256 of the PDF of the version in force, by document.
        day_of: The organization's day of a moment.
    """
    return Table(
        name="platform-sidecar",
        title="Facts beside each PDF",
        columns=tuple(
            Column(title=title)
            for title in ("File", "Title", "Document", "Kind", "Version", "Owner", "Approved by",
                          "Approved on", "Effective", "Renewal due", "Classification", "SHA-256")
        ),
        rows=tuple(_lines(register, pdfs, day_of)),
    )  # fmt: skip


def _lines(
    register: Register,
    pdfs: Mapping[str, tuple[str, str]],
    day_of: Callable[[datetime], date],
) -> Iterator[tuple[Cell, ...]]:
    for entry in register.entries:
        version = entry.in_force
        if version is None or entry.id not in pdfs:
            continue
        path, digest = pdfs[entry.id]
        header = version.text.header
        yield (
            path,
            entry.title,
            entry.id,
            entry.kind,
            version.version,
            header.owner_title,
            ", ".join(f"{each.name}, {each.role_title}" for each in version.consents),
            None if version.approved_at is None else day_of(version.approved_at),
            version.effective,
            entry.next_review,
            header.classification,
            digest,
        )


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "organization"
