"""Files for the forge: what they allow, and their shell steps run in a repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from policygen.adopt.forge_files import OwnedPath, code_owners, forge_files
from policygen.model.profile.forge import Forge
from policygen.pipeline.forges.setup import set_up
from policygen.problems import PolicygenError
from policygen.yaml.yamlfile import parse_yaml
from tests.moments import NOW
from tests.pipeline.doors import edit
from tests.pipeline.standing import standing

if TYPE_CHECKING:
    from collections.abc import Iterator

GITHUB = Forge(kind="github", host="code.quillwater.example", repository="quillwater/policies")
GITLAB = Forge(kind="gitlab", host="code.quillwater.example", repository="quillwater/policies")
WORKFLOWS = {
    path.rpartition("/")[2].removesuffix(".yml"): text
    for path, text in forge_files("github", "main", ()).items()
    if path.startswith(".github/workflows/")
}
GITLAB_CI = forge_files("gitlab", "main", ())[".gitlab-ci.yml"]
WRITES = {
    "policygen-check": {"contents": "write", "statuses": "write"},
    "policygen-evidence": {"contents": "write", "pull-requests": "write"},
    "policygen-reviews": {"contents": "write", "pull-requests": "write"},
}
EVIL_BRANCH = "edit-$(touch${IFS}canary);`touch${IFS}canary`"


def workflow(name: str) -> dict[str, Any]:
    value = parse_yaml(WORKFLOWS[name], f"{name}.yml").value
    assert isinstance(value, dict)
    return value


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in workflow(name)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_a_workflow_may_do_no_more_than_it_must(name: str) -> None:
    value = workflow(name)
    assert value["permissions"] == {}
    allowed: dict[str, str] = {}
    for job in value["jobs"].values():
        assert isinstance(job["timeout-minutes"], int)
        assert set(job["permissions"]) <= set(WRITES[name])
        allowed |= job["permissions"]
    assert allowed == WRITES[name]


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_actions_are_pinned_and_keep_no_token(name: str) -> None:
    used = [step for step in steps(name) if "uses" in step]
    assert used
    for step in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step["uses"])
        if step["uses"].startswith("actions/checkout"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_nothing_from_outside_is_put_into_a_script(name: str) -> None:
    for step in steps(name):
        assert "${{" not in step.get("run", "")
    assert "pull_request_target" not in WORKFLOWS[name]
    assert "workflow_run" not in WORKFLOWS[name]


def test_a_pull_request_reaches_no_secret_and_a_fork_no_write_access() -> None:
    value = workflow("policygen-check")
    assert value["on"] == "pull_request"
    assert "secrets." not in WORKFLOWS["policygen-check"]
    same = "github.event.pull_request.head.repo.full_name == github.repository"
    for job in value["jobs"].values():
        if "write" in job["permissions"].values():
            assert same in job["if"]
            # What the job with write access runs comes from the workflow, not from the branch.
            scripts = " ".join(step.get("run", "") for step in job["steps"])
            assert "policygen " not in scripts.replace("context=policygen ", "")
            assert "pip" not in scripts


@pytest.mark.parametrize("name", ["policygen-evidence", "policygen-reviews"])
def test_what_reaches_secrets_runs_from_the_default_branch_only(name: str) -> None:
    value = workflow(name)
    assert set(value["on"]) <= {"push", "schedule", "workflow_dispatch"}
    assert value["on"].get("push", {"branches": ["main"]})["branches"] == ["main"]
    for job in value["jobs"].values():
        assert job["if"] == "github.ref_name == 'main'"


def test_gitlab_gives_a_merge_request_no_variable_of_ours() -> None:
    value = parse_yaml(GITLAB_CI, ".gitlab-ci.yml").value
    assert isinstance(value, dict)
    jobs: dict[str, Any] = {name: row for name, row in value.items() if name.startswith("policy")}
    assert set(jobs) == {"policygen-check", "policygen-evidence", "policygen-reviews"}
    check = jobs["policygen-check"]
    assert [rule["if"] for rule in check["rules"]] == [
        '$CI_PIPELINE_SOURCE == "merge_request_event"'
    ]
    assert "POLICYGEN_" not in "\n".join(check["script"])
    assert "TITLE" not in GITLAB_CI
    for name in ("policygen-evidence", "policygen-reviews"):
        for rule in jobs[name]["rules"]:
            assert "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" in rule["if"]


def test_the_name_of_the_default_branch_stays_a_name() -> None:
    name = "ma'in\"\\x"
    found = forge_files("github", name, ())[".github/workflows/policygen-evidence.yml"]
    value: Any = parse_yaml(found, "evidence.yml").value
    assert value["on"]["push"]["branches"] == [name]
    assert value["jobs"]["import"]["if"] == "github.ref_name == 'ma''in\"\\x'"


def test_code_owners_are_whoever_approves(example: Path) -> None:
    made = set_up(example, GITHUB, now=NOW, replace=False)
    text = (example / ".github/CODEOWNERS").read_text()
    rendered = "/rendered/policies/access-control-policy.md"
    assert f"{rendered} @tobias\n" in text
    assert "/policies/access-control-policy.md @dwhitfield\n" in text
    assert "# /rendered/registers/roles-register.md: nobody in the role" in text
    assert "People lead" in " ".join(made.without_account)
    assert set_up(example, GITHUB, now=NOW, replace=False).written == ()


def test_a_login_that_is_none_is_left_out() -> None:
    row = OwnedPath(path="a.md", role="CEO", logins=("x @everyone", "fine-one", "-x", "a\n* @evil"))
    assert code_owners([row]).splitlines()[-1] == "/a.md @fine-one"


def test_files_of_somebody_else_are_not_replaced_unasked(example: Path) -> None:
    own = example / ".gitlab-ci.yml"
    own.write_text("build: {script: make}\n")
    with pytest.raises(PolicygenError) as caught:
        set_up(example, GITLAB, now=NOW, replace=False)
    assert [problem.code for problem in caught.value.problems] == ["forge-file-taken"]
    assert own.read_text() == "build: {script: make}\n"
    set_up(example, GITLAB, now=NOW, replace=True)
    assert "policygen-check" in own.read_text()


@dataclass
class Runner:
    """A machine that runs the steps of a job in a clone."""

    folder: Path
    clone: Path
    environment: dict[str, str]

    def run(self, script: str, *, status: int = 0, **more: str) -> str:
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script],
            cwd=self.clone,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", "-c", "user.name=Yusuf Demir", "-c", f"user.email={MAIL}", *arguments],
            cwd=self.clone,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    def told(self, name: str) -> str:
        path = self.folder / name
        return path.read_text() if path.exists() else ""


MAIL = "yusuf.demir@quillwater.example"


@pytest.fixture(scope="module")
def command() -> Iterator[str]:
    """policygen as a program that starts at once."""
    with standing() as program:
        yield program


@pytest.fixture
def runner(example: Path, tmp_path: Path, command: str) -> Runner:
    """A clone of the demonstration, policygen at a fixed time, a forge's tool that takes notes."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "policygen").write_text(command)
    (tools / "gh").write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> "{tmp_path}/gh"\n')
    for tool in tools.iterdir():
        tool.chmod(0o755)
    bare = tmp_path / "server" / "quillwater" / "policies.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(example), str(bare)], check=True)
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(bare), str(clone)], check=True)
    (tmp_path / "temporary").mkdir()
    server = f"file://{tmp_path}/server"
    return Runner(
        folder=tmp_path,
        clone=clone,
        environment={
            **os.environ,
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "TEST_NOW": NOW.isoformat(),
            "RUNNER_TEMP": str(tmp_path / "temporary"),
            "GITHUB_WORKSPACE": str(clone),
            "GITHUB_SERVER_URL": server,
            "GITHUB_REPOSITORY": "quillwater/policies",
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
            "GITHUB_RUN_ID": "77",
            "GITHUB_RUN_ATTEMPT": "1",
            "CI_PROJECT_URL": f"{server}/quillwater/policies",
            "CI_PROJECT_ID": "5",
            "CI_PIPELINE_ID": "78",
            "CI_DEFAULT_BRANCH": "main",
            "CI_JOB_TOKEN": "job-token",
            "POLICYGEN_PUSH_TOKEN": "push-token",
            "POLICYGEN_IMPORTER": "yusuf-demir",
            "TOKEN": "a-token",
            "GH_TOKEN": "",
        },
    )


