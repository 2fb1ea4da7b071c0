"""A year of an organization with five short documents: all that happens to a set of policies.

`live_the_year` makes the workspace; each date of it is an argument, so the year is the same on
every machine but for its keys. Tests share one read-only copy (fixture `year` in conftest.py).
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.crypto import ssh
from policygen.gitrepo.repository import open_repository
from policygen.gitrepo.writing import commit
from policygen.gitrepo.writing import init as init_repository
from policygen.pipeline.beginning import settle
from policygen.pipeline.consent import approval, trusting
from policygen.pipeline.consent.packs import LIST, SIGNATURE, make_pack, write_pack
from policygen.pipeline.consent.returning import take_back
from policygen.pipeline.review.confirming import plan_confirmations
from policygen.pipeline.review.opening import open_reviews
from policygen.pipeline.review.rounds import named, next_reviews
from policygen.pipeline.situation import situation
from policygen.pipeline.sources.survey import write_rendered
from policygen.pipeline.sources.surveying import Surveyor
from policygen.pipeline.standing import COMMITTED, TOP_FILES
from policygen.problems import PolicygenError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from policygen.pipeline.situation import Situation

HERE = Path(__file__).parent

BEGIN = date(2026, 1, 12)
"""The first commit."""

END = datetime(2027, 1, 15, 17, 0, tzinfo=UTC)
"""The moment from which the year is looked back at."""

POLICY = "access-control-policy"
PROCEDURE = "user-access-deprovisioning-procedure"
VISITORS = "visitor-procedure"
ROLES = "roles-register"
SYSTEMS = "systems-register"
DOCUMENTS = (POLICY, ROLES, SYSTEMS, PROCEDURE, VISITORS)

DRAFTER = ("Mateo Ferreira", "mateo.ferreira@quillwater.example")
"""Writes and commits everything, and approves nothing."""

CYCLE = "2027-01"
"""The review round; two registers are due in it, one of them late."""

OUTCOMES = {POLICY: "confirmed", PROCEDURE: "minor", ROLES: "major", SYSTEMS: "confirmed"}

_VISITORS = """\
---
id: visitor-procedure
title: Visitor Procedure
kind: procedure
owner: people_lead
approver: security_officer
primary: [CC6.4]
audience: all workforce
---

## Steps

1. Whoever invites a guest to a meeting place tells {{ terms.people_team }} the day before.
2. The host meets the guest at the door and stays with them.
"""
_SYSTEM = """\
  - {id: customers, kind: crm, name: Leadbook, vendor_ref: leadbook,
     owner_role: service_delivery_lead, sso: true, mfa: true, data_classes: [internal]}

# tier decides"""
_VENDOR = """\
vendors:
  - {id: leadbook, name: Ashgrove Software, tier: low, service: Customer relations,
     data_classes: [internal], contract_end: 2028-02-28,
     last_review: 2026-02-27, owner_role: service_delivery_lead}
"""
_JONAS = "    email: jonas.becker@quillwater.example\n    start_date: 2021-02-01\n"
_NOOR = """\
  - id: noor-haddad
    name: Noor Haddad
    title: IT Manager
    email: noor.haddad@quillwater.example
    start_date: 2026-07-01
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """The set as somebody saw it on a day of the year, before anything that came later."""

    day: date
    event: str
    """What had just happened."""

    documents: Mapping[str, str]
    """State by document, e.g. `effective 1.0 drifted`."""


@dataclass(frozen=True, slots=True)
class Year:
    """A finished year."""

    root: Path
    """The workspace."""

    seen: tuple[Seen, ...]
    refused: Mapping[str, tuple[str, ...]]
    """Codes of what was tried and refused, by attempt."""

    def on(self, event: str) -> Seen:
        """What was seen right after an event."""
        return next(seen for seen in self.seen if seen.event == event)


def state_of(found: Situation, document: str) -> str:
    """State, version in force and flags of a document, in one line; `unknown` before its time."""
    entry = found.register.entry(document)
    if entry is None:
        return "unknown"
    version = [entry.in_force.version] if entry.in_force else []
    return " ".join([entry.state.value, *version, *sorted(flag.value for flag in entry.flags)])


def at(day: str, hour: int = 17) -> datetime:
    """A moment of the year; 17:00 is late morning in the organization's zone."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).replace(hour=hour)


def live_the_year(root: Path) -> Year:
    """Make the workspace and take it through the year.

    Args:
        root: A folder that does not exist yet; what was seen is kept beside it as JSON.
    """
    life = Life(root)
    for event, happens in EVENTS:
        happens(life)
        life.look(event)
    _keep(root, life)
    return read_year(root)


