"""Talking to a forge: patient with limits, and careful where the token goes."""

from __future__ import annotations

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from policygen.forge import github_visits
from policygen.forge.exchange import Exchange
from policygen.forge.recordings import speaks_for
from policygen.forge.visits import Repository, Visit
from policygen.model.forge import ForgeKind
from policygen.problems import PolicygenError
from tests.forge.hub import Hub
from tests.forge.pull_requests import CASES
from tests.forge.served import Served, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TOKEN = "ghp_0123456789secret"
PACKAGE = Path(__file__).parents[2] / "policygen"


class Clock:
    """Time that passes by waiting only."""

    def __init__(self) -> None:
        self.waited: list[float] = []
        self.told: list[str] = []

    def now(self) -> datetime:
        return NOW + timedelta(seconds=sum(self.waited))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def served(hub: Hub) -> Iterator[Served]:
    CASES["two pages"].build(hub)
    with serving(hub) as running:
        yield running


def exchange(served: Served, clock: Clock, api: str | None = None) -> Exchange:
    return Exchange(
        api=api or served.address,
        headers={**github_visits.HEADERS, "Authorization": f"Bearer {TOKEN}"},
        now=clock.now,
        wait=clock.waited.append,
        tell=clock.told.append,
    )


def visit(served: Served, clock: Clock, name: str = "larkfield/policies") -> Visit:
    repository = Repository(
        kind=ForgeKind.GITHUB, host="127.0.0.1", api=served.address, name=name,
        branch="main", folder="",
    )  # fmt: skip
    return Visit(repository, "change-42", exchange(served, clock), NOW, "policygen 0.1.0")


def refusal(served: Served, clock: Clock, url: str) -> str:
    with pytest.raises(PolicygenError) as caught:
        exchange(served, clock).get(url)
    [problem] = caught.value.problems
    assert TOKEN not in str(caught.value)
    assert problem.hint is not None
    return problem.code


def test_every_request_says_who_asks_and_in_which_version(served: Served, clock: Clock) -> None:
    github_visits.record_change(visit(served, clock), 42)
    for path, headers in served.asked:
        assert path.startswith("/repos/larkfield/policies/")
        assert headers["authorization"] == f"Bearer {TOKEN}"
        assert headers["accept"] == "application/vnd.github+json"
        assert headers["x-github-api-version"] == "2022-11-28"


def test_all_pages_are_asked_for_and_recorded(served: Served, clock: Clock) -> None:
    going = visit(served, clock)
    github_visits.record_change(going, 42)
    pages = [answer.url for answer in going.answers if "/reviews" in answer.url]
    assert [url.partition("?")[2] for url in pages] == ["per_page=100", "per_page=100&page=2"]
    assert going.answers[1].next == pages[1]
    assert len(list(going.recording().pages("/repos/larkfield/policies/pulls/42/reviews"))) == 3


@pytest.mark.parametrize(
    ("status", "headers", "waits"),
    [
        pytest.param(403, {"Retry-After": "17"}, [17.0], id="secondary limit"),
        pytest.param(429, {"Retry-After": "3"}, [3.0], id="too many"),
        pytest.param(
            429, {"Retry-After": "Sun, 01 Mar 2026 12:00:40 GMT"}, [40.0], id="until a date"
        ),
        pytest.param(
            403,
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(NOW.timestamp()) + 99)},
            [100.0],
            id="limit of the hour",
        ),
        pytest.param(
            429,
            {"RateLimit-Remaining": "0", "RateLimit-Reset": str(int(NOW.timestamp()) + 9)},
            [10.0],
            id="gitlab's limit",
        ),
        pytest.param(429, {}, [60.0], id="no word how long"),
        pytest.param(429, {"Retry-After": "soon"}, [60.0], id="a word nobody understands"),
        pytest.param(502, {}, [2.0], id="a gateway that fails for a moment"),
    ],
)
def test_a_limit_is_waited_out_and_then_answered(
    served: Served, clock: Clock, status: int, headers: dict[str, str], waits: list[float]
) -> None:
    served.first.append((status, headers))
    going = visit(served, clock)
    github_visits.record_change(going, 42)
    assert clock.waited == waits
    assert {answer.status for answer in going.answers} <= {200, 404}
    assert len(clock.told) == 1
    assert TOKEN not in clock.told[0]


