"""The cache: what was made from the same input, or nothing."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from policygen.model.publication import Attachment, Brand
from policygen.publish.cache import Cache, key_of, pdf_key
from tests.publish.editions import edition

if TYPE_CHECKING:
    from pathlib import Path

KEY, OTHER = key_of(("one",)), key_of(("two",))
ENGINES = {"pandoc": "3.9", "typst": "0.15.2", "theme": "a" * 64, "fonts": "b" * 64}
CONSENT = Attachment(
    name="consent.json", content=b"{}", mime_type="application/json", description="A consent",
    relationship="data",
)  # fmt: skip


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def test_what_was_kept_is_there_for_the_next_process(cache: Cache, tmp_path: Path) -> None:
    cache.write(KEY, b"a PDF")
    assert Cache(tmp_path / "cache").read(KEY) == b"a PDF"
    assert cache.read(OTHER) is None


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda data: data[:-1], id="truncated"),
        pytest.param(lambda data: b"", id="emptied"),
        pytest.param(lambda data: data + b" ", id="something added"),
        pytest.param(lambda data: data[:-1] + bytes([data[-1] ^ 1]), id="one bit flipped"),
        pytest.param(lambda data: bytes(32) + b"another PDF", id="planted"),
    ],
)
def test_a_spoiled_entry_is_a_miss(cache: Cache, tmp_path: Path, spoil: object) -> None:
    cache.write(KEY, b"a PDF")
    path = tmp_path / "cache" / KEY
    assert callable(spoil)
    path.write_bytes(spoil(path.read_bytes()))
    assert cache.read(KEY) is None
    cache.write(KEY, b"a PDF")
    assert cache.read(KEY) == b"a PDF"


def test_an_entry_does_not_pass_for_another(cache: Cache, tmp_path: Path) -> None:
    cache.write(KEY, b"a PDF")
    shutil.copy(tmp_path / "cache" / KEY, tmp_path / "cache" / OTHER)
    assert cache.read(OTHER) is None


def test_a_cache_that_was_copied_from_elsewhere_is_worth_nothing(
    cache: Cache, tmp_path: Path
) -> None:
    cache.write(KEY, b"a PDF of a stranger")
    shutil.copytree(tmp_path / "cache", tmp_path / "clone")
    assert Cache(tmp_path / "clone").read(KEY) is None


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path, max_bytes=2 * (1000 + 32))
    keys = [key_of((str(number),)) for number in range(3)]
    for key in keys:
        cache.write(key, bytes(1000))
    assert cache.read(keys[0]) is not None
    cache.trim()
    assert [cache.read(key) is not None for key in keys] == [True, False, True]


def test_a_cache_behind_a_link_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "cache").symlink_to(tmp_path / "elsewhere")
    cache = Cache(tmp_path / "cache")
    cache.write(KEY, b"a PDF")
    assert cache.read(KEY) is None
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_the_same_input_has_the_same_key() -> None:
    assert pdf_key(edition(), (CONSENT,), ENGINES) == pdf_key(edition(), (CONSENT,), ENGINES)


def test_everything_a_pdf_depends_on_is_part_of_its_key() -> None:
    plain = edition()
    elsewhere = replace(plain.approvals[0], at="2026-11-20 10:04 EST")
    keys = [
        pdf_key(plain, (CONSENT,), ENGINES),
        pdf_key(edition(2), (CONSENT,), ENGINES),
        pdf_key(replace(plain, approvals=(elsewhere,)), (CONSENT,), ENGINES),
        pdf_key(replace(plain, brand=Brand(accent="#112233")), (CONSENT,), ENGINES),
        pdf_key(replace(plain, next_review=None), (CONSENT,), ENGINES),
        pdf_key(plain, (), ENGINES),
        pdf_key(plain, (replace(CONSENT, content=b"{ }"),), ENGINES),
        pdf_key(plain, (replace(CONSENT, name="other.json"),), ENGINES),
        pdf_key(plain, (CONSENT,), ENGINES | {"theme": "c" * 64}),
        pdf_key(plain, (CONSENT,), ENGINES | {"typst": "0.16.0"}),
        pdf_key(plain, (CONSENT,), ENGINES | {"brand": "d" * 64}),
    ]
    assert None not in keys
    assert len(set(keys)) == len(keys)


def test_a_text_with_pictures_has_no_key() -> None:
    plain = edition()
    assert pdf_key(replace(plain, text=plain.text + "\n![A door](door.png)\n"), (), ENGINES) is None
