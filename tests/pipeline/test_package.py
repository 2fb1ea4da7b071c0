"""The auditor package: what is in it, and that it verifies where nothing else is."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest

from policygen.cli.main import main
from policygen.pipeline.package.verification import verify_package
from policygen.problems import PolicygenError
from tests.moments import NOW
from tests.pipeline.packages import (
    claims_of,
    codes,
    during,
    listed_again,
    made,
    on,
    packed,
    unpacked,
)

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.pipeline.package.exporting import Export

DAY = "2026-11-20"
PERIOD = ("2026-06-01", DAY)


@pytest.fixture(scope="module")
def of_a_day(demonstration: Path) -> Export:
    return made(demonstration, on(DAY))


@pytest.fixture(scope="module")
def of_a_period(demonstration: Path) -> Export:
    return made(demonstration, during(*PERIOD))


def test_a_day_has_the_sealed_pdf_of_each_document_in_force(
    demonstration: Path, of_a_day: Export
) -> None:
    files = unpacked(of_a_day.archive)
    pdfs = {path: data for path, data in files.items() if path.endswith(".pdf")}
    documents = {path for path in pdfs if path.startswith(("policies/", "proc", "registers/"))}
    assert sorted(documents) == [
        "policies/access-control-policy_v2.0_2026-10-22.pdf",
        "procedures/user-access-deprovisioning-procedure_v2.0_2026-10-22.pdf",
        "registers/roles-register_v1.0_2026-07-25.pdf",
        "registers/systems-register_v1.0_2026-07-25.pdf",
    ]
    sealed = demonstration / "evidence/sealed/access-control-policy/2.0.pdf"
    assert files["policies/access-control-policy_v2.0_2026-10-22.pdf"] == sealed.read_bytes()


def test_a_period_has_every_version_with_its_days_and_the_days_without_one(
    of_a_period: Export,
) -> None:
    claims = claims_of(unpacked(of_a_period.archive))
    policy = [
        (row["version"], row["first"], row["last"])
        for row in claims["documents"]  # type: ignore[attr-defined]
        if row["document"] == "access-control-policy"
    ]
    assert policy == [("1.0", "2026-07-25", "2026-10-21"), ("2.0", "2026-10-22", DAY)]
    gaps = {(row["document"], row["first"], row["last"]) for row in claims["gaps"]}  # type: ignore[attr-defined]
    assert ("access-control-policy", "2026-06-01", "2026-07-24") in gaps
    assert len(gaps) == 4


def test_it_verifies_where_nothing_else_is(of_a_period: Export, tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(of_a_period.archive)
    finding = verify_package(path, trust=frozenset(), now=NOW)
    assert finding.errors == ()
    assert finding.verdict.startswith("consistent; identity not checked")
    known = verify_package(path, trust=frozenset({of_a_period.fingerprint}), now=NOW)
    assert known.verdict.startswith("VERIFIED")


def test_it_verifies_unpacked_as_well(of_a_day: Export, tmp_path: Path) -> None:
    (tmp_path / "package.zip").write_bytes(of_a_day.archive)
    with zipfile.ZipFile(tmp_path / "package.zip") as opened:
        opened.extractall(tmp_path / "out")
    assert main(["verify", str(tmp_path / "out")]) == 0
    assert main(["verify", str(tmp_path / "out"), "--require-trust"]) == 1
    [top] = (tmp_path / "out").iterdir()
    (top / "index" / "document-register.csv").write_text("nothing\n")
    assert main(["verify", str(top)]) == 1


def test_two_exports_are_the_same_bytes(demonstration: Path, of_a_period: Export) -> None:
    again = made(demonstration, during(*PERIOD))
    assert hashlib.sha256(again.archive).digest() == hashlib.sha256(of_a_period.archive).digest()


def test_a_past_day_reads_the_same_after_the_profile_and_the_set_have_moved_on(
    example: Path,
) -> None:
    before = made(example, on("2026-09-01"))
    assert before.documents == 4
    profile = example / "organization.yml"
    text = profile.read_text(encoding="utf-8")
    profile.write_text(text.replace("short_name: Quillwater", "short_name: Elsewhere"))
    assert main(["-C", str(example), "render"]) == 0
    identity = ("-c", "user.name=Later", "-c", "user.email=later@quillwater.example")
    command = ["git", "-C", str(example), *identity, "commit", "-qam", "a new name"]
    subprocess.run(command, check=True)
    assert made(example, on("2026-09-01")).archive == before.archive


def test_what_was_decided_after_the_window_is_not_in_it(demonstration: Path) -> None:
    files = unpacked(made(demonstration, on("2026-09-01")).archive)
    assert "evidence/approvals/access-control-policy/1.0.md" in files
    assert not [path for path in files if "/2.0." in path or "_v2.0_" in path]


def test_a_workspace_that_does_not_verify_is_refused_or_says_so_in_front(
    example: Path, tmp_path: Path
) -> None:
    text = example / "evidence/approvals/access-control-policy/2.0.md"
    text.write_text(text.read_text(encoding="utf-8").replace("SHALL", "SHOULD", 1))
    with pytest.raises(PolicygenError) as refused:
        made(example, on(DAY))
    found = [problem.code for problem in refused.value.problems]
    assert found[0] == "export-not-verified"
    assert "approval-text-changed" in found
    anyway = made(example, on(DAY), with_problems=True)
    told = claims_of(unpacked(anyway.archive))["problems"]
    assert "approval-text-changed" in [code for code, _ in told]  # type: ignore[attr-defined]
    assert "package-made-with-problems" in codes(anyway.archive, tmp_path)
    front = _first_page(unpacked(anyway.archive)["README.pdf"], tmp_path)
    assert "What does not verify" in front
    # A hyphen at the end of a line is taken for one that only breaks the word.
    letters = "".join(letter for letter in front if letter.isalpha())
    assert "approvaltextchanged" in letters
    assert "recordrewritten" in letters


def _first_page(pdf: bytes, folder: Path) -> str:
    path = folder / "page.pdf"
    path.write_bytes(pdf)
    command = ["pdftotext", "-l", "1", str(path), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_no_paper_or_list_of_ours_calls_anybody_compliant_or_certified(
    of_a_period: Export, tmp_path: Path
) -> None:
    files = unpacked(of_a_period.archive)
    ours = {
        path: data.decode("utf-8-sig")
        for path, data in files.items()
        if path.endswith((".csv", ".md")) and not path.startswith("evidence/")
    }
    ours["README.pdf"] = _first_page(files["README.pdf"], tmp_path)
    for path, text in ours.items():
        found = re.findall(r"(?i)\b(?:is|are|be|fully|soc 2) (?:compliant|certified)\b", text)
        assert found == [], path
    assert "for the examination to find" in " ".join(ours["README.pdf"].split())


def test_a_parameter_lists_the_documents_that_change_with_it(of_a_period: Export) -> None:
    table = unpacked(of_a_period.archive)["index/parameters.csv"].decode("utf-8-sig")
    rows = {row["Parameter"]: row["Documents"] for row in csv.DictReader(io.StringIO(table))}
    approved = "access-control-policy, user-access-deprovisioning-procedure"
    assert rows["access_revocation_hours"] == approved
    assert rows["policy_review_months"] == approved
    assert rows["log_retention_days"] == ""


def test_a_version_without_a_sealed_pdf_is_refused_or_listed(example: Path) -> None:
    shutil.rmtree(example / "evidence/sealed/roles-register")
    with pytest.raises(PolicygenError) as refused:
        made(example, on(DAY))
    assert "export-unsealed" in {problem.code for problem in refused.value.problems}
    anyway = unpacked(made(example, on(DAY), with_problems=True).archive)
    assert b"not sealed" in anyway["index/document-register-files.csv"]


def test_a_window_before_the_first_commit_or_the_first_approval_is_refused(
    demonstration: Path,
) -> None:
    for day, code in (
        ("2026-01-01", "export-no-history"),
        ("2026-07-24", "export-nothing-in-force"),
    ):
        with pytest.raises(PolicygenError) as refused:
            made(demonstration, on(day))
        assert [problem.code for problem in refused.value.problems] == [code]


def test_evidence_that_is_not_committed_is_refused(example: Path) -> None:
    folder = example / "evidence/approvals/roles-register"
    [consent] = folder.glob("1.0.*.json")
    (folder / "1.0.nobody.json").write_bytes(consent.read_bytes())
    with pytest.raises(PolicygenError) as refused:
        made(example, on(DAY))
    assert "export-uncommitted" in {problem.code for problem in refused.value.problems}


@pytest.mark.parametrize(
    "options",
    [
        pytest.param([], id="none"),
        pytest.param(["--as-of", DAY, "--period", "2026-01-01..2026-02-01"], id="both"),
        pytest.param(["--period", "2026-01-01"], id="one day"),
        pytest.param(["--period", "2026-02-01..2026-01-01"], id="ends before it begins"),
        pytest.param(["--as-of", "yesterday"], id="no day"),
        pytest.param(["--as-of", "2999-01-01"], id="a day to come"),
    ],
)
def test_a_window_that_is_none_is_wrong_usage(demonstration: Path, options: list[str]) -> None:
    assert main(["-C", str(demonstration), "export", *options]) == 2


def test_the_command_writes_the_archive_and_says_what_to_tell_by_another_channel(
    demonstration: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "p.zip"
    assert main(["-C", str(demonstration), "export", "--as-of", DAY, "-o", str(target)]) == 0
    told = capsys.readouterr().out
    assert "root of trust" in told
    sums = unpacked(target.read_bytes())["MANIFEST.sha256"]
    assert hashlib.sha256(sums).hexdigest() in told
    assert main(["verify", str(target)]) == 0


def test_a_folder_gets_the_archive_under_its_own_name_and_no_place_is_wrong_usage(
    demonstration: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["-C", str(demonstration), "export", "--as-of", DAY, "-o"]
    assert main([*command, str(tmp_path)]) == 0
    assert [path.name for path in tmp_path.iterdir()] == [f"auditor-package-quillwater-{DAY}.zip"]
    file = tmp_path / "file"
    file.write_text("")
    assert main([*command, str(file / "x.zip")]) == 2
    assert "[usage-unwritable]" in capsys.readouterr().err


def test_the_register_of_documents_says_what_the_manifest_says(
    of_a_period: Export, tmp_path: Path
) -> None:
    files = unpacked(of_a_period.archive)
    register = files["index/document-register.csv"]
    files["index/document-register.csv"] = register.replace(b",in force,", b",not in force,", 1)
    assert codes(packed(listed_again(files)), tmp_path) == {"package-index-differs"}


def test_the_statement_names_every_file_with_its_digest(of_a_day: Export) -> None:
    files = unpacked(of_a_day.archive)
    statement = json.loads(files["MANIFEST.json"])
    subject = {row["name"]: row["digest"]["sha256"] for row in statement["subject"]}
    own = {"MANIFEST.json", "MANIFEST.sha256"}
    assert subject == {
        path: hashlib.sha256(data).hexdigest() for path, data in files.items() if path not in own
    }


def test_the_demonstration_leaves_one_signed_package_beside_the_site(
    demonstration: Path, tmp_path: Path
) -> None:
    [archive] = (demonstration / "build").glob("*.zip")
    assert archive.name == "auditor-package-quillwater-2026-07-25_2026-11-20.zip"
    shutil.copy(archive, tmp_path / "alone.zip")
    finding = verify_package(tmp_path / "alone.zip", trust=frozenset(), now=NOW)
    assert finding.problems == ()


def test_the_history_goes_along_as_a_bundle_that_git_clones(
    demonstration: Path, tmp_path: Path
) -> None:
    files = unpacked(made(demonstration, on("2026-09-01"), with_history=True).archive)
    bundle = tmp_path / "repository.bundle"
    bundle.write_bytes(files["repository.bundle"])
    clone = tmp_path / "clone"
    command = ["git", "clone", "-q", "-b", "main", str(bundle), str(clone)]
    subprocess.run(command, check=True, capture_output=True)
    head = subprocess.run(
        ["git", "-C", str(clone), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert head == claims_of(files)["commit"]
    text = "evidence/approvals/access-control-policy/1.0.md"
    assert (clone / text).read_bytes() == files[text]
    assert not (clone / text.replace("1.0", "2.0")).exists()


def test_the_history_does_not_go_along_where_names_are_not_shown(demonstration: Path) -> None:
    command = ["-C", str(demonstration), "export", "--as-of", DAY, "--with-history"]
    assert main([*command, "--people", "initials"]) == 2


def test_a_system_that_nobody_knows_is_wrong_usage_and_a_known_one_narrows_the_lists(
    demonstration: Path,
) -> None:
    assert main(["-C", str(demonstration), "export", "--as-of", DAY, "--system", "moon"]) == 2
    everything = unpacked(made(demonstration, on(DAY)).archive)
    first = everything["system/systems.csv"].decode("utf-8-sig").splitlines()[1].split(",")[0]
    files = unpacked(made(demonstration, on(DAY), systems=frozenset({first})).archive)
    rows = files["system/systems.csv"].decode("utf-8-sig").splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == [first]
    assert f"about {first} only".encode() in files["METHOD.md"]
    policies = {path for path in everything if path.startswith("policies/")}
    assert policies == {path for path in files if path.startswith("policies/")}
