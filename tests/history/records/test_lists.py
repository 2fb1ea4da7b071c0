"""Many records under one signature: a list in the format of sha256sum."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from policygen.history.approving.approve import plan_approval
from policygen.history.approving.plans import ApprovalPlan, Sitting
from policygen.history.approving.signing import Signed, sign_plan, write_consents
from policygen.history.records.lists import list_path
from policygen.history.records.snapshots import APPROVAL_NAMESPACE
from policygen.history.trust.renewal import Enrollment
from policygen.model.evidence import Strength
from policygen.problems import PolicygenError
from tests.crypto.security_keys import KINDS, NOT_TOUCHED, SecurityKey
from tests.history.office import Office, Sheet, sheet

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 2, 2, 10, 0, tzinfo=UTC)
SHEETS = tuple(sheet(document=name) for name in ("change-policy", "data-policy", "risk-policy"))


def plan(office: Office, at: datetime = AT, sheets: tuple[Sheet, ...] = SHEETS) -> ApprovalPlan:
    sitting = Sitting(
        evidence=office.evidence(),
        judgement=office.judge(),
        person="dana",
        at=at,
        tool="policygen 0.1.0",
    )
    return plan_approval(sitting, sheets)


def store(office: Office, planned: ApprovalPlan, signed: Signed) -> tuple[str, ...]:
    return write_consents(office.folder, planned, signed, office.trust[-1].snapshot)


def listed(office: Office) -> bytes:
    """Dana signs three records with one list; gives the list."""
    planned = plan(office)
    signed = sign_plan(planned, key=office.keyring.path("dana"), as_list=True)
    store(office, planned, signed)
    assert signed.over is not None
    return signed.over


def test_one_signature_over_a_list_carries_every_record_it_names(office: Office) -> None:
    listed(office)
    judgement = office.judge()
    assert judgement.problems == ()
    assert [verdict.strength for verdict in judgement.verdicts] == [Strength.A3] * 3
    signatures = {path.read_bytes() for path in office.folder.rglob("*-policy/*.sig")}
    assert len(signatures) == 1


def test_stock_tools_check_the_list(office: Office, tmp_path: Path) -> None:
    data = listed(office)
    (tmp_path / "list").write_bytes(data)
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "list"],
        cwd=office.folder.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert checked.stdout.count(": OK\n") == 3
    record = office.folder / "approvals" / "risk-policy" / "1.0.dana.json.sig"
    command = ["ssh-keygen", "-Y", "verify", "-n", APPROVAL_NAMESPACE, "-I", "dana",
               "-f", str(office.folder / "trust" / "1.allowed_signers"), "-s", str(record),
               "-Overify-time=20260202100000Z"]  # fmt: skip
    said = subprocess.run(command, input=data, capture_output=True, check=True)
    assert b"Good" in said.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_in_a_token_signs_the_list(office: Office, kind: str) -> None:
    token = SecurityKey(kind)
    enrollment = Enrollment(
        person="dana", public_key=token.line, enrolled_by="lee", method="in person"
    )
    office.update_trust(datetime(2026, 2, 1, tzinfo=UTC), "lee", keys=(enrollment,))
    planned = plan(office)
    example = sign_plan(planned, key=office.keyring.path("dana"), as_list=True)
    assert example.over is not None
    signature = token.sign(example.over, APPROVAL_NAMESPACE)
    store(office, planned, Signed(signatures=(signature,) * 3, over=example.over))
    assert office.codes() == []
    assert {verdict.strength for verdict in office.judge().verdicts} == {Strength.A3}


def test_a_token_that_was_not_touched_signs_nothing(office: Office) -> None:
    token = SecurityKey(KINDS[0])
    planned = plan(office)
    over = sign_plan(planned, key=office.keyring.path("dana"), as_list=True).over
    assert over is not None
    signature = token.sign(over, APPROVAL_NAMESPACE, NOT_TOUCHED)
    with pytest.raises(PolicygenError) as caught:
        store(office, planned, Signed(signatures=(signature,) * 3, over=over))
    assert {problem.code for problem in caught.value.problems} == {"approval-signature-bad"}
    assert not (office.folder / "approvals").exists()


def test_a_record_changed_after_the_list_was_signed_is_found(office: Office) -> None:
    listed(office)
    path = "approvals/data-policy/1.0.dana.json"
    office.write(
        path, office.read(path).replace(b'"effective": "2026-02', b'"effective": "2026-12')
    )
    assert office.codes() == ["approval-signature-bad"]


def test_a_record_that_the_list_does_not_name_is_not_carried_by_it(office: Office) -> None:
    listed(office)
    signature = office.read("approvals/data-policy/1.0.dana.json.sig")
    path = office.approve(sheet(document="people-policy"))
    office.write(path + ".sig", signature)
    assert office.codes() == ["approval-signature-bad"]


@pytest.mark.parametrize(
    "attack",
    [
        pytest.param(lambda data: data[:-1], id="cut off"),
        pytest.param(lambda data: data + b"\n", id="a line added"),
        pytest.param(lambda data: data.replace(b"change-policy", b"people-policy"), id="renamed"),
    ],
)
def test_a_changed_list_carries_nothing(office: Office, attack: object) -> None:
    assert callable(attack)
    data = listed(office)
    (office.folder / list_path(data)).unlink()
    changed = attack(data)
    office.write(list_path(changed), changed)
    assert set(office.codes()) == {"approval-signature-bad"}
    assert office.judge().verdicts == ()


def test_a_removed_list_carries_nothing(office: Office) -> None:
    (office.folder / list_path(listed(office))).unlink()
    assert set(office.codes()) == {"approval-signature-bad"}


def test_a_list_under_another_name_is_no_list(office: Office) -> None:
    data = listed(office)
    (office.folder / list_path(data)).rename(office.folder / f"external/{'0' * 64}.sha256")
    assert set(office.codes()) == {"approval-signature-bad"}
