"""Trust as people make it: from the profile, with a redline, signed by one after the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from policygen.history.records.snapshots import TRUST_NAMESPACE
from policygen.history.trust.chain import load_trust
from policygen.history.trust.planning import (
    TrustPlan,
    plan_countersignature,
    plan_trust,
    write_trust,
)
from policygen.history.trust.renewal import Enrollment
from policygen.history.trust.rosters import people_by_mail, roster_of
from policygen.model.profile.organization import Organization
from policygen.model.profile.people import Person, RoleHolding
from policygen.model.profile.root import Profile
from policygen.problems import PolicygenError
from tests.history.office import ROOT_AT, Keyring, Office, killed_after, roster

if TYPE_CHECKING:
    from pathlib import Path

MAY = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


def plan(office: Office, person: str, **changes: object) -> TrustPlan:
    evidence = office.evidence()
    at = changes.pop("at", MAY)
    keys = changes.pop("keys", ())
    assert isinstance(at, datetime)
    assert isinstance(keys, tuple)
    return plan_trust(
        roster(**changes), evidence, load_trust(evidence)[0], person=person, keys=keys, at=at,
        tool="policygen 0.1.0",
    )  # fmt: skip


def store(office: Office, planned: TrustPlan, key: str) -> None:
    armored = office.signature(planned.files.word, key, TRUST_NAMESPACE)
    write_trust(office.folder, planned, armored, load_trust(office.evidence())[0])


def code_of(caught: pytest.ExceptionInfo[PolicygenError]) -> str:
    [problem] = caught.value.problems
    return problem.code


def test_two_people_enrol_each_other_in_the_root(tmp_path: Path, keyring: Keyring) -> None:
    office = Office(tmp_path / "evidence", keyring)
    keys = tuple(
        Enrollment(
            person=person, public_key=keyring.public(person), enrolled_by=by, method="in person"
        )
        for person, by in (("dana", "lee"), ("lee", "dana"))
    )
    store(office, plan(office, "dana", keys=keys), "dana")
    # Lee has not signed yet, so Lee's word for Dana's key is a claim.
    assert {problem.code for problem in load_trust(office.evidence())[1]} == {
        "trust-enrollment-unsigned"
    }


def test_second_person_enrols_in_a_snapshot_of_their_own(tmp_path: Path, keyring: Keyring) -> None:
    office = Office(tmp_path / "evidence", keyring)
    by_dana = tuple(
        Enrollment(
            person=name, public_key=keyring.public(name), enrolled_by="dana", method="in person"
        )
        for name in ("dana", "lee")
    )
    store(office, plan(office, "dana", keys=by_dana), "dana")
    by_lee = Enrollment(
        person="dana", public_key=keyring.public("dana"), enrolled_by="lee", method="in person"
    )
    second = plan(office, "lee", keys=(by_lee,), at=MAY + timedelta(hours=1))
    assert [line[:8] for line in second.redline] == ["- key of", "+ key of"]
    store(office, second, "lee")
    chain, problems = load_trust(office.evidence())
    assert problems == ()
    assert [link.signers for link in chain.links] == [("dana",), ("lee",)]


def test_newest_snapshot_is_countersigned(office: Office) -> None:
    evidence = office.evidence()
    chain = load_trust(evidence)[0]
    planned = plan_countersignature(evidence, chain, person="sam", at=MAY, tool="policygen 0.1.0")
    store(office, planned, "sam")
    chain, problems = load_trust(office.evidence())
    assert problems == ()
    assert chain.links[0].signers == ("dana", "lee", "sam")


def test_unchanged_profile_makes_no_snapshot(office: Office) -> None:
    with pytest.raises(PolicygenError) as caught:
        plan(office, "lee")
    assert code_of(caught) == "trust-unchanged"


def test_own_key_is_not_enrolled_as_somebody_elses(office: Office) -> None:
    key = Enrollment(
        person="sam", public_key=office.keyring.public("lee"), enrolled_by="lee", method="in person"
    )
    with pytest.raises(PolicygenError) as caught:
        plan(office, "lee", keys=(key,))
    assert code_of(caught) == "trust-key-shared"


def test_stranger_signs_no_snapshot(office: Office) -> None:
    with pytest.raises(PolicygenError) as caught:
        plan(office, "mallory", organization="Mallory Ltd")
    assert code_of(caught) == "trust-not-trusted"


def test_wrong_key_writes_no_snapshot(office: Office) -> None:
    planned = plan(office, "lee", organization="Larkfield Group Ltd")
    with pytest.raises(PolicygenError) as caught:
        store(office, planned, "mallory")
    assert code_of(caught) == "trust-signature-bad"
    assert not (office.folder / "trust/2.yml").exists()


@pytest.mark.parametrize("survivors", [0, 1, 2, 3])
def test_kill_while_a_snapshot_is_written_is_completed(office: Office, survivors: int) -> None:
    planned = plan(office, "lee", organization="Larkfield Group Ltd")
    with killed_after(survivors):
        store(office, planned, "lee")
    assert len(load_trust(office.evidence())[0].links) == 1
    later = MAY + timedelta(hours=5)
    store(office, plan(office, "lee", organization="Larkfield Group Ltd", at=later), "lee")
    chain, problems = load_trust(office.evidence())
    assert problems == ()
    assert len(chain.links) == 2


def test_other_unsigned_snapshot_is_in_the_way(office: Office) -> None:
    planned = plan(office, "lee", organization="Larkfield Group Ltd")
    office.write("trust/2.yml", planned.files.snapshot)
    with pytest.raises(PolicygenError) as caught:
        plan(office, "lee", organization="Larkfield Holding Ltd")
    assert code_of(caught) == "record-in-the-way"


def profile() -> Profile:
    return Profile.model_construct(
        organization=Organization.model_construct(
            legal_name="Larkfield Ltd", time_zone="Europe/Berlin"
        ),
        people=(
            Person(
                id="dana", name="Dana Whitfield", title="CISO",
                email="Dana@larkfield.example", emails=("dw@home.example",),
                forge=({"host": "github.com", "id": 4711, "login": "dana-w"},),  # type: ignore[arg-type]
            ),
            Person(id="lee", name="Lee Park", end_date=date(2026, 6, 30)),
        ),
        roles={
            "security_officer": RoleHolding.model_validate(
                {
                    "person": "dana", "from": date(2025, 6, 1),
                    "delegations": [
                        {
                            "to": "lee", "from": date(2026, 1, 1), "until": date(2026, 2, 1),
                            "signed_by": "dana",
                        }
                    ],
                }
            ),
            "ceo": RoleHolding.model_validate({"person": "lee", "from": date(2024, 1, 1)}),
            "it_lead": RoleHolding.model_validate(
                {"acting": "dana", "vacant_since": date(2026, 3, 1)}
            ),
        },
    )  # fmt: skip


def test_profile_gives_people_roles_and_windows() -> None:
    found = roster_of(profile())
    assert (found.organization, found.time_zone) == ("Larkfield Ltd", "Europe/Berlin")
    assert [person.logins for person in found.people] == [(("github.com", 4711, "dana-w"),), ()]
    assert [(item.role, item.person, item.acting, item.end) for item in found.holdings] == [
        ("security_officer", "dana", False, None),
        ("ceo", "lee", False, date(2026, 6, 30)),
        ("it_lead", "dana", True, None),
    ]
    [delegation] = found.delegations
    assert (delegation.person, delegation.acting_for, delegation.end) == (
        "lee", "dana", date(2026, 2, 1),
    )  # fmt: skip


def test_profile_maps_git_addresses_to_people() -> None:
    assert people_by_mail(profile()) == {
        "dana@larkfield.example": "dana",
        "dw@home.example": "dana",
    }


def test_roster_of_the_office_is_what_its_root_says(office: Office) -> None:
    [link] = load_trust(office.evidence())[0].links
    assert link.snapshot.created_at == ROOT_AT
    assert {holding.role for holding in link.snapshot.holdings} == {
        holding.role for holding in replace(roster()).holdings
    }
