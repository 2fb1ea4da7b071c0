"""A web server for the built site: this machine only, reloading, with the problems of the sources.

Pages are handed out as they lie on disk, with one script and, where something is wrong, one panel
put in on the way. A page of another site cannot read ours through a name that points at this
machine: the Host header must be one of ours.
"""

from __future__ import annotations

import html
import mimetypes
import secrets
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from policygen.problems import Problem

HOST = "127.0.0.1"
_OWN = "/-policygen-"
SCRIPT, EVENTS, STYLE = f"{_OWN}/reload.js", f"{_OWN}/events", f"{_OWN}/panel.css"
"""Addresses that only the server has; nothing built can have such a name."""

_BREATH_SECONDS = 10.0
_MISSING = b"<!doctype html><title>Not found</title><body><p>There is no such page.</p></body>"
_OWN_FILES = {
    SCRIPT: (
        "text/javascript",
        "const shown = document.currentScript.dataset.shown;\n"
        f"const events = new EventSource({EVENTS!r});\n"
        "events.onmessage = (event) => { if (event.data !== shown) location.reload(); };\n"
        'addEventListener("pagehide", () => events.close());\n',
    ),
    STYLE: (
        "text/css",
        """\
#policygen-problems { position: fixed; inset: auto 0 0 0; z-index: 99; max-height: 60vh;
  overflow: auto; margin: 0; padding: 1rem 1.5rem; background: #fff6f5; color: #2b1413;
  border-top: .25rem solid #b3261e; font: 16px/1.5 sans-serif; }
#policygen-problems code { font: .9em/1.5 monospace; overflow-wrap: anywhere; }
#policygen-problems li { margin: .5rem 0; }
""",
    ),
}


