"""A small organization with real keys, an evidence folder, and hands that sign in it."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING
from unittest import mock
from zoneinfo import ZoneInfo

import pytest

from policygen import atomic
from policygen.crypto.ssh import make_key, sign
from policygen.history.consents.judging import judge
from policygen.history.records.consents import read_consent, write_consent
from policygen.history.records.evidence import read_evidence
from policygen.history.records.paths import approval_path, text_path
from policygen.history.records.snapshots import TRUST_NAMESPACE
from policygen.history.records.storing import write_records
from policygen.history.register.register import ReviewRules, take_register
from policygen.history.trust.renewal import (
    Enrollment,
    Roster,
    RosterPerson,
    next_snapshot,
    snapshot_files,
)
from policygen.model.document import Header, Kind, RecordText, Statement, text_digest
from policygen.model.evidence import (
    Consent,
    Decision,
    Evidence,
    Method,
    Previous,
    RoleHolding,
    Significance,
    TrustedDelegation,
    TrustSnapshot,
)
from policygen.model.judgement import Judgement, TrustLink, Witness
from policygen.text.record import read_record, write_record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from policygen.model.register import Register, Working

BERLIN = ZoneInfo("Europe/Berlin")
ROOT_AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
RULES = ReviewRules(time_zone=BERLIN, grace_days=30, reminder_days=45)
POLICY = "access-control-policy"


@dataclass(frozen=True)
class Sheet:
    """A text of record with what reads it."""

    text: str

    @property
    def record(self) -> RecordText:
        return read_record(self.text, "sheet.md")

    @property
    def digest(self) -> str:
        return text_digest(self.text)


def sheet(
    *,
    hours: int = 24,
    document: str = POLICY,
    note: str = "People come and go.",
    approver: str | None = "security_officer",
    kind: Kind = Kind.POLICY,
    review_months: int = 12,
    extra: str = "",
) -> Sheet:
    header = Header(
        id=document,
        title=document.replace("-", " ").title(),
        kind=kind,
        organization="Larkfield Ltd",
        short_name="Larkfield",
        owner="it_lead",
        owner_title="IT lead",
        approver=approver,
        approver_title=None if approver is None else "Security officer",
        classification="internal",
        review_months=review_months,
        audience="all workforce",
        acknowledge=True,
        criteria=("CC6.1",),
        primary=("CC6.1",),
        related=(),
    )
    statement = Statement(
        id="AC-01",
        document=document,
        text="",
        control="ACC-01",
        criteria=("CC6.1",),
        owner="IT lead",
        evidence="ticket",
    )
    body = (
        f"## Purpose\n\n{note}\n\n## Access\n\n"
        f"**AC-01** The IT lead SHALL disable access within {hours} hours.\n{extra}"
    )
    return Sheet(write_record(header, body, [statement]))


@dataclass(frozen=True)
class Keyring:
    """Private keys by person; `mallory` is nobody."""

    folder: Path

    def path(self, name: str) -> Path:
        return self.folder / name

    def public(self, name: str) -> str:
        return " ".join((self.folder / f"{name}.pub").read_text().split()[:2])


def make_keyring(folder: Path) -> Keyring:
    for name in ("dana", "lee", "sam", "mallory", "dana-new"):
        make_key(folder / name, name)
    return Keyring(folder)


def roster(**changes: object) -> Roster:
    plain = Roster(
        organization="Larkfield Ltd",
        time_zone="Europe/Berlin",
        people=(
            RosterPerson(
                id="dana", name="Dana Whitfield", title="CISO", end_date=None,
                logins=(("github.com", 4711, "dana-w"),),
            ),
            RosterPerson(id="lee", name="Lee Park", title="CEO", end_date=None),
            RosterPerson(id="sam", name="Sam Ortiz", title="IT lead", end_date=None),
        ),
        holdings=(
            RoleHolding(
                role="security_officer", person="dana", start=date(2025, 6, 1), end=None,
                acting=False,
            ),
            RoleHolding(role="ceo", person="lee", start=date(2024, 1, 1), end=None, acting=False),
            RoleHolding(
                role="it_lead", person="sam", start=date(2025, 1, 1), end=None, acting=False
            ),
        ),
        delegations=(
            TrustedDelegation(
                role="security_officer", person="sam", acting_for="dana",
                start=date(2026, 7, 1), end=date(2026, 7, 31), signed_by="dana",
            ),
        ),
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]


@dataclass
class Office:
    """An evidence folder in which people decide."""

    folder: Path
    keyring: Keyring
    trust: list[TrustLink] = field(default_factory=list)

    def evidence(self) -> Evidence:
        return read_evidence(self.folder)

    def judge(self, witness: Witness | None = None) -> Judgement:
        return judge(self.evidence(), witness)

    def codes(self, witness: Witness | None = None) -> list[str]:
        return [problem.code for problem in self.judge(witness).problems]

    def register(self, as_of: date, **working: Working) -> Register:
        texts = {name.replace("_", "-"): text for name, text in working.items()}
        return take_register(self.evidence(), texts, as_of=as_of, rules=RULES)

    def write(self, path: str, data: bytes) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def signature(self, data: bytes, key: str, namespace: str = "policy-approval") -> bytes:
        return _signed(data, self.keyring.path(key), namespace)

    def add_trust(self, snapshot: TrustSnapshot, *signers: str) -> TrustLink:
        at = snapshot.created_at + timedelta(minutes=1)
        files = {}
        for person in signers:
            planned = snapshot_files(snapshot, person=person, at=at, tool="policygen 0.1.0")
            files.update(planned.files(self.signature(planned.word, person, TRUST_NAMESPACE)))
        write_records(self.folder, files)
        data = self.read(f"trust/{snapshot.number}.yml")
        link = TrustLink(
            snapshot=snapshot, sha256=hashlib.sha256(data).hexdigest(), signers=signers
        )
        self.trust.append(link)
        return link

    def update_trust(
        self, at: datetime, *signers: str, keys: tuple[Enrollment, ...] = (), **changes: object
    ) -> TrustLink:
        snapshot = next_snapshot(roster(**changes), self.trust[-1], keys=keys, at=at)
        return self.add_trust(snapshot, *signers)

    def consent(self, text: Sheet, *, version: str = "1.0", **changes: object) -> Consent:
        at = changes.pop("at", datetime(2026, 2, 2, 10, 0, tzinfo=UTC))
        assert isinstance(at, datetime)
        known = [link for link in self.trust if link.snapshot.created_at <= at] or self.trust
        plain = Consent(
            acting_for=None,
            at=at,
            decision=Decision.APPROVED,
            document=text.record.header.id,
            effective=at.astimezone(BERLIN).date(),
            external=None,
            kind=text.record.header.kind.value,
            method=Method.SSH,
            person="dana",
            previous=None,
            reason=None,
            role=text.record.header.required_role,
            significance=Significance.INITIAL,
            text_sha256=text.digest,
            tool="policygen 0.1.0",
            trust_sha256=known[-1].sha256,
            version=version,
        )
        return replace(plain, **changes)  # type: ignore[arg-type]

    def file(self, consent: Consent, text: Sheet | None = None, *, key: str | None = None) -> str:
        """Store a consent with its signature; gives the record's path."""
        path = approval_path(consent.document, consent.version, consent.person)
        if text is not None:
            self.write(text_path(consent.document, consent.version), text.text.encode())
        self.put(path, write_consent(consent), key or consent.person)
        return path

    def put(self, path: str, data: bytes, key: str) -> None:
        self.write(path, data)
        self.write(path + ".sig", self.signature(data, key))

    def approve(self, text: Sheet, **changes: object) -> str:
        return self.file(self.consent(text, **changes), text)  # type: ignore[arg-type]

    def edit(self, path: str, change: Callable[[Consent], Consent]) -> None:
        """Change a record and leave its signature as it is."""
        self.write(path, write_consent(change(read_consent(self.read(path)))))


