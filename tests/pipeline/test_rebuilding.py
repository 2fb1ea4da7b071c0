"""Sealed PDFs built again: what came into evidence after the seal, and what was sealed falsely."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from policygen.cli.main import main
from policygen.cli.session import Session
from policygen.history.records.paths import sealed_paths
from policygen.pipeline.publication import sealing
from policygen.pipeline.situation import situation
from policygen.pipeline.verification import verify_workspace
from tests.moments import NOW

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from policygen.pipeline.verification import Finding

POLICY = "access-control-policy"


def _rebuilt(root: Path) -> Finding:
    return verify_workspace(root, trust=frozenset(), now=NOW, rebuild=True, advance=lambda _: None)


def _codes(finding: Finding) -> set[str]:
    return {problem.code for problem in finding.problems}


def test_an_approver_who_joins_after_the_seal_does_not_make_the_pdf_false(
    example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = str(example / ".policygen" / "keys" / "people" / "marisol-okafor")
    monkeypatch.setattr(Session, "now", lambda _: NOW)
    arguments = ["approve", POLICY, "--as", "marisol-okafor", "--role", "ceo", "--key", key]
    assert main(["-C", str(example), *arguments, "--yes"]) == 0
    entry = situation(example, now=NOW).register.entry(POLICY)
    assert entry is not None
    assert entry.in_force is not None
    assert len(entry.in_force.consents) == 2
    assert _codes(_rebuilt(example)) <= {"record-uncommitted"}


def test_a_pdf_that_prints_another_approver_is_not_what_evidence_gives(example: Path) -> None:
    """Whoever holds the sealing key makes record and seal fit; only building again shows it."""
    found = situation(example, now=NOW)
    entry = found.register.entry(POLICY)
    assert entry is not None
    assert entry.in_force is not None
    true = entry.in_force.consents
    false = replace(entry.in_force, consents=(replace(true[0], name="Somebody Else"), *true[1:]))
    for path in sealed_paths(POLICY, false.version):
        (example / path).unlink()
    identity = sealing.load_identity(example, None, None)
    row = sealing.Sealable(entry=entry, version=false)
    sealing.seal_versions(found, [row], identity, now=NOW, advance=lambda _: None)
    assert "seal-not-rebuilt" in _codes(_rebuilt(example))


def test_a_pdf_of_other_engines_is_named_and_not_judged(example: Path) -> None:
    [path] = (example / "evidence" / "sealed" / POLICY).glob("2.0.json")
    record = json.loads(path.read_text())
    record["engines"]["typst"] = "0.1.0"
    path.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n")
    codes = _codes(_rebuilt(example))
    assert "seal-other-engines" in codes
    assert "seal-not-rebuilt" not in codes
