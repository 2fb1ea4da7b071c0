"""What git says about records: when they came, who drafted, what was rewritten or hidden."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from policygen.gitrepo import writing
from policygen.history.consents.witness import drafters_since, git_problems, take_witness
from policygen.history.records.paths import approval_path, text_path
from policygen.model.evidence import Significance
from tests.history.office import POLICY, Office, Sheet, follows, sheet
from tests.repositories import opened

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 2, 2, 10, 0, tzinfo=UTC)
DANA = ("Dana Whitfield", "dana@larkfield.example")
SAM = ("Sam Ortiz", "sam@larkfield.example")
PEOPLE = {DANA[1]: "dana", SAM[1]: "sam"}
RENDERED = f"rendered/policies/{POLICY}.md"
RECORD = approval_path(POLICY, "1.0", "dana")


@pytest.fixture
def workspace(office: Office) -> Path:
    folder = office.folder.parent
    writing.init(folder)
    return folder


def commit(workspace: Path, who: tuple[str, str], at: datetime, message: str = "change") -> str:
    listed = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all", "-z"],
        cwd=workspace, capture_output=True, check=True, text=True,
    ).stdout.split("\0")  # fmt: skip
    paths = [line[3:] for line in listed if line and "scratch" not in line]
    return writing.commit(opened(workspace), paths, message, author=who, at=at)


def draft(workspace: Path, text: Sheet, who: tuple[str, str], at: datetime, note: str = "") -> None:
    target = workspace / RENDERED
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text.text)
    commit(workspace, who, at, f"text{note}")


def codes(office: Office, workspace: Path) -> list[str]:
    git = opened(workspace)
    evidence = office.evidence()
    judged = office.judge(take_witness(git, evidence, people_by_mail=PEOPLE))
    return [problem.code for problem in (*judged.problems, *git_problems(git))]


def test_honest_history_has_no_problem(office: Office, workspace: Path) -> None:
    draft(workspace, sheet(), SAM, AT - timedelta(days=1))
    office.approve(sheet())
    commit(workspace, DANA, AT + timedelta(hours=1))
    assert codes(office, workspace) == []


def test_drafter_alone_is_found_in_history(office: Office, workspace: Path) -> None:
    draft(workspace, sheet(), DANA, AT - timedelta(days=1))
    office.approve(sheet())
    commit(workspace, SAM, AT + timedelta(hours=1))
    assert codes(office, workspace) == ["approval-drafter-alone"]


def test_co_author_counts_as_drafter(office: Office, workspace: Path) -> None:
    note = "\n\nCo-authored-by: Nobody Known <nobody@elsewhere.example>"
    draft(workspace, sheet(), SAM, AT - timedelta(days=1), note)
    office.approve(sheet())
    commit(workspace, DANA, AT + timedelta(hours=1))
    assert codes(office, workspace) == ["approval-author-unknown"]


def test_only_what_changed_since_the_version_before_counts(office: Office, workspace: Path) -> None:
    draft(workspace, sheet(), DANA, AT - timedelta(days=9))
    draft(workspace, sheet(hours=36), SAM, AT - timedelta(days=1))
    office.approve(sheet(hours=36))
    commit(workspace, DANA, AT + timedelta(hours=1))
    draft(workspace, sheet(hours=12), SAM, AT + timedelta(days=20))
    later = AT + timedelta(days=30)
    office.approve(
        sheet(hours=12), version="2.0", at=later, previous=follows(sheet(hours=36), "1.0"),
        significance=Significance.MAJOR,
    )  # fmt: skip
    commit(workspace, DANA, later + timedelta(hours=1))
    git, evidence = opened(workspace), office.evidence()
    drafters = take_witness(git, evidence, people_by_mail=PEOPLE).drafters
    assert drafters == {(POLICY, "1.0"): {DANA[1], SAM[1]}, (POLICY, "2.0"): {SAM[1]}}
    draft(workspace, sheet(hours=6), DANA, later + timedelta(days=2))
    earlier = [sheet(hours=36).text.encode(), sheet(hours=12).text.encode()]
    assert drafters_since(opened(workspace), RENDERED, earlier) == {DANA[1]}


def test_commit_of_the_render_bot_is_no_authorship(office: Office, workspace: Path) -> None:
    bot = ("render", "render@larkfield.example")
    draft(workspace, sheet(), SAM, AT - timedelta(days=2))
    draft(workspace, sheet(hours=12), bot, AT - timedelta(days=1))
    mails = drafters_since(
        opened(workspace), RENDERED, [], is_robot=lambda change: change.author_mail == bot[1]
    )
    assert mails == {SAM[1]}


def test_back_dated_record_is_held_against_its_commit(office: Office, workspace: Path) -> None:
    draft(workspace, sheet(), SAM, AT - timedelta(days=1))
    office.approve(sheet())
    commit(workspace, SAM, AT + timedelta(days=200))
    assert codes(office, workspace) == ["approval-time-implausible"]


def test_commit_with_a_date_set_back_does_not_carry_a_back_dated_record(
    office: Office, workspace: Path
) -> None:
    draft(workspace, sheet(), SAM, AT - timedelta(days=1))
    draft(workspace, sheet(note="All go."), SAM, AT + timedelta(days=200))
    office.approve(sheet(note="All go."))
    commit(workspace, SAM, AT + timedelta(hours=1))
    assert codes(office, workspace) == ["approval-time-implausible"]


def test_commit_of_a_clock_far_ahead_moves_nothing_behind_it(
    office: Office, workspace: Path
) -> None:
    draft(workspace, sheet(), SAM, AT + timedelta(days=4000))
    office.approve(sheet())
    commit(workspace, DANA, AT + timedelta(hours=1))
    git, evidence = opened(workspace), office.evidence()
    witness = take_witness(git, evidence, people_by_mail=PEOPLE, now=AT + timedelta(days=2))
    assert office.judge(witness).problems == ()


def test_edited_record_is_a_rewrite_even_when_put_back(office: Office, workspace: Path) -> None:
    draft(workspace, sheet(), SAM, AT - timedelta(days=1))
    office.approve(sheet())
    commit(workspace, DANA, AT + timedelta(hours=1))
    honest = office.read(RECORD)
    office.write(RECORD, honest.replace(b"2026-02-02", b"2026-02-01"))
    commit(workspace, SAM, AT + timedelta(hours=2))
    office.write(RECORD, honest)
    commit(workspace, SAM, AT + timedelta(hours=3))
    assert set(codes(office, workspace)) == {"record-rewritten"}


def test_deleted_record_has_vanished(office: Office, workspace: Path) -> None:
    office.approve(sheet())
    commit(workspace, DANA, AT + timedelta(hours=1))
    (office.folder / RECORD).unlink()
    (office.folder / (RECORD + ".sig")).unlink()
    (office.folder / text_path(POLICY, "1.0")).unlink()
    commit(workspace, SAM, AT + timedelta(hours=2))
    assert codes(office, workspace) == ["record-vanished"] * 3


def test_record_changed_or_removed_on_disk_is_named(office: Office, workspace: Path) -> None:
    office.approve(sheet())
    office.write("sealed/x/1.0.pdf", b"%PDF")
    commit(workspace, DANA, AT + timedelta(hours=1))
    (office.folder / "trust/1.allowed_signers").unlink()
    office.write("trust/1.lee.json.sig", b"x")
    (office.folder / "sealed/x/1.0.pdf").unlink()
    found = codes(office, workspace)
    assert found.count("record-vanished") == 2
    assert found.count("record-rewritten") == 1


def test_replacement_object_is_named_and_seen_through(office: Office, workspace: Path) -> None:
    office.approve(sheet())
    commit(workspace, DANA, AT + timedelta(hours=1))

    def git(*arguments: str, data: bytes = b"") -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=workspace, input=data, capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    real = git("rev-parse", f"HEAD:evidence/{RECORD}")
    git("replace", real, git("hash-object", "-w", "--stdin", data=b"forged"))
    assert git("show", f"HEAD:evidence/{RECORD}") == "forged"
    assert codes(office, workspace) == ["record-replaced-objects"]
