from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    NumberObject,
    StreamObject,
    TextStringObject,
    pdf_name,
)

from policygen.crypto.pdfcheck import check_sealed_pdf
from tests.crypto.pdf_samples import (
    approved,
    dishonestly_sealed,
    flipped,
    gap,
    identity,
    remove_form,
    replace_attachment,
    replace_page_text,
    sealed,
    sign,
    unsigned,
    updated,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


def codes(pdf: bytes) -> set[str]:
    check = check_sealed_pdf(
        pdf,
        expected_fingerprint=identity().fingerprint,
        expected_revision0_sha256=hashlib.sha256(unsigned()).hexdigest(),
    )
    return {problem.code for problem in check.problems}


def in_attachment(pdf: bytes) -> int:
    start = pdf.index(
        b"stream",
        pdf.index(b"/EmbeddedFile\n" if b"/EmbeddedFile\n" in pdf else b"/Type/EmbeddedFile"),
    )
    return start + 12


def with_digits(pdf: bytes, change: Callable[[bytes], bytes]) -> bytes:
    start, end = gap(pdf)
    digits = change(pdf[start:end])
    assert len(digits) == end - start
    return pdf[:start] + digits + pdf[end:]


def reattached() -> bytes:
    """Another attachment under the digits of the true seal."""
    other = sealed(policy=b"# Another policy\n")
    start, end = gap(sealed())
    der = sealed()[start : end - 1].rstrip(b"0")
    return with_digits(other, lambda own: der.ljust(len(own) - 1, b"0") + b">")


def transplanted() -> bytes:
    """The true seal's revision behind another PDF."""
    return unsigned(b"# Another policy\n") + sealed()[len(unsigned()) :]


def another_language(writer: IncrementalPdfFileWriter) -> None:
    writer.root[pdf_name("/Lang")] = TextStringObject("xx")
    writer.update_root()


def forged_title(writer: IncrementalPdfFileWriter) -> None:
    info = writer.trailer["/Info"]
    info[pdf_name("/Title")] = TextStringObject("Payment Policy")
    writer.update_container(info)


def forged_xmp(writer: IncrementalPdfFileWriter) -> None:
    metadata = writer.root["/Metadata"]
    text = metadata.data.replace(b"Access Control Policy", b"Payment Policy")
    stream = StreamObject(stream_data=text)
    stream[pdf_name("/Type")] = pdf_name("/Metadata")
    stream[pdf_name("/Subtype")] = pdf_name("/XML")
    writer.root[pdf_name("/Metadata")] = writer.add_object(stream)
    writer.update_root()


def javascript(writer: IncrementalPdfFileWriter) -> None:
    action = DictionaryObject(
        {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): TextStringObject("app.alert(1)")}
    )
    writer.root[pdf_name("/OpenAction")] = action
    writer.update_root()


def a_note_on_top(writer: IncrementalPdfFileWriter) -> None:
    page = writer.find_page_for_modification(0)[0].get_object()
    square = ArrayObject(NumberObject(side) for side in (0, 0, 500, 500))
    note = writer.add_object(
        DictionaryObject({pdf_name("/Subtype"): pdf_name("/FreeText"), pdf_name("/Rect"): square})
    )
    page["/Annots"].append(note)
    writer.update_container(page["/Annots"])
    writer.update_container(page)


def words_for_readers_aloud(writer: IncrementalPdfFileWriter) -> None:
    document = writer.root["/StructTreeRoot"]["/K"][0]
    element = DictionaryObject(
        {
            pdf_name("/S"): pdf_name("/P"),
            pdf_name("/P"): writer.root["/StructTreeRoot"]["/K"].raw_get(0),
            pdf_name("/ActualText"): TextStringObject("Everything is permitted."),
        }
    )
    document["/K"].append(writer.add_object(element))
    writer.update_container(document["/K"])
    writer.update_container(document)


CHANGED, MISSING = {"seal-later-change"}, {"seal-missing"}
DIFFERS = "seal-revision-differs"


