"""PDFs, sealing identities and a time-stamping authority for the tests of seals."""

from __future__ import annotations

import subprocess
import tempfile
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import typst
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.generic import StreamObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from policygen.crypto.pdfseal import seal_pdf
from policygen.crypto.sealing_keys import SealingIdentity, make_sealing_identity

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2026, 1, 1, tzinfo=UTC)
AT = datetime(2026, 11, 20, 15, 4, 5, tzinfo=UTC)
POLICY = b"# Access Control Policy\n\n" + b"Access is granted by need. " * 20 + b"\n"

SOURCE = """
#set document(title: "Access Control Policy", author: "Example Ltd")
#set text(lang: "en")
#pdf.attach("/policy.md", bytes(sys.inputs.policy), relationship: "source",
  mime-type: "text/markdown", description: "The approved text")
#pdf.attach("/consent.json", bytes("{}"), relationship: "data",
  mime-type: "application/json", description: "A consent")
= Purpose
Access is granted by #link("https://ledgerlane.example")[need].
#pagebreak()
= Approval
Approved by Dana Whitfield.
"""


def unsigned(policy: bytes = POLICY) -> bytes:
    return _unsigned(policy)


@cache
def _unsigned(policy: bytes) -> bytes:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    with tempfile.TemporaryDirectory() as folder:
        compiler = typst.Compiler(root=folder, font_paths=fonts, ignore_system_fonts=True)
        pdf = compiler.compile(
            input=SOURCE.encode(),
            format="pdf",
            sys_inputs={"policy": policy.decode()},
            pdf_standards=["a-3a", "ua-1"],
            timestamp=START,
        )
    assert isinstance(pdf, bytes)
    return pdf


def identity(organization: str = "Ledgerlane Ltd") -> SealingIdentity:
    return _identity(organization)


@cache
def _identity(organization: str) -> SealingIdentity:
    with tempfile.TemporaryDirectory() as folder:
        return make_sealing_identity(
            Path(folder) / "keys", organization=organization, not_before=START, passphrase=None
        )


@cache
def rsa_identity() -> SealingIdentity:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ledgerlane seal")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(START)
        .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
        .add_extension(
            x509.KeyUsage(True, True, False, False, False, False, False, False, False), True
        )
        .sign(key, hashes.SHA256())
    )
    return SealingIdentity(key=key, certificate=certificate)


def sealed(organization: str = "Ledgerlane Ltd", policy: bytes = POLICY) -> bytes:
    return _sealed(organization, policy)


@cache
def _sealed(organization: str, policy: bytes) -> bytes:
    return seal(unsigned(policy), identity(organization))


def seal(pdf: bytes, by: SealingIdentity) -> bytes:
    return seal_pdf(pdf, by, reason="Access Control Policy 2.0", location="Vienna", at=AT)


@cache
def approved(approver: str = "Dana Whitfield") -> bytes:
    return sign(sealed(), approver)


def sign(
    pdf: bytes, approver: str, change: Callable[[IncrementalPdfFileWriter], None] | None = None
) -> bytes:
    """Add an approver's signature, as an ordinary signing program does."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    if change is not None:
        change(writer)
    return _signed(writer, identity(approver), certify=False)


def dishonestly_sealed(change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """What a sealer makes who changes the PDF in the revision of the seal."""
    writer = IncrementalPdfFileWriter(BytesIO(unsigned()))
    writer._update_meta = lambda: None  # type: ignore[method-assign]
    change(writer)
    return _signed(writer, rsa_identity(), certify=True)


def _signed(writer: IncrementalPdfFileWriter, own: SealingIdentity, *, certify: bool) -> bytes:
    pkcs8 = own.key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    meta = signers.PdfSignatureMetadata(
        field_name="approval",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=certify,
        docmdp_permissions=fields.MDPPerm.FILL_FORMS,
    )
    tool = signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(
            own.certificate.public_bytes(serialization.Encoding.DER)
        ),
        signing_key=asn1_keys.PrivateKeyInfo.load(pkcs8),
        cert_registry=SimpleCertificateStore(),
    )
    output = BytesIO()
    signers.PdfSigner(meta, signer=tool).sign_pdf(writer, output=output)
    return output.getvalue()


def updated(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None] | None = None) -> bytes:
    """The file with an incremental update behind it."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    writer._update_meta = lambda: None  # type: ignore[method-assign]
    if change is None:
        writer._force_write_when_empty = True
    else:
        change(writer)
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def replace_page_text(writer: IncrementalPdfFileWriter) -> None:
    page = writer.find_page_for_modification(0)[0].get_object()
    page[pdf_name("/Contents")] = writer.add_object(StreamObject(stream_data=b"q Q"))
    writer.update_container(page)


def replace_attachment(writer: IncrementalPdfFileWriter) -> None:
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    for index in range(1, len(names), 2):
        file = names[index]
        if file["/F"] == "policy.md":
            stream = StreamObject(stream_data=b"# Another policy\n")
            stream[pdf_name("/Type")] = pdf_name("/EmbeddedFile")
            reference = writer.add_object(stream)
            file["/EF"][pdf_name("/F")] = reference
            file["/EF"][pdf_name("/UF")] = reference
            writer.update_container(file)


def remove_form(writer: IncrementalPdfFileWriter) -> None:
    del writer.root["/AcroForm"]
    writer.update_root()


def flipped(pdf: bytes, offset: int, mask: int = 0x01) -> bytes:
    return pdf[:offset] + bytes([pdf[offset] ^ mask]) + pdf[offset + 1 :]


def gap(pdf: bytes) -> tuple[int, int]:
    """Where the digits of the seal stand, brackets included."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        values = [int(value) for value in opened.Root.Perms.DocMDP.ByteRange.as_list()]
    return values[1], values[2]


class OpensslAuthority:
    """A time-stamping authority made of `openssl ts`, with a root of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        root_key = ec.generate_private_key(ec.SECP256R1())
        key = ec.generate_private_key(ec.SECP256R1())
        self.root = _certificate("Example Time Root", root_key, "Example Time Root", root_key)
        own = _certificate("Example Time Authority", key, "Example Time Root", root_key)
        (folder / "root.pem").write_bytes(self.root.public_bytes(serialization.Encoding.PEM))
        (folder / "tsa.pem").write_bytes(own.public_bytes(serialization.Encoding.PEM))
        (folder / "tsa.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(
            "[tsa]\ndefault_tsa = here\n[here]\nserial = serial\ncrypto_device = builtin\n"
            "signer_cert = tsa.pem\ncerts = root.pem\nsigner_key = tsa.key\n"
            "signer_digest = sha256\ndefault_policy = 1.2.3.4.1\n"
            "digests = sha256, sha384, sha512\naccuracy = secs:1\ness_cert_id_alg = sha256\n"
        )

    def answer(self, request: bytes) -> bytes:
        (self.folder / "query.tsq").write_bytes(request)
        subprocess.run(
            [
                "openssl",
                "ts",
                "-reply",
                "-config",
                "tsa.cnf",
                "-queryfile",
                "query.tsq",
                "-out",
                "reply.tsr",
            ],
            cwd=self.folder,
            check=True,
            capture_output=True,
        )
        return (self.folder / "reply.tsr").read_bytes()


def _certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: str, issuer_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    is_root = key is issuer_key
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2049, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_root,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=is_root,
                crl_sign=is_root,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if not is_root:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    return builder.sign(issuer_key, hashes.SHA256())
