from __future__ import annotations

import hashlib
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from asn1crypto import tsp
from hypothesis import given, settings
from hypothesis import strategies as st

from policygen.crypto.timestamps import HttpAuthority, check_token, request_token
from policygen.problems import PolicygenError
from tests.crypto.pdf_samples import OpensslAuthority, identity
from tests.crypto.time_server import serving

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cryptography import x509


DATA = b"a consent"
DIGEST = hashlib.sha256(DATA).digest()


@pytest.fixture(scope="module")
def token(authority: OpensslAuthority) -> bytes:
    return request_token(DIGEST, authority)


def codes(token: bytes, data: bytes, *roots: x509.Certificate) -> list[str]:
    return [problem.code for problem in check_token(token, data, roots).problems]


class Answering:
    """An authority that says what it is told to say."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self._answer = answer

    def answer(self, request: bytes) -> bytes:
        return self._answer(request)


def test_a_token_proves_its_time(token: bytes, authority: OpensslAuthority) -> None:
    check = check_token(token, DATA, [authority.root])
    assert check.problems == ()
    assert check.authority == "Example Time Authority"
    assert check.at is not None
    assert abs(check.at - datetime.now(UTC)) < timedelta(hours=1)


def test_openssl_reads_the_token_as_it_is_kept(
    token: bytes, authority: OpensslAuthority, tmp_path: Path
) -> None:
    (tmp_path / "consent.json").write_bytes(DATA)
    (tmp_path / "consent.json.tsr").write_bytes(token)
    said = subprocess.run(
        [
            *["openssl", "ts", "-verify", "-data", "consent.json", "-in", "consent.json.tsr"],
            *["-CAfile", str(authority.folder / "root.pem")],
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Verification: OK" in said.stdout


def test_the_bare_token_is_as_good(token: bytes, authority: OpensslAuthority) -> None:
    bare = tsp.TimeStampResp.load(token)["time_stamp_token"].dump()
    assert codes(bare, DATA, authority.root) == []


def test_a_token_over_other_bytes_is_refused(token: bytes, authority: OpensslAuthority) -> None:
    assert codes(token, b"another consent", authority.root) == ["timestamp-other-data"]


def test_an_authority_under_no_trusted_root_does_not_count(token: bytes) -> None:
    assert codes(token, DATA) == ["timestamp-untrusted"]
    assert codes(token, DATA, identity().certificate) == ["timestamp-untrusted"]


def test_an_authority_of_the_same_name_under_another_root_does_not_count(
    token: bytes, tmp_path: Path
) -> None:
    assert codes(token, DATA, OpensslAuthority(tmp_path).root) == ["timestamp-untrusted"]


def test_a_changed_signature_is_refused(token: bytes, authority: OpensslAuthority) -> None:
    changed = token[:-1] + bytes([token[-1] ^ 1])
    assert codes(changed, DATA, authority.root) == ["timestamp-broken"]


def test_a_changed_time_is_refused(token: bytes, authority: OpensslAuthority) -> None:
    check = check_token(token, DATA, [authority.root])
    assert check.at is not None
    written = f"{check.at:%Y%m%d%H%M%S}".encode()
    later = f"{check.at + timedelta(days=1):%Y%m%d%H%M%S}".encode()
    changed = token.replace(written, later)
    assert changed != token
    assert codes(changed, DATA, authority.root) == ["timestamp-broken"]


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_no_changed_byte_gives_another_time_without_a_problem(
    data: st.DataObject, token: bytes, authority: OpensslAuthority
) -> None:
    offset = data.draw(st.integers(0, len(token) - 1))
    mask = data.draw(st.integers(1, 255))
    changed = token[:offset] + bytes([token[offset] ^ mask]) + token[offset + 1 :]
    check = check_token(changed, DATA, [authority.root])
    if not check.problems:
        assert check.at == check_token(token, DATA, [authority.root]).at


@pytest.mark.parametrize(
    "junk",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"hello", id="text"),
        pytest.param(b"\x30\x84\xff\xff\xff\xff", id="a length that is not there"),
        pytest.param(b"\x30\x80" * 5000, id="deeply nested"),
        pytest.param(bytes.fromhex("30050603020102"), id="other ASN.1"),
        pytest.param(b"\x30" * 1024 * 1025, id="too long"),
    ],
)
def test_what_is_no_token_is_a_problem(junk: bytes) -> None:
    check = check_token(junk, DATA, ())
    assert [problem.code for problem in check.problems] == ["timestamp-unreadable"]
    assert check.at is None


def test_bytes_behind_a_token_are_refused(token: bytes, authority: OpensslAuthority) -> None:
    assert codes(token + b"\0", DATA, authority.root) == ["timestamp-unreadable"]


def test_the_answer_to_another_request_is_refused(token: bytes) -> None:
    with pytest.raises(PolicygenError) as caught:
        request_token(DIGEST, Answering(lambda _: token))
    assert caught.value.problems[0].code == "timestamp-refused"


def test_a_refusal_says_what_the_authority_says() -> None:
    status = tsp.PKIStatusInfo({"status": "rejection", "status_string": ["no credit\x1b[2J left"]})
    answer = b"\x30" + bytes([len(status.dump())]) + status.dump()
    with pytest.raises(PolicygenError) as caught:
        request_token(DIGEST, Answering(lambda _: answer))
    assert caught.value.problems[0].code == "timestamp-refused"
    assert "\x1b" not in str(caught.value)


def test_a_token_comes_over_http(authority: OpensslAuthority) -> None:
    with serving(authority) as (url, _):
        token = request_token(DIGEST, HttpAuthority(url=url))
    assert codes(token, DATA, authority.root) == []


def test_an_authority_that_sends_elsewhere_is_refused(authority: OpensslAuthority) -> None:
    with serving(authority, redirect=True) as (url, _), pytest.raises(PolicygenError) as caught:
        request_token(DIGEST, HttpAuthority(url=url))
    assert caught.value.problems[0].code == "timestamp-unreachable"


def test_an_endless_answer_is_refused() -> None:
    endless = Answering(lambda _: b"\0" * (1024 * 1024 + 1))
    with serving(endless) as (url, _), pytest.raises(PolicygenError) as caught:
        request_token(DIGEST, HttpAuthority(url=url))
    assert caught.value.problems[0].code == "timestamp-unreachable"


@pytest.mark.parametrize(
    "url", ["file:///etc/hostname", "ftp://tsa.example/", "http://127.0.0.1:9/"]
)
def test_an_authority_that_cannot_be_asked_is_a_problem(url: str) -> None:
    with pytest.raises(PolicygenError) as caught:
        request_token(DIGEST, HttpAuthority(url=url, timeout_seconds=2))
    assert caught.value.problems[0].code == "timestamp-unreachable"
