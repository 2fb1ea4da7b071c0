"""A desk between a forge and an office: records what the one says, imports it into the other."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol

from policygen.forge import github_visits, gitlab_visits
from policygen.forge.changes import read_changes
from policygen.forge.exchange import Exchange, Response
from policygen.forge.rules import read_rules
from policygen.forge.visits import Repository, Visit
from policygen.history.approving.importing import Importer, merged_text, plan_import
from policygen.history.consents.judging import judge
from policygen.history.records.storing import write_records
from policygen.history.trust.renewal import Enrollment, RosterPerson, next_snapshot
from policygen.model.forge import ForgeKind
from policygen.model.judgement import Judgement, Witness
from tests.forge.hub import MAILS, body_of
from tests.history.office import ROOT_AT, Keyring, Office, roster

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.forge.recordings import Recording
    from policygen.model.forge import ForgeChange, RuleSnapshot
    from policygen.problems import Problem

PEOPLE_BY_MAIL = {MAILS["dana-w"]: "dana", MAILS["lee-p"]: "lee", MAILS["sam-o"]: "sam"}


class Forge(Protocol):
    """What answers."""

    repository: str
    now: datetime

    def answer(self, url: str) -> tuple[int, Any, dict[str, str]]: ...


def staff(host: str = "github.com") -> tuple[RosterPerson, ...]:
    logins = {"dana": (4711, "dana-w"), "lee": (4712, "lee-p"), "sam": (4713, "sam-o")}
    return tuple(
        RosterPerson(
            id=name, name=name.title(), title="", end_date=None, logins=((host, *logins[name]),)
        )
        for name in logins
    )


def open_office(folder: Path, keyring: Keyring, *, host: str = "github.com") -> Office:
    """Dana approves, Lee is the chief executive, Sam drafts; each has an account on the forge."""
    office = Office(folder, keyring)
    keys = tuple(
        Enrollment(
            person=person, public_key=keyring.public(person), enrolled_by=by, method="in person"
        )
        for person, by in (("dana", "lee"), ("lee", "dana"), ("sam", "dana"))
    )
    snapshot = next_snapshot(roster(people=staff(host)), None, keys=keys, at=ROOT_AT)
    office.add_trust(snapshot, "dana", "lee")
    return office


def memory_exchange(forge: Forge, api: str) -> Exchange:
    """An exchange that asks the forge itself, without a network."""

    class Memory(Exchange):
        def get(self, url: str, etag: str | None = None) -> Response:
            status, value, headers = forge.answer(url)
            body = body_of(value)
            mark = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
            if etag == mark:
                return Response(url=url, status=304, headers={}, body=b"")
            return Response(url=url, status=status, headers={"etag": mark, **headers}, body=body)

    return Memory(api=api, headers={}, now=lambda: forge.now, wait=lambda _: None)


@dataclass
class Desk:
    """Who records and imports."""

    office: Office
    forge: Forge
    kind: ForgeKind = ForgeKind.GITHUB
    host: str = "github.com"
    api: str = "https://api.github.com"
    importer: str = "lee"
    told: list[Problem] = field(default_factory=list)

    def record(self, number: int = 42, *, earlier: Recording | None = None) -> Recording:
        """A recording of a change, written into the office's evidence."""
        visit = self.visit(f"change-{number}", earlier)
        asking = github_visits if self.kind is ForgeKind.GITHUB else gitlab_visits
        asking.record_change(visit, number)
        return self.keep(visit)

    def record_rules(self, earlier: Recording | None = None) -> Recording:
        visit = self.visit("rules", earlier)
        asking = github_visits if self.kind is ForgeKind.GITHUB else gitlab_visits
        asking.record_rules(visit)
        return self.keep(visit)

    def visit(self, subject: str, earlier: Recording | None = None) -> Visit:
        repository = Repository(
            kind=self.kind, host=self.host, api=self.api, name=self.forge.repository,
            branch="main", folder="",
        )  # fmt: skip
        exchange = memory_exchange(self.forge, self.api)
        return Visit(
            repository, subject, exchange, self.forge.now, "policygen 0.1.0", earlier=earlier
        )

    def keep(self, visit: Visit) -> Recording:
        recording = visit.recording()
        for path, data in recording.files().items():
            self.office.write(path, data)
        return recording

    def changes(self) -> dict[str, ForgeChange]:
        return read_changes(self.office.evidence().files)[0]

    def rules(self) -> tuple[RuleSnapshot, ...]:
        return read_rules(self.office.evidence().files)[0]

    def import_all(self, **texts: str) -> list[str]:
        """Import every review; gives document, version and person of the new consents."""
        written = []
        for change in self.changes().values():
            for review in change.reviews if change.merged_at else ():
                written += self._import(change, review.login, texts)
        return written

    def _import(self, change: ForgeChange, login: str, texts: dict[str, str]) -> list[str]:
        review = next(found for found in change.reviews if found.login == login)
        left = [
            merged_text(path, texts[PurePosixPath(path).stem.replace("-", "_")].encode())
            for path in sorted(change.changed)
        ]
        importer = Importer(
            person=self.importer, at=self.forge.now + timedelta(days=1), tool="policygen 0.1.0"
        )
        consents, problems = plan_import(
            self.office.evidence(), self.judge(), change, review, left, importer
        )
        self.told += problems
        for found in consents:
            write_records(self.office.folder, found.files)
        return [
            f"{found.planned.consent.document} {found.planned.consent.version}"
            f" {found.planned.consent.person}"
            for found in consents
        ]

    def judge(self) -> Judgement:
        witness = Witness(changes=self.changes(), people_by_mail=PEOPLE_BY_MAIL)
        return judge(self.office.evidence(), witness)

    def codes(self) -> list[str]:
        return [problem.code for problem in self.judge().problems]

    def told_codes(self) -> list[str]:
        return [problem.code for problem in self.told]
