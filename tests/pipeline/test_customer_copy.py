"""Copies for a customer: shareable documents only, watermarked, nobody named, and noted."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from policygen.cli.main import main
from policygen.pipeline.package.customer_copy import Request, copy_for
from policygen.problems import PolicygenError
from tests.moments import NOW
from tests.pipeline.doors import edit
from tests.pipeline.packages import unpacked

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.pipeline.package.customer_copy import CustomerCopy

POLICY = "access-control-policy"
PDF = f"{POLICY}_v2.0_2026-10-22.pdf"


def _share(root: Path, *documents: str) -> None:
    line = "  shareable: []"
    edit(root / "organization.yml", line, f"  shareable: [{', '.join(documents)}]")


def _copy(root: Path) -> CustomerCopy:
    request = Request(customer="Brook & Daughters", day=None, tool="policygen 0.1.0", now=NOW)
    return copy_for(root, request, advance=lambda _: None)


def _text(pdf: bytes, folder: Path) -> str:
    path = folder / "copy.pdf"
    path.write_bytes(pdf)
    command = ["pdftotext", "-layout", str(path), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_copy_holds_shareable_documents_with_the_customers_name_and_nobody_elses(
    example: Path, tmp_path: Path
) -> None:
    _share(example, POLICY)
    files = unpacked(_copy(example).archive)
    assert sorted(files) == ["MANIFEST.sha256", PDF, "documents.csv"]
    text = _text(files[PDF], tmp_path)
    assert "Brook & Daughters" in text
    assert "Access Control Policy" in text
    assert "Tobias" not in text
    attached = subprocess.run(
        ["pdfdetach", "-list", str(tmp_path / "copy.pdf")], capture_output=True, text=True
    ).stdout
    assert attached.startswith("0 embedded files")
    [row] = csv.DictReader(io.StringIO(files["documents.csv"].decode("utf-8-sig")))
    assert (row["Document"], row["Version"], row["File"]) == (POLICY, "2.0", PDF)


def test_two_copies_of_one_day_are_the_same_bytes(example: Path) -> None:
    _share(example, POLICY)
    assert _copy(example).archive == _copy(example).archive


@pytest.mark.parametrize(
    ("documents", "code"),
    [
        pytest.param((), "export-nothing-shareable", id="nothing"),
        pytest.param(("roles-register",), "export-not-for-customers", id="a register"),
    ],
)
def test_what_must_not_go_out_is_refused(
    example: Path, documents: tuple[str, ...], code: str
) -> None:
    _share(example, *documents)
    with pytest.raises(PolicygenError) as refused:
        _copy(example)
    assert {problem.code for problem in refused.value.problems} == {code}


def test_a_text_that_names_a_person_does_not_go_out(example: Path) -> None:
    _share(example, POLICY)
    # Somebody is called like a word of the text: whether it means them, a person decides.
    edit(example / "organization.yml", "name: Tobias Lindqvist", "name: Short policy")
    edit(example / "organization.yml", "name: Short policy", 'name: "short policy"')
    with pytest.raises(PolicygenError) as refused:
        _copy(example)
    assert "export-not-for-customers" in {problem.code for problem in refused.value.problems}


def test_each_copy_leaves_a_record_of_who_got_what(
    example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _share(example, POLICY)
    target = tmp_path / "copy.zip"
    command = ["-C", str(example), "export", "--customer", "Brook & Daughters",
               "--as-of", "2026-11-20", "-o", str(target)]  # fmt: skip
    assert main(command) == 0
    assert "noted in handovers/2026-11-20-brook-daughters-" in capsys.readouterr().out
    [record] = (example / "handovers").iterdir()
    told = json.loads(record.read_text())
    assert told["customer"] == "Brook & Daughters"
    assert [row["document"] for row in told["documents"]] == [POLICY]
    assert main(command) == 0
    assert [path.name for path in (example / "handovers").iterdir()] == [record.name]


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["--customer", " "], id="no name"),
        pytest.param(["--customer", "A", "--period", "2026-01-01..2026-02-01"], id="a period"),
        pytest.param(["--customer", "A\x1b[31m"], id="an escape sequence"),
        pytest.param(["--customer", "A", "--with-problems"], id="with problems"),
    ],
)
def test_a_copy_called_wrongly_is_wrong_usage(demonstration: Path, options: list[str]) -> None:
    assert main(["-C", str(demonstration), "export", *options]) == 2
