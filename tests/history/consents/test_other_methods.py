"""Decisions given elsewhere: on a forge, in minutes, before this workspace."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from policygen.history.records.consents import write_consent
from policygen.history.records.paths import approval_path, text_path
from policygen.model.evidence import External, Method, Strength
from tests.history.office import Office, sheet

AT = datetime(2026, 2, 2, 10, 0, tzinfo=UTC)
RAW = "forge/github.com/larkfield/policies/pr-42-reviews.json"
MINUTES = b"%PDF minutes of the board"
MINUTES_SHA = hashlib.sha256(MINUTES).hexdigest()
MINUTES_FILE = f"external/{MINUTES_SHA}.pdf"


def outside(office: Office, method: Method, *, attested_by: str = "lee", **changes: object) -> str:
    text = sheet()
    external = External(file=MINUTES_FILE, sha256=MINUTES_SHA, attested_by=attested_by)
    consent = office.consent(text, method=method, external=external, **changes)  # type: ignore[arg-type]
    office.write(MINUTES_FILE, MINUTES)
    office.write(text_path(consent.document, "1.0"), text.text.encode())
    path = approval_path(consent.document, "1.0", consent.person)
    office.write(path, write_consent(consent))
    return path


def strengths(office: Office) -> list[Strength]:
    return [verdict.strength for verdict in office.judge().verdicts]


def test_minutes_attested_by_another_person_are_external(office: Office) -> None:
    path = outside(office, Method.EXTERNAL)
    office.write(path + ".sig", office.signature(office.read(path), "lee"))
    assert office.codes() == []
    assert strengths(office) == [Strength.E]


def test_minutes_without_attestation_prove_nothing(office: Office) -> None:
    outside(office, Method.EXTERNAL)
    assert office.codes() == ["approval-unsigned"]


def test_minutes_attested_by_the_approver_prove_nothing(office: Office) -> None:
    path = outside(office, Method.EXTERNAL, attested_by="dana")
    office.write(path + ".sig", office.signature(office.read(path), "dana"))
    assert office.codes() == ["approval-attested-by-self"]


def test_changed_minutes_prove_nothing(office: Office) -> None:
    path = outside(office, Method.EXTERNAL)
    office.write(path + ".sig", office.signature(office.read(path), "lee"))
    office.write(MINUTES_FILE, b"%PDF other minutes")
    assert office.codes() == ["approval-external-changed"]


def test_approval_from_before_counts_as_asserted(office: Office) -> None:
    before = datetime(2024, 5, 1, 10, tzinfo=UTC)
    outside(office, Method.LEGACY, at=before, person="former-ciso")
    assert office.codes() == []
    assert strengths(office) == [Strength.A0]
