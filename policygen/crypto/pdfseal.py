"""Sealing a PDF: the organization's certification signature, appended to the unsigned bytes.

The sealed file is revision 0 (the unsigned PDF, byte for byte) and one incremental update that adds
a tagged, invisible signature field and its PAdES signature. `pdfcheck` reads it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeAlias

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.extensions import DeveloperExtension
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    pdf_name,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import fields, signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfSigningSession,
    SigDSSPlacementPreference,
)
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, ValidationError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from policygen.crypto.sealing_keys import SealingIdentity
from policygen.crypto.timestamps import MALFORMED, expect_granted
from policygen.problems import PolicygenError, Problem

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography import x509
    from pyhanko.pdf_utils.writer import BasePdfFileWriter

    from policygen.crypto.pkcs11 import TokenIdentity
    from policygen.crypto.timestamps import TimestampAuthority

Identity: TypeAlias = "SealingIdentity | TokenIdentity"
"""Whose seal it is: a key in a file, or one on a token."""

FIELD_NAME = "seal"
END = b"%%EOF"
"""What an unsigned PDF must end with."""

PADES_EXTENSION = DeveloperExtension(
    prefix_name=pdf_name("/ESIC"), base_version=pdf_name("/1.7"), extension_level=1
)
"""Source: ETSI EN 319 142-1, 5.3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timestamping:
    """Where seals get their independent time."""

    authority: TimestampAuthority
    roots: tuple[x509.Certificate, ...] = ()
    """Roots of the authority. With them the certificates go into the file (PAdES B-LT), without
    them the seal carries the token only (B-T)."""


def seal_pdf(
    pdf: bytes,
    identity: Identity,
    *,
    reason: str,
    location: str | None,
    at: datetime,
    timestamper: Timestamping | None = None,
) -> bytes:
    """The sealed file: `pdf` byte for byte, then one update with the seal.

    The seal certifies (DocMDP) with form filling allowed, so that approvers may add signatures of
    their own. Level is PAdES B-B, with a timestamper B-T or B-LT. Certificates needed for B-LT are
    stored in the seal's own revision; revocation data is not fetched.

    Args:
        pdf: As typst writes it: tagged, one revision, no form, ends with `%%EOF`.
        identity: Its certificate must be valid at `at`.
        reason: Printed by readers, e.g. `Access Control Policy 2.0, sealed as approved`.
        location: Printed by readers; None leaves it out.
        at: The claimed time of sealing, with offset.
        timestamper: None where no authority is configured.

    Raises:
        PolicygenError: The PDF is not one to seal (`seal-unsuitable`), the certificate is not valid
            at that time (`seal-certificate-window`), or no usable time stamp came
            (`timestamp-unreachable`, `timestamp-refused`).
    """
    _expect_valid(identity, at)
    writer = _writer(pdf)
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD_NAME,
        md_algorithm="sha256",
        location=location,
        reason=reason,
        certify=True,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        subfilter=SigSeedSubFilter.PADES,
        **_long_term(identity, at, timestamper),
    )
    stamper = None if timestamper is None else _Stamper(timestamper.authority)
    signer = _Sealer(meta, signer=_signer(identity), timestamper=stamper, at=at)
    output = BytesIO()
    reserved = _digits_reserved(identity) if timestamper is None else None
    try:
        signer.sign_pdf(writer, existing_fields_only=True, bytes_reserved=reserved, output=output)
    except (TimestampRequestError, PathBuildingError, ValidationError) as error:
        message = f"the time stamp for the seal cannot be used: {error}"
        raise PolicygenError(Problem(code="timestamp-refused", message=message)) from error
    except SigningError as error:
        raise _unsuitable(str(error)) from error
    return output.getvalue()


def _digits_reserved(identity: Identity) -> int:
    """Hexadecimal digits that hold certificates, signed attributes and signature.

    Without it pyHanko makes a signature first only to see how long it gets, at half of the time.
    """
    chain = (identity.certificate, *identity.chain)
    return 2 * (2048 + sum(len(one.public_bytes(Encoding.DER)) for one in chain))


def _expect_valid(identity: Identity, at: datetime) -> None:
    own = identity.certificate
    start, end = own.not_valid_before_utc, own.not_valid_after_utc
    if not start <= at <= end:
        message = (
            f"the sealing certificate is valid from {start:%Y-%m-%d} to {end:%Y-%m-%d}, "
            f"the seal would be of {at:%Y-%m-%d}"
        )
        raise PolicygenError(Problem(code="seal-certificate-window", message=message))


