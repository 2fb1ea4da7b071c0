"""Listings: a table of the package with where it comes from, as workbook and CSV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policygen.audit.lists.sheets import Imprint, workbook
from policygen.tables import csv_bytes

if TYPE_CHECKING:
    from datetime import date

    from policygen.tables import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list that a tester may sample from."""

    tables: tuple[Table, ...]
    """The first names the files; more are further sheets, each with a CSV of its own."""

    folder: str
    """Folder in the package, without a slash at the end."""

    source: str
    """What it was read from."""

    filter: str
    """What was left out of the source; `nothing` where all of it is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What every list of one package says about itself."""

    organization: str
    window: str
    as_of: date
    commit: str
    tool: str
    paper: str = "a4"


def listing_files(listing: Listing, stamp: Stamp) -> dict[str, bytes]:
    """One workbook with all tables, and a CSV of each."""
    first = listing.tables[0]
    about = (
        ("Window", stamp.window),
        ("Source", listing.source),
        ("Filter", listing.filter),
        *((f"Rows of {table.title}", str(len(table.rows))) for table in listing.tables),
        ("Commit", stamp.commit),
    )
    imprint = Imprint(
        title=first.title,
        organization=stamp.organization,
        as_of=stamp.as_of,
        tool=stamp.tool,
        paper=stamp.paper,
        about=about,
    )
    files = {f"{listing.folder}/{first.name}.xlsx": workbook(listing.tables, imprint)}
    for table in listing.tables:
        files[f"{listing.folder}/{table.name}.csv"] = csv_bytes(table)
    return files
