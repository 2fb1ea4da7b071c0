"""Checking a sealed PDF, trusting nothing in it.

Says whether the file is the unsigned PDF, the seal, and nothing else but rightly added signatures.
Whether its certificate is the organization's is not decided here beyond the fingerprint: the
certificate is usually self-signed, so its fingerprint must come by another way than the file.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult, ModificationLevel
from pyhanko.sign.fields import MDPPerm

from policygen.crypto.pdfcontents import attachments, stated
from policygen.crypto.pdfrevisions import (
    MAXIMUM_OBJECTS,
    SEAL_REVISION,
    open_pdf,
    revision0,
    seal_adds_content,
)
from policygen.crypto.pdfsignatures import extent, read_signature
from policygen.crypto.timestamps import MALFORMED
from policygen.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

    from policygen.crypto.pdfcontents import Attached
    from policygen.crypto.pdfsignatures import PdfSignature

MAXIMUM_BYTES = 100 * 1024 * 1024
MAXIMUM_SIGNATURES = 32
FILES_KEPT = 128
"""Files whose check is remembered: a set is checked as it is sealed, built, verified, exported."""

END = re.compile(rb"startxref(?:\r\n|\r|\n)\d{1,10}(?:\r\n|\r|\n)%%EOF(?:\r\n|\r|\n)?")
UNREADABLE = (PdfError, *MALFORMED, AssertionError, MemoryError, OSError, zlib.error)
"""What readers of hostile files have been seen to raise; each means that the file is malformed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealCheck:
    """What a sealed PDF is. Everything but `problems` counts only where there are none."""

    problems: tuple[Problem, ...]
    revision0: bytes | None = field(default=None, repr=False)
    """The unsigned PDF inside; None where it cannot be told."""

    revision0_sha256: str | None = None
    certificate_fingerprint: str | None = None
    """SHA-256 of the sealing certificate's DER, lower-case hex."""

    signer_name: str | None = None
    """Common name in the sealing certificate, which anybody can choose."""

    signed_at: datetime | None = None
    """As the sealer claims."""

    timestamped_at: datetime | None = None
    """Time of the time stamp over the seal; None where there is none. Its authority is judged by
    `check_token(seal.timestamp, seal.value, roots)`."""

    attachments: Mapping[str, bytes] = field(
        default_factory=lambda: MappingProxyType({}), repr=False
    )
    """Files inside revision 0 by name."""

    seal: PdfSignature | None = field(default=None, repr=False)
    later_signatures: tuple[PdfSignature, ...] = ()
    """Signatures added after the seal, oldest first. They hold; whose they are is not judged."""


def check_sealed_pdf(
    pdf: bytes,
    *,
    expected_fingerprint: str | None = None,
    expected_revision0_sha256: str | None = None,
) -> SealCheck:
    """What is wrong with a sealed PDF, and what is inside.

    Without expectations the file is only shown to be consistent: anybody can seal anything with a
    key of their own. Trust in the certificate is for the caller, who knows the fingerprint.

    Args:
        pdf: The whole file, from anybody.
        expected_fingerprint: SHA-256 of the sealing certificate's DER; None leaves it open.
        expected_revision0_sha256: Digest of the unsigned PDF; None leaves it open.

    Returns:
        Never raises for what the bytes hold.
    """
    check = _checked(pdf)
    problems = list(check.problems)
    found = check.certificate_fingerprint
    if expected_fingerprint is not None and found not in {None, expected_fingerprint.lower()}:
        message = f"the PDF is sealed with certificate {found}, expected {expected_fingerprint}"
        problems.append(Problem(code="seal-wrong-certificate", message=message))
    digest = check.revision0_sha256
    if expected_revision0_sha256 is not None and digest not in {None, expected_revision0_sha256}:
        message = f"the unsigned PDF inside is {digest}, expected {expected_revision0_sha256}"
        problems.append(Problem(code="seal-revision-differs", message=message))
    return replace(check, problems=tuple(dict.fromkeys(problems)))


@lru_cache(maxsize=FILES_KEPT)
def _checked(pdf: bytes) -> SealCheck:
    outside = _outside(pdf)
    if outside is not None:
        return outside
    try:
        return _inside(pdf)
    except UNREADABLE as error:
        return _unreadable(f"it is malformed ({type(error).__name__})")


def _outside(pdf: bytes) -> SealCheck | None:
    """What is wrong with size, beginning and end; None where nothing is."""
    if len(pdf) > MAXIMUM_BYTES:
        return _unreadable(f"it is larger than {MAXIMUM_BYTES // (1024 * 1024)} MB")
    if not pdf.startswith(b"%PDF-"):
        return _unreadable("it does not begin with %PDF-")
    if pdf.count(b" obj") > MAXIMUM_OBJECTS or pdf.count(b" 00000 n") > MAXIMUM_OBJECTS:
        return _unreadable(f"it has more than {MAXIMUM_OBJECTS} objects")
    end = max((match.end() for match in END.finditer(pdf)), default=0)
    if end == len(pdf):
        return None
    check = _checked(pdf[:end])
    if end and not check.problems:
        message = f"{len(pdf) - end} bytes follow the end of the sealed PDF"
        return replace(check, problems=(Problem(code="seal-later-change", message=message),))
    message = "the PDF does not end with %%EOF; its end is missing"
    return SealCheck(problems=(Problem(code="seal-truncated", message=message),))


