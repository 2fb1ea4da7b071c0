"""A repository made to harm, and every verb in it: nothing that it configures is ever run.

Writing in git happens in two verbs only, on request and with the hooks of the user: `review open`
makes branches, and `demo` and `init` make a repository of their own. All others only read.
"""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from policygen.cli.main import app, main
from policygen.cli.session import Session
from tests.moments import NOW

if TYPE_CHECKING:
    from pathlib import Path

PLANTED = (
    "core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass",
    "core.gitProxy", "core.alternateRefsCommand", "diff.external", "diff.drv.textconv",
    "diff.drv.command", "merge.drv.driver", "filter.drv.clean", "filter.drv.smudge",
    "filter.drv.process", "gpg.program", "gpg.ssh.program", "credential.helper",
    "uploadpack.packObjectsHook", "alias.cat-file", "alias.rev-list", "alias.config",
    "pager.cat-file", "sequence.editor", "interactive.diffFilter", "trailer.drv.command",
)  # fmt: skip
HOOKS = (
    "post-index-change", "pre-commit", "commit-msg", "prepare-commit-msg", "post-commit",
    "reference-transaction", "post-checkout", "pre-push", "fsmonitor-watchman", "pre-auto-gc",
)  # fmt: skip

READING = {
    "check": ("check",),
    "check as SARIF": ("check", "--format", "sarif"),
    "render": ("render",),
    "explain": ("explain", "access-control-policy"),
    "schema": ("schema", "profile"),
    "status": ("status",),
    "diff": ("diff", "access-control-policy", "--from", "1.0", "--to", "2.0"),
    "duties": ("duties",),
    "acknowledgements": ("acknowledgements", "--roster", "{out}/people.csv",
                         "--received", "{out}/form.csv"),
    "approve": ("approve", "--as", "dana-whitfield", "--waiting", "--dry-run"),
    "trust show": ("trust", "show"),
    "trust update": ("trust", "update", "--as", "yusuf-demir", "--key", "{key}", "--yes"),
    "trust enroll": (
        "trust", "enroll", "dana-whitfield={key}.pub", "--as", "yusuf-demir", "--key", "{key}",
        "--yes",
    ),
    "trust countersign": ("trust", "countersign", "--as", "yusuf-demir", "--key", "{key}", "--yes"),
    "seal": ("seal",),
    "build": ("build", "matrix"),
    "build preview": ("build", "site", "--preview"),
    "verify": ("verify",),
    "verify instructions": ("verify", "--instructions"),
    "export": ("export", "--as-of", "2026-11-20", "--with-problems", "--with-history",
               "-o", "{out}/p.zip"),
    "review due": ("review", "due", "--all"),
    "review check": ("review", "check"),
    "review close": ("review", "close"),
    "review confirm": ("review", "confirm", "--waiting", "--as", "dana-whitfield", "--yes"),
    "keys init": ("keys", "init", "--no-passphrase"),
    "forge import": ("forge", "import", "--as", "yusuf-demir"),
    "forge setup": ("forge", "setup"),
}  # fmt: skip
"""Calls by name; verbs that write into `evidence/` or the folder do so without git."""

NOT_CALLED = {
    "serve": "does not end; it surveys and builds as `check` and `build` do",
    "stamp": "asks an authority over the network; it reads as `approve` does",
    "forge fetch": "asks a forge over the network; it reads nothing from git",
    "init": "makes a repository of its own",
    "demo": "makes a repository of its own",
    "review open": "writes branches in the user's own repository, hooks on",
}


def git(folder: Path, *arguments: str, check: bool = True) -> None:
    who = ("-c", "user.name=Yusuf Demir", "-c", "user.email=yusuf.demir@quillwater.example")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=check, capture_output=True)


