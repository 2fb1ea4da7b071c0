"""One signature of a PDF, taken out of the file and held against its bytes.

Stricter than PDF readers: nothing in the file may be outside the signature but the signature's own
hexadecimal digits, and of those none that could be another without being noticed.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from asn1crypto import cms, core
from cryptography import x509
from cryptography.x509.oid import NameOID
from pyhanko.sign.general import find_unique_cms_attribute
from pyhanko.sign.validation.generic_cms import (
    extract_certs_for_validation,
    validate_sig_integrity,
)
from pyhanko.sign.validation.status import SignatureCoverageLevel

from policygen.crypto.sealing_keys import fingerprint
from policygen.crypto.timestamps import HASHES, MALFORMED, check_token
from policygen.problems import Problem

if TYPE_CHECKING:
    from datetime import datetime

    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

WHOLE_REVISION = (SignatureCoverageLevel.ENTIRE_REVISION, SignatureCoverageLevel.ENTIRE_FILE)
HEXADECIMAL = re.compile(rb"<(?:[0-9A-F]*|[0-9a-f]*)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Which bytes of the file a signature signs: all up to `end` but `gap_start` to `gap_end`."""

    gap_start: int
    gap_end: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfSignature:
    """What one signature says. Counts where its problems are empty."""

    field: str
    """Name of the signature field."""

    signer_name: str | None
    """Common name in the signer's certificate; None where it cannot be read."""

    certificate_fingerprint: str | None
    """SHA-256 of the certificate's DER, lower-case hex; None where it cannot be read."""

    certificate: x509.Certificate | None
    signed_at: datetime | None
    """As the signer claims; None where nothing is claimed."""

    timestamped_at: datetime | None
    """Time in the time stamp over the signature; None where there is none. The stamp is whole, but
    whether its authority counts is for `check_token` with `value` and roots."""

    timestamp: bytes | None
    """The token itself, DER."""

    value: bytes
    """The raw signature, over which the time stamp is."""

    problems: tuple[Problem, ...]


def extent(signature: EmbeddedPdfSignature) -> Extent | None:
    """What the signature's ByteRange says; None where it is not of the one usual form."""
    values = [int(value) for value in signature.byte_range]
    if len(values) != 4 or values[0] != 0 or min(values[1:]) <= 0:
        return None
    _, first, second, length = values
    return Extent(gap_start=first, gap_end=second, end=second + length)


def read_signature(pdf: bytes, signature: EmbeddedPdfSignature, *, is_seal: bool) -> PdfSignature:
    """The signature with everything that is wrong with it.

    Args:
        pdf: The whole file.
        signature: As pyHanko finds it.
        is_seal: Ours are held to the exact encoding in which they are written, so that no bit of
            them can change unnoticed; those of other programs to what makes them valid.
    """
    name = str(signature.field_name)
    problems = [_covered(pdf, signature, name)]
    value, certificate, token = b"", None, None
    if problems[0] is None or problems[0].code == "seal-not-whole":
        try:
            digest_problem, certificate = _verified(pdf, signature, name)
            problems.append(digest_problem)
            value = signature.signer_info["signature"].native
            token = _token(signature)
            if is_seal and not _as_written(signature):
                problems.append(_broken(name, "is not encoded as it was written"))
        except MALFORMED:
            problems.append(_broken(name, "cannot be read"))
    stamped = check_token(token, value, ()) if token is not None else None
    if stamped is not None and {"timestamp-untrusted"} != {p.code for p in stamped.problems}:
        problems.append(_broken(name, "carries a broken time stamp"))
    return PdfSignature(
        field=name,
        signer_name=_name(certificate),
        certificate_fingerprint=None if certificate is None else fingerprint(certificate),
        certificate=certificate,
        signed_at=signature.self_reported_timestamp,
        timestamped_at=stamped.at if stamped is not None else None,
        timestamp=token,
        value=value,
        problems=tuple(problem for problem in problems if problem is not None),
    )


def _covered(pdf: bytes, signature: EmbeddedPdfSignature, name: str) -> Problem | None:
    """Why the signed bytes are not the file without the signature's digits; None where they are."""
    covered = extent(signature)
    if covered is None:
        message = f'the signature "{name}" does not sign one stretch from the first byte on'
        return Problem(code="seal-not-whole", message=message)
    if covered.end > len(pdf):
        message = f'the file ends at byte {len(pdf)}, the signature "{name}" at byte {covered.end}'
        return Problem(code="seal-truncated", message=message)
    gap = pdf[covered.gap_start : covered.gap_end]
    if not HEXADECIMAL.fullmatch(gap) or len(gap) % 2:
        return _unsigned(name, "something else than the digits of the signature")
    content = bytes.fromhex(gap[1:-1].decode())
    if content != signature.pkcs7_content:
        return _unsigned(name, "another signature than the one of the field")
    if content[_der_length(content) :].strip(b"\0"):
        return _unsigned(name, "bytes behind the signature that are not zero")
    if signature.evaluate_signature_coverage() not in WHOLE_REVISION:
        message = f'the signature "{name}" does not cover the whole of its revision'
        return Problem(code="seal-not-whole", message=message)
    return None