class Bulletin:
    """What browsers are told: which build they look at, and what is wrong with the sources."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        # A browser that stayed open over a restart must notice, so numbers alone will not do.
        self._run = secrets.token_hex(4)
        self._number = 0
        self._problems: tuple[Problem, ...] = ()
        self._closed = False

    @property
    def shown(self) -> str:
        """Name of the present build."""
        return f"{self._run}-{self._number}"

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the sources now."""
        return self._problems

    def announce(self, problems: Sequence[Problem]) -> None:
        """Tell every browser that there is something new to see."""
        with self._changed:
            self._problems = tuple(problems)
            self._number += 1
            self._changed.notify_all()

    def wait(self, shown: str | None, timeout_seconds: float) -> str | None:
        """The present build once it is another than `shown`; None where the wait ended first."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self.shown != shown, timeout_seconds)
            return self.shown if self.shown != shown else None

    @property
    def closed(self) -> bool:
        """Whether the server is ending."""
        return self._closed

    def close(self) -> None:
        """Let go of everybody who waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class SiteServer(ThreadingHTTPServer):
    """Serves one folder; ends its event streams when it is closed."""

    daemon_threads = True

    def __init__(self, folder: Path, port: int, bulletin: Bulletin) -> None:
        self.folder = folder
        self.bulletin = bulletin
        super().__init__((HOST, port), _Handler)

    def server_close(self) -> None:
        """End streams and let go of the port."""
        self.bulletin.close()
        super().server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing when a browser leaves in the middle of an answer."""


def site_server(folder: Path, port: int, bulletin: Bulletin | None = None) -> SiteServer:
    """A server bound to the loopback address; port 0 takes a free one.

    Args:
        folder: The built site, which may be replaced while it is served.
        port: Port on 127.0.0.1.
        bulletin: Where builds are announced.

    Raises:
        OSError: The port is taken.
    """
    return SiteServer(folder, port, bulletin or Bulletin())


class _Handler(BaseHTTPRequestHandler):
    server: SiteServer
    server_version = "policygen"
    sys_version = ""
    timeout: ClassVar[float] = 60.0

    def do_GET(self) -> None:
        if not self._is_ours():
            return self._plain(HTTPStatus.FORBIDDEN, "This server answers to 127.0.0.1 only.\n")
        path = urlsplit(self.path).path
        if path == EVENTS:
            return self._stream()
        if path in _OWN_FILES:
            kind, text = _OWN_FILES[path]
            return self._answer(HTTPStatus.OK, kind, text.encode())
        return self._file(path)

    do_HEAD = do_GET  # noqa: N815 - the name of the base

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base names it
        """Say nothing about requests: the terminal belongs to whoever started the server."""

    def _is_ours(self) -> bool:
        port = self.server.server_port
        hosts = self.headers.get_all("Host") or []
        names = [HOST, "localhost"]
        known = [f"{name}:{port}" for name in names] + (names if port == 80 else [])
        return len(hosts) == 1 and hosts[0].strip().lower() in known

    def _file(self, path: str) -> None:
        # Asked before the file is read: a page that is too old is reloaded, one too new is not.
        shown = self.server.bulletin.shown
        found = safe_path(self.server.folder, path)
        if found is not None and found.is_dir():
            if not path.endswith("/"):
                return self._redirect(path)
            found = safe_path(self.server.folder, path + "index.html")
        try:
            data = found.read_bytes() if found is not None else None
        except OSError:
            data = None
        if data is None or found is None:
            # Nothing is built yet, or the page is gone: say at least what is wrong.
            return self._answer(HTTPStatus.NOT_FOUND, "text/html", self._dressed(_MISSING, shown))
        kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
        if kind == "text/html":
            data = self._dressed(data, shown)
        return self._answer(HTTPStatus.OK, kind, data)

    def _redirect(self, path: str) -> None:
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        # Below this server whatever the path looks like: never //elsewhere.
        self.send_header("Location", "/" + quote(unquote(path).strip("/")) + "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _dressed(self, page: bytes, shown: str) -> bytes:
        """The page with our script and, where something is wrong, the panel."""
        problems = self.server.bulletin.problems
        parts = f'<script src="{SCRIPT}" data-shown="{shown}"></script>'
        if problems:
            parts = f'<link rel="stylesheet" href="{STYLE}">{panel(problems)}{parts}'
        before, end, after = page.rpartition(b"</body>")
        return before + parts.encode() + end + after if end else page + parts.encode()

    def _stream(self) -> None:
        """Tell the browser the present build, and each one after it, until somebody leaves."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        if self.command == "HEAD":
            return
        shown: str | None = None
        while not self.server.bulletin.closed:
            fresh = self.server.bulletin.wait(shown, _BREATH_SECONDS)
            # The comment finds out whether anybody still listens.
            self.wfile.write(f"data: {fresh}\n\n".encode() if fresh else b": still here\n\n")
            self.wfile.flush()
            shown = fresh or shown

    def _plain(self, status: HTTPStatus, text: str) -> None:
        self._answer(status, "text/plain", text.encode())

    def _answer(self, status: HTTPStatus, kind: str, data: bytes) -> None:
        self.send_response(status)
        charset = "; charset=utf-8" if kind.startswith("text/") else ""
        self.send_header("Content-Type", kind + charset)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Referrer-Policy", "no-referrer")
        super().end_headers()


def safe_path(folder: Path, path: str) -> Path | None:
    """The file or folder an address names, links followed; None for anything outside."""
    name = unquote(path)
    parts = PurePosixPath(name.lstrip("/")).parts
    if any(character in name for character in "\0\\:") or ".." in parts:
        return None
    try:
        top = folder.resolve(strict=True)
        found = top.joinpath(*parts).resolve(strict=True)
    except (OSError, ValueError, RuntimeError):
        return None
    return found if found.is_relative_to(top) else None


def panel(problems: Sequence[Problem]) -> str:
    """Problems as a piece of a page, with everything in them escaped."""
    rows = "".join(_row(problem) for problem in problems)
    return (
        '<aside id="policygen-problems" role="alert">'
        "<p><strong>The sources cannot be built. The page below is from before.</strong></p>"
        f"<ul>{rows}</ul></aside>"
    )


def _row(problem: Problem) -> str:
    place = f"<code>{html.escape(str(problem.location))}</code> " if problem.location else ""
    hint = f"<br>{html.escape(problem.hint)}" if problem.hint else ""
    code = html.escape(problem.code)
    severity = problem.severity.value
    return f"<li>{place}{severity}: {html.escape(problem.message)} <code>{code}</code>{hint}</li>"
