from __future__ import annotations

import hashlib
import subprocess
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
import pytest
from asn1crypto import tsp
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper

from policygen.crypto.pdfcheck import check_sealed_pdf
from policygen.crypto.pdfseal import Timestamping, seal_pdf
from policygen.crypto.timestamps import check_token
from policygen.problems import PolicygenError
from tests.crypto.pdf_samples import (
    AT,
    POLICY,
    START,
    OpensslAuthority,
    approved,
    identity,
    rsa_identity,
    seal,
    sealed,
    unsigned,
    updated,
)

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography import x509


def pdfsig(pdf: bytes, folder: Path) -> str:
    path = folder / "file.pdf"
    path.write_bytes(pdf)
    return subprocess.run(
        ["pdfsig", "-nocert", path], capture_output=True, text=True, check=True
    ).stdout


def stamped(authority: OpensslAuthority, *roots: x509.Certificate) -> bytes:
    return seal_pdf(
        unsigned(),
        identity(),
        reason="Access Control Policy 2.0",
        location=None,
        at=datetime.now(UTC),
        timestamper=Timestamping(authority=authority, roots=roots),
    )


def test_a_sealed_pdf_begins_with_the_unsigned_bytes() -> None:
    assert sealed().startswith(unsigned())


def test_a_sealed_pdf_has_no_problems_and_says_what_is_inside() -> None:
    check = check_sealed_pdf(
        sealed(),
        expected_fingerprint=identity().fingerprint,
        expected_revision0_sha256=hashlib.sha256(unsigned()).hexdigest(),
    )
    assert check.problems == ()
    assert check.revision0 == unsigned()
    assert check.signer_name == "Ledgerlane Ltd document seal"
    assert check.signed_at == AT
    assert dict(check.attachments) == {"policy.md": POLICY, "consent.json": b"{}"}
    assert check.later_signatures == ()


def test_pdfsig_finds_the_seal_valid_over_the_total_document(tmp_path: Path) -> None:
    said = pdfsig(sealed(), tmp_path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "Not total document signed" not in said
    assert "ETSI.CAdES.detached" in said


def test_qpdf_finds_nothing_wrong_with_a_sealed_pdf(tmp_path: Path) -> None:
    path = tmp_path / "file.pdf"
    path.write_bytes(sealed())
    said = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=True)
    assert "No syntax or stream encoding errors" in said.stdout