def read_year(root: Path) -> Year:
    """The year that `live_the_year` made there, or a copy of it with its JSON beside it."""
    kept = json.loads(_notes(root).read_text(encoding="utf-8"))
    return Year(
        root=root,
        seen=tuple(
            Seen(date.fromisoformat(row["day"]), row["event"], row["documents"])
            for row in kept["seen"]
        ),
        refused={name: tuple(codes) for name, codes in kept["refused"].items()},
    )


def _notes(root: Path) -> Path:
    return root.with_name(f"{root.name}.json")


def _keep(root: Path, life: Life) -> None:
    seen = [
        {"day": row.day.isoformat(), "event": row.event, "documents": row.documents}
        for row in life.seen
    ]
    text = json.dumps({"seen": seen, "refused": life.refused}, indent=2)
    _notes(root).write_text(text, encoding="utf-8")


@dataclass
class Life:
    """The organization on its way through the year."""

    root: Path
    seen: list[Seen] = field(default_factory=list)
    refused: dict[str, tuple[str, ...]] = field(default_factory=dict)
    now: datetime = datetime(2026, 1, 12, 17, 0, tzinfo=UTC)
    surveyor: Surveyor = field(init=False)

    def __post_init__(self) -> None:
        self.surveyor = Surveyor(self.root)

    @property
    def keys(self) -> Path:
        return self.root / ".policygen" / "keys" / "people"

    def key(self, person: str) -> Path:
        path = self.keys / person
        if not path.exists():
            ssh.make_key(path, person)
        return path

    def found(self) -> Situation:
        return situation(self.root, now=self.now, surveyor=self.surveyor)

    def look(self, event: str) -> None:
        found = self.found()
        states = {name: state_of(found, name) for name in DOCUMENTS}
        self.seen.append(Seen(found.register.as_of, event, states))

    def commit(self, message: str) -> None:
        repository = open_repository(self.root)
        assert repository is not None
        paths = [path for path in (*COMMITTED, *TOP_FILES) if (self.root / path).exists()]
        commit(repository, paths, message, author=DRAFTER, at=self.now)

    def edit(self, path: str, *pairs: tuple[str, str]) -> None:
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        for old, new in pairs:
            assert text.count(old) == 1, (path, old, text.count(old))
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")

    def draft(self, message: str) -> None:
        """Render what was edited, and commit it."""
        write_rendered(self.surveyor.survey(self.now))
        self.commit(message)

    def trust(self, person: str, *enrolled: str) -> None:
        keys = {name: self.key(name).with_suffix(".pub") for name in enrolled}
        planned = trusting.plan(
            self.found(),
            person=person,
            keys=keys,
            method="in person",
            signing_key=self.key(person),
            now=self.now,
            tool="policygen 0.1.0",
        )
        trusting.sign(self.found(), planned, self.key(person))

    def request(self, person: str, documents: tuple[str, ...], **more: object) -> approval.Request:
        plain: dict[str, object] = {
            "role": None,
            "significance": None,
            "reason": None,
            "effective": None,
            "retire": False,
        }
        return approval.Request(
            person=person,
            documents=documents,
            waiting=False,
            tool="policygen 0.1.0",
            now=self.now,
            **(plain | more),  # type: ignore[arg-type]
        )

    def approve(self, person: str, *documents: str, **more: object) -> None:
        found = self.found()
        planned = approval.plan(found, self.request(person, documents, **more))
        approval.sign(found, planned, self.key(person))

    @property
    def pack(self) -> Path:
        return self.root.with_name(f"{self.root.name}-pack")

    def refuse(self, attempt: str, person: str, *documents: str, **more: object) -> None:
        """Try to approve, and note why it was refused."""
        request = self.request(person, documents, **more)
        self.attempt(attempt, lambda: approval.plan(self.found(), request))

    def attempt(self, attempt: str, action: Callable[[], object]) -> None:
        """Try something, and note why it was refused."""
        try:
            action()
        except PolicygenError as error:
            self.refused[attempt] = tuple(problem.code for problem in error.problems)
        else:
            self.refused[attempt] = ()


def begin(life: Life) -> None:
    """The first texts, rendered and committed."""
    library = life.root.with_name(f"{life.root.name}-library")
    shutil.copytree(HERE / "fixtures" / "library", library)
    shutil.copytree(HERE.parent / "overrides", library / "overrides")
    (library / "procedures" / f"{VISITORS}.md").write_text(_VISITORS, encoding="utf-8")
    shutil.copy(HERE.parent / "mkdocs.yml", library / "mkdocs.yml")
    profile = (HERE.parent / "organization.yml").read_text(encoding="utf-8")
    init_repository(life.root, of_its_own=True)
    settle(life.root, profile, name="Quillwater", version="0.1.0", now=life.now, library=library)
    life.commit("First texts")


