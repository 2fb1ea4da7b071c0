"""An organization that binds its documents as one after they were approved, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from policygen.gitrepo.repository import open_repository
from policygen.gitrepo.writing import commit
from policygen.model.matrix import Coverage
from policygen.model.register import Flag, State
from policygen.pipeline.consent import approval
from policygen.pipeline.next_step import next_step
from policygen.pipeline.publication import building
from policygen.pipeline.situation import situation
from policygen.pipeline.sources.survey import survey, write_rendered
from policygen.pipeline.standing import standing_of
from policygen.problems import UsageError
from tests.moments import NOW
from tests.pipeline.doors import edit

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.model.matrix import CriterionRow, StatementRow
    from policygen.pipeline.situation import Situation

POLICY = "access-control-policy"
PROCEDURE = "user-access-deprovisioning-procedure"
BOOK = "access-book"
DRAFTER = ("Mateo Ferreira", "mateo.ferreira@quillwater.example")


@dataclass
class Firm:
    """The example, with a clock that moves on."""

    root: Path
    now: datetime = NOW + timedelta(hours=1)

    def bind(self, *parts: str) -> None:
        """Choose a merge, render and commit."""
        edit(
            self.root / "organization.yml",
            "  bundle: full ",
            f"  merges: [{{id: {BOOK}, title: Access Book, of: [{', '.join(parts)}], "
            "owner: security_officer, approver: engineering_lead}]\n  bundle: full ",
        )
        write_rendered(survey(self.root, now=self.now))
        self.commit("Two documents bound as one")

    def commit(self, message: str) -> None:
        repository = open_repository(self.root)
        assert repository is not None
        paths = ["organization.yml", "rendered", "evidence"]
        commit(repository, paths, message, author=DRAFTER, at=self.now)

    def found(self) -> Situation:
        self.now += timedelta(minutes=1)
        return situation(self.root, now=self.now)

    def approve(self, person: str, *documents: str, retire: bool = False) -> None:
        found = self.found()
        request = approval.Request(
            person=person,
            documents=documents,
            waiting=False,
            role=None,
            significance=None,
            reason="part of the Access Book" if retire else None,
            effective=None,
            retire=retire,
            tool="policygen 0.1.0",
            now=self.now,
        )
        planned = approval.plan(found, request)
        approval.sign(found, planned, self.root / ".policygen" / "keys" / "people" / person)
        self.commit(f"{person} decided")

    def flags(self, document: str) -> tuple[State, frozenset[Flag], str | None]:
        entry = self.found().register.entry(document)
        assert entry is not None
        return entry.state, entry.flags, entry.bound_into

    def statement(self, name: str) -> StatementRow:
        matrix = building.matrix_of(self.found(), preview=False)
        [row] = [row for row in matrix.statements if row.statement.id == name]
        return row

    def criterion(self, name: str) -> CriterionRow:
        matrix = building.matrix_of(self.found(), preview=False)
        return next(row for row in matrix.criteria if row.criterion.id == name)

    def site(self) -> Path:
        building.build(
            self.found(), ("site",), preview=False, version="0.1.0", advance=lambda _: None
        )
        return self.root / "build" / "site"


@pytest.fixture
def firm(example: Path) -> Firm:
    return Firm(example)


def test_what_was_approved_before_stays_in_force_until_somebody_retires_it(firm: Firm) -> None:
    before = firm.criterion("CC6.2")
    firm.bind(POLICY, PROCEDURE)
    assert firm.flags(POLICY) == (State.EFFECTIVE, frozenset({Flag.WITHDRAWN}), BOOK)
    assert firm.flags(BOOK) == (State.DRAFT, frozenset(), None)
    old = firm.statement("AC-17")
    assert (old.statement.document, old.coverage) == (POLICY, Coverage.CURRENT)
    assert firm.criterion("CC6.2").coverage is before.coverage is Coverage.CURRENT
    assert f"policygen approve {BOOK}" in str(next_step(standing_of(firm.found())))
    with pytest.raises(UsageError, match="usage-bound-document"):
        firm.approve("tobias-lindqvist", POLICY)

    firm.approve("tobias-lindqvist", BOOK)
    assert firm.flags(BOOK) == (State.EFFECTIVE, frozenset(), None)
    assert firm.flags(POLICY)[:2] == (State.EFFECTIVE, frozenset({Flag.WITHDRAWN}))
    new = firm.statement("AC-17")
    assert (new.statement.document, new.version) == (BOOK, "1.0")
    found = firm.criterion("CC6.2")
    assert (found.coverage, found.primary) == (Coverage.CURRENT, (BOOK,))

    firm.approve("tobias-lindqvist", POLICY, retire=True)
    firm.approve("dana-whitfield", PROCEDURE, retire=True)
    assert firm.flags(POLICY) == (State.RETIRED, frozenset(), BOOK)
    assert firm.criterion("CC6.2").coverage is Coverage.CURRENT
    assert firm.found().problems == ()


def test_the_site_sends_links_of_older_texts_to_the_section(firm: Firm) -> None:
    firm.bind(PROCEDURE)
    site = firm.site()
    assert (site / "procedures" / f"{PROCEDURE}.html").is_file()
    assert "part of Access Book now" in (site / "index.html").read_text(encoding="utf-8")
    firm.approve("tobias-lindqvist", BOOK)
    firm.approve("dana-whitfield", PROCEDURE, retire=True)
    site = firm.site()
    assert not (site / "procedures" / f"{PROCEDURE}.html").exists()
    book = (site / "procedures" / f"{BOOK}.html").read_text(encoding="utf-8")
    assert f'id="{PROCEDURE}"' in book
    # The policy in force was approved while the procedure stood alone, and still links it.
    policy = (site / "policies" / f"{POLICY}.html").read_text(encoding="utf-8")
    assert f'href="../procedures/{BOOK}.html#{PROCEDURE}"' in policy