@pytest.mark.parametrize(
    ("attack", "expected"),
    [
        pytest.param(
            lambda: flipped(sealed(), unsigned().index(b"/ModDate") + 20),
            {"seal-broken", DIFFERS},
            id="a byte of a date in revision 0 flipped",
        ),
        pytest.param(
            lambda: flipped(sealed(), in_attachment(sealed())),
            {"seal-broken", DIFFERS},
            id="a byte of an attachment's stream flipped",
        ),
        pytest.param(
            lambda: with_digits(
                sealed(), lambda digits: digits[:-1].replace(b"00>", b"01>") + b">"
            ),
            set(),
            id="digits written as they were",
        ),
        pytest.param(
            lambda: with_digits(sealed(), lambda digits: digits[:-2] + b"1>"),
            {"seal-not-whole"},
            id="padding behind the signature not zero",
        ),
        pytest.param(
            lambda: with_digits(sealed(), lambda digits: digits.replace(b"A", b"a", 1)),
            {"seal-not-whole"},
            id="a digit of the signature in lower case",
        ),
        pytest.param(
            lambda: with_digits(sealed(), bytes.lower),
            set(),
            id="all digits in lower case say the same",
        ),
        pytest.param(
            lambda: with_digits(sealed(), lambda digits: digits.replace(b"0>", b" >")),
            {"seal-not-whole"},
            id="a blank in the digits",
        ),
        pytest.param(lambda: updated(sealed(), replace_page_text), CHANGED, id="page replaced"),
        pytest.param(lambda: updated(sealed(), a_note_on_top), CHANGED, id="note added"),
        pytest.param(
            lambda: updated(sealed(), words_for_readers_aloud), CHANGED, id="words read aloud added"
        ),
        pytest.param(lambda: updated(sealed(), javascript), CHANGED, id="script added"),
        pytest.param(lambda: updated(sealed(), another_language), CHANGED, id="catalog changed"),
        pytest.param(
            lambda: updated(sealed(), replace_attachment),
            {"seal-later-change", "seal-attachment-differs"},
            id="attachment swapped in an update",
        ),
        pytest.param(lambda: updated(sealed(), remove_form), MISSING, id="form removed"),
        pytest.param(lambda: updated(sealed()), CHANGED, id="empty update"),
        pytest.param(lambda: sealed() + b"junk", CHANGED, id="junk behind the end"),
        pytest.param(lambda: sealed() + b"\n", CHANGED, id="a line end behind the end"),
        pytest.param(lambda: sealed() + b"%%EOF\n", CHANGED, id="a second end marker"),
        pytest.param(lambda: sealed() + sealed(), CHANGED, id="the file twice"),
        pytest.param(unsigned, MISSING, id="cut back to revision 0"),
        pytest.param(lambda: b"junk" + sealed(), {"pdf-unreadable"}, id="junk before %PDF"),
        pytest.param(lambda: b"\xef\xbb\xbf" + sealed(), {"pdf-unreadable"}, id="byte order mark"),
        pytest.param(reattached, {"seal-broken", DIFFERS}, id="other attachment, old seal"),
        pytest.param(transplanted, {"pdf-unreadable"}, id="the seal behind another PDF"),
        pytest.param(
            lambda: sealed("Mallory"), {"seal-wrong-certificate"}, id="sealed with another key"
        ),
        pytest.param(
            lambda: sealed("Mallory", b"# Another policy\n"),
            {"seal-wrong-certificate", DIFFERS},
            id="another text sealed with another key",
        ),
        pytest.param(
            lambda: flipped(approved(), approved().index(b"(approval)") + 1),
            {"seal-broken"},
            id="the approver's field renamed",
        ),
        pytest.param(lambda: approved() + b"\n", CHANGED, id="a line end behind the approver"),
        pytest.param(
            lambda: updated(approved(), replace_page_text),
            CHANGED,
            id="page replaced later",
        ),
        pytest.param(
            lambda: sign(sealed(), "Mallory", replace_page_text),
            CHANGED,
            id="page replaced under an approver's signature",
        ),
        pytest.param(
            lambda: sign(sealed(), "Mallory", replace_attachment),
            {"seal-later-change", "seal-attachment-differs"},
            id="attachment swapped under an approver's signature",
        ),
        pytest.param(
            lambda: sign(updated(sealed(), replace_page_text), "Mallory"),
            CHANGED,
            id="page replaced before an approver signs",
        ),
        pytest.param(
            lambda: sign(sealed(), "Mallory", forged_title),
            CHANGED,
            id="title replaced under an approver's signature",
        ),
        pytest.param(
            lambda: sign(sealed(), "Mallory", forged_xmp),
            CHANGED,
            id="title in XMP replaced under an approver's signature",
        ),
        pytest.param(
            lambda: updated(sealed(), forged_xmp),
            {"seal-later-change", "seal-not-whole"},
            id="title in XMP replaced, not signed",
        ),
        pytest.param(
            lambda: updated(approved(), forged_title),
            {"seal-later-change", "seal-not-whole"},
            id="title replaced, not signed",
        ),
        pytest.param(
            lambda: sign(unsigned(), "Mallory"), MISSING, id="an approval where the seal should be"
        ),
    ],
)
def test_what_was_done_to_a_sealed_pdf_is_named(
    attack: Callable[[], bytes], expected: set[str]
) -> None:
    assert codes(attack()) == expected


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(replace_page_text, id="a page"),
        pytest.param(replace_attachment, id="an attachment"),
        pytest.param(javascript, id="a script"),
        pytest.param(a_note_on_top, id="a note"),
        pytest.param(another_language, id="the language"),
        pytest.param(forged_title, id="the title"),
        pytest.param(words_for_readers_aloud, id="words only read aloud"),
    ],
)
def test_a_sealer_who_changes_the_pdf_in_the_seals_own_revision_is_named(
    change: Callable[[IncrementalPdfFileWriter], None],
) -> None:
    pdf = dishonestly_sealed(change)
    assert pdf.startswith(unsigned())
    found = {problem.code for problem in check_sealed_pdf(pdf).problems}
    assert "seal-adds-content" in found


def test_a_sealer_who_only_seals_is_not_named_whatever_the_program() -> None:
    assert check_sealed_pdf(dishonestly_sealed(lambda _: None)).problems == ()
