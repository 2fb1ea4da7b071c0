"""Revisions of a sealed PDF: the unsigned file inside, and what the seal added to it."""

from __future__ import annotations

import os
import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NumberObject,
    StreamObject,
    TrailerReference,
)
from pyhanko.pdf_utils.misc import PdfReadError, skip_over_whitespace
from pyhanko.pdf_utils.reader import PdfFileReader, process_data_at_eof

if TYPE_CHECKING:
    from pyhanko.pdf_utils.generic import PdfObject, Reference
    from pyhanko.pdf_utils.reader import HistoricalResolver

MAXIMUM_OBJECTS = 200_000
MAXIMUM_REVISIONS = 64
ENTRY_BYTES = 20
"""Length of an entry in a cross-reference table."""

SEAL_REVISION = 1

CATALOG_MAY_GAIN = frozenset({"/AcroForm", "/Perms", "/Extensions", "/DSS"})
TREE_MAY_CHANGE = frozenset({"/ParentTreeNextKey"})
PAGE_MAY_GAIN = frozenset({"/Tabs", "/Annots"})
MAY_GROW = frozenset({"/K", "/Annots", "/Nums", "/ParentTree"})
FORM_KEYS = frozenset({"/Fields", "/SigFlags"})
WIDGET_KEYS = frozenset(
    {"/FT", "/T", "/Type", "/Subtype", "/F", "/Rect", "/P", "/TU", "/StructParent", "/V"}
)
ELEMENT_KEYS = frozenset({"/Type", "/S", "/P", "/Pg", "/K"})


def open_pdf(pdf: bytes) -> PdfFileReader:
    """A strict reader with limits for files from strangers.

    Raises:
        PdfReadError: It cannot be read, or it is encrypted. Malformed files raise much else.
    """
    _expect_tables(pdf)
    reader = PdfFileReader(BytesIO(pdf), strict=True)
    if reader.encrypted:
        raise PdfReadError("the file is encrypted")
    return reader


def _expect_tables(pdf: bytes) -> None:
    """Refuse what is not a chain of plain cross-reference tables of sensible length.

    A cross-reference stream of a few bytes may list millions of objects, and pyHanko makes them all
    before any limit holds. What we seal has tables, and updates follow the kind they find.
    """
    stream = BytesIO(pdf)
    stream.seek(-1, os.SEEK_END)
    place: int | None = process_data_at_eof(stream)
    for _ in range(MAXIMUM_REVISIONS):
        if place is None:
            return
        stream.seek(place)
        skip_over_whitespace(stream)
        is_table = stream.read(4) == b"xref"
        end = pdf.find(b"trailer", place)
        if not is_table or not 0 <= end - place <= ENTRY_BYTES * MAXIMUM_OBJECTS:
            raise PdfReadError("a cross-reference table is missing or too long")
        stream.seek(end + len(b"trailer"))
        skip_over_whitespace(stream)
        trailer: Any = DictionaryObject.read_from_stream(stream, TrailerReference(None))
        if "/XRefStm" in trailer:
            raise PdfReadError("the file has hybrid cross-references")
        place = int(trailer.raw_get("/Prev")) if "/Prev" in trailer else None
    raise PdfReadError(f"the file has more than {MAXIMUM_REVISIONS} revisions")


def revision0(pdf: bytes, reader: PdfFileReader) -> tuple[bytes, PdfFileReader]:
    """The unsigned file that the sealed one begins with, up to its `%%EOF` without a line end.

    Returns:
        Its bytes, and the reader that has shown them to be one revision.

    Raises:
        PdfReadError: There is none.
    """
    table = reader.xrefs.get_startxref_for_revision(0)
    end = re.compile(rb"startxref[\r\n]+%d[\r\n]+%%%%EOF" % table).search(pdf, table)
    if end is None:
        raise PdfReadError("revision 0 has no end")
    inner = pdf[: end.end()]
    unsealed = open_pdf(inner)
    if unsealed.total_revisions != 1:
        raise PdfReadError("revision 0 is not the first")
    return inner, unsealed


