"""Interchange of a package: what was in force in the forms that other programs import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.audit.interchange.imports import assistant_documents, platform_sidecar, policy_sheet
from policygen.audit.interchange.oscal import Issue, PublishedText, oscal_files
from policygen.audit.lists.listing import Listing
from policygen.crosswalk import crosswalk_table, sources_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policygen.audit.package.manifest import IndexLine
    from policygen.pipeline.package.examined import Examined

FOLDER = "interchange"
_IN_FORCE = "documents in force on the last day"


def interchange_listings(examined: Examined, lines: tuple[IndexLine, ...]) -> Iterator[Listing]:
    """Lists that other programs import, and the criteria beside other frameworks."""
    profile, registries = examined.past.facts.profile, examined.past.facts.registries
    yield Listing(
        tables=(policy_sheet(examined.register, site_url=profile.publication.site_url),),
        folder=FOLDER,
        source="evidence/ of the package",
        filter="policies; owner and evidence have no column there",
    )
    yield Listing(
        tables=(platform_sidecar(examined.register, _pdfs(examined, lines), examined.day_of),),
        folder=FOLDER,
        source="evidence/ of the package",
        filter=f"{_IN_FORCE} that are sealed",
    )
    yield Listing(
        tables=(crosswalk_table(registries), sources_table(registries)),
        folder="crosswalk",
        source="registries of the release, and registries/ at the commit",
        filter="nothing",
    )


def interchange_files(
    examined: Examined, lines: tuple[IndexLine, ...], tool: str
) -> dict[str, bytes]:
    """OSCAL and templates for CISO Assistant."""
    facts = examined.past.facts
    organization = facts.profile.organization
    pdfs = _pdfs(examined, lines)
    documents = [
        PublishedText(
            text=entry.in_force.text,
            version=entry.in_force.version,
            # Seen from the folder in which the OSCAL files lie.
            pdf=f"../../{pdfs[entry.id][0]}" if entry.id in pdfs else None,
            pdf_sha256=pdfs[entry.id][1] if entry.id in pdfs else None,
        )
        for entry in examined.register.entries
        if entry.in_force is not None
    ]
    if not documents:
        return {}
    issue = Issue(
        organization=organization.legal_name,
        version=examined.window.last.isoformat(),
        last_modified=examined.past.commit.committed_at,
        tool=tool,
    )
    files = oscal_files(facts.registries.criteria, documents, issue)
    return {
        **{f"{FOLDER}/oscal/{name}": data for name, data in files.items()},
        f"{FOLDER}/ciso-assistant-documents.zip": assistant_documents(
            documents, organization=organization.short_name
        ),
    }


def _pdfs(examined: Examined, lines: tuple[IndexLine, ...]) -> Mapping[str, tuple[str, str]]:
    """Path and digest of the sealed PDF of each version in force on the last day."""
    current = {
        entry.id: entry.in_force.version
        for entry in examined.register.entries
        if entry.in_force is not None
    }
    return {
        line.document: (line.file, line.file_sha256)
        for line in lines
        if line.file is not None
        and line.file_sha256 is not None
        and current.get(line.document) == line.version
    }
