"""A forge behind a local HTTP server that keeps what it was asked."""

from __future__ import annotations

import hashlib
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Protocol

from tests.forge.hub import body_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class Answers(Protocol):
    def answer(self, url: str) -> tuple[int, Any, dict[str, str]]: ...


@dataclass
class Served:
    """A running server."""

    forge: Answers
    address: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Path and headers of each request, names in small letters."""

    first: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    """Answers without a body that come before the forge's own."""

    def reply(self, path: str, known: str | None = None) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body; 304 where the asker has the answer already."""
        if self.first:
            status, headers = self.first.pop(0)
            return status, headers, b"{}"
        status, value, headers = self.forge.answer(self.address + path)
        body = body_of(value)
        mark = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if known == mark:
            return 304, {}, b""
        return status, {"ETag": mark, **headers}, body


@contextmanager
def serving(forge: Answers) -> Iterator[Served]:
    """The forge on a port of this machine."""
    served = Served(forge)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = {name.lower(): value for name, value in self.headers.items()}
            served.asked.append((self.path, asked))
            status, headers, body = served.reply(self.path, asked.get("if-none-match"))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        served.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()
