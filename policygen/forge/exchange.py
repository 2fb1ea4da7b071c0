"""The exchange with a forge: one request at a time, patient with limits, careful with the token.

The only module of ours that opens a network connection. It asks and never changes anything: every
request is a GET. The token goes to the forge's own address and nowhere else, and no message or
recording holds it.
"""

from __future__ import annotations

import http.client
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from policygen.forge.recordings import LOOPBACK, UNCHANGED
from policygen.problems import refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

TIMEOUT_SECONDS = 30
MAX_BODY_BYTES = 32 * 1024 * 1024
MAX_WAIT_SECONDS = 3700.0
"""Longer than the hour after which GitHub's counter starts again."""

ATTEMPTS = 5
REDIRECTS = 3
_LIMITED = frozenset({403, 429})
_PASSING = frozenset({500, 502, 503, 504})
_MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came back."""

    url: str
    """The address that answered, after redirects."""

    status: int
    headers: Mapping[str, str]
    """By name in small letters."""

    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A line to one forge."""

    api: str
    """Address that every request begins with."""

    headers: Mapping[str, str] = field(repr=False)
    """Sent with every request; the token is among them."""

    now: Callable[[], datetime]
    wait: Callable[[float], None]
    """Waits so many seconds."""

    tell: Callable[[str], None] = lambda _: None
    """Told what is waited for."""

    def get(self, url: str, etag: str | None = None) -> Response:
        """What a GET request is answered with, after limits and short failures have passed.

        Raises:
            PolicygenError: The address is not the forge's, the forge cannot be reached, or its
                limit lasts longer than anybody waits.
        """
        waited = 0.0
        for attempt in range(1, ATTEMPTS + 1):
            response = self._follow(url, etag)
            pause = self._pause(response, attempt)
            if pause is None:
                return response
            waited += pause
            if waited > MAX_WAIT_SECONDS:
                break
            self.tell(f"{_host(url)} answered {response.status}; waiting {pause:.0f} seconds")
            self.wait(pause)
        raise refusal(
            "forge-unavailable",
            f"{_host(url)} gave no answer to {_shown(url)} in {ATTEMPTS} attempts",
            "Run policygen forge fetch again later; what was recorded stays.",
        )

    def _follow(self, url: str, etag: str | None) -> Response:
        for _ in range(REDIRECTS):
            self._refuse_stranger(url)
            response = self._once(url, etag)
            if response.status not in _MOVED:
                return response
            url = urljoin(url, response.headers.get("location", ""))
        raise refusal(
            "forge-redirect-refused",
            f"{_shown(url)} leads from one place to another",
            "Name host and repository in organization.yml as the forge has them now.",
        )

    def _refuse_stranger(self, url: str) -> None:
        """Only the forge's own address gets a request, since every request carries the token."""
        ours, theirs = urlsplit(self.api), urlsplit(url)
        plain = theirs.scheme == "http" and theirs.hostname in LOOPBACK
        if theirs.scheme != "https" and not plain:
            raise refusal(
                "forge-not-encrypted",
                f"{_shown(url)} is not an https address",
                "The token is sent over encrypted connections only.",
            )
        if (ours.scheme, ours.netloc) != (theirs.scheme, theirs.netloc):
            raise refusal(
                "forge-redirect-refused",
                f"{ours.netloc} refers to {theirs.netloc}, which gets no request of ours",
                "Where the forge has moved, name its new host in organization.yml.",
            )

    def _once(self, url: str, etag: str | None) -> Response:
        request = urllib.request.Request(url, headers=dict(self.headers), method="GET")
        if etag is not None:
            request.add_header("If-None-Match", etag)
        opener = _opener(is_here=urlsplit(url).hostname in LOOPBACK)
        try:
            with opener.open(request, timeout=TIMEOUT_SECONDS) as stream:
                return _response(url, stream.status, stream.headers.items(), _body(stream))
        except urllib.error.HTTPError as error:
            with error:
                return _response(url, error.code, error.headers.items(), _body(error))
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            words = getattr(reason, "verify_message", None) or getattr(reason, "strerror", None)
            raise refusal(
                "forge-unavailable",
                f"{_host(url)} cannot be reached: {words or type(reason).__name__}",
                "Check the connection and the host in organization.yml.",
            ) from error

    def _pause(self, response: Response, attempt: int) -> float | None:
        """Seconds to wait before asking again; None where the answer stands."""
        if response.status in _LIMITED:
            return _limit(response, self.now())
        if response.status in _PASSING:
            return float(2**attempt)
        return None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Redirects come back as answers, so that their address is looked at first."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        """Follow nothing."""


@cache
def _opener(*, is_here: bool) -> urllib.request.OpenerDirector:
    """Asks through the proxy that the environment names, but for this machine itself."""
    handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
    if is_here:
        handlers.append(urllib.request.ProxyHandler({}))
    else:
        handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context()))
    return urllib.request.build_opener(*handlers)


def _body(stream: http.client.HTTPResponse | urllib.error.HTTPError) -> bytes:
    data = stream.read(MAX_BODY_BYTES + 1)
    if len(data) > MAX_BODY_BYTES:
        raise refusal(
            "forge-unavailable",
            f"an answer has more than {MAX_BODY_BYTES} bytes",
            "Check the host in organization.yml: no forge documents an answer of that size.",
        )
    return data


def _response(
    url: str, status: int, headers: list[tuple[str, str]], body: bytes
) -> Response:  # fmt: skip
    return Response(
        url=url,
        status=status,
        headers={name.lower(): value for name, value in headers},
        body=b"" if status == UNCHANGED else body,
    )


def _limit(response: Response, now: datetime) -> float | None:
    """How long the forge wants us to wait; None where it refuses for another reason."""
    headers = response.headers
    after = headers.get("retry-after")
    if after is not None:
        return _retry_after(after, now)
    remaining = headers.get("x-ratelimit-remaining") or headers.get("ratelimit-remaining")
    reset = headers.get("x-ratelimit-reset") or headers.get("ratelimit-reset")
    if remaining == "0" and reset is not None and reset.isdecimal():
        return max(0.0, int(reset) - now.timestamp()) + 1
    return 60.0 if response.status == 429 else None


def _retry_after(text: str, now: datetime) -> float:
    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (TypeError, ValueError):
        return 60.0


def _host(url: str) -> str:
    return urlsplit(url).hostname or "the forge"


def _shown(url: str) -> str:
    """An address without its query, for messages."""
    return urlsplit(url)._replace(query="", fragment="").geturl()
