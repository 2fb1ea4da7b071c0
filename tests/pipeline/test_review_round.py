"""A round of reviews on the command line: due, open, answer, check, confirm, close."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from policygen.cli.session import Session
from policygen.pipeline.review.opening import open_reviews
from policygen.pipeline.review.rounds import next_reviews, summary_of
from policygen.pipeline.situation import situation
from policygen.pipeline.sources.survey import survey, write_rendered
from policygen.pipeline.verification import verify_workspace
from policygen.problems import PolicygenError
from tests.command_line import key_of, run
from tests.moments import NOW
from tests.pipeline.doors import edit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

POLICY = "access-control-policy"
PROCEDURE = "user-access-deprovisioning-procedure"
APPROVED = NOW - timedelta(days=29)
"""When both got their second version."""

REVIEW_AT = datetime.fromisoformat("2027-09-15T10:00:00+00:00")


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, check=True
    )  # fmt: skip
    return done.stdout


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the clock of the command line and of git."""

    def setter(moment: datetime) -> None:
        monkeypatch.setattr(Session, "now", lambda _: moment)
        monkeypatch.setenv("GIT_COMMITTER_DATE", moment.isoformat())
        monkeypatch.setenv("GIT_AUTHOR_DATE", moment.isoformat())
        for who in ("AUTHOR", "COMMITTER"):
            monkeypatch.setenv(f"GIT_{who}_NAME", "Yusuf Demir")
            monkeypatch.setenv(f"GIT_{who}_EMAIL", "yusuf.demir@quillwater.example")

    setter(REVIEW_AT)
    return setter


def answer(root: Path, cycle: str, document: str, outcome: str, by: str = "yusuf-demir") -> Path:
    path = root / "reviews" / cycle / f"{document}.yml"
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        key = line.strip()
        if line.startswith("  ") and key.endswith(":"):
            line = f"{line} Looked at with the team; nothing differs."
        lines.append(line)
    text = "\n".join(lines) + "\n"
    text = text.replace("outcome:\n", f"outcome: {outcome}\n")
    text = text.replace("answered_by:\n", f"answered_by: {by}\n")
    text = text.replace("walked_through_with:\n", "walked_through_with: Nadia of the help desk\n")
    path.write_text(text, encoding="utf-8")
    return path


def reviews(root: Path, moment: datetime) -> dict[str, str]:
    found = situation(root, now=moment)
    return {row.document: row.standing.value for row in next_reviews(found)}


