"""Rosters and receipts: CSV exports of HR systems and forms, read row by row with their place."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from policygen import words
from policygen.model.acknowledgement import Member, Receipt
from policygen.problems import Location, PolicygenError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import tzinfo

ROSTER = {"person": True, "name": False, "mail": False, "start": True, "end": False,
          "groups": False, "leave_from": False, "leave_to": False}  # fmt: skip
"""Columns of a roster, and whether each must be there."""

RECEIPTS = {"person": True, "document": True, "version": True, "at": True, "sha256": False,
            "source": False}  # fmt: skip
"""Columns of receipts."""

_LARGEST_BYTES = 16 * 1024 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class _Row:
    cells: Mapping[str, str]
    location: Location

    def fault(self, message: str, hint: str) -> Problem:
        return Problem(
            code="acknowledgement-row", location=self.location, message=message, hint=hint
        )

    def day(self, name: str, faults: list[Problem]) -> date | None:
        """A day in the form 2026-11-20; other forms are refused, never guessed."""
        text = self.cells.get(name, "")
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            hint = "Export dates as 2026-11-20: 03/04/2026 is two days, and nobody knows which."
            faults.append(
                self.fault(f'{name} must be a day such as 2026-11-20, not "{text}"', hint)
            )
            return None


def read_roster(data: bytes, name: str) -> tuple[tuple[Member, ...], tuple[Problem, ...]]:
    """The people of a roster; rows that do not hold are problems.

    Args:
        data: The CSV, UTF-8.
        name: Path for problems.

    Raises:
        PolicygenError: It is no CSV with the columns of a roster (`acknowledgement-file`).
    """
    members: dict[str, Member] = {}
    problems: list[Problem] = []
    for row in _rows(data, name, ROSTER):
        faults: list[Problem] = []
        person, start = row.cells["person"], row.day("start", faults)
        end = row.day("end", faults)
        away, back = row.day("leave_from", faults), row.day("leave_to", faults)
        if not faults and (not person or start is None):
            faults.append(row.fault("person and start must be given", "Fill both cells."))
        if person in members:
            hint = "Keep one row for each person."
            faults.append(row.fault(f"{person} stands on the roster twice", hint))
        if away and back and back < away:
            faults.append(row.fault("leave_to is before leave_from", "Correct one of the days."))
        problems += faults
        if faults or start is None:
            continue
        groups = {group.strip().casefold() for group in row.cells.get("groups", "").split(";")}
        members[person] = Member(
            id=person,
            name=row.cells.get("name") or person,
            mail=(row.cells.get("mail") or "").casefold() or None,
            start=start,
            end=end,
            groups=frozenset(groups - {""}),
            leave=(away, back or date.max) if away else None,
        )
    return tuple(members.values()), tuple(problems)


def read_receipts(
    data: bytes, name: str, zone: tzinfo
) -> tuple[tuple[Receipt, ...], tuple[Problem, ...]]:
    """The receipts of a form's export; rows that do not hold are problems.

    Args:
        data: The CSV, UTF-8.
        name: Path for problems, and the source where the file names none.
        zone: The organization's time zone: a time counts on its day there.

    Raises:
        PolicygenError: It is no CSV with the columns of receipts (`acknowledgement-file`).
    """
    receipts: list[Receipt] = []
    problems: list[Problem] = []
    for row in _rows(data, name, RECEIPTS):
        faults: list[Problem] = []
        day = _moment(row, zone, faults)
        digest = row.cells.get("sha256") or None
        if digest is not None and not _DIGEST.fullmatch(digest):
            hint = "Leave the cell empty where the form does not know the digest."
            faults.append(row.fault("sha256 must be 64 characters 0-9 and a-f", hint))
        problems += faults
        if faults or day is None:
            continue
        receipts.append(
            Receipt(
                person=row.cells["person"],
                document=row.cells["document"],
                version=row.cells["version"],
                text_sha256=digest,
                day=day,
                source=row.cells.get("source") or name,
                location=row.location,
            )
        )
    return tuple(receipts), tuple(problems)


def _moment(row: _Row, zone: tzinfo, faults: list[Problem]) -> date | None:
    text = row.cells["at"]
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is not None and len(text) == len("2026-11-20"):
        return moment.date()
    if moment is not None and moment.tzinfo is not None:
        return moment.astimezone(zone).date()
    hint = "Write 2026-11-20 or 2026-11-20T15:04:05+01:00; a time without offset is no time."
    faults.append(row.fault(f'at must be a day or a time with offset, not "{text}"', hint))
    return None


def _rows(data: bytes, name: str, columns: Mapping[str, bool]) -> Iterator[_Row]:
    if len(data) > _LARGEST_BYTES:
        raise _unreadable(name, "it is larger than 16 MiB", "Export one year at a time.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(name, "it is not UTF-8", "Save it as CSV in UTF-8.") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    heads: list[str] | None = None
    try:
        for cells in reader:
            if heads is None:
                heads = _heads([cell.strip() for cell in cells], name, columns)
                continue
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(heads):
                found = f"line {reader.line_num} has {len(cells)} cells, not {len(heads)}"
                raise _unreadable(name, found, "Put cells that hold a comma in quotes.")
            named = {head: cell.strip() for head, cell in zip(heads, cells, strict=True)}
            yield _Row(named, Location(name, reader.line_num))
    except csv.Error as error:
        raise _unreadable(name, f"line {reader.line_num}: {error}", "Export it again.") from error
    if heads is None:
        raise _unreadable(name, "it is empty", f"Its columns are {', '.join(columns)}.")


def _heads(heads: list[str], name: str, columns: Mapping[str, bool]) -> list[str]:
    for head in heads:
        if head not in columns:
            # A column nobody asked for holds data about people that nobody needs.
            near = words.nearest(head, columns)
            hint = f"did you mean {near}?" if near else "Leave the column out of the export."
            raise _unreadable(name, f'it has a column "{head}"', hint)
    if len(set(heads)) != len(heads):
        raise _unreadable(name, "a column stands in it twice", "Keep one of them.")
    missing = [head for head, needed in columns.items() if needed and head not in heads]
    if missing:
        found = f"it has no column {' and no column '.join(missing)}"
        raise _unreadable(name, found, f"Its columns are {', '.join(columns)}.")
    return heads


def _unreadable(name: str, what: str, hint: str) -> PolicygenError:
    return PolicygenError(
        Problem(
            code="acknowledgement-file",
            location=Location(name),
            message=f"the file cannot be read: {what}",
            hint=hint,
        )
    )
