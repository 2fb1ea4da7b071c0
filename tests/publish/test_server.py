"""The server of the built site: for this machine, for the site's folder, and with what is wrong."""

from __future__ import annotations

import http.client
import threading
from typing import TYPE_CHECKING

import pytest

from policygen.problems import Location, Problem
from policygen.publish.server import EVENTS, SCRIPT, STYLE, Bulletin, SiteServer, site_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = "<!doctype html><html><body><p>Doors are closed.</p></body></html>"
BROKEN = Problem(
    code="render-unknown-name",
    location=Location("policies/door<b>.md", 3, 7),
    message='p.<script>alert("x")</script> is not a parameter',
    hint="did you mean <i>p.door</i>?",
)


@pytest.fixture
def bulletin() -> Bulletin:
    return Bulletin()


@pytest.fixture
def server(tmp_path: Path, bulletin: Bulletin) -> Iterator[SiteServer]:
    site = tmp_path / "site"
    (site / "policies").mkdir(parents=True)
    (site / "index.html").write_text(PAGE)
    (site / "policies" / "index.html").write_text(PAGE)
    (site / "data.json").write_text("{}")
    (tmp_path / "secret.txt").write_text("the key")
    (site / "link.txt").symlink_to(tmp_path / "secret.txt")
    with site_server(site, 0, bulletin) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        yield running
        bulletin.close()
        running.shutdown()
        thread.join()


def _ask(
    server: SiteServer, path: str, *, host: str | None = None, method: str = "GET"
) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.putrequest(method, path, skip_host=True)
    connection.putheader("Host", host or f"127.0.0.1:{server.server_port}")
    connection.endheaders()
    answer = connection.getresponse()
    found = (answer.status, {name.lower(): value for name, value in answer.getheaders()})
    text = answer.read().decode()
    connection.close()
    return (*found, text)


def test_only_this_machine_can_connect(server: SiteServer) -> None:
    assert server.server_address[0] == "127.0.0.1"


def test_a_page_is_served_with_the_script_that_reloads_it(
    server: SiteServer, bulletin: Bulletin, tmp_path: Path
) -> None:
    status, headers, text = _ask(server, "/")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert f'<script src="{SCRIPT}" data-shown="{bulletin.shown}"></script></body>' in text
    assert (tmp_path / "site" / "index.html").read_text() == PAGE


def test_what_is_not_a_page_is_served_as_it_is(server: SiteServer) -> None:
    assert _ask(server, "/data.json")[2] == "{}"


def test_nothing_is_kept_by_the_browser(server: SiteServer) -> None:
    for path in ("/", "/data.json", "/missing", SCRIPT):
        headers = _ask(server, path)[1]
        assert (headers["cache-control"], headers["x-content-type-options"]) == (
            "no-store",
            "nosniff",
        )


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/policies/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..\\secret.txt",
        "/%5c..%5csecret.txt",
        "//secret.txt",
        "/link.txt",
        "/index.html%00.txt",
        "/C:/secret.txt",
        "/" + "a/" * 3000,
    ],
)
def test_nothing_outside_the_site_is_served(server: SiteServer, path: str) -> None:
    status, _, text = _ask(server, path)
    assert status == 404
    assert "the key" not in text


def test_a_folder_is_asked_for_with_a_slash_and_stays_on_this_server(server: SiteServer) -> None:
    for path in ("/policies", "//policies", "/%2fpolicies"):
        status, headers, _ = _ask(server, path)
        assert (status, headers["location"]) == (301, "/policies/")
    assert _ask(server, "/policies/")[0] == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_a_name_that_only_points_at_this_machine_is_refused(server: SiteServer, host: str) -> None:
    for path in ("/", EVENTS, SCRIPT):
        status, _, text = _ask(server, path, host=host or " ")
        assert status == 403
        assert "Doors" not in text


def test_localhost_is_a_name_of_this_machine(server: SiteServer) -> None:
    assert _ask(server, "/", host=f"LOCALHOST:{server.server_port}")[0] == 200


def test_nothing_can_be_sent_to_the_server(server: SiteServer) -> None:
    assert _ask(server, "/", method="POST")[0] == 501
    assert _ask(server, "/", method="HEAD")[2] == ""


def test_problems_are_shown_above_the_page_with_everything_escaped(
    server: SiteServer, bulletin: Bulletin
) -> None:
    bulletin.announce([BROKEN])
    text = _ask(server, "/")[2]
    assert "Doors are closed." in text
    assert "policies/door&lt;b&gt;.md:3:7" in text
    assert "p.&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; is not a parameter" in text
    assert "did you mean &lt;i&gt;p.door&lt;/i&gt;?" in text
    assert f'href="{STYLE}"' in text
    bulletin.announce([])
    assert "render-unknown-name" not in _ask(server, "/")[2]


def test_problems_are_shown_also_where_nothing_was_ever_built(
    server: SiteServer, bulletin: Bulletin
) -> None:
    bulletin.announce([BROKEN])
    status, _, text = _ask(server, "/policies/never-built.html")
    assert status == 404
    assert "render-unknown-name" in text


def test_an_open_browser_is_told_of_each_build(server: SiteServer, bulletin: Bulletin) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request("GET", EVENTS)
    answer = connection.getresponse()
    assert answer.getheader("content-type") == "text/event-stream"
    first = answer.readline()
    assert first == f"data: {bulletin.shown}\n".encode()
    bulletin.announce([])
    assert answer.readline() == b"\n"
    assert answer.readline() == f"data: {bulletin.shown}\n".encode() != first
    connection.close()
