"""Editions: a version with the facts that its consents fix, ready to be printed."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from policygen.history.approving.importing import forge_paths
from policygen.history.dates import local_day, next_review
from policygen.history.records.lists import line_of, read_lists
from policygen.history.register.alterations import alterations
from policygen.model.evidence import Method
from policygen.model.publication import ApprovalLine, Attachment, Brand, Edition, HistoryLine

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, tzinfo

    from policygen.model.document import Document
    from policygen.model.evidence import Evidence
    from policygen.model.profile.root import Profile
    from policygen.model.register import Entry, Verdict, Version

_SNAPSHOT = re.compile(r"trust/\d+\.yml")
_TRUST_FILE = re.compile(r"trust/(\d+)\.")

STRENGTHS = {
    "A0": "asserted, or signed with a key that no second person enrolled",
    "A1": "a review on the forge, imported with its raw response",
    "A2": "a review on the forge, imported and signed by the importer",
    "E": "a decision given elsewhere, with an attestation",
    "A3": "signed with the approver's own enrolled key",
    "A4": "signed with the approver's own enrolled key, with independent time",
}
"""What each strength means, in words for a reader who knows none of this."""


def brand_of(profile: Profile) -> Brand:
    """How the organization's publications look."""
    chosen = profile.brand
    return Brand(
        accent=chosen.accent,
        logo=chosen.logo,
        fonts=tuple(chosen.fonts),
        paper=chosen.paper,
    )


def edition_of_version(
    entry: Entry, version: Version, evidence: Evidence, brand: Brand, zone: tzinfo
) -> Edition:
    """The edition of an approved version.

    Args:
        entry: The document.
        version: One of its approved versions.
        evidence: Where the approved bytes lie.
        brand: How it is to look.
        zone: The organization's time zone, for days and printed times.
    """
    assert version.approved_at is not None, "only an approved version is printed"
    approved = local_day(version.approved_at, zone)
    return Edition(
        record=version.text,
        text=evidence.files[version.text_path.removeprefix("evidence/")].decode(),
        text_sha256=version.text_sha256,
        version=version.version,
        approved=approved,
        effective=version.effective,
        next_review=next_review(approved, version.text.header.review_months),
        approvals=tuple(approval_line(verdict, zone) for verdict in version.consents),
        history=tuple(_history(entry.versions, version, zone)),
        brand=brand,
    )


def edition_of_draft(document: Document, brand: Brand) -> Edition:
    """The edition of working text: DRAFT on every page, never sealed."""
    return Edition(
        record=document.record,
        text=document.text,
        text_sha256=document.digest,
        version=None,
        approved=None,
        effective=None,
        next_review=None,
        approvals=(),
        history=(),
        brand=brand,
    )


def approval_line(verdict: Verdict, zone: tzinfo) -> ApprovalLine:
    """One consent as it is printed."""
    consent = verdict.consent
    time = "" if verdict.time_attested else "; time unattested"
    return ApprovalLine(
        name=verdict.name + (f" for {consent.acting_for}" if consent.acting_for else ""),
        role=verdict.role_title,
        at=printed_time(consent.at, zone),
        strength=verdict.strength.name,
        note=(verdict.note or STRENGTHS[verdict.strength.name]) + time,
    )


def printed_time(moment: datetime, zone: tzinfo) -> str:
    """A time in the organization's zone, e.g. `2026-11-20 16:04 CET`."""
    local = moment.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M} {local.tzname() or 'UTC'}"


def _history(versions: Iterable[Version], last: Version, zone: tzinfo) -> Iterable[HistoryLine]:
    before: Version | None = None
    for version in versions:
        if version.approved_at is None:
            continue
        changes = alterations(before.text if before else None, version.text)
        yield HistoryLine(
            version=version.version,
            approved=local_day(version.approved_at, zone),
            effective=version.effective,
            significance=version.significance.value,
            approved_by=", ".join(verdict.name for verdict in version.consents),
            summary=f"{version.reason} ({changes})" if version.reason else changes,
        )
        before = version
        if version is last or version.version == last.version:
            return


def attachments_of(entry: Entry, last: Version, evidence: Evidence) -> list[Attachment]:
    """What a PDF carries inside: everything that proves its approval, without us.

    The approved text, consents and signatures of this version and of those before it, which its
    history names, what those consents refer to (signed lists, minutes), and the trust snapshots
    that say who was entitled. Snapshots made later stay
    out, so that the same version gives the same PDF in ten years.
    """
    paths = _trust_paths(last, evidence)
    lists = read_lists(evidence)
    for version in entry.versions:
        paths.add(version.text_path.removeprefix("evidence/"))
        for verdict in version.consents:
            record = verdict.path.removeprefix("evidence/")
            paths |= {
                path for path in evidence.files if path == record or path.startswith(record + ".")
            }
            if verdict.consent.method is Method.FORGE:
                paths |= forge_paths(evidence, record)
            paths.update(lists.get(line_of(record, evidence.files[record]), ()))
            if verdict.consent.external is not None:
                paths.add(verdict.consent.external.file)
        if version.version == last.version:
            break
    return [_attachment(path, evidence.files[path]) for path in sorted(paths)]


def _trust_paths(version: Version, evidence: Evidence) -> set[str]:
    """The snapshots up to the newest one that a consent of the version names."""
    named = {verdict.consent.trust_sha256 for verdict in version.consents}
    numbers = {
        int(path.removeprefix("trust/").removesuffix(".yml"))
        for path, data in evidence.files.items()
        if _SNAPSHOT.fullmatch(path) and hashlib.sha256(data).hexdigest() in named
    }
    newest = max(numbers, default=0)
    return {
        path
        for path in evidence.files
        if (found := _TRUST_FILE.match(path)) and int(found[1]) <= newest
    }


def _attachment(path: str, content: bytes) -> Attachment:
    kinds = {
        ".md": ("text/markdown", "source", "The approved text of record"),
        ".json": ("application/json", "data", "A record of evidence"),
        ".yml": ("application/yaml", "data", "A trust snapshot"),
    }
    ending = "." + path.rsplit(".", 1)[-1]
    mime, relationship, description = kinds.get(
        ending, ("application/octet-stream", "supplement", "A signature or list of keys")
    )
    return Attachment(
        # A PDF has no folders: the path is kept in the name, so that it can be put back.
        name=path.replace("/", "__"),
        content=content,
        mime_type=mime,
        description=f"{description}: evidence/{path}",
        relationship=relationship,
    )


def path_of_attachment(name: str) -> str:
    """The path below `evidence/` that an attachment's name stands for."""
    return name.replace("__", "/")