def script(name: str, title: str) -> str:
    [found] = [step["run"] for step in steps(name) if step["name"] == title]
    assert isinstance(found, str)
    return found


def gitlab_script(job: str, first: int = 0) -> str:
    value = parse_yaml(GITLAB_CI, ".gitlab-ci.yml").value
    assert isinstance(value, dict)
    lines = value[job]["script"]  # type: ignore[index, call-overload]
    assert isinstance(lines, list)
    # The runner makes each entry a script of its own; `exit 0` ends the job, not our test.
    return "\n".join(str(line) for line in lines[first:])


def _edit_in_the_browser(runner: Runner) -> None:
    runner.git("switch", "-q", "-c", EVIL_BRANCH)
    edit(
        runner.clone / "policies/access-control-policy.md", "end of engagement", "last day of work"
    )
    runner.git("commit", "-qam", "Say it in plainer words `$(touch canary)`")


def _after_a_render(runner: Runner) -> None:
    assert runner.git("rev-parse", "HEAD") == runner.git(
        "ls-remote", "origin", f"refs/heads/{EVIL_BRANCH}"
    ).removesuffix(f"\trefs/heads/{EVIL_BRANCH}")
    assert runner.git("show", "--format=%an <%ae> %cn", "--name-only", "HEAD").splitlines() == [
        f"Yusuf Demir <{MAIL}> Yusuf Demir",
        "",
        "rendered/policies/access-control-policy.md",
    ]
    assert not list(runner.folder.rglob("canary"))


