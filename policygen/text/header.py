"""The header of a text of record: fixed keys in a fixed order, each followed by a JSON value."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from policygen.model.document import Header, Kind, Part
from policygen.problems import Location, PolicygenError, Problem

_DOCUMENT_ID = r"[a-z0-9][a-z0-9-]{0,63}"
KEYS = (
    "id", "title", "kind", "organization", "short_name", "owner", "owner_title", "approver",
    "approver_title", "classification", "review_months", "audience", "acknowledge", "criteria",
    "primary", "related",
)  # fmt: skip
"""The header's keys in the order they are written."""

PARTS = "parts"
"""A key more, written last, where documents are bound into this one."""

PART_KEYS = ("id", "title", "kind", "criteria", "primary")
"""What is written of each part, in this order."""


def header_lines(header: Header) -> list[str]:
    """The lines of a header, the two lines of hyphens included."""
    lines = ["---"]
    for key in KEYS:
        value = _plain(getattr(header, key))
        lines.append(f"{key}: {json.dumps(value, ensure_ascii=False)}")
    if header.parts:
        parts = [{key: _plain(getattr(part, key)) for key in PART_KEYS} for part in header.parts]
        lines.append(f"{PARTS}: {json.dumps(parts, ensure_ascii=False)}")
    return [*lines, "---"]


def _plain(value: object) -> object:
    return value.value if isinstance(value, Kind) else value


def read_header(header: str, name: str) -> Header:
    """What the lines between the hyphens say.

    Args:
        header: The lines, without the hyphens.
        name: Path of the text, for problems.

    Raises:
        PolicygenError: They are not a header (`record-text-format`).
    """
    values: dict[str, object] = {}
    lines = header.split("\n")
    for number, line in enumerate(lines, start=2):
        key, _, raw = line.partition(": ")
        try:
            values[key] = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise format_error(name, number, f"{key} is not followed by a JSON value") from error
    keys = (*KEYS, PARTS) if PARTS in values else KEYS
    if tuple(values) != keys or len(lines) != len(keys):
        raise format_error(name, 2, f"the header has the keys {', '.join(values)}")
    return _header_from(_Fields(values, name))


@dataclass(frozen=True, slots=True)
class _Fields:
    """The values of a header, each asked for by what it must be."""

    values: dict[str, object]
    name: str

    def fault(self, key: str, what: str) -> PolicygenError:
        return format_error(self.name, [*KEYS, PARTS].index(key) + 2, f"{key} is not {what}")

    def text(self, key: str, pattern: str = ".+") -> str:
        value = self.values[key]
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise self.fault(key, "a text that fits")
        return value

    def optional(self, key: str) -> str | None:
        return None if self.values[key] is None else self.text(key)

    def texts(self, key: str, pattern: str = ".+") -> tuple[str, ...]:
        texts = _texts(self.values[key], pattern)
        if texts is None:
            raise self.fault(key, "a list of texts")
        return texts

    def parts(self) -> tuple[Part, ...]:
        """The parts, of which there is at least one where the key is written."""
        rows = self.values.get(PARTS)
        if PARTS not in self.values:
            return ()
        parts = [_part(row) for row in rows] if isinstance(rows, list) else []
        found = tuple(part for part in parts if part is not None)
        if not found or len(found) != len(parts) or len({part.id for part in found}) != len(found):
            raise self.fault(PARTS, "a list of documents with id, title, kind and criteria")
        return found

    def months(self, key: str) -> int:
        value = self.values[key]
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 60:
            raise self.fault(key, "a number from 1 to 60")
        return value

    def flag(self, key: str) -> bool:
        value = self.values[key]
        if not isinstance(value, bool):
            raise self.fault(key, "true or false")
        return value

    def kind(self, key: str) -> Kind:
        found = {kind.value: kind for kind in Kind}.get(self.text(key))
        if found is None:
            raise self.fault(key, "policy, procedure or register")
        return found


def _texts(value: object, pattern: str) -> tuple[str, ...] | None:
    """A list of texts that fit; None where it is anything else."""
    if not isinstance(value, list):
        return None
    texts = [item for item in value if isinstance(item, str) and re.fullmatch(pattern, item)]
    return tuple(texts) if len(texts) == len(value) else None


def _part(row: object) -> Part | None:
    """What a header says of a part; None where it is not written as parts are."""
    if not isinstance(row, dict) or tuple(row) != PART_KEYS:
        return None
    name = _texts([row["id"]], _DOCUMENT_ID)
    title = _texts([row["title"]], ".+")
    kind = {kind.value: kind for kind in Kind}.get(str(row["kind"]))
    criteria, primary = _texts(row["criteria"], ".+"), _texts(row["primary"], ".+")
    if name is None or title is None or kind is None or criteria is None or primary is None:
        return None
    return Part(id=name[0], title=title[0], kind=kind, criteria=criteria, primary=primary)


def _header_from(fields: _Fields) -> Header:
    return Header(
        # The id becomes a file name: a text from elsewhere may not choose a path.
        id=fields.text("id", _DOCUMENT_ID),
        title=fields.text("title"),
        kind=fields.kind("kind"),
        organization=fields.text("organization"),
        short_name=fields.text("short_name"),
        owner=fields.text("owner"),
        owner_title=fields.text("owner_title"),
        approver=fields.optional("approver"),
        approver_title=fields.optional("approver_title"),
        classification=fields.text("classification"),
        review_months=fields.months("review_months"),
        audience=fields.text("audience"),
        acknowledge=fields.flag("acknowledge"),
        criteria=fields.texts("criteria"),
        primary=fields.texts("primary"),
        related=fields.texts("related", _DOCUMENT_ID),
        parts=fields.parts(),
    )


def format_error(name: str, line: int | None, message: str) -> PolicygenError:
    """What is told of a text that policygen did not write so."""
    return PolicygenError(
        Problem(
            code="record-text-format",
            location=Location(name, line),
            message=f"not a text of record as policygen writes it: {message}",
            hint="Render it again; an approved text is never edited.",
        )
    )
