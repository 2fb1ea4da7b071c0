"""Revisions of a sealed PDF: the unsigned file inside, what the seal added, what is attached."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from pyhanko.pdf_utils.decode_limits import (
    DEFAULT_PURPOSE_LIMITS,
    DecodeLimits,
    DecodePurpose,
    StreamDecodeLimits,
)
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NumberObject,
    StreamObject,
)
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyhanko.pdf_utils.generic import PdfObject, Reference
    from pyhanko.pdf_utils.reader import HistoricalResolver
    from pyhanko.pdf_utils.rw_common import PdfHandler

MAXIMUM_ATTACHMENTS = 1000
MAXIMUM_DEPTH = 16
MAXIMUM_XMP_BYTES = 1024 * 1024
SEAL_REVISION = 1

LIMITS = DecodeLimits(
    per_purpose={
        **DEFAULT_PURPOSE_LIMITS,
        # Entries are as short as a byte and become objects of a hundred.
        DecodePurpose.XREF_STREAM: StreamDecodeLimits(max_output_size=512 * 1024),
    }
)
XMP_STATEMENTS = frozenset(
    {
        "{http://purl.org/dc/elements/1.1/}title",
        "{http://purl.org/dc/elements/1.1/}creator",
        "{http://purl.org/dc/elements/1.1/}description",
        "{http://purl.org/dc/elements/1.1/}subject",
        "{http://ns.adobe.com/pdf/1.3/}Keywords",
    }
)
CATALOG_MAY_GAIN = frozenset({"/AcroForm", "/Perms", "/Extensions", "/DSS"})
TREE_MAY_CHANGE = frozenset({"/ParentTreeNextKey"})
PAGE_MAY_GAIN = frozenset({"/Tabs", "/Annots"})
MAY_GROW = frozenset({"/K", "/Annots", "/Nums", "/ParentTree"})
FORM_KEYS = frozenset({"/Fields", "/SigFlags"})
WIDGET_KEYS = frozenset(
    {"/FT", "/T", "/Type", "/Subtype", "/F", "/Rect", "/P", "/TU", "/StructParent", "/V"}
)
ELEMENT_KEYS = frozenset({"/Type", "/S", "/P", "/Pg", "/K"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file embedded in a PDF, under all the names that readers may show."""

    key: str
    """Its entry in the tree of embedded files."""

    name: str
    """File name, from /UF or else /F."""

    short_name: str
    """File name from /F, which old readers show."""

    content: bytes


def open_pdf(pdf: bytes) -> PdfFileReader:
    """A strict reader with limits for files from strangers.

    Raises:
        PdfReadError: It cannot be read, or it is encrypted. Malformed files raise much else.
    """
    reader = PdfFileReader(BytesIO(pdf), strict=True, decode_limits=LIMITS)
    if reader.encrypted:
        raise PdfReadError("the file is encrypted")
    if reader.xrefs.hybrid_xrefs_present:
        raise PdfReadError("the file has hybrid cross-references")
    return reader


def revision0(pdf: bytes, reader: PdfFileReader) -> bytes:
    """The unsigned file that the sealed one begins with, up to its `%%EOF` without a line end.

    Raises:
        PdfReadError: There is none.
    """
    table = reader.xrefs.get_startxref_for_revision(0)
    end = re.compile(rb"startxref[\r\n]+%d[\r\n]+%%%%EOF" % table).search(pdf, table)
    if end is None:
        raise PdfReadError("revision 0 has no end")
    inner = pdf[: end.end()]
    if open_pdf(inner).total_revisions != 1:
        raise PdfReadError("revision 0 is not the first")
    return inner


def attachments(reader: PdfHandler) -> tuple[Attached, ...]:
    """The embedded files of a PDF's last revision, in the order of their tree.

    Raises:
        PdfReadError: The tree is too large, too deep or circular, or two files have one name.
    """
    names = reader.root.get("/Names", DictionaryObject())
    tree = names.get("/EmbeddedFiles")
    found = tuple(_embedded(tree, 0)) if tree is not None else ()
    for spelling in ("key", "name", "short_name"):
        if len({getattr(attached, spelling) for attached in found}) != len(found):
            raise PdfReadError("two attachments have one name")
    return found


def _embedded(node: Any, depth: int) -> Iterator[Attached]:
    # Any: a dictionary of a hostile file may hold anything.
    if depth > MAXIMUM_DEPTH:
        raise PdfReadError("the tree of attachments is too deep")
    entries = node.get("/Names", ArrayObject())
    kids = node.get("/Kids", ArrayObject())
    if len(entries) > 2 * MAXIMUM_ATTACHMENTS or len(kids) > MAXIMUM_ATTACHMENTS:
        raise PdfReadError("there are too many attachments")
    for index in range(0, len(entries), 2):
        file = entries[index + 1]
        short = str(file["/F"])
        yield Attached(
            key=str(entries[index]),
            name=str(file.get("/UF", short)),
            short_name=short,
            content=bytes(_stream(file).data),
        )
    for kid in kids:
        yield from _embedded(kid.get_object(), depth + 1)


def _stream(file: Any) -> StreamObject:
    """The one stream of a file specification; /F and /UF must not differ."""
    embedded = file["/EF"]
    streams = {embedded.raw_get(key) for key in ("/F", "/UF") if key in embedded}
    if len(streams) != 1:
        raise PdfReadError("an attachment has two contents")
    content = streams.pop().get_object()
    if not isinstance(content, StreamObject):
        raise PdfReadError("an attachment has no content")
    return content


def stated(reader: PdfFileReader) -> tuple[str, ...]:
    """Title, author, subject and keywords, as /Info and as XMP state them.

    Signing programs rewrite both for their dates, so rules of what may change leave them open.
    """
    trailer = reader.trailer_view
    info = trailer["/Info"] if "/Info" in trailer else DictionaryObject()
    first = [str(info.get(f"/{key}", "")) for key in ("Title", "Author", "Subject", "Keywords")]
    return (*first, *_stated_in_xmp(reader))


def _stated_in_xmp(reader: PdfFileReader) -> list[str]:
    if "/Metadata" not in reader.root:
        return []
    packet = bytes(reader.root["/Metadata"].data)
    if len(packet) > MAXIMUM_XMP_BYTES or b"<!" in packet:
        raise PdfReadError("the XMP packet is too long or declares entities")
    try:
        elements = list(ElementTree.fromstring(packet).iter())
    except ElementTree.ParseError as error:
        raise PdfReadError("the XMP packet is no XML") from error
    found = [
        f"{element.tag}={''.join(element.itertext()).strip()}"
        for element in elements
        if element.tag in XMP_STATEMENTS
    ]
    found += [
        f"{name}={value}"
        for element in elements
        for name, value in element.attrib.items()
        if name in XMP_STATEMENTS
    ]
    return sorted(found)


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
        match element.get("/Type") if isinstance(element, DictionaryObject) else None:
            case "/Annot" if reference.idnum != widget.idnum:
                return "it adds a second annotation"
            case "/StructElem" if element["/S"] != "/Form" or not set(element) <= ELEMENT_KEYS:
                return "it adds text to the structure tree"
    return None


def _spelled(value: Any) -> bytes:
    """The object as it would be written."""
    stream = BytesIO()
    value.write_to_stream(stream, None)
    return stream.getvalue()
