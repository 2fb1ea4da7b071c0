"""Approvals from before: recorded as asserted, shown as such, never stronger than they are."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

from policygen.cli.session import Session
from policygen.model.evidence import Decision, Strength
from policygen.model.register import State
from policygen.pipeline.situation import situation
from policygen.pipeline.verification import verify_workspace
from tests.command_line import approve_as, run
from tests.year import POLICY, ROLES, Life, at, begin, first_trust

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.model.register import Entry

NOW = at("2026-01-16")


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The year before its first approval; read only."""
    life = Life(tmp_path_factory.mktemp("early") / "year")
    begin(life)
    first_trust(life)
    return life.root


@pytest.fixture
def root(beginning: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Session, "now", lambda _: NOW)
    target = tmp_path / "year"
    shutil.copytree(beginning, target, symlinks=True)
    for name in ("2023.pdf", "2024 signed.docx"):
        (tmp_path / name).write_bytes(f"the access policy of {name}".encode())
    return target


def _record(root: Path, file: str, given: str, *more: str, document: str = POLICY) -> int:
    return run(root, "approve", document, "--as", "yusuf-demir", "--by", "rhea-lund", "--yes",
                "--legacy", str(root.with_name(file)), "--given", given, *more)  # fmt: skip


def _entry(root: Path, day: date, now: datetime = NOW) -> Entry:
    entry = situation(root, now=now, as_of=day).register.entry(POLICY)
    assert entry is not None
    return entry


def _both(root: Path) -> None:
    assert _record(root, "2023.pdf", "2023-05-02", "--effective", "2023-06-01") == 0
    assert _record(root, "2024 signed.docx", "2024-05-10", "--version", "3.2") == 0


@pytest.mark.parametrize(
    ("day", "version"),
    [
        pytest.param(date(2023, 5, 1), None, id="before the first"),
        pytest.param(date(2023, 5, 31), None, id="approved, not yet in force"),
        pytest.param(date(2023, 6, 1), "0.1", id="first day of the first"),
        pytest.param(date(2024, 5, 9), "0.1", id="last day of the first"),
        pytest.param(date(2024, 5, 10), "3.2", id="first day of the second"),
        pytest.param(date(2026, 1, 16), "3.2", id="today"),
    ],
)
def test_earlier_approvals_are_intervals_of_force(
    root: Path, day: date, version: str | None
) -> None:
    _both(root)
    entry = _entry(root, day)
    assert (entry.in_force.version if entry.in_force else None) == version


def test_an_earlier_approval_is_marked_and_leads_to_its_source(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _both(root)
    entry = _entry(root, NOW.date())
    assert entry.in_force is not None
    [verdict] = entry.in_force.consents
    assert (verdict.strength, verdict.time_attested) == (Strength.A0, False)
    assert verdict.note.startswith("asserted by yusuf-demir from external/")
    assert verdict.consent.external is not None
    kept = root / "evidence" / verdict.consent.external.file
    assert kept.read_bytes() == b"the access policy of 2024 signed.docx"
    text = (root / entry.in_force.text_path).read_text()
    assert verdict.consent.external.sha256 in text
    assert "2024 signed.docx" in text
    assert entry.in_force.text.statements == ()
    assert entry.in_force.text.header.criteria == ()
    assert run(root, "verify") == 0
    assert "strengths: 2 A0" in capsys.readouterr().out


def test_the_first_approval_here_follows_the_earlier_ones(root: Path) -> None:
    _both(root)
    assert approve_as(root, "tobias-lindqvist", POLICY) == 0
    entry = _entry(root, NOW.date())
    assert [row.version for row in entry.versions] == ["0.1", "3.2", "4.0"]
    assert entry.in_force is not None
    assert (entry.in_force.strength, entry.state) == (Strength.A3, State.EFFECTIVE)
    assert entry.in_force.decision is Decision.APPROVED


@pytest.mark.parametrize("ending", [".sig", ".tsr", ".forge.json"])
def test_nothing_beside_it_makes_an_earlier_approval_stronger(root: Path, ending: str) -> None:
    _both(root)
    record = root / "evidence" / "approvals" / POLICY / "3.2.rhea-lund.json"
    if ending == ".sig":
        life = Life(root)
        life.now = NOW
        from policygen.pipeline.consent.attesting import signed_records

        signed = signed_records({record.name: record.read_bytes()}, life.key("yusuf-demir"))
        record.with_name(f"{record.name}.sig").write_bytes(signed[f"{record.name}.sig"])
    else:
        record.with_name(record.name.removesuffix(".json") + ending).write_bytes(b"x")
    entry = _entry(root, NOW.date())
    assert entry.in_force is not None
    assert entry.in_force.strength is Strength.A0


def test_a_changed_source_takes_the_earlier_approval_out_of_force(root: Path) -> None:
    _both(root)
    [kept] = (root / "evidence" / "external").glob("*.docx")
    kept.write_bytes(b"another policy")
    finding = verify_workspace(
        root, trust=frozenset(), now=NOW, rebuild=False, advance=lambda _: None
    )
    assert [problem.code for problem in finding.errors] == ["approval-external-changed"]
    entry = _entry(root, NOW.date())
    assert entry.in_force is not None
    assert entry.in_force.version == "0.1"


def _after_an_approval(root: Path) -> int:
    assert approve_as(root, "tobias-lindqvist", POLICY) == 0
    return _record(root, "2023.pdf", "2023-05-02")


def _after_the_root_of_trust(root: Path) -> int:
    return _record(root, "2023.pdf", "2026-01-15")


def _in_the_future(root: Path) -> int:
    return _record(root, "2023.pdf", "2026-03-01")


def _backwards(root: Path) -> int:
    assert _record(root, "2024 signed.docx", "2024-05-10", "--version", "3.2") == 0
    return _record(root, "2023.pdf", "2023-05-02", "--version", "3.1")


def _another_role(root: Path) -> int:
    return _record(root, "2023.pdf", "2023-05-02", "--role", "finance_lead")


def _no_file(root: Path) -> int:
    return _record(root, "none.pdf", "2023-05-02")


def _no_document(root: Path) -> int:
    return _record(root, "2023.pdf", "2023-05-02", document="door-policy")


@pytest.mark.parametrize(
    ("attempt", "code"),
    [
        (_after_an_approval, "legacy-after-approval"),
        (_after_the_root_of_trust, "approval-legacy-late"),
        (_in_the_future, "usage-given"),
        (_backwards, "legacy-version"),
        (_another_role, "approval-role-not-required"),
        (_no_file, "proof-unreadable"),
        (_no_document, "usage-unknown-document"),
    ],
)
def test_what_is_no_earlier_approval_is_refused(
    root: Path, capsys: pytest.CaptureFixture[str], attempt: object, code: str
) -> None:
    assert callable(attempt)
    assert attempt(root) in (1, 2)
    assert f"[{code}]" in capsys.readouterr().err


@pytest.mark.parametrize(
    "more",
    [("--version", "three"), ("--by", "Rhea Lund"), ("--given", "May 2023")],
    ids=["version", "person", "day"],
)
def test_wrong_words_are_wrong_usage(root: Path, more: tuple[str, str]) -> None:
    assert _record(root, "2023.pdf", "2023-05-02", *more) == 2


def test_a_register_from_before_needs_no_approver(root: Path) -> None:
    assert _record(root, "2023.pdf", "2023-05-02", document=ROLES) == 0
    entry = situation(root, now=NOW).register.entry(ROLES)
    assert entry is not None
    assert entry.in_force is not None
    assert entry.in_force.consents[0].consent.role == "people_lead"