def first_trust(life: Life) -> None:
    """Keys of everybody who approves, each enrolled by a second person."""
    life.now = at("2026-01-14")
    life.trust("yusuf-demir")
    life.now = at("2026-01-14", 18)
    others = ("dana-whitfield", "ingrid-halvorsen", "jonas-becker", "marisol-okafor",
              "priya-raghunathan", "tobias-lindqvist")  # fmt: skip
    life.trust("yusuf-demir", *others)
    life.now = at("2026-01-14", 19)
    life.trust("marisol-okafor", "yusuf-demir")
    life.commit("Who may approve")


def _first_approval(life: Life) -> None:
    life.now = at("2026-01-19")
    life.refuse("approver of another document", "ingrid-halvorsen", PROCEDURE)
    february = date(2026, 2, 1)
    life.approve("tobias-lindqvist", POLICY, effective=february)
    life.approve("dana-whitfield", PROCEDURE, VISITORS, effective=february)
    life.approve("jonas-becker", SYSTEMS)
    life.approve("ingrid-halvorsen", ROLES)
    life.commit("First approvals")


def _vendor_added(life: Life) -> None:
    life.now = at("2026-03-02")
    life.edit("organization.yml", ("vendors:\n", _VENDOR), ("\n# tier decides", _SYSTEM))
    life.draft("A vendor for customer relations, and its system")


def _vendor_approved(life: Life) -> None:
    life.now = at("2026-03-04")
    life.approve("jonas-becker", SYSTEMS)
    life.commit("Systems register approved")


def _parameter_changed(life: Life) -> None:
    life.now = at("2026-04-13")
    pair = ("\nparameters:\n", "\nparameters:\n  access_revocation_hours: 6\n")
    life.edit("organization.yml", pair)
    life.draft("Leavers lose access within 6 hours")
    planned = approval.plan(life.found(), life.request("tobias-lindqvist", (POLICY,)))
    write_pack(life.pack, make_pack(life.found(), planned))


def _stale_approval(life: Life) -> None:
    life.now = at("2026-04-14")
    [armored] = ssh.sign(
        [life.pack / LIST], key=life.key("tobias-lindqvist"), namespace=ssh.NAMESPACE
    )
    (life.pack / SIGNATURE).write_bytes(armored)
    life.edit("organization.yml", ("access_revocation_hours: 6", "access_revocation_hours: 8"))
    life.draft("After talking to IT: 8 hours")
    life.attempt("approval of an older text", lambda: take_back(life.found(), life.pack))


def _reapproved(life: Life) -> None:
    life.now = at("2026-04-20")
    life.refuse("minor without a reason", "tobias-lindqvist", POLICY, significance="minor")
    life.approve("tobias-lindqvist", POLICY, effective=date(2026, 5, 1))
    life.approve("dana-whitfield", PROCEDURE, effective=date(2026, 5, 1))
    life.commit("Eight hours approved")


def _leaver(life: Life) -> None:
    life.now = at("2026-06-01")
    life.edit(
        "organization.yml",
        (_JONAS, f"{_JONAS}    end_date: 2026-05-29\n"),
        (
            "  it_lead: {person: jonas-becker, from: 2021-02-01}\n",
            "  it_lead: {acting: priya-raghunathan, vacant_since: 2026-05-30}\n",
        ),
    )
    life.draft("The IT manager has left; Priya acts")
    life.trust("yusuf-demir")
    life.commit("Trust without the leaver")


def _acting(life: Life) -> None:
    life.now = at("2026-06-03")
    life.approve("ingrid-halvorsen", ROLES)
    life.refuse("leaver after the last day", "jonas-becker", SYSTEMS)
    life.edit("organization.yml", ("name: Leadbook, vendor_ref", "name: Leadbook Plus, vendor_ref"))
    life.draft("The customer system has a new name")
    life.approve("priya-raghunathan", SYSTEMS)
    life.commit("Registers approved, one by the acting holder")


def _successor(life: Life) -> None:
    life.now = at("2026-07-01")
    life.edit(
        "organization.yml",
        ("  - id: yusuf-demir\n", f"{_NOOR}  - id: yusuf-demir\n"),
        (
            "  it_lead: {acting: priya-raghunathan, vacant_since: 2026-05-30}\n",
            "  it_lead: {person: noor-haddad, from: 2026-07-01}\n",
        ),
    )
    life.draft("A new IT manager")
    life.trust("yusuf-demir", "noor-haddad")
    life.approve("ingrid-halvorsen", ROLES)
    life.commit("The vacancy is over")


def _delegate(life: Life) -> None:
    life.now = at("2026-07-08")
    path = f"procedures/{PROCEDURE}.md"
    life.edit(
        path, ("tells {{ terms.it }} about the last day", "tells {{ terms.it }} the last day")
    )
    life.draft("A word too many")
    life.now = at("2026-07-10")
    life.approve("priya-raghunathan", PROCEDURE)
    life.commit("Approved for Dana, who is away")


