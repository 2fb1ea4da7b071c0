from __future__ import annotations

import re
import zlib
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policygen
from policygen.crypto.pdfcheck import check_sealed_pdf
from tests.crypto.pdf_samples import sealed, unsigned

if TYPE_CHECKING:
    from collections.abc import Callable


def codes(pdf: bytes) -> list[str]:
    return [problem.code for problem in check_sealed_pdf(pdf).problems]


def pdf_of(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF with these objects, numbered from 1; the first is the catalog."""
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n"
    return body + table + end % (len(objects) + 1, trailer, len(body))


def stream(entries: bytes, data: bytes) -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


def field(entries: bytes) -> tuple[bytes, ...]:
    return (
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[3 0 R]>>>>",
        b"<</Type/Pages/Kids[]/Count 0>>",
        b"<</FT/Sig/T(seal)/V 4 0 R>>",
        b"<</Type/Sig%s>>" % entries,
    )


def hybrid() -> bytes:
    """A table whose trailer points to a stream that lists forty million objects."""
    entries = b"/Type/XRef/Size 40000000/W[0 0 0]"
    pdf = pdf_of(b"<</Type/Catalog>>", stream(entries, b""), trailer=b"/XRefStm 0000000000")
    return pdf.replace(b"/XRefStm 0000000000", b"/XRefStm %010d" % pdf.index(b"2 0 obj"))


def many_revisions() -> bytes:
    pdf = pdf_of(b"<</Type/Catalog>>")
    for _ in range(100):
        previous = pdf.rindex(b"xref\n0") if b"Prev" not in pdf else pdf.rindex(b"xref\n1")
        table = b"xref\n1 1\n0000000009 00000 n \n"
        end = b"trailer\n<</Size 2/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
        pdf += table + end % (previous, len(pdf))
    return pdf


def encrypted() -> bytes:
    output = BytesIO()
    with pikepdf.open(BytesIO(unsigned())) as pdf:
        pdf.save(output, encryption=pikepdf.Encryption(owner="o", user=""))
    return output.getvalue()


def bomb() -> bytes:
    """A cross-reference stream of a few bytes that unpacks to 64 MB."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1024 * 1024)) for _ in range(64)) + packer.flush()
    entries = b"/Type/XRef/Size 9/W[1 2 1]/Root 1 0 R/Filter/FlateDecode"
    body = b"%PDF-1.7\n1 0 obj\n" + stream(entries, packed) + b"\nendobj\n"
    return body + b"startxref\n9\n%%EOF\n"


def crowded(widths: bytes, length: int) -> bytes:
    """A cross-reference stream that lists forty million objects."""
    entries = b"/Type/XRef/Size 40000000/W[%s]/Root 1 0 R/Filter/FlateDecode" % widths
    data = zlib.compress(b"\1" * length)
    return b"%PDF-1.7\n1 0 obj\n" + stream(entries, data) + b"\nendobj\nstartxref\n9\n%%EOF\n"


PARTS = ("check", "contents", "revisions", "seal", "signatures")
NESTED = b"[" * 20_000 + b"]" * 20_000
RANGE = b"/ByteRange[0 10 20 30]"
TREE = b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 3 0 R>>>>"


@pytest.mark.parametrize(
    "pdf",
    [
        pytest.param(lambda: b"", id="nothing"),
        pytest.param(lambda: b"%PDF-1.7\n", id="a header alone"),
        pytest.param(lambda: b"%PDF-1.7\nstartxref\n0\n%%EOF\n", id="no table"),
        pytest.param(lambda: b"%PDF-1.7\nstartxref\n9999999999\n%%EOF\n", id="a table far away"),
        pytest.param(lambda: b"PK\x03\x04" + bytes(100), id="a zip file"),
        pytest.param(encrypted, id="encrypted"),
        pytest.param(bomb, id="a table that unpacks to 64 MB"),
        pytest.param(lambda: crowded(b"1 0 0", 40_000_000), id="a table of forty million objects"),
        pytest.param(lambda: crowded(b"0 0 0", 1), id="forty million objects of no size"),
        pytest.param(hybrid, id="forty million objects on the side"),
        pytest.param(many_revisions, id="a hundred revisions"),
        pytest.param(lambda: b"%PDF-" + bytes(100 * 1024 * 1024), id="too large"),
        pytest.param(lambda: b"%PDF-1.7\n" + b"1 0 obj\n" * 200_001, id="too many objects"),
        pytest.param(lambda: pdf_of(b"<</Type/Catalog/Names %s>>" % NESTED), id="deeply nested"),
        pytest.param(lambda: pdf_of(b"7"), id="a number for a catalog"),
        pytest.param(lambda: pdf_of(b"1 0 R"), id="a catalog that is itself"),
        pytest.param(
            lambda: pdf_of(b"<</Type/Catalog>>", trailer=b"/Prev 9"),
            id="a table before that is none",
        ),
        pytest.param(lambda: pdf_of(*field(RANGE)), id="a signature without contents"),
        pytest.param(lambda: pdf_of(*field(b"/Contents<3003020101>")), id="one without a range"),
        pytest.param(lambda: pdf_of(*field(RANGE + b"/Contents<00>")), id="one of zeros"),
        pytest.param(lambda: pdf_of(*field(RANGE + b"/Contents 5")), id="one that is a number"),
        pytest.param(
            lambda: pdf_of(b"<</Type/Catalog/AcroForm<</Fields 2 0 R>>>>", b"<</Kids[2 0 R]>>"),
            id="a form that is no list",
        ),
        pytest.param(
            lambda: pdf_of(b"<</Type/Catalog/AcroForm<</Fields[2 0 R]>>>>", b"<</Kids[2 0 R]>>"),
            id="a field that is its own child",
        ),
    ],
)
def test_a_hostile_file_is_a_problem_and_never_an_error(pdf: Callable[[], bytes]) -> None:
    [code] = codes(pdf())
    assert code in {"pdf-unreadable", "seal-truncated", "seal-missing"}


def test_a_table_that_comes_before_itself_is_a_problem() -> None:
    pdf = pdf_of(b"<</Type/Catalog>>", trailer=b"/Prev 0000000000")
    place = pdf.index(b"xref\n")
    assert codes(pdf.replace(b"/Prev 0000000000", b"/Prev %010d" % place)) == ["pdf-unreadable"]


@given(junk=st.binary(max_size=300), cut=st.integers(0, len(sealed())))
@settings(max_examples=60, deadline=None)
def test_junk_anywhere_in_a_sealed_pdf_is_a_problem_and_never_an_error(
    junk: bytes, cut: int
) -> None:
    pdf = sealed()[:cut] + junk + sealed()[cut:]
    assert bool(codes(pdf)) == bool(junk)


@given(start=st.integers(0, len(sealed())), length=st.integers(1, 2000))
@settings(max_examples=60, deadline=None)
def test_a_hole_in_a_sealed_pdf_is_a_problem_and_never_an_error(start: int, length: int) -> None:
    pdf = sealed()[:start] + sealed()[start + length :]
    assert bool(codes(pdf)) == (len(pdf) < len(sealed()))


def test_every_code_of_seals_and_time_stamps_is_explained() -> None:
    package = Path(policygen.__file__).parent
    names = (
        "crypto/pdfcheck",
        "crypto/pdfcontents",
        "crypto/pdfrevisions",
        "crypto/pdfseal",
        "crypto/pdfsignatures",
        "crypto/pkcs11",
        "crypto/roots",
        "crypto/sealing_keys",
        "crypto/timestamps",
        "history/consents/stamps",
        "pipeline/consent/stamping",
    )
    sources = "".join((package / f"{name}.py").read_text() for name in names)
    used = set(re.findall(r'"((?:seal|timestamp|pdf)-[a-z-]+)"', sources))
    explained = (package / "data/problems/seal.yml").read_text()
    assert used == set(re.findall(r"^([a-z-]+): \{says: ", explained, re.MULTILINE))
