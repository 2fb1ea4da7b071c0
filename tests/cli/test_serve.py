"""`policygen serve` as its user meets it: an address, an edit, a mistake, and Ctrl-C."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from policygen.publish.server import EVENTS
from tests.pipeline.doors import POLICY, edit, open_doors

if TYPE_CHECKING:
    from pathlib import Path


def _page(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/policies/door-policy.html")
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def _next_build(events: http.client.HTTPResponse) -> bytes:
    """Wait until the browser is told of another build."""
    while not (line := events.readline()).startswith(b"data: "):
        assert line, "the server ended"
    return line


def test_an_edit_reloads_the_page_and_a_mistake_is_shown_until_it_is_mended(
    tmp_path: Path,
) -> None:
    root = open_doors(tmp_path / "doors")
    command = [sys.executable, "-m", "policygen", "-C", str(root), "serve", "--preview"]
    serving = subprocess.Popen(
        [*command, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert serving.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:(\d+)/", serving.stdout.readline())
    assert found is not None
    port = int(found[1])
    assert "are closed" in _page(port)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", EVENTS)
    events = connection.getresponse()
    first = _next_build(events)

    edit(root / POLICY, "are closed", "are shut")
    assert _next_build(events) != first
    assert "are shut" in _page(port)

    edit(root / POLICY, "org.short_name", "org.short_nam")
    _next_build(events)
    text = _page(port)
    assert "are shut" in text
    assert f"{POLICY}:19:" in text
    assert "org.short_nam is not" in text

    edit(root / POLICY, "org.short_nam", "org.short_name")
    _next_build(events)
    assert "org.short_nam is not" not in _page(port)

    serving.send_signal(signal.SIGINT)
    assert serving.wait(timeout=60) == 0
    connection.close()
    serving.communicate()


def test_a_port_that_is_taken_is_wrong_usage(tmp_path: Path) -> None:
    import socket

    from policygen.cli.main import main

    root = open_doors(tmp_path / "doors")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["-C", str(root), "serve", "--port", port]) == 2
