"""Attacks on a package: each is found where nothing but the archive is, with a stable code."""

from __future__ import annotations

import io
import json
import shutil
import stat
import zipfile
from typing import TYPE_CHECKING

import pytest

from policygen.audit.verification.integrity import check_integrity
from policygen.cli.main import main
from tests.pipeline.packages import claims_of, codes, during, listed_again, made, packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Files = dict[str, bytes]

POLICY = "policies/access-control-policy_v2.0_2026-10-22.pdf"
OLD_POLICY = "policies/access-control-policy_v1.0_2026-07-25.pdf"
TEXT = "evidence/approvals/access-control-policy/2.0.md"
CONSENT = "evidence/approvals/access-control-policy/2.0.tobias-lindqvist.json"
DOCUMENT = "roles-register"


@pytest.fixture(scope="module")
def package(demonstration: Path) -> Files:
    return unpacked(made(demonstration, during("2026-06-01", "2026-11-20")).archive)


def _changed(files: Files) -> None:
    files[POLICY] += b"%"


def _added(files: Files) -> None:
    files["policies/another-policy_v1.0_2026-10-22.pdf"] = files[POLICY] + b"%"


def _removed(files: Files) -> None:
    del files[POLICY]


def _renamed(files: Files) -> None:
    files["policies/better-policy.pdf"] = files.pop(POLICY)


def _swapped(files: Files) -> None:
    files[POLICY], files[OLD_POLICY] = files[OLD_POLICY], files[POLICY]


def _copied_over(files: Files) -> None:
    files[POLICY] = files[OLD_POLICY]


def _no_sums(files: Files) -> None:
    del files["MANIFEST.sha256"]


def _odd_sums(files: Files) -> None:
    files["MANIFEST.sha256"] += b"nonsense\n"


def _other_statement(files: Files) -> None:
    value = json.loads(files["MANIFEST.json"])
    value["subject"].pop()
    data = (json.dumps(value) + "\n").encode()
    files["MANIFEST.json"] = data
    again = listed_again(files)
    lines = again["MANIFEST.sha256"].replace(_digest(again["MANIFEST.json"]), _digest(data))
    files["MANIFEST.sha256"] = lines


def _digest(data: bytes) -> bytes:
    import hashlib

    return hashlib.sha256(data).hexdigest().encode()


@pytest.mark.parametrize(
    ("attack", "code"),
    [
        pytest.param(_changed, "package-file-changed", id="changed"),
        pytest.param(_added, "package-file-unlisted", id="added"),
        pytest.param(_removed, "package-file-missing", id="removed"),
        pytest.param(_renamed, "package-file-renamed", id="renamed"),
        pytest.param(_swapped, "package-file-swapped", id="swapped"),
        pytest.param(_copied_over, "package-file-swapped", id="copied over another"),
        pytest.param(_no_sums, "package-manifest-missing", id="no manifest"),
        pytest.param(_odd_sums, "package-manifest-format", id="a manifest that is none"),
        pytest.param(_other_statement, "package-manifest-differs", id="two manifests"),
    ],
)
def test_a_file_that_is_not_as_listed_is_found(
    package: Files, attack: Callable[[Files], None], code: str
) -> None:
    files = dict(package)
    attack(files)
    assert code in {problem.code for problem in check_integrity(files).problems}


def test_what_is_not_as_listed_fails_the_whole_package(package: Files, tmp_path: Path) -> None:
    files = dict(package)
    _changed(files)
    assert {"package-file-changed", "seal-record-differs"} <= codes(packed(files), tmp_path)


def _hide_version(files: Files) -> dict[str, object]:
    """Leave a version out, everywhere but in evidence."""
    del files[OLD_POLICY]
    del files["evidence/sealed/access-control-policy/1.0.json"]
    rows = _rows(files)
    return {"documents": [row for row in rows if row["file"] != OLD_POLICY]}


def _hide_gap(files: Files) -> dict[str, object]:
    gaps = claims_of(files)["gaps"]
    assert isinstance(gaps, list)
    return {"gaps": gaps[1:]}


def _longer(files: Files) -> dict[str, object]:
    """Say that a version was in force earlier than it was."""
    rows = _rows(files)
    early = [dict(row, effective="2026-06-01") for row in rows]
    return {"documents": early}


