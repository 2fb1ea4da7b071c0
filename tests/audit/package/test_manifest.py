"""Manifests: read back as written, and whatever else they say told in a clause."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policygen.audit.package.manifest import (
    Claims,
    GapLine,
    IndexLine,
    ManifestError,
    read_statement,
    read_sums,
    statement,
    sums,
)
from policygen.audit.verification.agreement import check_agreement
from policygen.model.window import InForce

if TYPE_CHECKING:
    from collections.abc import Callable

LINE = IndexLine(
    document="access-control-policy",
    title="Access Control Policy",
    kind="policy",
    version="1.0",
    effective="2026-02-01",
    first="2026-02-01",
    last="2026-03-01",
    file="policies/a.pdf",
    file_sha256="0" * 64,
    text_sha256="1" * 64,
)
CLAIMS = Claims(
    organization="Larkfield Ltd",
    first="2026-01-01",
    last="2026-03-01",
    is_period=True,
    time_zone="Europe/Berlin",
    commit="0" * 40,
    set_head="2" * 64,
    root_of_trust=None,
    tool="policygen 0.1.0",
    people="full",
    signer=None,
    documents=(LINE,),
    gaps=(GapLine(document="b", first="2026-01-01", last="2026-03-01", reason="never approved"),),
    left_out=(("forge/x.json", "3" * 64),),
    problems=(("record-format", "it is not JSON"),),
)
FILES = {"policies/a.pdf": b"%PDF", "index/document-register.csv": b"Document\n"}
STEADY = settings(deadline=None, derandomize=True, max_examples=300)

names = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,20}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,20}){0,2}",
                      fullmatch=True)  # fmt: skip
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@STEADY
@given(st.dictionaries(names, st.binary(max_size=20), max_size=6))
def test_what_is_written_is_read_back(files: dict[str, bytes]) -> None:
    claims, subject = read_statement(statement(files, CLAIMS))
    assert claims == CLAIMS
    if files:
        assert read_sums(sums(files)) == subject


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda data: data[:-1], id="cut off"),
        pytest.param(lambda data: data + data, id="a path twice"),
        pytest.param(lambda data: b"".join(reversed(data.splitlines(True))), id="not sorted"),
        pytest.param(lambda data: data.replace(b"  ", b" *"), id="a mark for binary files"),
        pytest.param(lambda data: data.replace(b"policies", b"\xff\xfe"), id="not UTF-8"),
    ],
)
def test_lines_that_sha256sum_could_read_otherwise_are_refused(
    change: Callable[[bytes], bytes],
) -> None:
    with pytest.raises(ManifestError):
        read_sums(change(sums(FILES)))


def _places(value: object, way: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """The way to every value within a value."""
    found = [way] if way else []
    if isinstance(value, dict):
        for key in value:
            found += _places(value[key], (*way, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += _places(item, (*way, index))
    return found


@STEADY
@given(st.data())
def test_any_other_value_anywhere_is_refused_or_compared_but_stops_nothing(
    data: st.DataObject,
) -> None:
    value = json.loads(statement(FILES, CLAIMS))
    way = data.draw(st.sampled_from(_places(value)))
    inner = value
    for step in way[:-1]:
        inner = inner[step]
    inner[way[-1]] = data.draw(values)
    try:
        claims, _ = read_statement(json.dumps(value).encode())
    except ManifestError:
        return
    nothing = InForce(intervals=(), gaps=())
    assert all(problem.code for problem in check_agreement(claims, nothing, FILES))


@STEADY
@given(st.binary(max_size=200))
def test_any_bytes_are_refused(data: bytes) -> None:
    for read in (read_statement, read_sums):
        with pytest.raises(ManifestError):
            read(data)


def test_half_a_character_is_refused() -> None:
    data = statement(FILES, CLAIMS).replace(b"Larkfield Ltd", b"Larkfield \\ud800")
    with pytest.raises(ManifestError):
        read_statement(data)