def test_a_limit_that_lasts_longer_than_anybody_waits_ends_the_fetch(
    served: Served, clock: Clock
) -> None:
    served.first += [(429, {"Retry-After": "86400"})]
    assert refusal(served, clock, f"{served.address}/repos/x") == "forge-unavailable"
    assert clock.waited == []


def test_a_forge_that_fails_again_and_again_ends_the_fetch(served: Served, clock: Clock) -> None:
    served.first += [(503, {})] * 10
    assert refusal(served, clock, f"{served.address}/repos/x") == "forge-unavailable"
    assert clock.waited == [2.0, 4.0, 8.0, 16.0, 32.0]


def test_a_refusal_that_is_no_limit_is_not_waited_for(served: Served, clock: Clock) -> None:
    served.first += [(403, {"X-RateLimit-Remaining": "4999"})]
    assert exchange(served, clock).get(f"{served.address}/repos/x").status == 403
    assert clock.waited == []


def test_a_redirect_to_another_host_never_sees_the_token(clock: Clock, hub: Hub) -> None:
    with serving(hub) as elsewhere, serving(hub) as served:
        served.first += [(302, {"Location": f"{elsewhere.address}/repos/x"})]
        assert refusal(served, clock, f"{served.address}/repos/x") == "forge-redirect-refused"
        assert elsewhere.asked == []


def test_a_next_page_on_another_host_never_sees_the_token(clock: Clock, hub: Hub) -> None:
    CASES["happy single"].build(hub)

    class Lured(Hub):
        def answer(self, url: str) -> tuple[int, Any, dict[str, str]]:
            status, value, headers = hub.answer(url)
            if "/reviews" in url:
                headers["link"] = f'<{elsewhere.address}/steal>; rel="next"'
            return status, value, headers

    with serving(hub) as elsewhere, serving(Lured()) as served:
        with pytest.raises(PolicygenError) as caught:
            github_visits.record_change(visit(served, clock), 42)
        assert [problem.code for problem in caught.value.problems] == ["forge-redirect-refused"]
        assert elsewhere.asked == []


def test_a_redirect_on_the_same_host_is_followed_and_told_apart(
    served: Served, clock: Clock
) -> None:
    served.first += [(301, {"Location": "/repos/larkfield/policies/pulls/42"})]
    answer = exchange(served, clock).get(f"{served.address}/repos/larkfield/old/pulls/42")
    assert (answer.status, answer.url) == (
        200,
        f"{served.address}/repos/larkfield/policies/pulls/42",
    )
    served.first += [(301, {"Location": "/repos/larkfield/policies/pulls/42"})]
    with pytest.raises(PolicygenError, match="another name"):
        github_visits.record_change(visit(served, clock, "larkfield/old"), 42)


def test_redirects_in_a_circle_end(served: Served, clock: Clock) -> None:
    served.first += [(302, {"Location": "/repos/x"})] * 10
    assert refusal(served, clock, f"{served.address}/repos/x") == "forge-redirect-refused"


def test_a_redirect_to_an_address_without_encryption_is_refused(
    served: Served, clock: Clock
) -> None:
    served.first += [(302, {"Location": "http://forge.example/repos/x"})]
    assert refusal(served, clock, f"{served.address}/repos/x") == "forge-not-encrypted"


@pytest.mark.parametrize(
    "url", ["http://api.github.com/repos/x", "file:///etc/passwd", "ftp://127.0.0.1/x"]
)
def test_only_encrypted_addresses_are_asked(served: Served, clock: Clock, url: str) -> None:
    assert refusal(served, clock, url) == "forge-not-encrypted"
    assert served.asked == []