def _unsigned(name: str, what: str) -> Problem:
    message = f'the unsigned gap of the signature "{name}" holds {what}'
    return Problem(code="seal-not-whole", message=message)


def _der_length(content: bytes) -> int:
    """Length of the DER value at the start, header included."""
    first = content[1] if len(content) > 1 else 0
    if first < 0x80:
        return 2 + first
    count = first & 0x7F
    return 2 + count + int.from_bytes(content[2 : 2 + count], "big")


def _verified(
    pdf: bytes, signature: EmbeddedPdfSignature, name: str
) -> tuple[Problem | None, x509.Certificate]:
    """Whether digest and signature hold, and the certificate they hold under."""
    signed: Any = signature.signed_data  # Any: asn1crypto has no types.
    signer = signature.signer_info
    own = extract_certs_for_validation(signed).signer_cert
    certificate = x509.load_der_x509_certificate(own.dump())
    algorithm = signer["digest_algorithm"]["algorithm"].native
    kind = signed["encap_content_info"]["content_type"].native
    covered = extent(signature)
    if covered is None:
        return None, certificate
    data = pdf[: covered.gap_start] + pdf[covered.gap_end : covered.end]
    if kind == "tst_info":
        codes = {
            problem.code for problem in check_token(_document_stamp(signature), data, ()).problems
        }
        stamp_holds = codes <= {"timestamp-untrusted"}
        return None if stamp_holds else _broken(name, "is a broken time stamp"), certificate
    if algorithm not in HASHES or kind != "data":
        return _broken(name, f"uses {algorithm} over {kind}, expected SHA-2 over data"), certificate
    digest = hashlib.new(algorithm, data).digest()
    intact, valid = validate_sig_integrity(signer, own, kind, digest)
    if not intact:
        return _broken(name, "is over other bytes than the file holds"), certificate
    if not valid:
        return _broken(name, "does not hold under its certificate"), certificate
    return None, certificate


def _document_stamp(signature: EmbeddedPdfSignature) -> bytes:
    content: bytes = signature.pkcs7_content
    return content[: _der_length(content)]


def _broken(name: str, why: str) -> Problem:
    return Problem(code="seal-broken", message=f'the signature "{name}" {why}')


def _token(signature: EmbeddedPdfSignature) -> bytes | None:
    """The time stamp over the signature; None where there is none."""
    for attribute in _unsigned_attributes(signature):
        if attribute["type"].native == "signature_time_stamp_token":
            token: bytes = attribute["values"][0].dump()
            return token
    return None


def _unsigned_attributes(signature: EmbeddedPdfSignature) -> list[Any]:
    attributes = signature.signer_info["unsigned_attrs"]
    return [] if attributes is core.VOID else list(attributes)


def _as_written(signature: EmbeddedPdfSignature) -> bool:
    """Whether the CMS is byte for byte what pyHanko writes for its signed contents.

    What is built anew here is outside the signature (versions, identifiers, tags); what is copied
    is protected: signed attributes and signature by each other, the certificate by its hash in the
    signing-certificate attribute, a time stamp by its own signature. Certificates above a signing
    certificate that is not self-signed, and those in a time stamp, are protected by their issuers
    alone.
    """
    signed: Any = signature.signed_data
    signer = signature.signer_info
    own = extract_certs_for_validation(signed).signer_cert
    find_unique_cms_attribute(signer["signed_attrs"], "signing_certificate_v2")
    digest = {
        "algorithm": signer["digest_algorithm"]["algorithm"].native,
        "parameters": core.Null(),
    }
    others = [choice for choice in signed["certificates"] if choice.chosen.dump() != own.dump()]
    parts = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            "issuer_and_serial_number",
            {"issuer": own.issuer, "serial_number": own.serial_number},
        ),
        "digest_algorithm": digest,
        "signature_algorithm": {"algorithm": signer["signature_algorithm"]["algorithm"].native},
        "signed_attrs": signer["signed_attrs"].copy(),
        "signature": signer["signature"].native,
    }
    if (token := _token(signature)) is not None:
        stamp = {"type": "signature_time_stamp_token", "values": [cms.ContentInfo.load(token)]}
        parts["unsigned_attrs"] = [cms.CMSAttribute(stamp)]
    content = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [digest],
            "encap_content_info": {"content_type": "data"},
            "certificates": [cms.CertificateChoices("certificate", own), *others],
            "signer_infos": [cms.SignerInfo(parts)],
        }
    )
    written = cms.ContentInfo({"content_type": "signed_data", "content": content}).dump()
    return bool(signature.pkcs7_content.startswith(written))


def _name(certificate: x509.Certificate | None) -> str | None:
    if certificate is None:
        return None
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()
