"""Repositories made to harm: nothing they configure runs, and nothing they hide stays hidden."""

from __future__ import annotations

import os
import zlib
from typing import TYPE_CHECKING

import pytest

from policygen.gitrepo.objects import parse_commit, parse_tree
from tests.repositories import code_of, git, opened

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with two commits, attributes committed."""
    source = tmp_path / "repository"
    (source / "evidence").mkdir(parents=True)
    git(source, "init", "-q", "-b", "main")
    git(source, "config", "user.name", "Dana")
    git(source, "config", "user.email", "dana@northwind.example")
    (source / ".gitattributes").write_text("* filter=drv diff=drv merge=drv\n", encoding="utf-8")
    (source / "evidence/one.md").write_text("truth\n", encoding="utf-8")
    git(source, "add", "-A")
    git(source, "commit", "-q", "-m", "first")
    (source / "evidence/two.md").write_text("two\n", encoding="utf-8")
    git(source, "add", "-A")
    git(source, "commit", "-q", "-m", "second")
    return source


def read_everything(folder: Path, *, name: str = "Dana") -> None:
    repository = opened(folder)
    head = repository.head()
    assert head is not None
    assert repository.default_commit() == head
    assert repository.branch() == "main"
    assert repository.blob(head, "evidence/one.md") == b"truth\n"
    assert len(repository.tree(head, "")) == 3
    assert repository.irregular(head, "") == ()
    assert len(repository.changes("evidence/one.md")) == 1
    assert len(repository.appearances("evidence")) == 2
    assert repository.rewrites("evidence") == ()
    assert repository.replace_refs() == ()
    assert repository.grafts() == ()
    assert repository.uncommitted("evidence") == ()
    assert repository.uncommitted("") == ()
    assert repository.mails() == (name, "dana@northwind.example")
    repository.close()


PLANTED = (
    "core.fsmonitor",
    "core.hooksPath",
    "core.sshCommand",
    "core.pager",
    "core.editor",
    "core.askPass",
    "core.gitProxy",
    "diff.external",
    "diff.drv.textconv",
    "diff.drv.command",
    "merge.drv.driver",
    "filter.drv.clean",
    "filter.drv.smudge",
    "filter.drv.process",
    "gpg.program",
    "gpg.ssh.program",
    "credential.helper",
    "alias.rev-list",
    "alias.cat-file",
    "alias.config",
    "pager.cat-file",
    "uploadpack.packObjectsHook",
    "core.alternateRefsCommand",
)


@pytest.mark.parametrize("included", [False, True], ids=["in the config", "by includeIf"])
def test_no_read_runs_what_a_repository_configures(
    folder: Path, tmp_path: Path, included: bool
) -> None:
    canary = tmp_path / "canary"
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\necho ran >> '{canary}'\ncat\n", encoding="utf-8")
    script.chmod(0o755)
    for hook in ("post-index-change", "pre-commit", "reference-transaction", "post-checkout"):
        (hooks / hook).symlink_to(script)
    config = tmp_path / "planted" if included else folder / ".git/config"
    for name in ("user.name", *PLANTED):
        value = str(hooks if name == "core.hooksPath" else script)
        git(folder, "config", "--file", str(config), name, value)
    if included:
        git(folder, "config", "includeIf.gitdir:**.path", str(config))
    (folder / "evidence/one.md").touch()
    git(folder, "config", "user.name", "Dana")
    # What is included counts last, so it names the user; nothing it configures runs all the same.
    read_everything(folder, name=str(script) if included else "Dana")
    assert not canary.exists()
    # The plants are live: an everyday command runs them.
    git(folder, "status", check=False)
    assert canary.exists()


def test_a_replaced_text_is_read_as_it_was_committed(folder: Path) -> None:
    truth = git(folder, "rev-parse", "HEAD:evidence/one.md")
    forged = git(folder, "hash-object", "-w", "--no-filters", "--stdin", stdin="forged\n")
    git(folder, "replace", truth, forged)
    assert git(folder, "show", "HEAD:evidence/one.md") == "forged"
    repository = opened(folder)
    assert repository.blob(git(folder, "rev-parse", "HEAD"), "evidence/one.md") == b"truth\n"
    assert repository.replace_refs() == (f"refs/replace/{truth}",)
    git(folder, "pack-refs", "--all")
    assert opened(folder).replace_refs() == (f"refs/replace/{truth}",)


def test_a_replaced_commit_does_not_hide_history(folder: Path) -> None:
    (folder / "evidence/one.md").write_text("edited\n", encoding="utf-8")
    git(folder, "commit", "-q", "-a", "-m", "rewrite")
    orphan = git(folder, "commit-tree", "HEAD^{tree}", "-m", "clean")
    git(folder, "replace", "HEAD", orphan)
    assert git(folder, "rev-list", "--count", "HEAD") == "1"
    assert [each.path for each in opened(folder).rewrites("evidence")] == ["evidence/one.md"]


def test_a_graft_does_not_hide_history(folder: Path) -> None:
    head = git(folder, "rev-parse", "HEAD")
    (folder / ".git/info/grafts").write_text(f"{head}\n", encoding="utf-8")
    repository = opened(folder)
    assert len(repository.changes("evidence/one.md")) == 1
    assert repository.grafts() == (head,)


def test_a_damaged_commit_graph_is_not_believed(folder: Path) -> None:
    git(folder, "commit-graph", "write", "--reachable")
    graph = folder / ".git/objects/info/commit-graph"
    graph.chmod(0o644)
    graph.write_bytes(graph.read_bytes()[:40] + b"\0" * 400)
    read_everything(folder)


def test_an_embedded_bare_repository_is_not_opened(folder: Path) -> None:
    bare = folder / "evidence" / "bare"
    git(folder, "init", "-q", "--bare", str(bare))
    repository = opened(bare)
    assert repository.layout.top == folder.resolve()
    assert repository.head() == git(folder, "rev-parse", "HEAD")


def test_packed_objects_read_like_loose_ones(folder: Path) -> None:
    git(folder, "gc", "-q")
    read_everything(folder)


def object_file(folder: Path, name: str) -> Path:
    return folder / ".git/objects" / name[:2] / name[2:]


def test_bytes_that_are_not_what_their_id_says_are_refused(folder: Path) -> None:
    blob = git(folder, "rev-parse", "HEAD:evidence/one.md")
    file = object_file(folder, blob)
    file.chmod(0o644)
    file.write_bytes(zlib.compress(b"blob 7\0forged\n"))
    repository = opened(folder)
    head = repository.head()
    assert head is not None
    code = code_of(lambda: repository.blob(head, "evidence/one.md"))
    assert code in {"git-object-damaged", "git-read-failed"}


def test_an_object_that_is_missing_is_a_problem(folder: Path) -> None:
    object_file(folder, git(folder, "rev-parse", "HEAD:evidence/one.md")).unlink()
    repository = opened(folder)
    head = repository.head()
    assert head is not None
    assert code_of(lambda: repository.blob(head, "evidence/one.md")) == "git-object-missing"


def test_a_missing_parent_is_a_problem(folder: Path) -> None:
    object_file(folder, git(folder, "rev-parse", "HEAD~1")).unlink()
    assert code_of(lambda: opened(folder).rewrites("evidence")) == "git-read-failed"


def test_a_tree_built_to_explode_ends(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policygen.gitrepo.history.MAXIMUM_ENTRIES", 10_000)
    monkeypatch.setattr("policygen.gitrepo.repository.MAXIMUM_FILES", 10_000)
    blob = git(folder, "hash-object", "-w", "--no-filters", "--stdin", stdin="x")
    entry = "".join(f"100644 blob {blob}\tf{index}\n" for index in range(10))
    for _ in range(8):
        tree = git(folder, "mktree", stdin=entry)
        entry = "".join(f"040000 tree {tree}\td{index}\n" for index in range(10))
    bomb = git(folder, "commit-tree", git(folder, "mktree", stdin=entry), "-m", "bomb")
    git(folder, "update-ref", "refs/heads/main", bomb)
    repository = opened(folder)
    assert code_of(lambda: repository.rewrites("")) == "git-too-large"
    assert code_of(lambda: repository.tree(bomb, "")) == "git-too-large"


def test_a_pipe_in_place_of_a_reference_does_not_make_us_wait(folder: Path) -> None:
    reference = folder / ".git/refs/heads/main"
    reference.unlink()
    os.mkfifo(reference)
    assert opened(folder).head() is None


@pytest.mark.parametrize(
    "text", ["ref: ../../../etc/passwd", "ref: refs/../../x", "ref: refs/heads/main\x1b[0m", "x"]
)
def test_a_head_that_leads_elsewhere_is_no_head(folder: Path, text: str) -> None:
    (folder / ".git/HEAD").write_text(f"{text}\n", encoding="utf-8")
    assert opened(folder).head() is None


@pytest.mark.parametrize("name", [b"..", b".git", b".GIT", b"."])
def test_a_tree_with_a_forbidden_name_is_refused(name: bytes) -> None:
    data = b"100644 " + name + b"\0" + bytes(20)
    assert code_of(lambda: parse_tree("0" * 40, data)) == "git-object-damaged"


@pytest.mark.parametrize(
    "data",
    [b"100644 a\0" + bytes(19), b"100644 a/b\0" + bytes(20), (b"100644 a\0" + bytes(20)) * 2],
)
def test_a_malformed_tree_is_refused(data: bytes) -> None:
    assert code_of(lambda: parse_tree("0" * 40, data)) == "git-object-damaged"


@pytest.mark.parametrize(
    "head",
    [
        "tree {id}\nauthor A <a@b.example> 1 +0000\n",
        "tree {id}\ncommitter A <a@b.example> 1 +0000\nauthor A <a@b.example> 1 +0000",
        "tree {id}\nauthor A <a@b.example> 99999999999999 +0000\ncommitter A <a> 1 +0000",
        "tree {id}\nauthor A <a@b.example> x\ncommitter A <a@b.example> 1 +0000",
    ],
)
def test_a_malformed_commit_is_refused(head: str) -> None:
    data = head.format(id="0" * 40).encode() + b"\n\nmessage"
    assert code_of(lambda: parse_commit("0" * 40, data)) == "git-object-damaged"


def test_a_git_lying_in_the_working_folder_is_not_run(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "git").write_text(f"#!/bin/sh\ntouch '{tmp_path}/canary'\n", encoding="utf-8")
    (folder / "git").chmod(0o755)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.pathsep}{os.environ['PATH']}")
    assert len(opened(folder).appearances("evidence")) == 2
    assert not (tmp_path / "canary").exists()
