"""Copies for a customer: documents marked as shareable, watermarked, and noted who got them."""

from __future__ import annotations

import hashlib
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from policygen import atomic
from policygen.audit.package.manifest import SUMS, sums
from policygen.history.dates import local_day
from policygen.history.records.canonical import format_time, write_canonical
from policygen.model.document import Kind
from policygen.model.window import Window
from policygen.pipeline.package.examined import examine
from policygen.pipeline.package.exporting import failures_of, refusal
from policygen.pipeline.publication.editions import brand_of, edition_of_version
from policygen.pipeline.situation import situation
from policygen.problems import Location, PolicygenError, Problem
from policygen.publish.pdf.facts import CLASSES
from policygen.stored_zip import zip_bytes
from policygen.tables import csv_of
from policygen.words import long_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from policygen.history.records.canonical import Json
    from policygen.model.profile.root import Profile
    from policygen.model.register import Entry, Version
    from policygen.pipeline.package.examined import Examined

LOG = "handovers"
"""Folder of the workspace with a record of each copy that was made."""

SCHEMA = "policygen/handover/1"
_HEADS = ("Document", "Title", "Version", "Effective", "File", "SHA-256 of the text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """For whom, and of which day."""

    customer: str
    day: date | None
    """None means today in the organization's time zone."""

    tool: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCopy:
    """What a customer gets, made and not yet written."""

    name: str
    """File name without ending."""

    archive: bytes
    titles: tuple[str, ...]
    record_path: str
    """Where its record belongs, relative to the workspace."""

    record: bytes


def copy_for(root: Path, request: Request, *, advance: Callable[[str], None]) -> CustomerCopy:
    """A zip of watermarked PDFs of the shareable documents in force on a day.

    No register goes out, no name of a person, no signature and no record; a customer who has to
    check approvals is shown the sealed PDF.

    Args:
        root: The workspace.
        request: For whom, and of which day.
        advance: Told the name of each document when it is done.

    Raises:
        PolicygenError: The workspace does not verify, nothing is shareable, or a document that is
            marked so must not go out.
    """
    found = situation(root, now=request.now)
    failures = failures_of(found)
    if failures:
        raise PolicygenError(refusal(), *failures)
    day = request.day or local_day(request.now, found.zone)
    window = Window(first=day, last=day, is_period=False)
    with tempfile.TemporaryDirectory(prefix="policygen-copy-") as folder:
        examined = examine(found, window, Path(folder))
        versions = _shareable(examined, found.survey.facts.profile)
        pdfs: dict[str, bytes] = {}
        for entry, version in versions:
            pdfs[_file(version)] = _pdf(examined, entry, version, request)
            advance(version.document)
        return _packed(examined, versions, pdfs, request)


def write_record(root: Path, made: CustomerCopy) -> None:
    """Store the record that a copy was made; the same copy is noted once."""
    record = root / made.record_path
    if not record.exists():
        atomic.create_bytes(record, made.record)


def _shareable(examined: Examined, profile: Profile) -> list[tuple[Entry, Version]]:
    marked = profile.documents.shareable
    entries = {entry.id: entry for entry in examined.register.entries}
    chosen: list[tuple[Entry, Version]] = []
    problems: list[Problem] = []
    for name in marked:
        entry = entries.get(name)
        if entry is None or entry.in_force is None:
            continue
        problems += _reasons_against(entry.in_force, profile, examined)
        chosen.append((entry, entry.in_force))
    if problems:
        raise PolicygenError(*problems)
    if not chosen:
        raise PolicygenError(
            Problem(
                code="export-nothing-shareable",
                location=Location("organization.yml"),
                message="no document in force on that day is marked as shareable",
                hint="Name documents under documents: shareable.",
            )
        )
    return sorted(chosen, key=lambda row: row[0].id)


def _reasons_against(version: Version, profile: Profile, examined: Examined) -> Iterator[Problem]:
    header = version.text.header
    if header.kind is Kind.REGISTER or header.classification == "restricted":
        what = "a register" if header.kind is Kind.REGISTER else "restricted"
        yield _not_for_customers(version, f"{header.id} is {what}")
    text = examined.found.evidence.files[version.text_path.removeprefix("evidence/")].decode()
    named = [person.name for person in profile.people if person.name in text]
    if named:
        yield _not_for_customers(version, f"{header.id} names {', '.join(named)}")


def _not_for_customers(version: Version, reason: str) -> Problem:
    return Problem(
        code="export-not-for-customers",
        location=Location(version.text_path),
        message=f"{reason}, so no customer gets a copy",
        hint="Take it off documents: shareable in organization.yml.",
    )


def _pdf(examined: Examined, entry: Entry, version: Version, request: Request) -> bytes:
    from policygen.publish.pdf.handout import Handout, Part, handout_pdf
    from policygen.publish.pdf.typeset import Typesetter

    header = version.text.header
    profile = examined.past.facts.profile
    brand = brand_of(profile)
    edition = edition_of_version(entry, version, examined.found.evidence, brand, examined.zone)
    day = examined.window.last
    copy = f"Copy for {request.customer}, {long_date(day)}"
    handout = Handout(
        title=header.title,
        kind=header.kind.value.capitalize(),
        organization=header.organization,
        foot=f"Version {version.version} · {copy}",
        day=day,
        brand=brand,
        parts=(Part(title="", line="", body=version.text.body, edition=edition),),
        rows=(
            ("Version", version.version),
            ("Effective", long_date(version.effective)),
            ("Classification", CLASSES.get(header.classification, header.classification)),
            ("SHA-256 of the text", version.text_sha256),
        ),
        watermark=copy,
    )
    with Typesetter() as typesetter:
        return handout_pdf(
            handout,
            typesetter=typesetter,
            theme=examined.past.theme,
            workspace=examined.past.folder,
        )


def _packed(
    examined: Examined,
    versions: list[tuple[Entry, Version]],
    pdfs: dict[str, bytes],
    request: Request,
) -> CustomerCopy:
    rows = [
        (
            version.document,
            version.text.header.title,
            version.version,
            version.effective,
            _file(version),
            version.text_sha256,
        )
        for _, version in versions
    ]
    files = {**pdfs, "documents.csv": csv_of(_HEADS, rows)}
    files[SUMS] = sums(files)
    customer, day = _slug(request.customer), examined.window.last.isoformat()
    ours = _slug(examined.past.facts.profile.organization.short_name)
    name = f"policies-{ours}-for-{customer}-{day}"
    archive = zip_bytes({f"{name}/{path}": files[path] for path in sorted(files)})
    digest = hashlib.sha256(archive).hexdigest()
    documents: list[Json] = [
        {
            "document": version.document,
            "file_sha256": hashlib.sha256(pdfs[_file(version)]).hexdigest(),
            "text_sha256": version.text_sha256,
            "version": version.version,
        }
        for _, version in versions
    ]
    record: dict[str, Json] = {
        "archive_sha256": digest,
        "as_of": day,
        "at": format_time(request.now),
        "customer": request.customer,
        "documents": documents,
        "schema": SCHEMA,
        "tool": request.tool,
    }
    return CustomerCopy(
        name=name,
        archive=archive,
        titles=tuple(version.text.header.title for _, version in versions),
        record_path=f"{LOG}/{day}-{customer}-{digest[:8]}.json",
        record=write_canonical(record),
    )


def _file(version: Version) -> str:
    return f"{version.document}_v{version.version}_{version.effective.isoformat()}.pdf"


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "customer"
