"""Records to the byte: one form, one reading, and the folder they lie in."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.history.records.canonical import (
    MAX_RECORD_BYTES,
    Json,
    RecordFormatError,
    read_canonical,
    write_canonical,
)
from policygen.history.records.consents import (
    read_consent,
    read_observation,
    write_consent,
    write_observation,
)
from policygen.history.records.evidence import gather, read_evidence, set_head
from policygen.history.records.paths import place_of
from policygen.model.evidence import (
    Consent,
    Decision,
    Method,
    Observation,
    Previous,
    RawResponse,
    Significance,
)
from policygen.model.forge import Binding
from tests.deep_folders import deep_folders
from tests.history.office import Office, sheet

if TYPE_CHECKING:
    from pathlib import Path

CONSENT = Consent(
    acting_for=None,
    at=datetime(2026, 11, 20, 15, 4, 5, tzinfo=UTC),
    decision=Decision.APPROVED,
    document="access-control-policy",
    effective=date(2026, 12, 1),
    external=None,
    kind="policy",
    method=Method.SSH,
    person="dana-whitfield",
    previous=Previous(version="1.3", text_sha256="a" * 64),
    reason=None,
    role="security_officer",
    significance=Significance.MAJOR,
    text_sha256="b" * 64,
    tool="policygen 1.0.0",
    trust_sha256="c" * 64,
    version="2.0",
)

EXPECTED = """\
{
  "acting_for": null,
  "at": "2026-11-20T15:04:05Z",
  "decision": "approved",
  "document": "access-control-policy",
  "effective": "2026-12-01",
  "external": null,
  "kind": "policy",
  "method": "ssh",
  "person": "dana-whitfield",
  "previous": {
    "text_sha256": "%s",
    "version": "1.3"
  },
  "reason": null,
  "role": "security_officer",
  "schema": "policygen/consent/1",
  "significance": "major",
  "text_sha256": "%s",
  "tool": "policygen 1.0.0",
  "trust_sha256": "%s",
  "version": "2.0"
}
""" % ("a" * 64, "b" * 64, "c" * 64)  # noqa: UP031 - braces are the text here


def test_consent_is_written_to_the_byte() -> None:
    assert write_consent(CONSENT).decode() == EXPECTED


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"null\n", id="null"),
        pytest.param(EXPECTED.encode()[:-1], id="no line feed at the end"),
        pytest.param(EXPECTED.encode() + b"\n", id="two line feeds at the end"),
        pytest.param(b"\xef\xbb\xbf" + EXPECTED.encode(), id="byte order mark"),
        pytest.param(EXPECTED.replace("\n", "\r\n").encode(), id="line ends of Windows"),
        pytest.param(EXPECTED.encode("utf-16"), id="UTF-16"),
        pytest.param(EXPECTED.replace("ssh", "\\u0073sh").encode(), id="escaped letter"),
        pytest.param(EXPECTED.replace('"2.0"', "2.0").encode(), id="version is a float"),
        pytest.param(EXPECTED.replace('"2.0"', "NaN").encode(), id="not a number"),
        pytest.param(EXPECTED.replace('"2.0"', '"02.0"').encode(), id="version with a zero"),
        pytest.param(EXPECTED.replace('"2.0"', '"2"').encode(), id="version without minor"),
        pytest.param(EXPECTED.replace("05Z", "05").encode(), id="time without offset"),
        pytest.param(EXPECTED.replace("05Z", "05+00:00").encode(), id="UTC as an offset"),
        pytest.param(EXPECTED.replace("05Z", "05.5Z").encode(), id="fraction of a second"),
        pytest.param(EXPECTED.replace("11-20T", "11-31T").encode(), id="no such day"),
        pytest.param(EXPECTED.replace("2026-12-01", "2026-12-1").encode(), id="short day"),
        pytest.param(EXPECTED.replace("access-control", "Access-control").encode(), id="capital"),
        pytest.param(EXPECTED.replace("access-control", "../control").encode(), id="path"),
        pytest.param(EXPECTED.replace("a" * 64, "A" * 64).encode(), id="digest in capitals"),
        pytest.param(EXPECTED.replace("consent/1", "consent/2").encode(), id="other schema"),
        pytest.param(EXPECTED.replace("approved", "Approved").encode(), id="other decision"),
        pytest.param(EXPECTED.replace("approved", "confirmed").encode(), id="review with previous"),
        pytest.param(EXPECTED.replace('"ssh"', '"legacy"').encode(), id="legacy without source"),
        pytest.param(EXPECTED.replace('"major"', '"initial"').encode(), id="initial with previous"),
        pytest.param(EXPECTED.replace("1.0.0", "1.0\u202e.0").encode(), id="hidden character"),
        pytest.param(EXPECTED.replace("1.0.0", "1.0\\ud800.0").encode(), id="half a character"),
        pytest.param(b"[" * 60_000, id="very deep"),
        pytest.param(b'"' + b"x" * MAX_RECORD_BYTES + b'"\n', id="very long"),
        pytest.param(b'{\n  "a": ' + b"9" * 5000 + b"\n}\n", id="very large number"),
    ],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(RecordFormatError):
        read_consent(data)


OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
WORDS = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=40)
CONSENTS = st.builds(
    lambda seconds, zone, reason, effective, acting: replace(
        CONSENT,
        at=datetime.fromtimestamp(seconds, zone),
        reason=reason,
        effective=effective,
        acting_for=acting,
    ),
    st.integers(0, 4_000_000_000),
    OFFSETS,
    st.none() | WORDS,
    st.dates(date(1970, 1, 1), date(2100, 1, 1)),
    st.none() | st.just("lee-park"),
)


@given(CONSENTS)
def test_every_consent_reads_back_as_itself(consent: Consent) -> None:
    data = write_consent(consent)
    again = read_consent(data)
    assert again == consent
    assert write_consent(again) == data


VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_canonical_form_is_a_fixed_point(value: Json) -> None:
    assert read_canonical(write_canonical(value)) == value


@given(CONSENTS, st.data())
def test_one_changed_byte_is_refused_or_says_something_else(
    consent: Consent, data: st.DataObject
) -> None:
    good = write_consent(consent)
    position = data.draw(st.integers(0, len(good) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != good[position]))
    changed = good[:position] + bytes([byte]) + good[position + 1 :]
    with contextlib.suppress(RecordFormatError):
        assert read_consent(changed) != consent


def test_observation_reads_back_as_itself() -> None:
    observation = Observation(
        binding=Binding.STATED,
        consent_sha256="d" * 64,
        host="github.com",
        repository="larkfield/policies",
        change=42,
        review=80,
        user_id=4711,
        login="dana-w",
        commit="e" * 40,
        submitted_at=CONSENT.at,
        merged_at=None,
        imported_at=CONSENT.at,
        imported_by="lee",
        raw=(RawResponse(file="forge/github.com/larkfield/policies/1.json", sha256="f" * 64),),
    )
    data = write_observation(observation)
    assert read_observation(data) == observation
    with pytest.raises(RecordFormatError):
        read_observation(data.replace(b"forge/github", b"forge/../ithub"))


@pytest.mark.parametrize(
    "path",
    [
        "approvals/x/1.0.md/../y", "approvals/../x/1.0.md", "approvals/x/1.0.dana.json.sig.sig",
        "approvals/x/1.0.md.sig", "approvals/X/1.0.md", "trust/01.yml", "forge/a/../../b",
        "forge/..", "trust/1.dana.json.tsr", "notes.txt", "", "approvals/x/1.0.dana.json\n",
    ],
)  # fmt: skip
def test_name_of_no_record_is_none(path: str) -> None:
    assert place_of(path) is None


def test_set_head_is_what_stock_tools_say(office: Office) -> None:
    office.approve(sheet())
    office.write("sealed/access-control-policy/1.0.pdf", b"%PDF")
    command = (
        "find evidence -type f -not -path 'evidence/sealed/*' -exec sha256sum {} +"
        " | LC_ALL=C sort | sha256sum"
    )
    done = subprocess.run(
        ["bash", "-c", command], cwd=office.folder.parent, capture_output=True, check=True
    )
    assert set_head(office.evidence()) == done.stdout.decode().split()[0]


def test_leftovers_of_a_killed_process_are_passed_over(office: Office) -> None:
    head = set_head(office.evidence())
    office.write("trust/.abc.partial", b"half")
    assert set_head(office.evidence()) == head
    assert office.evidence().problems == ()


def test_folders_deeper_than_a_path_may_be_are_named(office: Office) -> None:
    office.approve(sheet())
    with deep_folders(office.folder / "trust"):
        evidence = office.evidence()
    [problem] = evidence.problems
    assert (problem.code, "(File name too long)" in problem.message) == ("record-odd-file", True)


def test_folder_that_cannot_be_read_is_told_at_its_place(office: Office) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        evidence = office.evidence()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    [problem] = evidence.problems
    assert (problem.code, str(problem.location)) == ("record-odd-file", "evidence")
    assert problem.message.startswith("evidence cannot be read (Too many open files)")


def test_odd_files_are_named_and_not_read(office: Office, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "1.0.md").write_text("text")
    (office.folder / "approvals").mkdir()
    (office.folder / "approvals" / "x").symlink_to(tmp_path / "outside")
    os.mkfifo(office.folder / "trust" / "pipe")
    evidence = office.evidence()
    assert [str(problem.location) for problem in evidence.problems] == [
        "evidence/approvals/x",
        "evidence/trust/pipe",
    ]
    assert not any("x/" in path for path in evidence.files)


def test_folder_that_is_a_link_or_missing_is_empty(tmp_path: Path, office: Office) -> None:
    (tmp_path / "link").symlink_to(office.folder)
    assert [p.code for p in read_evidence(tmp_path / "link").problems] == ["record-odd-file"]
    assert read_evidence(tmp_path / "nowhere").files == {}


def test_carried_files_are_judged_like_the_folder(office: Office) -> None:
    office.approve(sheet())
    carried = gather(dict(office.evidence().files))
    assert carried == office.evidence()


def test_record_is_one_reading_for_other_parsers(office: Office) -> None:
    path = office.approve(sheet())
    assert json.loads(office.read(path))["person"] == "dana"
