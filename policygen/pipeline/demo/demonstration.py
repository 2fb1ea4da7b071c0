"""The demonstration: a year of an example organization in a minute, with dates that say so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from policygen import atomic
from policygen.crypto import ssh
from policygen.gitrepo.repository import open_repository
from policygen.gitrepo.writing import commit
from policygen.gitrepo.writing import init as init_repository
from policygen.load.library import library_root
from policygen.pipeline import verification
from policygen.pipeline.beginning import settle
from policygen.pipeline.consent import approval, trusting
from policygen.pipeline.demo.package import export_demonstration
from policygen.pipeline.demo.place import MARKER, clear_place
from policygen.pipeline.publication import building, sealing
from policygen.pipeline.situation import situation
from policygen.pipeline.sources.survey import write_rendered
from policygen.pipeline.sources.surveying import Surveyor
from policygen.pipeline.standing import COMMITTED, TOP_FILES

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from policygen.model.profile.people import Person
    from policygen.pipeline.situation import Situation
    from policygen.problems import Problem

STEPS = (
    "render", "trust", "approve", "change", "re-approve", "seal", "build", "verify", "export",
)  # fmt: skip
"""What the demonstration goes through."""

APPROVED_BEFORE = 118
"""Days before its end on which the demonstration has its first approvals."""

CHANGED_PARAMETER = ("access_revocation_hours", "8")
"""What changes in the second half: leavers lose access sooner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """What was made."""

    pages: int
    sealed: int
    verdict: str
    verified: bool
    root_of_trust: str
    package: Path
    """The auditor package of the time since the first approvals."""

    problems: tuple[Problem, ...]


def demonstrate(
    root: Path,
    *,
    now: datetime,
    version: str,
    say: Callable[[str], None],
    advance: Callable[[str], None],
    library: Path | None = None,
) -> Demonstration:
    """Make the example organization and take it through its first approvals and one change.

    Steps are dated back from `now`; every commit says that nobody really gave these consents.

    Args:
        root: Where; a demonstration that is there already is replaced.
        now: When the demonstration ends.
        version: Release of policygen.
        say: Told what was done.
        advance: Told each step of `STEPS` when it is done.
        library: Library with an organization.yml; None means the released one.

    Raises:
        UsageError: The folder holds something that is not a demonstration.
    """
    clear_place(root)
    stage = _Stage(root=root, version=version, say=say, now=now, library=library or library_root())
    stage.begin(now - timedelta(days=120))
    advance("render")
    stage.trust(now - timedelta(days=119))
    advance("trust")
    stage.approve_all(now - timedelta(days=APPROVED_BEFORE))
    advance("approve")
    stage.change(now - timedelta(days=30))
    advance("change")
    stage.approve_all(now - timedelta(days=29))
    advance("re-approve")
    sealed = stage.seal(now)
    advance("seal")
    made = building.build(
        stage.at(now), building.PARTS, preview=False, version=version, advance=lambda _: None
    )
    say(f"built: {made.pages} pages, {len(made.pdfs)} PDFs, the matrix")
    advance("build")
    found = stage.at(now)
    finding = verification.verify_situation(
        found, trust=frozenset(), rebuild=False, advance=lambda _: None
    )
    advance("verify")
    package, documents = export_demonstration(
        found,
        finding.errors,
        first=now - timedelta(days=APPROVED_BEFORE),
        signer=stage.signer(found),
        tool=f"policygen {version}",
    )
    say(f"exported: {documents} versions in force, as one package for an auditor")
    advance("export")
    return Demonstration(
        pages=made.pages,
        sealed=sealed,
        verdict=finding.verdict,
        verified=not finding.errors,
        package=package,
        root_of_trust=found.judgement.chain.root_sha256 or "",
        problems=(*made.problems, *finding.problems),
    )