@cache
def _signed(data: bytes, key: Path, namespace: str) -> bytes:
    """A signature; every office is opened with the same ones, so each is made once."""
    scratch = key.with_name("scratch")
    scratch.write_bytes(data)
    [armored] = sign([scratch], key=key, namespace=namespace)
    return armored


def follows(text: Sheet, version: str) -> Previous:
    return Previous(version=version, text_sha256=text.digest)


def open_office(folder: Path, keyring: Keyring) -> Office:
    """Dana approves, Lee is the chief executive, Sam the IT lead; they enrolled one another."""
    made = Office(folder, keyring)
    ring = {"dana": "lee", "lee": "dana", "sam": "dana"}
    keys = tuple(
        Enrollment(
            person=person, public_key=keyring.public(person), enrolled_by=by, method="in person"
        )
        for person, by in ring.items()
    )
    made.add_trust(next_snapshot(roster(), None, keys=keys, at=ROOT_AT), "dana", "lee")
    return made


class Killed(BaseException):
    """The process ends here."""


@contextmanager
def killed_after(files: int) -> Iterator[None]:
    """A process that is killed when it has written so many records, and before it has all."""
    real = atomic.create_bytes
    written: list[Path] = []

    def dying(path: Path, data: bytes) -> None:
        if len(written) == files:
            raise Killed
        written.append(path)
        real(path, data)

    with mock.patch.object(atomic, "create_bytes", dying), pytest.raises(Killed):
        yield