def seal_adds_content(reader: PdfFileReader) -> str | None:
    """What the seal's own revision changes beside adding its invisible field; None where nothing.

    Objects of revision 0 may be replaced only by themselves with the field entered: catalog, root
    and document element of the structure tree, one page's annotations.
    """
    old = reader.get_historical_resolver(0)
    new = reader.get_historical_resolver(SEAL_REVISION)
    if new.refs_freed_in_revision():
        return "it removes objects"
    for key in ("/Root", "/Info"):
        if old.trailer_view.get(key) is None and new.trailer_view.get(key) is None:
            continue
        if old.trailer_view.raw_get(key) != new.trailer_view.raw_get(key):
            return f"it replaces {key[1:]}"
    added: list[Reference] = []
    for reference in sorted(new.explicit_refs_in_revision(), key=lambda ref: ref.idnum):
        if old.is_ref_unassignable(reference):
            added.append(reference)
        elif not _only_grown(old(reference), new(reference), _allowed(new, reference)):
            return f"it changes object {reference.idnum}"
    return _odd_field(new, added)


def _allowed(new: HistoricalResolver, reference: Reference) -> frozenset[str]:
    """Keys that may differ in an object, by what the object is."""
    if reference.idnum == new.root_ref.idnum:
        return CATALOG_MAY_GAIN
    kind = new(reference)
    match kind.get("/Type") if isinstance(kind, DictionaryObject) else None:
        case "/StructTreeRoot":
            return TREE_MAY_CHANGE
        case "/Page":
            return PAGE_MAY_GAIN
        case _:
            return frozenset()


def _only_grown(old: PdfObject, new: PdfObject, allowed: frozenset[str]) -> bool:
    if isinstance(old, StreamObject) or isinstance(new, StreamObject):
        return False
    if isinstance(old, ArrayObject):
        return _only_appended(old, new)
    if not isinstance(old, DictionaryObject) or not isinstance(new, DictionaryObject):
        return False
    if not set(old) <= set(new):
        return False
    for key in set(new) - allowed:
        if key not in old:
            return False
        before, after = old.raw_get(key), new.raw_get(key)
        if _spelled(before) == _spelled(after):
            continue
        if key not in MAY_GROW or not _grown_value(before, after):
            return False
    return _annotations_grown(old, new)


def _grown_value(before: PdfObject, after: PdfObject) -> bool:
    if isinstance(before, DictionaryObject):
        return _only_grown(before, after, frozenset())
    return _only_appended(before, after)


def _annotations_grown(old: DictionaryObject, new: DictionaryObject) -> bool:
    """/Annots and /Tabs may be new on a page, but what was there must stay."""
    if "/Tabs" in old and old["/Tabs"] != new["/Tabs"]:
        return False
    before, after = old.get("/Annots", ArrayObject()), new.get("/Annots", ArrayObject())
    return len(after) - len(before) in {0, 1} and _only_appended(before, after)


def _only_appended(before: PdfObject, after: PdfObject) -> bool:
    """An array with up to two items more (an entry of the parent tree is a pair)."""
    if not isinstance(after, ArrayObject):
        return False
    kept = _items(before) if isinstance(before, ArrayObject) else [before]
    now = _items(after)
    added = now[len(kept) :]
    same = [_spelled(item) for item in kept] == [_spelled(item) for item in now[: len(kept)]]
    fitting = all(isinstance(item, NumberObject | IndirectObject) for item in added)
    return same and fitting and len(added) <= 2


def _items(array: ArrayObject) -> list[Any]:
    """The items as they stand, references not followed."""
    return [array.raw_get(index) for index in range(len(array))]


def _odd_field(new: HistoricalResolver, added: list[Reference]) -> str | None:
    """What is odd about the form, the widget or its tag; None where it is as `seal_pdf` adds it."""
    form = new.root["/AcroForm"]
    if not set(form) <= FORM_KEYS or len(form["/Fields"]) != 1:
        return "its form holds more than the field of the seal"
    widget = form["/Fields"].raw_get(0)
    field = widget.get_object()
    if not set(field) <= WIDGET_KEYS or any(float(side) for side in field["/Rect"]):
        return "its field is visible or does more than hold the seal"
    for reference in added:
        element = new(reference)
        if not isinstance(element, DictionaryObject):
            continue
        # By what they cannot do without; /Type may be left out of both.
        if "/Rect" in element and reference.idnum != widget.idnum:
            return "it adds a second annotation"
        if "/S" in element and (element["/S"] != "/Form" or not set(element) <= ELEMENT_KEYS):
            return "it adds text to the structure tree"
    return None


def _spelled(value: Any) -> bytes:
    """The object as it would be written."""
    stream = BytesIO()
    value.write_to_stream(stream, None)
    return stream.getvalue()
