"""A web server for the built site that only this machine can reach."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_HOST = "127.0.0.1"


def site_server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server bound to the loopback address; port 0 takes a free one.

    Raises:
        OSError: The port is taken.
    """
    return ThreadingHTTPServer((_HOST, port), partial(_Quiet, directory=str(folder)))


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base names it
        """Say nothing about requests: the terminal belongs to whoever started the server."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()