def _unproven(files: Files) -> dict[str, object]:
    more = dict(_rows(files)[0], document="better-policy", file=None, file_sha256=None)
    return {"documents": [*_rows(files), more]}


def _extra_pdf(files: Files) -> dict[str, object]:
    files["policies/better-policy_v1.0_2026-07-25.pdf"] = files[POLICY]
    return {}


def _other_pdf(files: Files) -> dict[str, object]:
    files[POLICY] = files[OLD_POLICY]
    return {}


def _text(files: Files) -> dict[str, object]:
    files[TEXT] = files[TEXT].replace(b"SHALL", b"SHOULD", 1)
    return {}


def _unsigned_consent(files: Files) -> dict[str, object]:
    del files[f"{CONSENT}.sig"]
    return {}


def _other_set_head(_: Files) -> dict[str, object]:
    return {"set_head": "0" * 64}


def _no_seal_record(files: Files) -> dict[str, object]:
    del files["evidence/sealed/access-control-policy/2.0.json"]
    return {}


def _stray_seal_record(files: Files) -> dict[str, object]:
    record = files["evidence/sealed/access-control-policy/2.0.json"]
    files["evidence/sealed/access-control-policy/9.0.json"] = record
    return {}


def _other_name(_: Files) -> dict[str, object]:
    return {"organization": "Somebody Else, Inc."}


def _other_root(_: Files) -> dict[str, object]:
    return {"root_of_trust": "0" * 64}


def _other_zone(_: Files) -> dict[str, object]:
    return {"time_zone": "Asia/Tokyo"}


def _no_window(_: Files) -> dict[str, object]:
    return {"first": "2026-11-21"}


def _unknown_claim(_: Files) -> dict[str, object]:
    return {"certified": "yes"}


@pytest.mark.parametrize(
    ("attack", "code"),
    [
        pytest.param(_hide_version, "package-document-missing", id="a version left out"),
        pytest.param(_hide_gap, "package-gap-missing", id="a gap left out"),
        pytest.param(_longer, "package-index-differs", id="other days"),
        pytest.param(_unproven, "package-document-unproven", id="a document without evidence"),
        pytest.param(_extra_pdf, "package-document-unproven", id="a PDF that is not indexed"),
        pytest.param(_other_pdf, "seal-revision-differs", id="the PDF of another version"),
        pytest.param(_text, "approval-text-changed", id="another text"),
        pytest.param(_unsigned_consent, "approval-unsigned", id="a consent without signature"),
        pytest.param(_other_set_head, "package-set-head", id="another set head"),
        pytest.param(_no_seal_record, "seal-incomplete", id="no record of a seal"),
        pytest.param(_stray_seal_record, "seal-unknown-version", id="a seal of nothing"),
        pytest.param(_other_name, "package-other-organization", id="the name of another"),
        pytest.param(_other_root, "package-other-organization", id="the root of another"),
        pytest.param(_other_zone, "package-manifest-differs", id="days of another place"),
        pytest.param(_no_window, "package-manifest-format", id="a window that is none"),
        pytest.param(_unknown_claim, "package-manifest-format", id="a claim nobody knows"),
    ],
)
def test_a_package_listed_anew_after_a_change_is_found(
    package: Files, tmp_path: Path, attack: Callable[[Files], dict[str, object]], code: str
) -> None:
    files = dict(package)
    claims = attack(files)
    assert code in codes(packed(listed_again(files, **claims)), tmp_path)


def _rows(files: Files) -> list[dict[str, object]]:
    rows = claims_of(files)["documents"]
    assert isinstance(rows, list)
    return rows


def test_a_record_of_another_organization_is_found(package: Files, tmp_path: Path) -> None:
    foreign = dict(package)
    for path, data in package.items():
        if path.startswith(f"evidence/approvals/{DOCUMENT}/"):
            foreign[path] = data.replace(b"Quillwater Software", b"Larkfield Software")
    found = codes(packed(listed_again(foreign)), tmp_path)
    assert "package-other-organization" in found
    assert "approval-text-changed" in found


def _entry(name: str, data: bytes = b"x", mode: int = stat.S_IFREG | 0o644) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        member = zipfile.ZipInfo(name)
        member.create_system = 3
        member.external_attr = mode << 16
        archive.writestr(member, data)
    return stream.getvalue()