def test_on_github_an_edit_in_the_browser_is_rendered_checked_and_committed(
    runner: Runner,
) -> None:
    name = "policygen-check"
    _edit_in_the_browser(runner)
    runner.run(script(name, "Render and check"))
    runner.run(script(name, "Redlines and preview"))
    report = runner.folder / "temporary" / "report"
    assert [path.name for path in (report / "redlines").iterdir()] == ["access-control-policy.html"]
    assert (report / "preview" / "index.html").is_file()
    assert '"version": "2.1.0"' in (report / "check.sarif").read_text()
    shutil.copytree(runner.clone / "rendered", runner.folder / "temporary" / "rendered")
    runner.git("checkout", "-q", "--", "rendered")
    runner.run(script(name, "Commit it to the branch"), HEAD_REF=EVIL_BRANCH)
    _after_a_render(runner)
    runner.run(script(name, "Say what came out of it"), RESULT="success")
    head = runner.git("rev-parse", "HEAD")
    assert f"statuses/{head} -f state=success" in runner.told("gh")
    # Once more: there is nothing to commit.
    runner.run(script(name, "Commit it to the branch"), HEAD_REF=EVIL_BRANCH)
    assert runner.git("rev-parse", "HEAD") == head


def test_on_github_a_wrong_text_fails_with_annotations(runner: Runner) -> None:
    edit(runner.clone / "policies/access-control-policy.md", "p.access_revocation", "p.acces_revoc")
    told = runner.run(script("policygen-check", "Render and check"), status=1)
    assert "::error file=policies/access-control-policy.md,line=" in told
    runner.run(script("policygen-check", "Say what came out of it"), RESULT="failure")
    assert "state=failure" in runner.told("gh")


@pytest.mark.parametrize(
    "name", ["policies/../../x.md", "policies/X.md", "x/a.md", "policies/a.sh"]
)
def test_on_github_only_texts_of_documents_are_taken_over(runner: Runner, name: str) -> None:
    path = runner.folder / "temporary" / "rendered" / "policies"
    path.mkdir(parents=True)
    odd = path.parent / name
    odd.parent.mkdir(parents=True, exist_ok=True)
    if ".." in name:
        (path / "link.md").symlink_to("/etc/passwd")
    else:
        odd.write_text("x")
    told = runner.run(
        script("policygen-check", "Commit it to the branch"), status=1, HEAD_REF="main"
    )
    assert "::error::" in told


