"""Time from an independent authority: RFC 3161 requests, and checks of what came back.

The bytes kept are the whole answer of the authority (TimeStampResp), so that
`openssl ts -verify -data FILE -in FILE.tsr -CAfile roots.pem` reads them as they are.
"""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import logging
import secrets
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.general import ValueErrorWithMessage
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from policygen.problems import PolicygenError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cryptography import x509

MAXIMUM_ANSWER_BYTES = 1024 * 1024
HASHES = frozenset({"sha256", "sha384", "sha512"})
MALFORMED = (
    SignatureValidationError,
    PdfError,
    ValueErrorWithMessage,
    ArithmeticError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What parsers of hostile ASN.1 have been seen to raise."""

# The verdict is a value; without a handler the libraries would print their warnings.
for _library in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_library).addHandler(logging.NullHandler())


class TimestampAuthority(Protocol):
    """Whoever answers a time-stamp request."""

    def answer(self, request: bytes) -> bytes:
        """The DER TimeStampResp to a DER TimeStampReq.

        Raises:
            PolicygenError: There was no answer (`timestamp-unreachable`).
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAuthority:
    """An authority on the network. Asked only where the organization has configured it."""

    url: str
    """`https://` or `http://`; the answer is signed, so the way there need not be."""

    timeout_seconds: float = 20.0

    def answer(self, request: bytes) -> bytes:
        """The authority's answer; redirections and answers above one megabyte are refused."""
        if urllib.parse.urlsplit(self.url).scheme not in {"http", "https"}:
            raise _unreachable(self.url, "the address must begin with https:// or http://")
        query = urllib.request.Request(
            self.url,
            data=request,
            headers={
                "Content-Type": "application/timestamp-query",
                "Accept": "application/timestamp-reply",
            },
        )
        # Proxies would come from the environment, which only the doors read.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirection())
        try:
            with opener.open(query, timeout=self.timeout_seconds) as response:
                answer: bytes = response.read(MAXIMUM_ANSWER_BYTES + 1)
        except urllib.error.HTTPError as error:
            error.close()
            raise _unreachable(self.url, f"HTTP status {error.code}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _unreachable(self.url, str(error)) from error
        if len(answer) > MAXIMUM_ANSWER_BYTES:
            raise _unreachable(self.url, f"the answer is longer than {MAXIMUM_ANSWER_BYTES} bytes")
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCheck:
    """What a time-stamp token proves."""

    at: datetime | None
    """The authority's time, UTC; None where the token cannot be read. Counts without problems."""

    authority: str | None
    """Subject of the authority's certificate; None where it cannot be read."""

    problems: tuple[Problem, ...]
    """Empty where the token is one over the data by an authority under the roots."""


def request_token(data_sha256: bytes, authority: TimestampAuthority) -> bytes:
    """The authority's answer over a digest: DER TimeStampResp, granted and over this digest.

    Its signature is not judged here; `check_token` does that.

    Args:
        data_sha256: The 32 bytes of the digest.
        authority: Asked once.

    Raises:
        PolicygenError: No answer (`timestamp-unreachable`), a refusal or an answer to another
            question (`timestamp-refused`).
    """
    if len(data_sha256) != hashlib.sha256().digest_size:
        raise ValueError("data_sha256 must be the 32 bytes of a SHA-256 digest")
    nonce = secrets.randbits(63)
    request = tsp.TimeStampReq(
        {
            "version": "v1",
            "message_imprint": {
                "hash_algorithm": {"algorithm": "sha256"},
                "hashed_message": data_sha256,
            },
            "nonce": nonce,
            "cert_req": True,
        }
    )
    answer = authority.answer(request.dump())
    expect_granted(answer)
    info = _token_info(_signed_data(answer))
    imprint = info["message_imprint"]["hashed_message"].native
    if info["nonce"].native != nonce or imprint != data_sha256:
        message = "the time-stamping authority answered another question than was asked"
        raise PolicygenError(Problem(code="timestamp-refused", message=message))
    return answer


def expect_granted(answer: bytes) -> None:
    """Nothing, where an authority's answer holds a readable token.

    Raises:
        PolicygenError: It does not (`timestamp-refused`); the message says what the authority says.
    """
    try:
        info = _token_info(_signed_data(answer))
        _ = info["nonce"].native, info["message_imprint"]["hashed_message"].native
    except MALFORMED as error:
        message = f"the time-stamping authority gave no token: {_refusal(answer)}"
        raise PolicygenError(Problem(code="timestamp-refused", message=message)) from error


def check_token(token: bytes, data: bytes, trust_roots: Sequence[x509.Certificate]) -> TokenCheck:
    """Whether a token proves that `data` existed at its time.

    Certificates are judged as of the token's own time, without asking anybody whether they were
    revoked. A certificate that expired since does not spoil the token.

    Args:
        token: TimeStampResp, as `request_token` gives it, or the bare token inside.
        data: The bytes themselves, not their digest.
        trust_roots: Root certificates of authorities that count; empty trusts nobody.
    """
    try:
        signed = _signed_data(token)
        info = _token_info(signed)
        at: datetime = info["gen_time"].native
        algorithm: str = info["message_imprint"]["hash_algorithm"]["algorithm"].native
        imprint: bytes = info["message_imprint"]["hashed_message"].native
    except MALFORMED:
        return _unusable("timestamp-unreadable", "the file is no RFC 3161 time-stamp token")
    if algorithm not in HASHES:
        message = f"the time-stamp token uses {algorithm}, expected one of the SHA-2 family"
        return _unusable("timestamp-unreadable", message, at)
    if hashlib.new(algorithm, data).digest() != imprint:
        return _unusable("timestamp-other-data", "the time-stamp token is over other bytes", at)
    roots = [asn1_x509.Certificate.load(root.public_bytes(Encoding.DER)) for root in trust_roots]
    return _verdict(signed, at, imprint, roots)


def _verdict(signed: Any, at: datetime, imprint: bytes, roots: list[Any]) -> TokenCheck:
    # Any: asn1crypto has no types.
    context = ValidationContext(
        trust_roots=roots, moment=at, allow_fetching=False, revocation_mode="soft-fail"
    )
    try:
        status = asyncio.run(
            validate_tst_signed_data(signed, context, expected_tst_imprint=lambda _: imprint)
        )
        subject = status["signing_cert"].subject
        authority = str(subject.native.get("common_name", subject.human_friendly))
    except MALFORMED:
        return _unusable("timestamp-broken", "the signature of the time-stamp token is broken", at)
    problems: list[Problem] = []
    if not (status["intact"] and status["valid"]):
        message = "the signature of the time-stamp token does not hold"
        problems.append(Problem(code="timestamp-broken", message=message))
    elif status["trust_problem_indic"] is not None or status["validation_path"] is None:
        message = f'the time-stamping authority "{authority}" is not under a trusted root'
        problems.append(Problem(code="timestamp-untrusted", message=message))
    return TokenCheck(at=at, authority=authority, problems=tuple(problems))


def _signed_data(token: bytes) -> Any:
    """The SignedData in a TimeStampResp or a bare token. Any: asn1crypto has no types."""
    if len(token) > MAXIMUM_ANSWER_BYTES:
        raise ValueError("too long for a token")
    content = cms.ContentInfo.load(token, strict=True) if _is_bare(token) else _granted(token)
    if content["content_type"].native != "signed_data":
        raise ValueError("not signed data")
    return content["content"]


def _is_bare(token: bytes) -> bool:
    """A ContentInfo begins with an object identifier, a response with a sequence."""
    return bool(core.Sequence.load(token, strict=True).contents[:1] == b"\x06")


def _granted(token: bytes) -> Any:
    response = tsp.TimeStampResp.load(token, strict=True)
    if response["status"]["status"].native not in {"granted", "granted_with_mods"}:
        raise ValueError("not granted")
    return response["time_stamp_token"]


def _token_info(signed: Any) -> Any:
    content = signed["encap_content_info"]
    if content["content_type"].native != "tst_info":
        raise ValueError("not a time-stamp token")
    return content["content"].parsed


def _refusal(answer: bytes) -> str:
    """What the authority says about its refusal."""
    try:
        status = tsp.TimeStampResp.load(answer, strict=True)["status"]
        texts = status["status_string"].native or []
        text = "; ".join([str(status["status"].native), *map(str, texts)])
    except MALFORMED:
        return "the answer cannot be read"
    return "".join(mark for mark in text if mark.isprintable())[:200]


def _unusable(code: str, message: str, at: datetime | None = None) -> TokenCheck:
    return TokenCheck(at=at, authority=None, problems=(Problem(code=code, message=message),))


def _unreachable(url: str, reason: str) -> PolicygenError:
    message = f"the time-stamping authority {url} gave no answer: {reason}"
    return PolicygenError(Problem(code="timestamp-unreachable", message=message))


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    """Refuses to be sent elsewhere: the configured address is the one that is asked."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None
