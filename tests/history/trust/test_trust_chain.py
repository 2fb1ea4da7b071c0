"""The chain of trust: what continues it, what breaks it, and what stock tools say."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policygen.history.records.snapshots import read_snapshot, write_snapshot
from policygen.history.trust.carrying import carried_holdings
from policygen.history.trust.chain import load_trust
from policygen.history.trust.renewal import Enrollment, RosterPerson, next_snapshot
from policygen.history.trust.windows import broken_windows, changed_lines
from policygen.model.evidence import RoleHolding, TrustedPerson, TrustSnapshot
from policygen.problems import Severity
from tests.history.office import ROOT_AT, Keyring, Office, roster, sheet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAY = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


def codes(office: Office) -> list[str]:
    return sorted({problem.code for problem in load_trust(office.evidence())[1]})


def length(office: Office) -> int:
    return len(load_trust(office.evidence())[0].links)


def forged(office: Office, signer: str = "lee", **changes: object) -> None:
    """A second snapshot that Lee signs, with something wrong in it."""
    honest = next_snapshot(roster(), office.trust[-1], at=MAY)
    office.add_trust(replace(honest, **changes), signer)  # type: ignore[arg-type]


def people_with_keys(
    office: Office, change: Callable[[datetime, datetime | None], tuple[datetime, datetime | None]]
) -> tuple[TrustedPerson, ...]:
    snapshot = office.trust[-1].snapshot
    people = []
    for person in snapshot.people:
        keys = []
        for key in person.keys:
            start, end = change(key.valid_from, key.valid_to)
            keys.append(replace(key, valid_from=start, valid_to=end))
        people.append(replace(person, keys=tuple(keys)))
    return tuple(people)


def test_root_and_its_successors_hold(office: Office) -> None:
    office.update_trust(MAY, "lee")
    office.update_trust(MAY + timedelta(days=1), "sam", "dana")
    chain, problems = load_trust(office.evidence())
    assert problems == ()
    assert [link.signers for link in chain.links] == [("dana", "lee"), ("lee",), ("dana", "sam")]
    assert chain.root_sha256 == office.trust[0].sha256
    assert chain.at(ROOT_AT - timedelta(seconds=1)) is None


def test_snapshot_reads_back_to_the_same_bytes(office: Office) -> None:
    data = office.read("trust/1.yml")
    assert write_snapshot(read_snapshot(data)) == data


def test_snapshot_is_the_same_whatever_order_the_profile_has(office: Office) -> None:
    shuffled = roster(people=roster().people[::-1], holdings=roster().holdings[::-1])
    plain = next_snapshot(roster(), None, at=MAY)
    assert write_snapshot(next_snapshot(shuffled, None, at=MAY)) == write_snapshot(plain)


def test_stock_ssh_keygen_verifies_a_consent_against_the_list(office: Office) -> None:
    record = office.approve(sheet())
    command = [
        "ssh-keygen", "-Y", "verify", "-f", "trust/1.allowed_signers", "-I", "dana",
        "-n", "policy-approval", "-s", record + ".sig", "-Overify-time=20260202110000Z",
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=office.folder, input=office.read(record), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    early = [*command[:-1], "-Overify-time=20260104110000Z"]
    done = subprocess.run(
        early, cwd=office.folder, input=office.read(record), capture_output=True, check=False
    )
    assert done.returncode != 0


def test_stock_ssh_keygen_verifies_a_word_for_a_snapshot(office: Office) -> None:
    command = [
        "ssh-keygen", "-Y", "verify", "-f", "trust/1.allowed_signers", "-I", "lee",
        "-n", "policy-trust", "-s", "trust/1.lee.json.sig", "-Overify-time=20260105090100Z",
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=office.folder, input=office.read("trust/1.lee.json"), capture_output=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def wrong_number(office: Office) -> None:
    forged(office, number=3)


def missing_number(office: Office) -> None:
    office.update_trust(MAY, "lee")
    office.update_trust(MAY + timedelta(days=1), "lee")
    (office.folder / "trust/2.yml").unlink()


def wrong_digest(office: Office) -> None:
    forged(office, previous_sha256="0" * 64)


def no_time_passed(office: Office) -> None:
    forged(office, created_at=ROOT_AT)


def stranger_signs(office: Office) -> None:
    forged(office)
    office.write(
        "trust/2.lee.json.sig",
        office.signature(office.read("trust/2.lee.json"), "mallory", "policy-trust"),
    )


def approval_as_trust(office: Office) -> None:
    forged(office)
    office.write("trust/2.lee.json.sig", office.signature(office.read("trust/2.lee.json"), "lee"))


def word_of_another_snapshot(office: Office) -> None:
    forged(office)
    for ending in ("", ".sig"):
        office.write("trust/2.lee.json" + ending, office.read("trust/1.lee.json" + ending))


def nobody_signs(office: Office) -> None:
    forged(office)
    for ending in ("", ".sig"):
        (office.folder / ("trust/2.lee.json" + ending)).unlink()


def person_dropped(office: Office) -> None:
    forged(office, people=office.trust[0].snapshot.people[:2])


def key_dropped(office: Office) -> None:
    people = tuple(replace(person, keys=()) for person in office.trust[0].snapshot.people)
    forged(office, people=people)


def key_backdated(office: Office) -> None:
    early = datetime(2020, 1, 1, tzinfo=UTC)
    forged(office, people=people_with_keys(office, lambda _, end: (early, end)))


def key_closed_in_the_past(office: Office) -> None:
    past = ROOT_AT - timedelta(days=1)
    forged(office, people=people_with_keys(office, lambda start, _: (start, past)))


def holding_dropped(office: Office) -> None:
    forged(office, holdings=office.trust[0].snapshot.holdings[:1])


def holding_closed_in_the_past(office: Office) -> None:
    holdings = tuple(
        replace(holding, end=date(2025, 12, 31)) for holding in office.trust[0].snapshot.holdings
    )
    forged(office, holdings=holdings)


def delegation_widened(office: Office) -> None:
    [delegation] = office.trust[0].snapshot.delegations
    forged(office, delegations=(replace(delegation, end=date(2027, 1, 1)),))


def key_of_two(office: Office) -> None:
    dana, *others = sorted(office.trust[0].snapshot.people, key=lambda person: person.id)
    twin = replace(others[0], keys=(*others[0].keys, replace(dana.keys[0], valid_from=MAY)))
    forged(office, people=(dana, twin, *others[1:]))


def enrollment_claimed(office: Office) -> None:
    key = Enrollment(
        person="dana", public_key=office.keyring.public("dana-new"), enrolled_by="sam",
        method="in person",
    )  # fmt: skip
    office.update_trust(MAY, "lee", keys=(key,))


BREAKS: tuple[tuple[Callable[[Office], None], str], ...] = (
    (wrong_digest, "trust-chain-broken"),
    (missing_number, "trust-chain-broken"),
    (no_time_passed, "trust-chain-broken"),
    (stranger_signs, "trust-signature-bad"),
    (stranger_signs, "trust-unsigned"),
    (approval_as_trust, "trust-signature-bad"),
    (word_of_another_snapshot, "trust-signature-bad"),
    (nobody_signs, "trust-unsigned"),
    (person_dropped, "trust-window-backdated"),
    (key_dropped, "trust-window-backdated"),
    (key_backdated, "trust-window-backdated"),
    (key_closed_in_the_past, "trust-window-backdated"),
    (holding_dropped, "trust-window-backdated"),
    (holding_closed_in_the_past, "trust-window-backdated"),
    (delegation_widened, "trust-window-backdated"),
    (key_of_two, "trust-key-shared"),
    (enrollment_claimed, "trust-enrollment-unsigned"),
    (wrong_number, "trust-chain-broken"),
)


@pytest.mark.parametrize("case", BREAKS, ids=lambda case: f"{case[0].__name__} is {case[1]}")
def test_forged_snapshot_ends_the_chain_before_it(
    office: Office, case: tuple[Callable[[Office], None], str]
) -> None:
    attack, code = case
    attack(office)
    assert code in codes(office)
    assert length(office) == 1


def test_consent_under_a_forged_snapshot_does_not_hold(office: Office) -> None:
    enrollment_claimed(office)
    office.approve(sheet(), at=MAY + timedelta(days=1))
    assert "approval-trust-unknown" in office.codes()


def test_list_for_ssh_keygen_that_says_more_is_named(office: Office) -> None:
    extra = f"dana {office.keyring.public('mallory')}\n".encode()
    office.write("trust/1.allowed_signers", office.read("trust/1.allowed_signers") + extra)
    assert codes(office) == ["trust-signers-differ"]
    assert length(office) == 1


def test_root_signed_by_a_stranger_is_no_root(tmp_path: Path, keyring: Keyring) -> None:
    made = Office(tmp_path / "evidence", keyring)
    key = Enrollment(
        person="dana", public_key=keyring.public("dana"), enrolled_by="dana", method="own word"
    )
    made.add_trust(next_snapshot(roster(), None, keys=(key,), at=ROOT_AT), "mallory")
    assert codes(made) == ["trust-signature-bad", "trust-unsigned"]
    assert length(made) == 0


def test_second_person_enrols_a_key_that_counted_little(tmp_path: Path, keyring: Keyring) -> None:
    made = Office(tmp_path / "evidence", keyring)
    own = tuple(
        Enrollment(
            person=name, public_key=keyring.public(name), enrolled_by="dana", method="own word"
        )
        for name in ("dana", "lee")
    )
    made.add_trust(next_snapshot(roster(), None, keys=own, at=ROOT_AT), "dana")
    vouched = Enrollment(
        person="dana", public_key=keyring.public("dana"), enrolled_by="lee", method="in person"
    )
    made.update_trust(MAY, "lee", keys=(vouched,))
    made.approve(sheet(), at=MAY + timedelta(hours=1))
    assert made.codes() == []
    [verdict] = made.judge().verdicts
    assert verdict.note == "signed with a key enrolled by lee"


def test_person_without_a_role_does_not_sign_snapshots(office: Office) -> None:
    idle = tuple(holding for holding in roster().holdings if holding.person != "sam")
    office.update_trust(MAY, "lee", holdings=idle, delegations=())
    office.update_trust(MAY + timedelta(days=2), "sam", holdings=idle, delegations=())
    assert "trust-unsigned" in codes(office)
    assert length(office) == 2


def test_redline_names_what_changed(office: Office) -> None:
    follower = RoleHolding(
        role="security_officer", person="sam", start=date(2026, 5, 1), end=None, acting=True
    )
    holdings = tuple(item for item in roster().holdings if item.person != "dana")
    before = office.trust[-1].snapshot
    after = next_snapshot(roster(holdings=(*holdings, follower)), office.trust[-1], at=MAY)
    assert changed_lines(before, after) == (
        "- role security_officer: dana from 2025-06-01",
        "+ role security_officer: dana from 2025-06-01 to 2026-04-30",
        "+ role security_officer: sam (acting) from 2026-05-01",
    )
    assert changed_lines(before, next_snapshot(roster(), office.trust[-1], at=MAY)) == ()
    assert len(changed_lines(None, before)) == 12


def test_lost_key_ends_at_once(office: Office) -> None:
    lost = office.trust[-1].snapshot.people[0].keys[0].fingerprint
    snapshot = next_snapshot(roster(), office.trust[-1], lost=[lost], at=MAY)
    ends = [key.valid_to for person in snapshot.people for key in person.keys]
    assert sorted(ends, key=str) == [MAY, None, None]


WINDOWS = st.lists(
    st.builds(
        RoleHolding,
        role=st.sampled_from(["ceo", "it_lead"]),
        person=st.sampled_from(["dana", "lee"]),
        start=st.dates(date(2026, 1, 1), date(2026, 1, 20)),
        end=st.none(),
        acting=st.just(False),
    )
    | st.builds(
        RoleHolding,
        role=st.just("ceo"),
        person=st.just("sam"),
        start=st.just(date(2026, 1, 1)),
        end=st.dates(date(2026, 1, 1), date(2026, 3, 1)),
        acting=st.booleans(),
    ),
    max_size=5,
    unique_by=lambda item: (item.role, item.person, item.start, item.acting),
)


@given(st.lists(WINDOWS, min_size=2, max_size=5))
def test_carried_windows_are_never_taken_back(rosters: list[list[RoleHolding]]) -> None:
    before: TrustSnapshot | None = None
    for number, wanted in enumerate(rosters):
        at = datetime(2026, 1, 5, 12, tzinfo=UTC) + timedelta(days=6 * number)
        snapshot = TrustSnapshot(
            number=number + 1,
            previous_sha256=None,
            organization="Larkfield Ltd",
            time_zone="Europe/Berlin",
            people=(),
            holdings=carried_holdings(before, wanted, at.date()),
            delegations=(),
            created_at=at,
        )
        if before is not None:
            assert list(broken_windows(before, snapshot)) == []
        before = snapshot


def with_role(role: str, person: str) -> tuple[RoleHolding, ...]:
    more = RoleHolding(role=role, person=person, start=MAY.date(), end=None, acting=False)
    return (*roster().holdings, more)


def warned(office: Office) -> list[str]:
    found = load_trust(office.evidence())[1]
    assert all(problem.severity is Severity.WARNING for problem in found)
    return [problem.code for problem in found]


def test_role_that_somebody_gives_to_themself_is_named(office: Office) -> None:
    office.update_trust(MAY, "dana", holdings=with_role("ceo", "dana"))
    assert warned(office) == ["trust-own-grant"]
    assert length(office) == 2


def test_role_that_a_second_person_signs_for_is_granted(office: Office) -> None:
    office.update_trust(MAY, "dana", "lee", holdings=with_role("ceo", "dana"))
    assert warned(office) == []


def test_role_that_somebody_else_gives_is_granted(office: Office) -> None:
    office.update_trust(MAY, "lee", holdings=with_role("ceo", "dana"))
    assert warned(office) == []


@pytest.mark.parametrize(
    "name",
    ["D\u0430na Whitfield", "D\u00e1na  WHITFIELD", "Dana Whitfield", "\uff24ana Whitfield"],
    ids=["a Cyrillic letter", "accent and capitals", "the same", "a wide letter"],
)
def test_names_that_read_alike_are_named_once(office: Office, name: str) -> None:
    other = RosterPerson(id="dana-2", name=name, title="", end_date=None)
    people = (*roster().people, other)
    office.update_trust(MAY, "lee", people=people)
    assert warned(office) == ["trust-names-alike"]
    office.update_trust(MAY + timedelta(days=1), "lee", people=people, organization="New Ltd")
    assert warned(office) == ["trust-names-alike"]