@pytest.mark.parametrize(
    ("api", "host", "speaks"),
    [
        ("https://api.github.com", "github.com", True),
        ("https://github.com", "github.com", False),
        ("http://api.github.com", "github.com", False),
        ("https://api.github.com.evil.example", "github.com", False),
        ("https://user@api.github.com", "github.com", False),
        ("https://git.larkfield.example/api/v4", "git.larkfield.example", True),
        ("https://git.larkfield.example:8443/api/v4", "git.larkfield.example", True),
        ("https://other.example/api/v4", "git.larkfield.example", False),
        ("http://127.0.0.1:8000", "127.0.0.1", True),
        ("http://127.0.0.1:8000", "github.com", False),
    ],
)
def test_an_interface_speaks_for_its_own_host_only(api: str, host: str, speaks: bool) -> None:
    assert speaks_for(api, host) is speaks


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "forge-token-refused"), (403, "forge-refused"), (404, "forge-refused")],
)
def test_a_forge_that_refuses_is_told_with_its_reason(
    served: Served, clock: Clock, status: int, code: str
) -> None:
    served.first += [(status, {})]
    with pytest.raises(PolicygenError) as caught:
        github_visits.record_change(visit(served, clock), 42)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_an_answer_that_is_no_json_is_not_recorded(served: Served, clock: Clock) -> None:
    going = visit(served, clock)
    served.reply = lambda path, known=None: (200, {}, b"<html>")  # type: ignore[method-assign]
    with pytest.raises(PolicygenError) as caught:
        github_visits.record_change(going, 42)
    [problem] = caught.value.problems
    assert (problem.code, problem.hint is not None) == ("forge-unavailable", True)
    assert going.answers == []


def test_nobody_at_the_address_is_told(served: Served, clock: Clock) -> None:
    with pytest.raises(PolicygenError) as caught:
        exchange(served, clock, "http://127.0.0.1:1").get("http://127.0.0.1:1/repos/x")
    assert [problem.code for problem in caught.value.problems] == ["forge-unavailable"]


def test_what_has_not_changed_is_not_sent_again(served: Served, clock: Clock, hub: Hub) -> None:
    first = visit(served, clock)
    github_visits.record_change(first, 42)
    again = visit(served, clock)
    again.earlier = first.recording()
    github_visits.record_change(again, 42)
    assert not again.found_news
    earlier = {answer.url: answer for answer in first.answers}
    for answer in again.answers:
        before = earlier[answer.url]
        assert answer.status == (304 if before.status == 200 else before.status)
        if answer.status == 304:
            assert (answer.file, answer.next) == (before.file, before.next)
    hub.review(hub.pulls[42], "lee-p", state="COMMENTED")
    news = visit(served, clock)
    news.earlier = again.recording()
    github_visits.record_change(news, 42)
    assert news.found_news


def test_recordings_hold_no_token_no_address_and_no_picture(served: Served, clock: Clock) -> None:
    going = visit(served, clock)
    github_visits.record_change(going, 42)
    assert any(b"avatar_url" in served.reply(path)[2] for path, _ in served.asked)
    stored = b"".join(going.recording().files().values())
    for secret in (TOKEN, "@larkfield.example", "@private.example", "avatar", "gravatar"):
        assert secret.encode() not in stored
    assert b'"login": "dana-w"' in stored
    assert b"@redacted.invalid" in stored


def test_no_other_module_opens_a_connection() -> None:
    networks = {"urllib.request", "http.client", "socket", "requests", "httpx", "ssl", "ftplib"}
    allowed = {"forge/exchange.py"}
    found = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        suspects = ast.walk(ast.parse(text)) if any(name in text for name in networks) else ()
        for node in suspects:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            if networks & set(names):
                found.add(path.relative_to(PACKAGE).as_posix())
    assert allowed <= found
    assert {
        name for name in found if name.startswith(("forge/", "history/", "pipeline/"))
    } == allowed