class _Stage:
    """The example organization on its way."""

    def __init__(
        self, *, root: Path, version: str, say: Callable[[str], None], now: datetime, library: Path
    ) -> None:
        self._root = root
        self._version = version
        self._say = say
        self._now = now
        self._library = library
        self._surveyor = Surveyor(root)
        self._keys = root / ".policygen" / "keys" / "people"

    def begin(self, at: datetime) -> None:
        """The workspace of the example organization, rendered and committed by its drafter."""
        profile = (self._library / "organization.yml").read_text(encoding="utf-8")
        # build/demo lies in a checkout that ignores build/, so it needs a repository of its own.
        init_repository(self._root, of_its_own=True)
        made = settle(
            self._root,
            profile,
            name="the example",
            version=self._version,
            now=at,
            library=self._library,
        )
        atomic.write_text(self._root / MARKER, "made by policygen demo; may be replaced\n")
        self._commit("Demonstration: policies rendered from the profile", at)
        self._say(f"rendered: {made.documents} documents of a fictional organization")

    def trust(self, at: datetime) -> None:
        """Fresh keys; one person says who may approve, two enroll each other's keys."""
        found = self.at(at)
        first, second = self._officers(found)
        people = sorted(self._approvers(found) | {first, second})
        for person in people:
            ssh.make_key(self._key(person), f"{person} (demonstration)")
        others = {person: self._public(person) for person in people if person != first}
        self._sign_trust(first, {}, at)
        self._sign_trust(first, others, at + timedelta(minutes=10))
        self._sign_trust(second, {first: self._public(first)}, at + timedelta(minutes=20))
        self._commit("Demonstration: who may approve, signed", at + timedelta(minutes=30))
        self._say(f"trust: {len(people)} people with SSH keys made for this demonstration")

    def approve_all(self, at: datetime) -> None:
        """Everybody approves what waits for them."""
        moment = at
        count = 0
        for person in sorted(self._approvers(self.at(at))):
            moment += timedelta(minutes=7)
            found = self.at(moment)
            waiting = approval.waiting_for(found, person)
            if not waiting:
                continue
            request = approval.Request(
                person=person,
                documents=waiting,
                waiting=False,
                role=None,
                significance=None,
                reason=None,
                effective=None,
                retire=False,
                tool=f"policygen {self._version}",
                now=moment,
            )
            planned = approval.plan(found, request)
            approval.sign(found, planned, self._key(person))
            count += len(planned.consents)
        self._commit("Demonstration: approvals", moment + timedelta(minutes=5))
        self._say(f"approved: {count} consents, each signed by the person entitled to it")

    def change(self, at: datetime) -> None:
        """One figure in the profile changes, and with it the text of several documents."""
        name, value = CHANGED_PARAMETER
        path = self._root / "organization.yml"
        text = path.read_text(encoding="utf-8")
        changed = text.replace("\nparameters:\n", f"\nparameters:\n  {name}: {value}\n", 1)
        atomic.write_text(path, changed)
        paths = write_rendered(self._surveyor.survey(at))
        self._commit(f"Demonstration: {name} is now {value}", at)
        self._say(f"changed: {name} to {value}; {len(paths)} documents say it differently now")

    def seal(self, at: datetime) -> int:
        """A fresh sealing key, and a sealed PDF for every approved version."""
        sealing.make_identity(self._root, now=at - timedelta(minutes=1), passphrase=None)
        found = self.at(at)
        rows = sealing.choose(found, ())
        identity = sealing.load_identity(self._root, None, None)
        sealing.seal_versions(found, rows, identity, now=at, advance=lambda _: None)
        self._commit("Demonstration: sealed PDFs", at)
        self._say(f"sealed: {len(rows)} PDFs, each version that was ever approved")
        return len(rows)

    def signer(self, found: Situation) -> tuple[str, Path]:
        """Who signs the package, and the key."""
        first, _ = self._officers(found)
        return first, self._key(first)

    def at(self, moment: datetime) -> Situation:
        """Where the example stands at a moment; its sources are read when they changed."""
        return situation(self._root, now=moment, surveyor=self._surveyor)

    def _sign_trust(self, person: str, keys: dict[str, Path], at: datetime) -> None:
        found = self.at(at)
        planned = trusting.plan(
            found,
            person=person,
            keys=keys,
            method="in person (demonstration)",
            signing_key=self._key(person),
            now=at,
            tool=f"policygen {self._version}",
        )
        trusting.sign(found, planned, self._key(person))

    def _officers(self, found: Situation) -> tuple[str, str]:
        """Two people who enroll each other: the compliance lead and the chief executive."""
        roles = found.survey.facts.roles
        first, second = roles["compliance_lead"].holder, roles["ceo"].holder
        assert first is not None
        assert second is not None
        return first, second

    def _drafter(self) -> Person:
        """Somebody who approves nothing, so that nobody approves what they drafted."""
        found = self._surveyor.survey(self._now)
        plans = [plan for plan in found.rendering.plans if plan.included]
        approvers = {found.facts.roles[plan.approver or plan.owner].holder for plan in plans}
        people = [person for person in found.facts.profile.people if person.email]
        return next((one for one in people if one.id not in approvers), people[0])

    def _approvers(self, found: Situation) -> set[str]:
        roles = found.survey.facts.roles
        return {
            holder
            for entry in found.register.entries
            if (holder := roles[entry.approver].holder) is not None
        }

    def _commit(self, message: str, at: datetime) -> None:
        repository = open_repository(self._root)
        assert repository is not None
        drafter = self._drafter()
        folders = [path for path in (*COMMITTED, *TOP_FILES) if (self._root / path).exists()]
        commit(
            repository,
            folders,
            f"{message}\n\nNobody really did this: step and date belong to a demonstration.",
            author=(drafter.name, drafter.email or ""),
            at=at,
        )

    def _key(self, person: str) -> Path:
        return self._keys / person

    def _public(self, person: str) -> Path:
        return self._keys / f"{person}.pub"