@pytest.fixture(scope="module")
def trap(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The demonstration with every plant live at once, and the folder in which each would tell."""
    folder = tmp_path_factory.mktemp("trap")
    root, told = folder / "workspace", folder / "told"
    shutil.copytree(demonstration, root, symlinks=True)
    told.mkdir()
    # Attributes count for most commands only once they are committed.
    with (root / ".gitattributes").open("a", encoding="utf-8") as file:
        file.write("* filter=drv diff=drv merge=drv\n")
    git(root, "commit", "-qam", "attributes")
    hooks = folder / "hooks"
    hooks.mkdir()
    for name in (*PLANTED, *HOOKS):
        script = folder / f"script-{name}"
        script.write_text(f"#!/bin/sh\ntouch '{told}/{name}'\ncat\n", encoding="utf-8")
        script.chmod(0o755)
        if name in HOOKS:
            (hooks / name).symlink_to(script)
        else:
            git(root, "config", name, str(script))
    git(root, "config", "core.hooksPath", str(hooks))
    git(root, "config", "commit.gpgSign", "true")
    git(root, "config", "log.showSignature", "true")
    for path in root.glob("policies/*.md"):
        path.touch()  # so that a comparison has to look at bytes
    return root, told


def _verbs() -> set[str]:
    single = {command.name for command in app.registered_commands}
    grouped = {
        f"{group.name} {command.name}"
        for group in app.registered_groups
        if group.typer_instance is not None
        for command in group.typer_instance.registered_commands
    }
    return {verb for verb in (*single, *grouped) if verb}


def _called() -> set[str]:
    calls = {(*arguments[:2], "")[:2] for arguments in READING.values()}
    return {verb for verb in _verbs() if any(" ".join(call).startswith(verb) for call in calls)}


def test_every_verb_is_tried_or_said_why_not() -> None:
    assert _verbs() - _called() == set(NOT_CALLED)


@pytest.mark.parametrize("name", sorted(READING))
def test_no_verb_runs_what_a_repository_configures(
    trap: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    name: str,
) -> None:
    root, told = trap
    monkeypatch.setattr(Session, "now", lambda _: NOW)
    monkeypatch.chdir(root)
    key = root / ".policygen" / "keys" / "people" / "yusuf-demir"
    (tmp_path / "people.csv").write_text("person,start\nada,2026-01-05\n")
    (tmp_path / "form.csv").write_text("person,document,version,at\n")
    arguments = [part.format(key=key, out=tmp_path) for part in READING[name]]
    status = main(["-C", str(root), *arguments])
    output = capfd.readouterr()
    assert status in (0, 1, 2), output.err
    assert "mistake of its own" not in output.err
    assert sorted(path.name for path in told.iterdir()) == []


def test_the_plants_are_live(trap: tuple[Path, Path], tmp_path: Path) -> None:
    root, told = trap
    copy = tmp_path / "copy"
    shutil.copytree(root, copy, symlinks=True)
    with (copy / "organization.yml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    everyday = (
        ("status",),
        ("add", "organization.yml"),
        ("diff", "HEAD~1", "HEAD"),
        ("commit", "-m", "x"),
    )
    for command in everyday:
        git(copy, *command, check=False)
    rang = {path.name for path in told.iterdir()}
    for path in told.iterdir():
        path.unlink()
    assert {"core.fsmonitor", "filter.drv.process", "diff.drv.command", "post-index-change"} <= rang
    assert {"pre-commit", "gpg.program"} & rang


def test_opening_reviews_runs_hooks_of_references_and_no_filter(
    demonstration: Path,
    trap: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The user's own repository, on request: their hooks see the new branches."""
    root, told = trap
    copy = tmp_path / "copy"
    shutil.copytree(root, copy, symlinks=True)
    git(copy, "config", "commit.gpgSign", "false")
    for variable in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{variable}_NAME", "Yusuf Demir")
        monkeypatch.setenv(f"GIT_{variable}_EMAIL", "yusuf.demir@quillwater.example")
    monkeypatch.setattr(Session, "now", lambda _: NOW)
    arguments = ["review", "open", "roles-register", "--cycle", "2026-11"]
    assert main(["-C", str(copy), *arguments]) == 0
    rang = {path.name for path in told.iterdir()}
    for path in told.iterdir():
        path.unlink()
    assert "reference-transaction" in rang
    assert rang <= {"reference-transaction", "post-index-change", "core.fsmonitor"}
    assert (copy / "build" / "review" / "2026-11" / "people_lead.md").is_file()