def test_a_round_with_every_outcome_from_due_to_the_summary(
    example: Path, at: Callable[[datetime], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Four documents: one confirmed in time, one late, one changed, one only in its wording."""
    before = git(example, "rev-parse", "HEAD"), git(example, "status", "--porcelain")
    assert run(example, "review", "due", "--format", "json") == 0
    rows = {row["document"]: row for row in json.loads(capsys.readouterr().out)["reviews"]}
    assert {name: row["state"] for name, row in rows.items()} == {
        POLICY: "due",
        PROCEDURE: "due",
        "roles-register": "overdue",
        "systems-register": "overdue",
    }
    assert rows[POLICY]["tell"]["key"] == f"{POLICY}/2027-10-22/T-60"
    assert rows["roles-register"]["tell"]["people"][-1] == "marisol-okafor"

    # Opening writes branches and bodies; work tree, index and checked-out branch stay.
    assert run(example, "review", "open", "--cycle", "2027-09") == 0
    assert (git(example, "rev-parse", "HEAD"), git(example, "status", "--porcelain")) == before
    branches = git(
        example, "for-each-ref", "--format=%(refname:short)", "refs/heads/review"
    ).split()
    assert branches == [
        "review/2027-09/it_lead",
        "review/2027-09/people_lead",
        "review/2027-09/security_officer",
    ]
    # What is open is not proposed to be opened again.
    assert run(example, "status") == 0
    assert (
        capsys.readouterr()
        .out.splitlines()[-1]
        .endswith(
            "overdue and open in review/2027-09/it_lead and review/2027-09/people_lead: "
            "fill in the checklist and merge its branch: git switch review/2027-09/it_lead"
        )
    )
    body = (example / "build/review/2027-09/it_lead.md").read_text()
    assert "| `access_revocation_hours` | 8 hours |" in body
    assert body.count("- [ ] ") == 16
    assert "systems-register" in body
    capsys.readouterr()
    assert run(example, "review", "open", "--cycle", "2027-09") == 0
    assert "4 reviews of these open already" in capsys.readouterr().out
    assert run(example, "review", "due") == 0
    assert "in review/2027-09/it_lead" in capsys.readouterr().out

    # Owners answer on their branches; unanswered ones do not pass.
    git(example, "merge", "-q", "--no-edit", *branches)
    assert run(example, "review", "check") == 1
    assert capsys.readouterr().out.count("[review-answer-missing]") == 4 * 11
    answer(example, "2027-09", PROCEDURE, "confirmed")
    answer(example, "2027-09", "roles-register", "confirmed")
    answer(example, "2027-09", POLICY, "major")
    answer(example, "2027-09", "systems-register", "minor")
    assert run(example, "review", "check") == 1
    out = capsys.readouterr().out
    assert out.count("[review-text-unchanged]") == 2
    edit(example / f"policies/{POLICY}.md", "end of engagement", "last day of engagement")
    edit(example / "procedures/registers/systems-register.md", "## Systems", "## All systems")
    write_rendered(survey(example, now=REVIEW_AT))
    assert run(example, "review", "check") == 1
    assert "[review-significance]" in capsys.readouterr().out
    register = example / "reviews/2027-09/systems-register.yml"
    edit(register, "significance_reason:", "significance_reason: only a heading changed")
    git(example, "add", "policies", "procedures", "rendered", "reviews")
    git(example, "commit", "-qm", "Review 2027-09: answers and changes")
    assert run(example, "review", "check") == 0

    # Whoever approves consents; a confirmed review makes no version.
    capsys.readouterr()
    for person, verb in (
        ("dana-whitfield", ("review", "confirm", "--waiting")),
        ("ingrid-halvorsen", ("review", "confirm", "roles-register")),
        ("tobias-lindqvist", ("approve", POLICY, "--major")),
        ("jonas-becker", ("approve", "systems-register", "--minor", "--reason", "a heading")),
    ):
        command = (*verb, "--as", person, "--key", key_of(example, person), "--yes")
        assert run(example, *command) == 0, capsys.readouterr().err
    git(example, "add", "evidence")
    git(example, "commit", "-qm", "Review 2027-09: evidence")
    found = situation(example, now=REVIEW_AT)
    assert found.problems == ()
    versions = {
        entry.id: [row.version for row in entry.versions] for entry in found.register.entries
    }
    assert versions[PROCEDURE] == ["1.0", "2.0"]
    assert versions["roles-register"] == ["1.0"]
    assert versions[POLICY][-1] == "3.0"

    # A finished review is finished: nothing is due, the checklists hold, the summary says it all.
    capsys.readouterr()
    assert run(example, "review", "due") == 0
    assert capsys.readouterr().out.startswith("as of 2027-09-15: 0 reviews; 4 later")
    assert run(example, "review", "check") == 0
    assert "4 checklists, 4 of finished reviews" in capsys.readouterr().out
    assert run(example, "review", "close", "--cycle", "2027-q3", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["population"], told["on_time"], told["late"], told["open"]) == (4, 2, 2, 0)
    outcomes = {row["document"]: (row["outcome"], row["days_late"]) for row in told["reviews"]}
    assert outcomes[PROCEDURE] == ("confirmed", 0)
    assert outcomes["roles-register"] == ("confirmed", 233)
    assert outcomes[POLICY] == ("major", 0)
    assert outcomes["systems-register"][1] == 233
    finding = verify_workspace(
        example, trust=frozenset(), now=REVIEW_AT, rebuild=False, advance=lambda _: None
    )
    assert [problem.code for problem in finding.errors if "seal" not in problem.code] == []

    # What was confirmed is not touched afterwards.
    checklist = example / "reviews/2027-09" / f"{PROCEDURE}.yml"
    edit(checklist, "nothing differs", "everything differs")
    assert run(example, "review", "check") == 1
    assert "[review-checklist-changed]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(lambda t: t.replace("answered_by: yusuf-demir", "answered_by: nobody"),
                     "review-person-unknown", id="unknown person"),
        pytest.param(lambda t: t.replace("yusuf-demir", "tobias-lindqvist"),
                     "review-same-person", id="approver answers"),
        pytest.param(lambda t: t.replace('version: "2.0"', 'version: "1.5"'),
                     "review-version-passed", id="no version in force"),
        pytest.param(lambda t: t.replace("cycle: \"2027-09\"", "cycle: \"2027-10\""),
                     "review-format", id="other cycle"),
        pytest.param(lambda t: t.replace("document: access", "document: no-access"),
                     "review-format", id="other document"),
        pytest.param(lambda t: t + "extra: 1\n", "review-format", id="unknown key"),
        pytest.param(lambda t: t.replace("outcome: confirmed", "outcome: minor"),
                     "review-text-unchanged", id="no change"),
        pytest.param(lambda t: t, "", id="as it should be"),
    ],
)  # fmt: skip
def test_a_wrong_checklist_is_named_with_its_place(
    reviewed: Path,
    at: Callable[[datetime], None],
    capsys: pytest.CaptureFixture[str],
    change: Callable[[str], str],
    code: str,
) -> None:
    path = reviewed / "reviews" / "2027-09" / f"{POLICY}.yml"
    text = path.read_text(encoding="utf-8")
    try:
        path.write_text(change(text), encoding="utf-8")
        status = run(reviewed, "review", "check", "--format", "json")
        problems = json.loads(capsys.readouterr().out or '{"problems": []}')["problems"]
    finally:
        path.write_text(text, encoding="utf-8")
    assert [row["code"] for row in problems] == ([code] if code else [])
    assert all(row["path"] == f"reviews/2027-09/{POLICY}.yml" and row["line"] for row in problems)
    assert status == (0 if code in ("", "review-same-person") else 1)


@pytest.fixture(scope="module")
def reviewed(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration with one answered checklist in its work tree."""
    import shutil

    root = tmp_path_factory.mktemp("reviewed") / "example"
    shutil.copytree(demonstration, root, symlinks=True)
    found = situation(root, now=REVIEW_AT)
    chosen = [row for row in next_reviews(found) if row.document == POLICY]
    open_reviews(found, chosen, "2027-09", group_by="owner", here=True)
    answer(root, "2027-09", POLICY, "confirmed")
    return root


@pytest.mark.parametrize(
    ("arguments", "status", "code"),
    [
        pytest.param(("close", "--cycle", "soon"), 2, "usage-cycle", id="no cycle"),
        pytest.param(("open", "--cycle", "../x"), 2, "usage-cycle", id="a path as cycle"),
        pytest.param(("open", "no-policy"), 2, "review-nothing-in-force", id="unknown document"),
        pytest.param(("confirm", "--as", "dana-whitfield"), 2, "usage-no-document", id="none"),
        pytest.param(
            ("confirm", "--as", "who", "--waiting"), 2, "usage-unknown-person", id="nobody"
        ),
        pytest.param(
            ("confirm", PROCEDURE, "--as", "dana-whitfield"), 2, "review-not-open", id="not open"
        ),
        pytest.param(
            ("confirm", "--waiting", "--as", "dana-whitfield"), 2, "usage-no-document",
            id="nothing waits",
        ),
        pytest.param(
            ("confirm", POLICY, "--as", "jonas-becker", "--yes"), 1, "approval-not-entitled",
            id="not entitled",
        ),
    ],
)  # fmt: skip
def test_wrong_calls_say_what_to_do(
    reviewed: Path,
    at: Callable[[datetime], None],
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    status: int,
    code: str,
) -> None:
    assert run(reviewed, "review", *arguments) == status
    assert f"[{code}]" in capsys.readouterr().err


def test_a_branch_that_is_there_is_left_alone_and_a_used_cycle_is_told(
    example: Path, at: Callable[[datetime], None]
) -> None:
    found = situation(example, now=REVIEW_AT)
    rows = next_reviews(found)
    git(example, "branch", "review/2027-09/it_lead")
    git(example, "update-ref", "refs/remotes/origin/review/2027-09/it_lead-2", "HEAD")
    groups = open_reviews(found, rows, "2027-09", group_by="owner", here=False, now=REVIEW_AT)
    assert [group.branch for group in groups] == [
        "review/2027-09/it_lead-3",
        "review/2027-09/people_lead",
        "review/2027-09/security_officer",
    ]
    (example / "reviews" / "2027-10").mkdir(parents=True)
    (example / "reviews" / "2027-10" / f"{POLICY}.yml").write_text("mine\n")
    with pytest.raises(PolicygenError) as caught:
        open_reviews(found, rows, "2027-10", group_by="all", here=True)
    assert [problem.code for problem in caught.value.problems] == ["review-cycle-used"]


def test_opening_needs_a_repository_or_the_folder(example: Path) -> None:
    import shutil

    shutil.rmtree(example / ".git")
    found = situation(example, now=REVIEW_AT)
    rows = next_reviews(found)
    with pytest.raises(PolicygenError) as caught:
        open_reviews(found, rows, "2027-09", group_by="owner", here=False)
    assert [problem.code for problem in caught.value.problems] == ["review-no-repository"]
    [group] = open_reviews(found, rows, "2027-09", group_by="all", here=True)
    assert len(group.checklists) == 4


def test_the_summary_counts_what_the_status_of_each_day_says(demonstration: Path) -> None:
    for text in ("2026-08-01", "2026-11-20"):
        day = datetime.fromisoformat(f"{text}T12:00:00+00:00")
        found = situation(demonstration, now=NOW, as_of=day.date())
        open_rows = {row.document: row.due for row in summary_of(found, "2027").open}
        assert open_rows == {entry.id: entry.next_review for entry in found.register.entries}


def test_the_calendar_of_the_site_says_what_review_due_says(demonstration: Path) -> None:
    page = (demonstration / "build" / "site" / "calendar.html").read_text(encoding="utf-8")
    rows = re.findall(r"<tr>(.*?)</tr>", page, flags=re.DOTALL)
    listed = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in rows]
    found = next_reviews(situation(demonstration, now=NOW))
    assert len(found) == 4
    for review in found:
        [line] = [line for line in listed if f" {review.title} " in f" {line} "]
        assert line.startswith(f"{review.planned.day} {review.planned:%B %Y} {review.title}")
        assert line.endswith(f"{review.due.day} {review.due:%B %Y}")
        assert review.owner.title in line
