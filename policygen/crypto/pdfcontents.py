"""What a PDF carries beside its pages: attached files, title and author."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, StreamObject
from pyhanko.pdf_utils.misc import PdfReadError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyhanko.pdf_utils.reader import PdfFileReader

MAXIMUM_ATTACHMENTS = 1000
MAXIMUM_DEPTH = 16
MAXIMUM_XMP_BYTES = 1024 * 1024
XMP_STATEMENTS = frozenset(
    {
        "{http://purl.org/dc/elements/1.1/}title",
        "{http://purl.org/dc/elements/1.1/}creator",
        "{http://purl.org/dc/elements/1.1/}description",
        "{http://purl.org/dc/elements/1.1/}subject",
        "{http://ns.adobe.com/pdf/1.3/}Keywords",
    }
)


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


def attachments(reader: PdfFileReader) -> tuple[Attached, ...]:
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
