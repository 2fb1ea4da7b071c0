"""Approving by pull request from end to end: fetch from a local forge, import, verify, seal."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from policygen.cli.main import main
from policygen.cli.session import Session
from policygen.gitrepo.repository import open_repository
from policygen.gitrepo.writing import init as init_repository
from policygen.model.evidence import Strength
from policygen.pipeline.situation import situation
from tests.forge.hub import Hub
from tests.forge.lab import Lab
from tests.forge.rules_of_hub import protect, suite, value
from tests.forge.served import Served, serving
from tests.pipeline.doors import edit, open_doors
from tests.year import Life

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TRUSTED_AT = datetime(2026, 1, 14, 17, 0, tzinfo=UTC)
IMPORTED_AT = datetime(2026, 2, 9, 17, 0, tzinfo=UTC)
DOORS = "rendered/policies/door-policy.md"
CONSENT = "evidence/approvals/door-policy/1.0.marisol-okafor.json"
OBSERVATION = CONSENT.replace(".json", ".forge.json")
TOKEN = "ghp_0123456789secret"
PROFILE = """\
schema_version: 1
forge: {kind: github, host: 127.0.0.1, repository: quillwater/policies}
organization:
  legal_name: Quillwater Software, Inc.
  short_name: Quillwater
  headcount: 42
  archetype: saas
  governing_body: {kind: board}
  time_zone: America/Denver
people:
  - id: marisol-okafor
    name: Marisol Okafor
    forge: [{host: 127.0.0.1, id: 4711, login: dana-w}]
  - id: mateo-ferreira
    name: Mateo Ferreira
    email: mateo.ferreira@quillwater.example
    forge: [{host: 127.0.0.1, id: 4713, login: sam-o}]
  - {id: yusuf-demir, name: Yusuf Demir}
roles:
  ceo: {person: marisol-okafor, from: 2020-01-01}
  security_officer: {person: mateo-ferreira, from: 2020-01-01}
  compliance_lead: {person: yusuf-demir, from: 2020-01-01}
tsc: {}
"""
IMPORT = ("forge", "import", "--as", "yusuf-demir")


@pytest.fixture(autouse=True)
def _at_the_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "now", lambda _: IMPORTED_AT)
    monkeypatch.setenv("POLICYGEN_FORGE_TOKEN", TOKEN)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of one policy, trust in its people, and the accounts they review with."""
    root = open_doors(tmp_path_factory.mktemp("founded") / "doors")
    (root / "organization.yml").write_text(PROFILE, encoding="utf-8")
    (root / ".gitignore").write_text("/.policygen/keys/\n")
    init_repository(root, of_its_own=True)
    life = Life(root, now=TRUSTED_AT)
    life.draft("Texts")
    life.trust("marisol-okafor")
    life.now += timedelta(hours=1)
    life.trust("marisol-okafor", "yusuf-demir")
    life.commit("Trust")
    return root


@pytest.fixture
def life(founded: Path, tmp_path: Path) -> Life:
    """A copy that a test may go on with."""
    shutil.copytree(founded, tmp_path / "doors", symlinks=True)
    return Life(tmp_path / "doors", now=TRUSTED_AT + timedelta(hours=1))


@pytest.fixture
def hub(life: Life) -> Hub:
    """The forge, on which the chief executive approved the policy before it was merged."""
    hub = Hub(repository="quillwater/policies")
    protect(hub)
    pull = hub.open()
    hub.push(pull, (life.root / DOORS).read_text(encoding="utf-8"), path=DOORS)
    hub.review(pull, "dana-w")
    hub.merge(pull, "squash")
    other = hub.open(43)
    hub.push(other, "code", path="src/main.py")
    hub.merge(other)
    return hub


@pytest.fixture
def served(hub: Hub) -> Iterator[Served]:
    with serving(hub) as running:
        yield running


def run(life: Life, *arguments: str) -> int:
    return main(["-C", str(life.root), *arguments])


def fetch(life: Life, served: Served, *arguments: str) -> int:
    return run(life, "forge", "fetch", "--api", served.address, *arguments)


def recordings(life: Life) -> list[str]:
    found = (life.root / "evidence" / "forge").rglob("index.json")
    return sorted(
        path.parent.relative_to(life.root / "evidence/forge").as_posix() for path in found
    )


