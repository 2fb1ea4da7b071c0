"""The packages of a year: twelve days and three periods, against what was seen on each day."""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from policygen.audit.lists.shown_names import People
from policygen.gitrepo.branch import commit_before
from policygen.gitrepo.repository import open_repository
from policygen.gitrepo.writing import commit
from policygen.history.records.selection import select_evidence
from policygen.pipeline.package.exporting import Request, export_from, failures_of
from policygen.pipeline.publication import sealing
from policygen.pipeline.situation import situation
from tests.pipeline.packages import claims_of, codes, during, on, packed, unpacked
from tests.year import DRAFTER, END, POLICY, PROCEDURE, ROLES, SYSTEMS, VISITORS, Year

if TYPE_CHECKING:
    from pathlib import Path

    from policygen.model.window import Window
    from policygen.pipeline.situation import Situation

DAYS = (
    "2026-01-19", "2026-03-02", "2026-03-04", "2026-04-13", "2026-04-20", "2026-06-01",
    "2026-06-03", "2026-07-01", "2026-07-10", "2026-07-28", "2026-09-09", "2026-11-09",
)  # fmt: skip


@dataclass(frozen=True)
class Ending:
    """The year when all of it is sealed."""

    year: Year
    found: Situation

    def package(
        self,
        window: Window,
        people: People = People.FULL,
        signer: tuple[str, Path] | None = None,
    ) -> dict[str, bytes]:
        request = Request(
            window=window,
            with_problems=False,
            tool="policygen 0.1.0",
            now=END,
            people=people,
            signer=signer,
        )
        made = export_from(self.found, (), request, advance=lambda _: None)
        return unpacked(made.archive)


@pytest.fixture(scope="module")
def ending(year: Year, tmp_path_factory: pytest.TempPathFactory) -> Ending:
    root = tmp_path_factory.mktemp("ending") / "year"
    shutil.copytree(year.root, root, symlinks=True)
    sealing.make_identity(root, now=END - timedelta(hours=1), passphrase=None)
    found = situation(root, now=END)
    identity = sealing.load_identity(root, None, None)
    rows = sealing.choose(found, ())
    sealing.seal_versions(found, rows, identity, now=END, advance=lambda _: None)
    repository = open_repository(root)
    assert repository is not None
    commit(repository, ["evidence"], "Sealed", author=DRAFTER, at=END)
    found = situation(root, now=END)
    assert failures_of(found) == []
    return Ending(year, found)


def _in_force(year: Year, day: str) -> dict[str, str]:
    """Version in force by document, as it was seen at the end of a day and not later."""
    seen = [row for row in year.seen if row.day == date.fromisoformat(day)][-1]
    words = {name: state.split() for name, state in seen.documents.items()}
    return {name: found[1] for name, found in words.items() if found[0] == "effective"}


@pytest.mark.parametrize("day", DAYS)
def test_a_day_has_what_was_seen_in_force_on_it(ending: Ending, day: str) -> None:
    claims = claims_of(ending.package(on(day)))
    rows = claims["documents"]
    assert isinstance(rows, list)
    expected = _in_force(ending.year, day)
    assert {row["document"]: row["version"] for row in rows} == expected
    gaps = claims["gaps"]
    assert isinstance(gaps, list)
    known = {POLICY, PROCEDURE, ROLES, SYSTEMS, VISITORS}
    assert {row["document"] for row in gaps} == known - expected.keys()


def _rows(files: dict[str, bytes], path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[path].decode("utf-8-sig"))))


def _spans(files: dict[str, bytes], document: str) -> list[tuple[str, str, str]]:
    """From, to and version of each line of the register, `-` for a gap."""
    rows = _rows(files, "index/document-register.csv")
    rows = [row for row in rows if row["Document"] == document]
    return [(row["From"], row["To"], row["Version"] or "-") for row in rows]


def test_a_whole_year_has_every_version_every_gap_and_every_redline(
    ending: Ending, tmp_path: Path
) -> None:
    files = ending.package(during("2026-01-14", "2026-12-31"))
    assert _spans(files, POLICY) == [
        ("2026-01-14", "2026-01-31", "-"),
        ("2026-02-01", "2026-04-30", "1.0"),
        ("2026-05-01", "2026-09-08", "2.0"),
        ("2026-09-09", "2026-12-31", "2.1"),
    ]
    assert _spans(files, VISITORS) == [
        ("2026-01-14", "2026-01-31", "-"),
        ("2026-02-01", "2026-11-15", "1.0"),
        ("2026-11-16", "2026-12-31", "-"),
    ]
    assert b"retired from 2026-11-16 on" in files["index/document-register.csv"]
    redlines = {path for path in files if path.endswith("_redline.pdf")}
    assert redlines == {
        f"changes/{document}_v{old}_to_v{new}_redline.pdf"
        for document, versions in {
            POLICY: ("1.0", "2.0", "2.1"),
            PROCEDURE: ("1.0", "2.0", "2.1", "2.2", "2.3"),
            ROLES: ("1.0", "2.0", "3.0"),
            SYSTEMS: ("1.0", "2.0", "2.1"),
        }.items()
        for old, new in pairwise(versions)
    }
    assert b"takes the document out of force" in files["changes/changes.csv"]
    assert codes(packed(files), tmp_path, now=END) == set()


