"""Passphrases come from variables and descriptors, never from arguments."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from policygen.cli.main import main
from policygen.cli.passphrase import Source
from policygen.problems import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def _descriptor(content: bytes) -> Iterator[int]:
    source, target = os.pipe()
    os.write(target, content)
    os.close(target)
    try:
        yield source
    finally:
        os.close(source)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"correct horse\n", b"correct horse"),
        (b"correct horse", b"correct horse"),
        (b"correct horse\r\nnext\n", b"correct horse"),
        (" spaces kept \u00e9\n".encode(), " spaces kept \u00e9".encode()),
    ],
)
def test_the_first_line_of_a_descriptor_is_the_passphrase(content: bytes, found: bytes) -> None:
    with _descriptor(content) as descriptor:
        assert Source(variable=None, descriptor=descriptor).given() == found


def test_what_follows_the_line_is_left_for_others() -> None:
    with _descriptor(b"one\ntwo\n") as descriptor:
        source = Source(variable=None, descriptor=descriptor)
        assert (source.given(), source.given()) == (b"one", b"two")


@pytest.mark.parametrize("content", [b"", b"\n", b"x" * 5000])
def test_a_descriptor_without_a_passphrase_is_wrong_usage(content: bytes) -> None:
    with _descriptor(content) as descriptor, pytest.raises(UsageError) as caught:
        Source(variable=None, descriptor=descriptor).given()
    assert [problem.code for problem in caught.value.problems] == ["usage-passphrase"]


@pytest.mark.parametrize("descriptor", [-1, 987, 2**70])
def test_a_descriptor_that_is_not_open_is_wrong_usage(descriptor: int) -> None:
    with pytest.raises(UsageError):
        Source(variable=None, descriptor=descriptor).given()


def test_two_sources_are_wrong_usage() -> None:
    with pytest.raises(UsageError):
        Source(variable="SEAL_PASS", descriptor=3).given()


def test_keys_and_seal_take_a_passphrase_from_a_descriptor(example: Path) -> None:
    before = ["git", "-C", str(example), "reset", "--quiet", "--hard", "HEAD~1"]
    subprocess.run(before, check=True)
    for name in ("seal.key.pem", "seal.cert.pem"):
        (example / ".policygen" / "keys" / name).unlink()
    with _descriptor(b"correct horse\ncorrect horse\nwrong\n") as descriptor:
        option = ("--passphrase-fd", str(descriptor))
        assert main(["-C", str(example), "keys", "init", *option]) == 0
        assert b"ENCRYPTED" in (example / ".policygen" / "keys" / "seal.key.pem").read_bytes()
        assert main(["-C", str(example), "seal", "access-control-policy", *option]) == 0
        assert main(["-C", str(example), "seal", "access-review-procedure", *option]) == 1