def _delegate_late(life: Life) -> None:
    life.now = at("2026-07-27")
    path = f"procedures/{PROCEDURE}.md"
    life.edit(path, ("and notes the time", "and writes down the time"))
    life.draft("Plainer words")
    life.refuse("delegate after the window", "priya-raghunathan", PROCEDURE)
    life.now = at("2026-07-28")
    life.approve("dana-whitfield", PROCEDURE)
    life.commit("Approved by Dana")


def _rename(life: Life) -> None:
    life.now = at("2026-09-07")
    life.edit("organization.yml", ("terms: {}", "terms: {it: Workplace Services}"))
    life.draft("IT is called Workplace Services")


def _rename_approved(life: Life) -> None:
    life.now = at("2026-09-09")
    for person in ("tobias-lindqvist", "dana-whitfield"):
        life.approve(person, mechanical=True)
    life.commit("The new name approved")


def _withdrawn(life: Life) -> None:
    life.now = at("2026-11-02")
    for path in (f"procedures/{VISITORS}.md", f"rendered/procedures/{VISITORS}.md"):
        (life.root / path).unlink(missing_ok=True)
    life.draft("There are no visitors any more")


def _retired(life: Life) -> None:
    life.now = at("2026-11-09")
    life.refuse("retirement without a role", "jonas-becker", VISITORS, retire=True, reason="gone")
    life.approve(
        "dana-whitfield", VISITORS,
        retire=True, reason="Meetings are remote only.", effective=date(2026, 11, 16),
    )  # fmt: skip
    life.commit("Visitor procedure retired")


def _review_opened(life: Life) -> None:
    life.now = at("2027-01-05")
    found = life.found()
    chosen = named(next_reviews(found), (POLICY, PROCEDURE, ROLES, SYSTEMS))
    open_reviews(found, chosen, CYCLE, group_by="all", here=True, now=life.now)
    life.commit("Review of four documents opened")


def _review_answered(life: Life) -> None:
    life.now = at("2027-01-07")
    for document, outcome in OUTCOMES.items():
        _answer(life.root / "reviews" / CYCLE / f"{document}.yml", outcome)
    path = f"procedures/{PROCEDURE}.md"
    life.edit(path, ("and writes down the time", "and writes the time down"))
    life.edit("procedures/registers/roles-register.md", ("## Roles\n", "## Roles and holders\n"))
    life.draft("Review: one wording, one heading, two as they are")


def _review_done(life: Life) -> None:
    life.now = at("2027-01-11")
    life.approve("dana-whitfield", PROCEDURE)
    life.approve("ingrid-halvorsen", ROLES, significance="major")
    for person, document in (("tobias-lindqvist", POLICY), ("noor-haddad", SYSTEMS)):
        found = life.found()
        planned = plan_confirmations(
            found,
            person=person,
            documents=(document,),
            waiting=False,
            cycle=CYCLE,
            remark=None,
            tool="policygen 0.1.0",
            now=life.now,
        )
        approval.sign(found, planned, life.key(person))
    life.commit("Review done")


def _answer(path: Path, outcome: str) -> None:
    """Fill in a checklist as its owner would."""
    lines = [
        f"{line} Looked at with the team; nothing differs."
        if line.startswith("  ") and line.strip().endswith(":")
        else line
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    text = "\n".join(lines) + "\n"
    given = {
        "outcome": outcome,
        "answered_by": "yusuf-demir",
        "walked_through_with": "the help desk",
    }
    for key, value in given.items():
        text = text.replace(f"{key}:\n", f"{key}: {value}\n")
    path.write_text(text, encoding="utf-8")


EVENTS: tuple[tuple[str, Callable[[Life], None]], ...] = (
    ("draft", begin),
    ("trust", first_trust),
    ("first approval", _first_approval),
    ("vendor added", _vendor_added),
    ("vendor approved", _vendor_approved),
    ("parameter changed", _parameter_changed),
    ("stale approval", _stale_approval),
    ("re-approval", _reapproved),
    ("leaver", _leaver),
    ("acting holder", _acting),
    ("successor", _successor),
    ("delegate", _delegate),
    ("delegate too late", _delegate_late),
    ("rename", _rename),
    ("rename approved", _rename_approved),
    ("withdrawn", _withdrawn),
    ("retired", _retired),
    ("review opened", _review_opened),
    ("review answered", _review_answered),
    ("review done", _review_done),
)
"""What happens, in the order of its days."""


def make_quietly(root: Path) -> Year:
    """`live_the_year` without the git settings of whoever runs it; for fixtures of a session."""
    os.environ.setdefault("GIT_CONFIG_GLOBAL", os.devnull)
    return live_the_year(root)