def test_a_quarter_knows_nothing_of_the_next(ending: Ending, tmp_path: Path) -> None:
    files = ending.package(during("2026-04-01", "2026-06-30"))
    assert _spans(files, PROCEDURE) == [
        ("2026-04-01", "2026-04-30", "1.0"),
        ("2026-05-01", "2026-06-30", "2.0"),
    ]
    assert not [path for path in files if f"{PROCEDURE}/2.1." in path]
    roles = files["system/roles.csv"].decode("utf-8-sig")
    assert "Priya Raghunathan" in roles
    assert "Noor Haddad" not in roles


def test_a_period_without_a_change_has_no_redline(ending: Ending) -> None:
    files = ending.package(during("2026-10-01", "2026-10-31"))
    assert not [path for path in files if path.endswith("_redline.pdf")]
    assert files["changes/changes.csv"].count(b"\n") == 1


def test_reviews_are_listed_with_their_due_dates_and_none_is_called_on_time_that_was_late(
    ending: Ending,
) -> None:
    rows = _rows(ending.package(during("2026-01-14", "2026-12-31")), "reviews/reviews.csv")
    roles = [row for row in rows if row["Document"] == ROLES]
    assert [(row["Due"], row["Done"], row["Standing"]) for row in roles] == [
        ("2026-07-19", "2026-06-03", "on time"),
        ("2026-12-03", "2026-07-01", "on time"),
    ]
    for row in rows:
        is_late = bool(row["Done"]) and row["Done"] > row["Due"]
        assert (row["Standing"] == "late") == is_late


@pytest.mark.parametrize(
    ("people", "shown"),
    [
        pytest.param(People.FULL, "Ingrid Halvorsen", id="whole names"),
        pytest.param(People.INITIALS, "I. H.", id="initials"),
        pytest.param(People.PSEUDONYM, "person 2", id="words that stand for them"),
    ],
)
def test_names_in_the_list_of_reviews_are_shown_as_asked_for(
    ending: Ending, people: People, shown: str
) -> None:
    files = ending.package(during("2026-05-01", "2026-07-31"), people)
    rows = _rows(files, "reviews/reviews.csv")
    assert shown in {row["By"] for row in rows}
    is_whole = people is People.FULL
    assert (b"Ingrid Halvorsen" in files["reviews/reviews.csv"]) == is_whole
    assert (b"ingrid-halvorsen" in files["reviews/reviews.csv"]) == is_whole


def test_requests_find_their_answers_in_the_package(ending: Ending) -> None:
    files = ending.package(during("2026-01-14", "2026-12-31"))
    rows = _rows(files, "requests/request-list.csv")
    standing = {row["Request"][:30]: row["Standing"] for row in rows}
    assert standing["A complete list of policies an"] == "answered here"
    assert standing["What changed since the last ex"] == "answered here"
    assert standing["Risk assessment, register and "] == "to be supplied"
    for row in rows:
        for named in row["In this package"].splitlines():
            path = named.partition(" (")[0]
            assert any(each.startswith(path) for each in files), path


def test_the_criteria_are_sixty_one_each_with_a_state(ending: Ending) -> None:
    files = ending.package(on("2026-06-03"))
    rows = _rows(files, "index/criteria-coverage.csv")
    assert len(rows) == 61
    assert all(row["State"] for row in rows)


def test_somebody_who_came_later_can_sign_a_package_of_a_time_before(
    ending: Ending, tmp_path: Path
) -> None:
    person = "noor-haddad"
    key = ending.found.root / ".policygen" / "keys" / "people" / person
    files = ending.package(on("2026-04-20"), signer=(person, key))
    plain = ending.package(on("2026-04-20"))
    snapshots = {path for path in files if path.endswith(".yml") and "/trust/" in path}
    assert snapshots > {path for path in plain if path.endswith(".yml") and "/trust/" in path}
    assert claims_of(files)["signer"] == person
    assert claims_of(files)["documents"] == claims_of(plain)["documents"]
    assert codes(packed(files), tmp_path, now=END) == set()


def test_a_confirmed_review_comes_with_the_checklist_that_it_is_bound_to(
    ending: Ending, tmp_path: Path
) -> None:
    files = ending.package(during("2026-12-01", "2027-01-15"))
    rows = _rows(files, "reviews/reviews.csv")
    confirmed = [row for row in rows if row["Outcome"] == "confirmed"]
    assert {row["Document"] for row in confirmed} == {POLICY, SYSTEMS}
    for row in confirmed:
        assert f"evidence/external/{row['SHA-256 of the checklist']}.yml" in files
        for record in row["Records"].splitlines():
            assert record in files
    assert codes(packed(files), tmp_path, now=END) == set()


@pytest.mark.parametrize("day", ["2026-01-19", "2026-06-03", "2026-07-28", "2027-01-12"])
def test_the_evidence_of_a_day_is_what_lay_in_the_repository_then(ending: Ending, day: str) -> None:
    window = on(day)
    repository, zone = ending.found.repository, ending.found.zone
    assert repository is not None
    newest = commit_before(repository, window.ends_at(zone))
    assert newest is not None
    selected = select_evidence(ending.found.evidence, before=window.ends_at(zone))
    then = {
        path.removeprefix("evidence/"): repository.blob(newest.id, path)
        for path in repository.tree(newest.id, "evidence")
    }
    assert selected.evidence.files == then
