"""Decisions given elsewhere: on a forge, in minutes, before this workspace."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from policygen.history.paths import approval_path, observation_path, text_path
from policygen.history.records import write_consent, write_observation
from policygen.model.evidence import External, Method, Observation, RawResponse, Strength
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


def on_forge(office: Office, **changes: object) -> str:
    text = sheet()
    consent = office.consent(text, method=Method.FORGE)
    data = write_consent(consent)
    path = approval_path(consent.document, "1.0", "dana")
    office.write(text_path(consent.document, "1.0"), text.text.encode())
    office.write(path, data)
    office.write(RAW, b"[]")
    plain = Observation(
        consent_sha256=hashlib.sha256(data).hexdigest(),
        host="github.com",
        repository="larkfield/policies",
        change=42,
        review=80,
        user_id=4711,
        login="dana-w",
        commit=None,
        submitted_at=AT,
        merged_at=AT,
        imported_by="lee",
        raw=(RawResponse(file=RAW, sha256=hashlib.sha256(b"[]").hexdigest()),),
    )
    observed = observation_path(path)
    office.write(observed, write_observation(replace(plain, **changes)))  # type: ignore[arg-type]
    return observed


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


def test_forge_review_counts_and_attests_its_time(office: Office) -> None:
    on_forge(office)
    assert office.codes() == []
    [verdict] = office.judge().verdicts
    assert (verdict.strength, verdict.time_attested) == (Strength.A1, True)


def test_signed_import_is_stronger(office: Office) -> None:
    observed = on_forge(office)
    office.write(observed + ".sig", office.signature(office.read(observed), "lee"))
    assert office.codes() == []
    assert strengths(office) == [Strength.A2]


def test_import_signed_by_another_proves_nothing(office: Office) -> None:
    observed = on_forge(office)
    office.write(observed + ".sig", office.signature(office.read(observed), "sam"))
    assert office.codes() == ["approval-key-unknown"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"user_id": 4712}, id="another account with the same login"),
        pytest.param({"host": "git.larkfield.example"}, id="another forge"),
        pytest.param({"consent_sha256": "0" * 64}, id="another consent"),
        pytest.param({"submitted_at": datetime(2026, 2, 3, tzinfo=UTC)}, id="another time"),
        pytest.param({"raw": (RawResponse(file=RAW, sha256="0" * 64),)}, id="changed recording"),
        pytest.param(
            {"raw": (RawResponse(file="forge/none.json", sha256="0" * 64),)}, id="no recording"
        ),
    ],
)
def test_forge_review_that_does_not_fit_proves_nothing(
    office: Office, change: dict[str, object]
) -> None:
    on_forge(office, **change)
    assert office.codes() == ["approval-observation-differs"]


def test_forge_consent_without_what_the_forge_said_proves_nothing(office: Office) -> None:
    observed = on_forge(office)
    (office.folder / observed).unlink()
    assert office.codes() == ["approval-observation-missing"]