def _unreadable(why: str) -> SealCheck:
    message = f"the file cannot be read as a sealed PDF: {why}"
    return SealCheck(problems=(Problem(code="pdf-unreadable", message=message),))


def _inside(pdf: bytes) -> SealCheck:
    reader = open_pdf(pdf)
    signatures = sorted(reader.embedded_signatures, key=lambda found: found.signed_revision)
    if len(signatures) > MAXIMUM_SIGNATURES:
        return _unreadable(f"it has more than {MAXIMUM_SIGNATURES} signatures")
    if not signatures:
        return _missing("the PDF carries no signature")
    first, *others = signatures
    if why := _no_seal(reader, first):
        return _missing(why)
    seal = read_signature(pdf, first, is_seal=True)
    later = tuple(read_signature(pdf, other, is_seal=False) for other in others)
    problems = [problem for signature in (seal, *later) for problem in signature.problems]
    inner, unsealed = revision0(pdf, reader)
    check = SealCheck(
        problems=tuple(problems),
        revision0=inner,
        revision0_sha256=hashlib.sha256(inner).hexdigest(),
        certificate_fingerprint=seal.certificate_fingerprint,
        signer_name=seal.signer_name,
        signed_at=seal.signed_at,
        timestamped_at=seal.timestamped_at,
        seal=seal,
        later_signatures=later,
    )
    try:
        within = attachments(unsealed)
        problems += _changes(pdf, reader, signatures)
        if stated(unsealed) != stated(reader):
            message = "title, author, subject or keywords are not those of the unsigned PDF"
            problems.append(Problem(code="seal-later-change", message=message))
        problems += _attachment_differences(within, attachments(reader))
        problems += _additions(reader)
    except UNREADABLE:
        if not check.problems:
            raise
        return check  # What is broken need not be readable.
    names = MappingProxyType({attached.name: attached.content for attached in within})
    return replace(check, problems=tuple(problems), attachments=names)


def _missing(why: str) -> SealCheck:
    return SealCheck(problems=(Problem(code="seal-missing", message=why),))


def _no_seal(reader: PdfFileReader, first: EmbeddedPdfSignature) -> str | None:
    """Why the first signature is not a seal as `seal_pdf` makes it; None where it is one."""
    permissions = reader.root.get("/Perms", {})
    certified = permissions.raw_get("/DocMDP") if "/DocMDP" in permissions else None
    entered = first.sig_field.raw_get("/V")
    if certified is None or certified != entered or first.sig_object_type != "/Sig":
        return "the first signature of the PDF does not certify it"
    if first.signed_revision != SEAL_REVISION:
        return f"the first signature is in revision {first.signed_revision}, the seal is in 1"
    if first.docmdp_level is not MDPPerm.FILL_FORMS:
        return "the first signature does not forbid all changes but signatures"
    return None


def _changes(
    pdf: bytes, reader: PdfFileReader, signatures: list[EmbeddedPdfSignature]
) -> list[Problem]:
    """What happened after the seal that is no rightly added signature."""
    problems: list[Problem] = []
    last = signatures[-1]
    allowed = _allowed_changes(reader, signatures[0])
    if not allowed:
        message = "the PDF was changed after it was sealed, by more than adding a signature"
        problems.append(Problem(code="seal-later-change", message=message))
    covered = extent(last)
    if covered is None or covered.end >= len(pdf):
        return problems
    following = range(last.signed_revision + 1, reader.total_revisions)
    if allowed and any(reader.xrefs.explicit_refs_in_revision(number) for number in following):
        message = f"{len(pdf) - covered.end} bytes follow the part that is signed"
        problems.append(Problem(code="seal-not-whole", message=message))
    elif allowed:
        message = f"{len(pdf) - covered.end} bytes that say nothing follow the sealed PDF"
        problems.append(Problem(code="seal-later-change", message=message))
    return problems


def _allowed_changes(reader: PdfFileReader, seal: EmbeddedPdfSignature) -> bool:
    """Whether all revisions after the seal only fill in or add signature fields."""
    result = DEFAULT_DIFF_POLICY.review_file(
        reader, SEAL_REVISION, field_mdp_spec=seal.fieldmdp, doc_mdp=MDPPerm.FILL_FORMS
    )
    return (
        isinstance(result, DiffResult)
        and result.modification_level.value <= ModificationLevel.FORM_FILLING.value
    )


def _additions(reader: PdfFileReader) -> list[Problem]:
    """What the seal's own revision does beside sealing."""
    why = seal_adds_content(reader)
    if why is None:
        return []
    message = f"the seal's own revision changes the PDF: {why}"
    return [Problem(code="seal-adds-content", message=message)]


def _attachment_differences(
    sealed: tuple[Attached, ...], shown: tuple[Attached, ...]
) -> list[Problem]:
    before = {attached.key: attached for attached in sealed}
    after = {attached.key: attached for attached in shown}
    return [
        Problem(
            code="seal-attachment-differs",
            message=f'the attachment "{key}" is not the one in the unsigned PDF',
        )
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]