def test_openssl_verifies_the_seal_over_the_signed_bytes(tmp_path: Path) -> None:
    pdf = sealed()
    with pikepdf.open(BytesIO(pdf)) as opened:
        signature = opened.Root.AcroForm.Fields[0].V
        first, gap, second, rest = (int(value) for value in signature.ByteRange.as_list())
        (tmp_path / "seal.p7s").write_bytes(bytes(signature.Contents))
    (tmp_path / "signed").write_bytes(pdf[first:gap] + pdf[second : second + rest])
    (tmp_path / "seal.pem").write_bytes(
        identity().certificate.public_bytes(serialization.Encoding.PEM)
    )
    verified = subprocess.run(
        [
            "openssl",
            "cms",
            "-verify",
            "-inform",
            "DER",
            "-in",
            "seal.p7s",
            "-content",
            "signed",
            "-binary",
            "-out",
            "out",
            "-CAfile",
            "seal.pem",
            "-partial_chain",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "successful" in verified.stderr


def test_the_field_of_the_seal_is_invisible_and_tagged() -> None:
    with pikepdf.open(BytesIO(sealed())) as pdf:
        [field] = pdf.Root.AcroForm.Fields.as_list()
        numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
        keys = [int(number) for number in numbers.as_list()[::2]]
        element = numbers[2 * keys.index(int(field.StructParent)) + 1]
        assert [float(side) for side in field.Rect.as_list()] == [0, 0, 0, 0]
        assert str(field.TU) == "Seal of the organization"
        assert int(field.F) & 0b100
        assert element.S == "/Form"
        assert element.K.Obj.objgen == field.objgen
        assert element.objgen in [kid.objgen for kid in element.P.K.as_list()]
        assert pdf.pages[-1].obj.Tabs == "/S"


def test_metadata_and_version_stay_those_of_the_unsigned_pdf() -> None:
    with pikepdf.open(BytesIO(sealed())) as after, pikepdf.open(BytesIO(unsigned())) as before:
        assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
        assert str(after.docinfo.ModDate) == str(before.docinfo.ModDate)
        assert after.pdf_version == before.pdf_version == "1.7"


def test_the_seal_allows_signatures_and_nothing_else() -> None:
    with pikepdf.open(BytesIO(sealed())) as pdf:
        assert pdf.Root.Perms.DocMDP.Reference[0].TransformParams.P == 2


def test_a_seal_with_a_time_stamp_says_the_authoritys_time(
    authority: OpensslAuthority, tmp_path: Path
) -> None:
    pdf = stamped(authority)
    check = check_sealed_pdf(pdf, expected_fingerprint=identity().fingerprint)
    assert check.problems == ()
    assert check.seal is not None
    assert check.seal.timestamp is not None
    token = check_token(check.seal.timestamp, check.seal.value, [authority.root])
    assert token.problems == ()
    assert check.timestamped_at == token.at
    assert "Total document signed" in pdfsig(pdf, tmp_path)


def test_long_term_certificates_are_in_the_revision_of_the_seal(
    authority: OpensslAuthority, tmp_path: Path
) -> None:
    pdf = stamped(authority, authority.root)
    assert check_sealed_pdf(pdf).problems == ()
    assert pdf.count(b"%%EOF") == unsigned().count(b"%%EOF") + 1
    said = pdfsig(pdf, tmp_path)
    assert "Signature is Valid" in said
    assert "Not total document signed" not in said
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert "/VRI" not in opened.Root.DSS
        assert len(opened.Root.DSS.Certs.as_list()) >= 2


def test_an_rsa_identity_seals_too() -> None:
    pdf = seal(unsigned(), rsa_identity())
    check = check_sealed_pdf(pdf)
    assert check.problems == ()
    assert check.signer_name == "Ledgerlane seal"


def test_a_time_stamp_over_the_whole_file_may_follow(authority: OpensslAuthority) -> None:
    class Stamper(TimeStamper):
        def __init__(self) -> None:
            super().__init__()  # type: ignore[no-untyped-call]

        async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
            return tsp.TimeStampResp.load(authority.answer(req.dump()))

    output = BytesIO()
    writer = IncrementalPdfFileWriter(BytesIO(sealed()))
    PdfTimeStamper(Stamper()).timestamp_pdf(writer, "sha256", None, output=output)
    check = check_sealed_pdf(output.getvalue())
    assert check.problems == ()
    assert [later.signer_name for later in check.later_signatures] == ["Example Time Authority"]


def test_an_approver_may_sign_a_sealed_pdf_with_another_program(tmp_path: Path) -> None:
    check = check_sealed_pdf(approved(), expected_fingerprint=identity().fingerprint)
    assert check.problems == ()
    [later] = check.later_signatures
    assert later.signer_name == "Dana Whitfield document seal"
    assert later.certificate_fingerprint == identity("Dana Whitfield").fingerprint
    assert check.revision0 == unsigned()
    said = pdfsig(approved(), tmp_path)
    assert said.count("Signature is Valid") == 2
    assert "Total document signed" in said.split("Signature #2")[1]


@pytest.mark.parametrize(
    "pdf",
    [
        pytest.param(lambda: b"# a text", id="no PDF"),
        pytest.param(lambda: unsigned() + b"\n", id="a line behind the end"),
        pytest.param(lambda: updated(unsigned())[:-1], id="two revisions"),
        pytest.param(lambda: sealed()[:-1], id="sealed already"),
        pytest.param(lambda: _untagged(), id="no tags"),
        pytest.param(lambda: unsigned()[:200] + b"%%EOF", id="torn"),
    ],
)
def test_only_what_policygen_built_is_sealed(pdf: object) -> None:
    assert callable(pdf)
    with pytest.raises(PolicygenError) as caught:
        seal(pdf(), identity())
    assert caught.value.problems[0].code == "seal-unsuitable"


def _untagged() -> bytes:
    output = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(output)
    return output.getvalue().rstrip()


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(START - timedelta(seconds=1), id="before"),
        pytest.param(START + timedelta(days=3660), id="after"),
    ],
)
def test_a_seal_outside_the_certificates_validity_is_refused(at: datetime) -> None:
    with pytest.raises(PolicygenError) as caught:
        seal_pdf(unsigned(), identity(), reason="r", location=None, at=at)
    assert caught.value.problems[0].code == "seal-certificate-window"


def test_a_seal_without_the_configured_time_stamp_is_not_made() -> None:
    class Refusing:
        def answer(self, request: bytes) -> bytes:
            return bytes.fromhex("30050603020102")

    with pytest.raises(PolicygenError) as caught:
        seal_pdf(
            unsigned(),
            identity(),
            reason="r",
            location=None,
            at=AT,
            timestamper=Timestamping(authority=Refusing()),
        )
    assert caught.value.problems[0].code == "timestamp-refused"