def _bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("package/big", bytes(8 * 1024 * 1024))
    return stream.getvalue()


def _twice() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("package/a", b"1")
        archive.writestr("package/A", b"2")
    return stream.getvalue()


def _overlapping() -> bytes:
    """Two entries of the directory for the same bytes, as the densest bombs have them."""
    plain = _entry("package/a", bytes(1000))
    start = plain.index(b"PK\x01\x02")
    end = plain.index(b"PK\x05\x06")
    entry = plain[start:end]
    second = entry.replace(b"package/a", b"package/b")
    tail = bytearray(plain[end:])
    tail[8:12] = (2).to_bytes(2, "little") * 2
    tail[12:16] = (2 * len(entry)).to_bytes(4, "little")
    return plain[:start] + entry + second + bytes(tail)


def _longer_than_it_says() -> bytes:
    plain = bytearray(_entry("package/a", bytes(1000)))
    place = plain.index(b"PK\x01\x02")
    plain[place + 24 : place + 28] = (10).to_bytes(4, "little")
    return bytes(plain)


@pytest.mark.parametrize(
    ("archive", "code"),
    [
        pytest.param(_entry("../evil"), "package-unsafe-name", id="a way up"),
        pytest.param(_entry("package/../../evil"), "package-unsafe-name", id="a way up within"),
        pytest.param(_entry("/etc/passwd"), "package-unsafe-name", id="an absolute path"),
        pytest.param(_entry("C:\\evil"), "package-unsafe-name", id="a drive"),
        pytest.param(_entry("package\\evil"), "package-unsafe-name", id="a backslash"),
        pytest.param(_entry("package/CON.txt"), "package-unsafe-name", id="a device of Windows"),
        pytest.param(_entry("package/a\x1b]8;;b"), "package-unsafe-name", id="an escape sequence"),
        pytest.param(_entry("package/.ssh/config"), "package-unsafe-name", id="a hidden file"),
        pytest.param(_entry("p/" + "a" * 300), "package-unsafe-name", id="a long name"),
        pytest.param(
            _entry("package/link", b"/etc/passwd", stat.S_IFLNK | 0o777),
            "package-odd-entry",
            id="a symbolic link",
        ),
        pytest.param(_entry("package/p", mode=stat.S_IFIFO), "package-odd-entry", id="a pipe"),
        pytest.param(_bomb(), "package-too-large", id="a bomb"),
        pytest.param(_overlapping(), "package-too-large", id="entries that share bytes"),
        pytest.param(_longer_than_it_says(), "package-unreadable", id="longer than it says"),
        pytest.param(_twice(), "package-name-twice", id="two names that are one on some systems"),
        pytest.param(b"PK nonsense", "package-unreadable", id="no archive"),
        pytest.param(b"", "package-unreadable", id="nothing"),
    ],
)
def test_a_hostile_archive_is_refused_before_it_is_read(
    tmp_path: Path, archive: bytes, code: str
) -> None:
    assert codes(archive, tmp_path) == {code}


def test_no_cut_or_flipped_byte_of_an_archive_passes_or_stops_the_program(
    package: Files, tmp_path: Path
) -> None:
    """Headers and directory of the archive itself, which no manifest covers."""
    whole = packed({path: data for path, data in package.items() if not path.endswith(".pdf")})
    start = whole.rindex(b"PK\x05\x06")
    for place in (0, 4, 9, 26, start, start + 10, start + 16):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        assert codes(bytes(damaged), tmp_path)
    for length in (1, 100, len(whole) // 2, len(whole) - 1):
        assert codes(whole[:length], tmp_path)


def test_a_link_in_an_unpacked_package_is_refused(package: Files, tmp_path: Path) -> None:
    root = tmp_path / "out"
    for path, data in package.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    assert main(["verify", str(root)]) == 0
    shutil.copy(root / TEXT, tmp_path / "elsewhere.md")
    (root / TEXT).unlink()
    (root / TEXT).symlink_to(tmp_path / "elsewhere.md")
    assert main(["verify", str(root)]) == 1


def test_a_missing_package_is_told_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(tmp_path / "none.zip")]) == 1
    assert "[package-unreadable]" in capsys.readouterr().err