def test_on_github_new_evidence_becomes_a_branch_and_a_request(runner: Runner) -> None:
    name = "policygen-evidence"
    runner.run(script(name, "Record and import"), IMPORTER="yusuf-demir")
    runner.run(script(name, "Offer the evidence as a pull request"), BASE="main")
    assert "compare/main...evidence/77-1?expand=1" in runner.told("summary")
    shown = runner.git("show", "--format=%s", "--name-only", "evidence/77-1").splitlines()
    assert shown == [
        "Evidence: approvals as the forge has them",
        "",
        "evidence/forge/code.quillwater.example/new.json",
    ]
    assert "refs/heads/evidence/77-1" in runner.git("ls-remote", "origin")


def test_on_github_evidence_beside_other_changes_is_not_offered(runner: Runner) -> None:
    name = "policygen-evidence"
    runner.run(script(name, "Record and import"), IMPORTER="yusuf-demir", TEST_STRAY="1")
    offer = script(name, "Offer the evidence as a pull request")
    assert "more changed than new files" in runner.run(offer, status=1, BASE="main")
    assert "evidence/77-1" not in runner.git("ls-remote", "origin")


def test_on_github_reviews_are_opened_once(runner: Runner) -> None:
    opening = script("policygen-reviews", "Open what comes due")
    more = {"BASE": "main", "TEST_NOW": "2027-09-15T10:00:00+00:00", "GH_TOKEN": "x"}
    runner.environment |= more
    runner.run(opening)
    assert "pr create --repo quillwater/policies --base main --head review/2027-09/it_lead" in (
        runner.told("gh")
    )
    found = runner.git("ls-remote", "origin", "refs/heads/review/*")
    assert len(found.splitlines()) == 3
    again = runner.folder / "again"
    server = runner.environment["GITHUB_SERVER_URL"]
    subprocess.run(
        ["git", "clone", "-q", f"{server}/quillwater/policies.git", str(again)], check=True
    )
    runner.clone = again
    runner.run(opening)
    assert runner.git("for-each-ref", "refs/heads/review") == ""
    assert runner.git("ls-remote", "origin", "refs/heads/review/*") == found


def test_on_gitlab_an_edit_in_the_browser_is_rendered_checked_and_committed(
    runner: Runner,
) -> None:
    _edit_in_the_browser(runner)
    runner.environment["CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"] = EVIL_BRANCH
    runner.run("policygen render")
    commit = gitlab_script("policygen-check", 1)
    runner.run(commit, CI_MERGE_REQUEST_SOURCE_PROJECT_ID="6")
    assert EVIL_BRANCH not in runner.git("ls-remote", "origin")
    runner.run(gitlab_script("policygen-check"), CI_MERGE_REQUEST_SOURCE_PROJECT_ID="5")
    _after_a_render(runner)
    assert (runner.clone / "report/redlines/access-control-policy.html").is_file()


def test_on_gitlab_evidence_and_reviews_are_offered(runner: Runner) -> None:
    server = runner.folder / "server/quillwater/policies.git"
    subprocess.run(
        ["git", "-C", str(server), "config", "receive.advertisePushOptions", "true"], check=True
    )
    runner.run(gitlab_script("policygen-evidence"))
    assert "refs/heads/evidence/78" in runner.git("ls-remote", "origin")
    runner.run(gitlab_script("policygen-reviews"), TEST_NOW="2027-09-15T10:00:00+00:00")
    assert "refs/heads/review/2027-09/it_lead" in runner.git("ls-remote", "origin")


def test_the_hook_lets_good_sources_pass_and_stops_the_rest(runner: Runner) -> None:
    hook = forge_files("github", "main", ())[".githooks/pre-commit"]
    policy = runner.clone / "policies/access-control-policy.md"
    edit(policy, "end of engagement", "last day of work")
    runner.git("add", "policies")
    assert "drift" in runner.run(hook, status=1)
    runner.run("policygen render")
    runner.git("add", "rendered")
    runner.run(hook)
    record = next((runner.clone / "evidence/approvals").rglob("*.json"))
    record.write_text("{}\n")
    runner.git("add", "evidence")
    assert "evidence/ is never changed" in runner.run(hook, status=1)