def _writer(pdf: bytes) -> IncrementalPdfFileWriter:
    """A writer with the tagged empty field, on the last page."""
    if not pdf.startswith(b"%PDF-") or not pdf.endswith(END):
        raise _unsuitable("it must begin with %PDF- and end with %%EOF")
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=True)
        # Private, pinned with pyHanko 0.38: every update would rewrite the XMP packet and /Info, so
        # that the final view states other dates than revision 0 and PDF/A checkers object.
        writer._update_meta = lambda: None  # type: ignore[method-assign]
        if writer.prev.total_revisions != 1 or "/AcroForm" in writer.root:
            raise _unsuitable("it must have one revision and no form")
        _add_field(writer)
    except (PdfError, *MALFORMED) as error:
        raise _unsuitable(f"it cannot be read as a tagged PDF ({error})") from error
    return writer


def _add_field(writer: IncrementalPdfFileWriter) -> None:
    """Append the signature field, and tag its widget as PDF/UA-1 7.18 asks for.

    The widget has no size and so needs no appearance (PDF/A-3, 6.3.3).
    """
    specification = fields.SigFieldSpec(
        FIELD_NAME, on_page=-1, box=None, readable_field_name="Seal of the organization"
    )
    fields.append_signature_field(writer, specification)
    widget = writer.root["/AcroForm"]["/Fields"].raw_get(0)
    page = widget.get_object().raw_get("/P")
    tree = writer.root["/StructTreeRoot"]
    document = tree["/K"].raw_get(0)
    number = int(tree["/ParentTreeNextKey"])
    to_widget = {pdf_name("/Type"): pdf_name("/OBJR"), pdf_name("/Obj"): widget}
    element = writer.add_object(
        DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/StructElem"),
                pdf_name("/S"): pdf_name("/Form"),
                pdf_name("/P"): document,
                pdf_name("/Pg"): page,
                pdf_name("/K"): DictionaryObject({**to_widget, pdf_name("/Pg"): page}),
            }
        )
    )
    _append(writer, document.get_object(), "/K", element)
    numbers = tree["/ParentTree"]["/Nums"]
    numbers.extend([NumberObject(number), element])
    tree[pdf_name("/ParentTreeNextKey")] = NumberObject(number + 1)
    writer.update_container(tree)
    writer.update_container(numbers)
    widget.get_object()[pdf_name("/StructParent")] = NumberObject(number)
    page.get_object()[pdf_name("/Tabs")] = pdf_name("/S")
    writer.update_container(page.get_object())


def _append(
    writer: BasePdfFileWriter, parent: DictionaryObject, key: str, child: IndirectObject
) -> None:
    kids = parent[key]
    if not isinstance(kids, ArrayObject):
        kids = ArrayObject([parent.raw_get(key)])
        parent[NameObject(key)] = kids
    kids.append(child)
    writer.update_container(kids)
    writer.update_container(parent)


def _signer(identity: Identity) -> signers.Signer:
    if not isinstance(identity, SealingIdentity):
        return identity.signer()
    pkcs8 = identity.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return signers.SimpleSigner(
        signing_cert=_asn1(identity.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(pkcs8),
        cert_registry=SimpleCertificateStore.from_certs(map(_asn1, identity.chain)),
    )


def _long_term(
    identity: Identity, at: datetime, timestamper: Timestamping | None
) -> dict[str, Any]:
    """Settings of PAdES B-LT; empty where no roots are known. Any: keyword arguments."""
    if timestamper is None or not timestamper.roots:
        return {}
    anchors = [identity.chain[-1] if identity.chain else identity.certificate, *timestamper.roots]
    return {
        "embed_validation_info": True,
        "validation_context": ValidationContext(
            trust_roots=[_asn1(anchor) for anchor in anchors],
            moment=at,
            allow_fetching=False,
            revocation_mode="soft-fail",
        ),
        # A revision of its own for the DSS would make pdfsig say "Not total document signed".
        "dss_settings": DSSContentSettings(
            include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
        ),
    }


def _asn1(certificate: x509.Certificate) -> Any:
    """The certificate as pyHanko takes it. Any: asn1crypto has no types."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _unsuitable(reason: str) -> PolicygenError:
    message = f"the PDF cannot be sealed: {reason}"
    return PolicygenError(Problem(code="seal-unsuitable", message=message))


class _Sealer(signers.PdfSigner):
    """A signer whose clock is an argument."""

    def __init__(
        self,
        meta: signers.PdfSignatureMetadata,
        *,
        signer: signers.Signer,
        timestamper: TimeStamper | None,
        at: datetime,
    ) -> None:
        super().__init__(meta, signer=signer, timestamper=timestamper)
        self._at = at

    def init_signing_session(
        self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False
    ) -> PdfSigningSession:
        """The session, with our time instead of the machine's."""
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._at
        return session

    def register_extensions(self, pdf_out: BasePdfFileWriter, **_: object) -> None:
        """Declare PAdES only; the inherited method raises /Version to 2.0, no PDF/A-3."""
        pdf_out.register_extension(PADES_EXTENSION)


class _Stamper(TimeStamper):
    """pyHanko's view of a `TimestampAuthority`."""

    def __init__(self, authority: TimestampAuthority) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._authority = authority

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        answer = self._authority.answer(req.dump())
        expect_granted(answer)
        return tsp.TimeStampResp.load(answer)