def everything(life: Life) -> dict[str, bytes]:
    root = life.root / "evidence"
    return {str(path): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def strengths(life: Life) -> list[Strength]:
    found = situation(life.root, now=IMPORTED_AT)
    assert found.problems == ()
    return [verdict.strength for verdict in found.judgement.verdicts]


def test_fetch_records_what_touches_documents_and_the_rules(
    life: Life, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fetch(life, served) == 0
    assert recordings(life) == [
        "127.0.0.1/quillwater/policies/change-42/20260209T170000Z",
        "127.0.0.1/quillwater/policies/rules/20260209T170000Z",
    ]
    out, err = capsys.readouterr()
    assert "change-42" in out
    assert TOKEN not in out + err
    assert TOKEN.encode() not in b"".join(everything(life).values())


def test_a_second_fetch_changes_nothing(
    life: Life, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch(life, served)
    before = everything(life)
    assert fetch(life, served) == 0
    assert fetch(life, served, "42") == 0
    assert everything(life) == before
    assert "change 42: as recorded" in capsys.readouterr().out


def test_rules_are_recorded_again_after_a_week_even_unchanged(
    life: Life, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch(life, served)
    monkeypatch.setattr(Session, "now", lambda _: IMPORTED_AT + timedelta(days=6))
    fetch(life, served)
    assert len(recordings(life)) == 2
    monkeypatch.setattr(Session, "now", lambda _: IMPORTED_AT + timedelta(days=7))
    fetch(life, served)
    assert recordings(life)[-1].endswith("rules/20260216T170000Z")
    [index] = [path for path in everything(life) if "20260216" in path]
    assert '"status": 304' in (life.root / "evidence" / index).read_text()


def test_import_makes_the_click_a_consent(
    life: Life, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch(life, served)
    before = everything(life)
    assert run(life, *IMPORT, "--dry-run") == 0
    assert "door-policy 1.0 (initial) by marisol-okafor as ceo" in capsys.readouterr().out
    assert everything(life) == before
    served.asked.clear()
    assert run(life, *IMPORT) == 0
    assert served.asked == []
    assert (life.root / OBSERVATION).is_file()
    assert strengths(life) == [Strength.A1]
    life.commit("Approved by pull request")
    assert run(life, "verify") == 0
    assert "branch rules: recorded 1 times" in capsys.readouterr().out


def test_without_a_recording_import_says_what_comes_first(
    life: Life, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(life, *IMPORT) == 0
    assert "no change is recorded yet; policygen forge fetch" in capsys.readouterr().out


def test_importing_again_changes_nothing(
    life: Life, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch(life, served)
    run(life, *IMPORT)
    before = everything(life)
    assert run(life, *IMPORT) == 0
    assert "0 new consents" in capsys.readouterr().out
    assert everything(life) == before


def test_an_import_that_was_broken_off_is_completed(life: Life, served: Served) -> None:
    fetch(life, served)
    run(life, *IMPORT)
    consent = (life.root / CONSENT).read_bytes()
    (life.root / OBSERVATION).unlink()
    assert run(life, *IMPORT) == 0
    assert (life.root / CONSENT).read_bytes() == consent
    assert strengths(life) == [Strength.A1]


def test_a_signed_import_counts_more_and_may_follow_later(life: Life, served: Served) -> None:
    fetch(life, served)
    run(life, *IMPORT)
    assert run(life, *IMPORT, "--key", str(life.key("yusuf-demir"))) == 0
    assert strengths(life) == [Strength.A2]


def test_an_import_dated_after_it_was_committed_proves_nothing(
    life: Life, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch(life, served)
    run(life, *IMPORT, "--key", str(life.key("yusuf-demir")))
    life.now = IMPORTED_AT - timedelta(days=1)
    life.commit("Approved by pull request")
    assert run(life, "verify") == 1
    assert "[approval-time-implausible]" in capsys.readouterr().err


def test_an_import_signed_with_a_strange_key_writes_nothing(
    life: Life, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch(life, served)
    before = everything(life)
    assert run(life, *IMPORT, "--key", str(life.key("nobody"))) == 1
    assert "[approval-key-unknown]" in capsys.readouterr().err
    assert everything(life) == before


def test_a_drafters_own_approval_is_not_written(
    life: Life, served: Served, hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    pull = hub.pulls[42]
    hub.force_push(pull, (life.root / DOORS).read_text(encoding="utf-8"), by="dana-w", path=DOORS)
    pull.reviews[0]["commit_id"] = pull.head
    pull.merged_at = hub.tick()
    fetch(life, served)
    assert run(life, *IMPORT) == 1
    assert "[approval-drafter-alone]" in capsys.readouterr().err
    assert not (life.root / CONSENT).exists()


def test_a_text_that_is_not_here_is_asked_for(
    life: Life, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch(life, served)
    edit(life.root / "policies/door-policy.md", "at night", "at noon")
    life.draft("Another text")
    assert run(life, *IMPORT) == 0
    assert "[forge-text-missing]" in capsys.readouterr().err
    assert not (life.root / CONSENT).exists()


def test_a_text_that_has_moved_on_is_found_in_git(life: Life, served: Served, hub: Hub) -> None:
    repository = open_repository(life.root)
    assert repository is not None
    merged = repository.head()
    assert merged is not None
    pull = hub.pulls[42]
    hub.trees[merged] = hub.trees[pull.merge_commit]
    pull.merge_commit = merged
    fetch(life, served)
    edit(life.root / "policies/door-policy.md", "at night", "at noon")
    life.draft("Another text")
    assert run(life, *IMPORT) == 0
    assert strengths(life) == [Strength.A1]


def test_a_recording_of_another_repository_proves_nothing(
    life: Life, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch(life, served)
    run(life, *IMPORT)
    edit(life.root / "organization.yml", "quillwater/policies}", "quillwater/handbook}")
    assert run(life, "verify") == 1
    assert "[forge-repository-unknown]" in capsys.readouterr().err
    edit(
        life.root / "organization.yml",
        "quillwater/handbook}",
        "quillwater/handbook, earlier: [quillwater/policies]}",
    )
    assert strengths(life) == [Strength.A1]


def test_an_edited_recording_is_told_with_its_place(
    life: Life, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch(life, served)
    run(life, *IMPORT)
    life.commit("Approved by pull request")
    [reviews] = (life.root / "evidence/forge").rglob("*reviews*")
    edit(reviews, "APPROVED", "COMMENTED")
    assert run(life, "verify") == 1
    err = capsys.readouterr().err
    for code in ("record-rewritten", "forge-recording-broken", "approval-observation-differs"):
        assert f"[{code}]" in err


def test_an_approval_taken_back_after_its_import_is_told_and_stays(
    life: Life,
    served: Served,
    hub: Hub,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fetch(life, served)
    run(life, *IMPORT)
    hub.dismiss(hub.pulls[42], hub.pulls[42].reviews[0])
    monkeypatch.setattr(Session, "now", lambda _: IMPORTED_AT + timedelta(days=1))
    fetch(life, served, "42")
    run(life, *IMPORT)
    assert "[forge-review-dismissed]" in capsys.readouterr().err
    life.commit("Recorded again")
    assert run(life, "verify") == 0
    assert "[forge-review-withdrawn]" in capsys.readouterr().err
    assert strengths(life) == [Strength.A1]


def test_a_broken_recording_is_told_even_where_nothing_rests_on_it(
    life: Life, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch(life, served)
    [reviews] = (life.root / "evidence/forge").rglob("*reviews*")
    edit(reviews, "APPROVED", "COMMENTED")
    assert run(life, "verify") == 1
    assert "[forge-recording-broken]" in capsys.readouterr().err


def test_pushes_past_the_rules_and_gaps_are_told(
    life: Life,
    served: Served,
    hub: Hub,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    value(hub, "rulesets/rule-suites").append(suite("bypass", hub.now))
    value(hub, "actions/permissions/workflow")["can_approve_pull_request_reviews"] = True
    hub.rules["branches/main/protection"] = (403, {"message": "Resource not accessible"})
    fetch(life, served)
    run(life, *IMPORT)
    life.commit("Approved by pull request")
    monkeypatch.setattr(Session, "now", lambda _: IMPORTED_AT + timedelta(days=40))
    capsys.readouterr()
    assert run(life, "verify") == 0
    out, err = capsys.readouterr()
    assert "pushes past them: 1; unrecorded spans: 1" in out
    for code in (
        "forge-rules-bypassed",
        "forge-rules-weak",
        "forge-rules-unreadable",
        "forge-rules-unrecorded",
    ):
        assert f"[{code}]" in err
    assert f"lee-p pushed 000000000000 to main past its rules at {hub.now:%Y-%m-%d %H:%M}" in err


def test_a_sealed_pdf_carries_what_the_forge_said(
    life: Life, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch(life, served)
    run(life, *IMPORT, "--key", str(life.key("yusuf-demir")))
    life.now = IMPORTED_AT
    life.commit("Approved by pull request")
    assert run(life, "keys", "init", "--no-passphrase") == 0
    assert run(life, "seal") == 0
    capsys.readouterr()
    sealed = life.root / "evidence/sealed/door-policy/1.0.pdf"
    assert run(life, "verify", str(sealed)) == 0
    assert "A2" in capsys.readouterr().out


# the door


@pytest.mark.parametrize(
    ("token", "told"),
    [
        pytest.param("", "is set", id="none"),
        pytest.param("ghp_secret with blank", "characters", id="with a blank"),
        pytest.param("ghp_secret\nX-Evil: 1", "characters", id="with a line end"),
    ],
)
def test_without_a_token_nobody_is_asked(
    life: Life,
    served: Served,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    token: str,
    told: str,
) -> None:
    for name in ("POLICYGEN_FORGE_TOKEN", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("POLICYGEN_FORGE_TOKEN", token)
    assert fetch(life, served) == 2
    err = capsys.readouterr().err
    assert "[usage-no-token]" in err
    assert told in err
    assert "ghp_secret" not in err
    assert served.asked == []


def test_a_workspace_without_a_forge_says_what_to_write(
    life: Life, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(
        life.root / "organization.yml",
        "forge: {kind: github, host: 127.0.0.1, repository: quillwater/policies}\n",
        "",
    )
    assert fetch(life, served) == 2
    err = capsys.readouterr().err
    assert "organization.yml: error: organization.yml names no forge  [forge-not-configured]" in err
    assert served.asked == []


@pytest.mark.parametrize("api", ["https://api.evil.example", "http://127.0.0.2:80", "here"])
def test_an_interface_of_another_host_gets_no_token(
    life: Life, capsys: pytest.CaptureFixture[str], api: str
) -> None:
    assert run(life, "forge", "fetch", "--api", api) == 2
    assert "[forge-not-encrypted]" in capsys.readouterr().err


def test_a_change_that_does_not_exist_is_told(
    life: Life, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fetch(life, served, "99") == 1
    assert "[forge-refused]" in capsys.readouterr().err
    assert not any("change-99" in path for path in recordings(life))


def test_what_is_not_merged_or_touches_nothing_is_not_recorded(
    life: Life, served: Served, hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.push(hub.open(44), "text", path=DOORS)
    assert fetch(life, served, "43", "44") == 0
    out = capsys.readouterr().out
    assert "change 43: touches no document" in out
    assert "change 44: not merged" in out
    assert [path for path in recordings(life) if "change" in path] == []


def test_a_fetch_that_breaks_off_keeps_what_it_has(
    life: Life, served: Served, hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    second = hub.open(45)
    hub.push(second, "more", path=DOORS)
    hub.merge(second)
    refuse = hub._of_pull
    hub._of_pull = (  # type: ignore[method-assign]
        lambda pull, part: (
            (451, {}) if (pull.number, part) == (45, "timeline") else refuse(pull, part)
        )
    )
    assert fetch(life, served) == 1
    assert "[forge-refused]" in capsys.readouterr().err
    assert [path for path in recordings(life) if "change" in path] == [
        "127.0.0.1/quillwater/policies/change-42/20260209T170000Z"
    ]
    assert not list((life.root / "evidence").rglob("*.partial"))


def test_an_importer_whom_nobody_knows_is_told(
    life: Life, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(life, "forge", "import", "--as", "somebody") == 2
    assert "[usage-unknown-person]" in capsys.readouterr().err


def test_an_auditor_checks_it_by_hand(life: Life, served: Served) -> None:
    """The commands of docs/forges.md."""
    fetch(life, served)
    run(life, *IMPORT, "--key", str(life.key("yusuf-demir")))
    evidence = life.root / "evidence"
    [place] = [evidence / "forge" / path for path in recordings(life) if "change" in path]
    sums = _told("sha256sum", *sorted(str(path) for path in place.glob("get-*")))
    index = (place / "index.json").read_text(encoding="utf-8")
    assert len(sums.splitlines()) >= 12
    assert all(line.split()[0] in index for line in sums.splitlines())
    observation = life.root / OBSERVATION
    assert _told("sha256sum", str(place / "index.json")).split()[0] in observation.read_text()
    text = evidence / "approvals/door-policy/1.0.md"
    blob = _told("git", "hash-object", "--no-filters", str(text)).strip()
    listed = list(place.glob("get-contents-*.json"))
    assert sum(blob in path.read_text(encoding="utf-8") for path in listed) == 2
    signers, signature = evidence / "trust/2.allowed_signers", f"{observation}.sig"
    asked = ("-Y", "verify", "-f", str(signers), "-I", "yusuf-demir", "-n", "policy-approval")
    told = subprocess.run(
        ["ssh-keygen", *asked, "-s", signature],
        input=observation.read_bytes(), capture_output=True, check=True,
    )  # fmt: skip
    assert b'Good "policy-approval" signature for yusuf-demir' in told.stdout


def _told(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_next_step_of_somebody_without_a_key_is_the_pull_request(
    life: Life, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = life.root / "organization.yml"
    edit(profile, "ceo: {person: marisol-okafor", "ceo: {person: audrey-kessler")
    audrey = (
        "  - {id: audrey-kessler, name: Audrey Kessler,\n"
        "     forge: [{host: 127.0.0.1, id: 4712, login: lee-p}]}\n"
    )
    edit(profile, "  - {id: yusuf-demir", audrey + "  - {id: yusuf-demir")
    edit(profile, "ceo: {person: audrey-kessler, from: 2020-01-01}",
         "ceo: {person: audrey-kessler, from: 2020-01-01}\n"
         "  board: {person: marisol-okafor, from: 2020-01-01}")  # fmt: skip
    life.now = IMPORTED_AT
    life.trust("yusuf-demir", "marisol-okafor")
    life.commit("A new chief executive")
    capsys.readouterr()
    run(life, "status")
    out = capsys.readouterr().out
    assert (
        "Next: 1 document waits for approval; once audrey-kessler has approved the pull request and"
        " it is merged: policygen forge fetch && policygen forge import --as " in out
    )


def test_a_package_carries_what_the_forge_said(
    life: Life, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where names are replaced: the sealed PDF carries it anyway, the rules are kept back."""
    fetch(life, served)
    run(life, *IMPORT, "--key", str(life.key("yusuf-demir")))
    life.now = IMPORTED_AT
    life.commit("Approved by pull request")
    assert run(life, "keys", "init", "--no-passphrase") == 0
    assert run(life, "seal") == 0
    life.commit("Sealed")
    for people in ("full", "pseudonym"):
        package = life.root / "build" / f"{people}.zip"
        asked = ("--as-of", "2026-02-09", "--people", people, "-o", str(package))
        assert run(life, "export", *asked) == 0
        capsys.readouterr()
        assert run(life, "verify", str(package)) == 0
        out, err = capsys.readouterr()
        assert "consents that hold: 1" in out
        assert "error" not in err
        with zipfile.ZipFile(package) as opened:
            recorded = [name for name in opened.namelist() if "/evidence/forge/" in name]
        assert sum("/change-42/" in name for name in recorded) >= 12
        assert any("rule-suites" in name for name in recorded) is (people == "full")


def test_the_same_goes_for_gitlab(life: Life, capsys: pytest.CaptureFixture[str]) -> None:
    profile = life.root / "organization.yml"
    edit(profile, "kind: github", "kind: gitlab")
    mateo = "    email: mateo.ferreira@quillwater.example\n"
    edit(profile, mateo, f"{mateo}    emails: [sam-o@larkfield.example]\n")
    lab = Lab(repository="quillwater/policies")
    merge = lab.open()
    lab.push(merge, (life.root / DOORS).read_text(encoding="utf-8"), path=DOORS)
    lab.approve(merge)
    lab.merge(merge, "squash")
    other = lab.open(43)
    lab.push(other, "code", path="src/main.py")
    lab.merge(other)
    with serving(lab) as served:
        assert run(life, "forge", "fetch", "--api", f"{served.address}/api/v4") == 0
        assert {headers["private-token"] for _, headers in served.asked} == {TOKEN}
        assert not any("authorization" in headers for _, headers in served.asked)
    assert [path for path in recordings(life) if "change" in path] == [
        "127.0.0.1/quillwater/policies/change-42/20260209T170000Z"
    ]
    assert run(life, *IMPORT) == 0
    assert strengths(life) == [Strength.A1]
    assert TOKEN not in "".join(capsys.readouterr())
