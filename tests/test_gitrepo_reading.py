"""Reading a repository: texts, history and the append-only check on real repositories."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from policygen.gitrepo import writing
from policygen.gitrepo.history import RewriteKind
from policygen.gitrepo.repository import Repository, open_repository
from policygen.gitrepo.trailers import trailers
from policygen.problems import PolicygenError
from tests.repositories import code_of, git

if TYPE_CHECKING:
    from pathlib import Path

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Source:
    """A real repository to play with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = int(AT.timestamp())
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, check: bool = True, stdin: str = "") -> str:
        return git(
            self.folder, *arguments, at=self.clock, committer="Sam", stdin=stdin, check=check
        )

    def write(self, path: str, text: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def commit(self, message: str = "change", /, **files: str | None) -> str:
        for path, text in files.items():
            if text is None:
                (self.folder / path).unlink()
            else:
                self.write(path, text)
        self.clock += 60
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def open(self) -> Repository:
        found = open_repository(self.folder)
        assert found is not None
        return found


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path / "repository")


def test_a_folder_without_git_has_no_repository(tmp_path: Path) -> None:
    assert open_repository(tmp_path) is None


def test_before_the_first_commit_there_is_no_head_and_no_history(source: Source) -> None:
    source.write("evidence/a", "a")
    repository = source.open()
    assert repository.head() is None
    assert repository.changes("evidence/a") == ()
    assert repository.rewrites("evidence") == ()
    assert repository.uncommitted("evidence") == ("evidence/a",)


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_texts_are_read_at_a_commit_in_both_object_formats(
    tmp_path: Path, object_format: str
) -> None:
    source = Source(tmp_path / "r")
    source.git("init", "-q", f"--object-format={object_format}", "other")
    source.folder = source.folder / "other"
    first = source.commit(**{"rendered/a.md": "one\r\n", "rendered/sub/ü.md": "two"})
    source.commit(**{"rendered/a.md": "three"})
    repository = source.open()
    assert repository.blob(first, "rendered/a.md") == b"one\r\n"
    assert repository.blob(first, "rendered/none.md") is None
    assert repository.blob(first, "rendered") is None
    assert repository.tree(first, "rendered") == {
        "rendered/a.md": repository.blob_id(b"one\r\n"),
        "rendered/sub/ü.md": repository.blob_id(b"two"),
    }
    assert len(repository.changes("rendered/a.md")) == 2


def test_links_and_submodules_are_named_and_not_read_as_texts(source: Source) -> None:
    source.write("policies/a.md", "a")
    (source.folder / "policies/link.md").symlink_to("/etc/passwd")
    head = source.commit()
    repository = source.open()
    assert repository.blob(head, "policies/link.md") is None
    assert list(repository.tree(head, "policies")) == ["policies/a.md"]
    assert repository.irregular(head, "policies") == ("policies/link.md",)


def test_a_workspace_inside_a_repository_has_its_own_paths(source: Source) -> None:
    first = source.commit(**{"company/evidence/a": "a", "evidence/other": "x"})
    source.commit(**{"company/evidence/a": "changed"})
    repository = open_repository(source.folder / "company")
    assert repository is not None
    assert repository.blob(first, "evidence/a") == b"a"
    assert list(repository.tree(first, "evidence")) == ["evidence/a"]
    assert [each.path for each in repository.rewrites("evidence")] == ["evidence/a"]
    assert list(repository.appearances("evidence")) == ["evidence/a"]
    assert len(repository.changes("evidence/a")) == 2
    assert repository.uncommitted("evidence") == ()


def test_changes_name_everybody_who_had_a_hand_in_a_text(source: Source) -> None:
    source.commit(**{"rendered/a.md": "one"})
    message = "edit\n\nwhy\n\nCo-authored-by: Kim <kim@northwind.example>\nReviewed-by: x"
    second = source.commit(message, **{"rendered/a.md": "two"})
    source.commit(**{"rendered/b.md": "other"})
    third = source.commit(**{"rendered/a.md": None})
    deleted, edited, made = source.open().changes("rendered/a.md")
    assert (deleted.commit, deleted.blob) == (third, None)
    assert edited.commit == second
    assert edited.author_mail == "dana@northwind.example"
    assert edited.committer_mail == "sam@northwind.example"
    assert edited.co_authors == ("kim@northwind.example",)
    assert edited.committed_at == datetime(2026, 11, 20, 12, 2, tzinfo=UTC)
    assert made.co_authors == ()


def branch_with(source: Source, **files: str | None) -> str:
    source.git("checkout", "-q", "-b", "side")
    found = source.commit("on the branch", **files)
    source.git("checkout", "-q", "main")
    return found


def merge(source: Source, *options: str) -> str:
    source.clock += 60
    source.git("merge", "-q", "--no-ff", *options, "-m", "merge", "side")
    return source.git("rev-parse", "HEAD")


def test_a_clean_merge_is_no_change_and_its_branch_is(source: Source) -> None:
    source.commit(**{"rendered/a.md": "one"})
    side = branch_with(source, **{"rendered/a.md": "two"})
    source.commit(**{"rendered/b.md": "b"})
    merge(source)
    assert side in [each.commit for each in source.open().changes("rendered/a.md")]
    assert len(source.open().changes("rendered/a.md")) == 2


def test_a_merge_that_writes_its_own_text_is_a_change(source: Source) -> None:
    source.commit(**{"rendered/a.md": "one"})
    branch_with(source, **{"rendered/a.md": "two"})
    source.commit(**{"rendered/b.md": "b"})
    source.git("merge", "-q", "--no-ff", "--no-commit", "side")
    evil = source.commit("merge", **{"rendered/a.md": "evil"})
    assert source.open().changes("rendered/a.md")[0].commit == evil


def test_a_record_appears_with_the_merge_that_brings_it_onto_the_branch(source: Source) -> None:
    source.commit(**{"a": "a"})
    branch_with(source, **{"evidence/one": "1"})
    source.commit(**{"b": "b"})
    merged = merge(source)
    assert source.open().appearances("evidence")["evidence/one"].commit == merged


def test_a_record_written_anew_counts_from_its_new_bytes(source: Source) -> None:
    source.commit(**{"evidence/one": "1"})
    source.commit(**{"evidence/one": None})
    again = source.commit(**{"evidence/one": "forged"})
    assert source.open().appearances("evidence")["evidence/one"].commit == again


def test_adding_records_on_two_branches_is_no_rewrite(source: Source) -> None:
    source.commit(**{"evidence/one": "1"})
    branch_with(source, **{"evidence/two": "2", "other": "x"})
    source.commit(**{"evidence/three": "3"})
    merge(source)
    source.commit(**{"other": None})
    assert source.open().rewrites("evidence") == ()


@pytest.mark.parametrize("merged", [False, True], ids=["on the branch", "merged"])
@pytest.mark.parametrize(
    ("files", "kinds"),
    [
        pytest.param({"evidence/one": "x"}, [RewriteKind.CHANGED], id="edited"),
        pytest.param({"evidence/one": None}, [RewriteKind.REMOVED], id="deleted"),
        pytest.param(
            {"evidence/one": None, "evidence/two": "1"}, [RewriteKind.REMOVED], id="renamed"
        ),
        pytest.param(
            {"evidence/one": None, "evidence/one/below": "1"}, [RewriteKind.REMOVED], id="a folder"
        ),
    ],
)
def test_a_rewritten_record_is_found(
    source: Source, files: dict[str, str | None], kinds: list[RewriteKind], merged: bool
) -> None:
    source.commit(**{"evidence/one": "1"})
    if merged:
        guilty = branch_with(source, **files)
        source.commit(**{"b": "b"})
        merge(source)
    else:
        guilty = source.commit(**files)
    found = source.open().rewrites("evidence")
    assert [each.kind for each in found if each.commit == guilty] == kinds
    assert {each.path for each in found} == {"evidence/one"}


def test_a_record_deleted_and_put_back_is_found(source: Source) -> None:
    source.commit(**{"evidence/one": "1"})
    guilty = source.commit(**{"evidence/one": None})
    source.commit(**{"evidence/one": "1"})
    [found] = source.open().rewrites("evidence")
    assert (found.commit, found.kind) == (guilty, RewriteKind.REMOVED)


def test_a_merge_that_drops_a_record_of_one_parent_is_found(source: Source) -> None:
    source.commit(**{"a": "a"})
    branch_with(source, **{"evidence/one": "1"})
    source.commit(**{"b": "b"})
    guilty = merge(source, "-s", "ours")
    [found] = source.open().rewrites("evidence")
    assert (found.path, found.commit) == ("evidence/one", guilty)


def test_a_record_turned_into_a_link_is_found_and_the_executable_bit_is_not(source: Source) -> None:
    source.commit(**{"evidence/one": "target", "evidence/two": "2"})
    (source.folder / "evidence/one").unlink()
    (source.folder / "evidence/one").symlink_to("target")
    (source.folder / "evidence/two").chmod(0o755)
    source.commit()
    [found] = source.open().rewrites("evidence")
    assert found.path == "evidence/one"


def test_uncommitted_names_a_file_in_whose_place_a_folder_is_and_one_whose_folder_is_a_file(
    source: Source,
) -> None:
    source.commit(**{"evidence/one": "1", "evidence/more/two": "2", "evidence/three": "3"})
    (source.folder / "evidence/one").unlink()
    (source.folder / "evidence/one").mkdir()
    shutil.rmtree(source.folder / "evidence/more")
    source.write("evidence/more", "2")
    expected = ("evidence/more", "evidence/more/two", "evidence/one")
    assert source.open().uncommitted("evidence") == expected


def test_uncommitted_names_new_changed_deleted_and_linked_files(source: Source) -> None:
    names = ("same", "changed", "deleted", "linked")
    source.commit(**{f"evidence/{name}": "target" for name in names})
    source.write("evidence/changed", "x")
    source.write("evidence/new", "x")
    source.write("evidence/.a.partial", "left over")
    (source.folder / "evidence/deleted").unlink()
    (source.folder / "evidence/linked").unlink()
    (source.folder / "evidence/linked").symlink_to("same")
    expected = tuple(f"evidence/{name}" for name in ("changed", "deleted", "linked", "new"))
    assert source.open().uncommitted("evidence") == expected


def test_the_default_branch_is_main_also_from_another_branch(source: Source) -> None:
    main = source.commit()
    branch_with(source, a="a")
    source.git("checkout", "-q", "side")
    source.git("pack-refs", "--all")
    repository = source.open()
    assert repository.default_commit() == main
    assert repository.head() != main
    assert repository.branch() == "side"


def test_a_shallow_clone_gives_texts_but_no_history(source: Source, tmp_path: Path) -> None:
    source.commit(**{"evidence/one": "1"})
    source.commit(**{"evidence/two": "2"})
    source.git("clone", "-q", "--depth=1", f"file://{source.folder}", str(tmp_path / "shallow"))
    repository = open_repository(tmp_path / "shallow")
    assert repository is not None
    head = repository.head()
    assert head is not None
    assert repository.blob(head, "evidence/one") == b"1"
    assert code_of(lambda: repository.rewrites("evidence")) == "git-shallow"
    assert code_of(lambda: repository.appearances("evidence")) == "git-shallow"
    assert code_of(lambda: repository.changes("evidence/one")) == "git-shallow"


def test_a_partial_clone_is_refused(source: Source, tmp_path: Path) -> None:
    head = source.commit(**{"evidence/one": "1"})
    source.git("config", "uploadpack.allowFilter", "true")
    target = str(tmp_path / "partial")
    source.git("clone", "-q", "--filter=blob:none", f"file://{source.folder}", target)
    repository = open_repository(tmp_path / "partial")
    assert repository is not None
    assert code_of(lambda: repository.blob(head, "evidence/one")) == "git-partial-clone"


def test_objects_from_outside_are_refused(source: Source, tmp_path: Path) -> None:
    head = source.commit(**{"evidence/one": "1"})
    source.git("clone", "-q", "--shared", str(source.folder), str(tmp_path / "shared"))
    repository = open_repository(tmp_path / "shared")
    assert repository is not None
    assert code_of(lambda: repository.blob(head, "evidence/one")) == "git-foreign-objects"


def test_a_linked_work_tree_reads_the_shared_objects(source: Source, tmp_path: Path) -> None:
    source.commit(**{"evidence/one": "1"})
    source.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    repository = open_repository(tmp_path / "linked")
    assert repository is not None
    assert repository.branch() == "side"
    assert list(repository.appearances("evidence")) == ["evidence/one"]


def test_a_git_file_that_leads_nowhere_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere/at/all\n", encoding="utf-8")
    assert code_of(lambda: open_repository(tmp_path)) == "git-repository-damaged"


def test_a_commit_takes_only_its_paths_and_fixed_dates(source: Source) -> None:
    source.commit(**{"a": "a", "b": "b", "gone": "x"})
    source.write("a", "changed")
    source.write("b", "changed")
    source.write("strange *[name]", "new")
    source.git("add", "b")
    (source.folder / "gone").unlink()
    repository = source.open()
    paths = ["a", "gone", "strange *[name]"]
    author = ("Robin", "robin@northwind.example")
    made = writing.commit(repository, paths, "# subject", author=author, at=AT)
    assert made == repository.head()
    assert source.git("show", "--name-only", "--format=%s|%ae|%ce|%at|%ct", made).split("\n") == [
        f"# subject|{author[1]}|{author[1]}|{int(AT.timestamp())}|{int(AT.timestamp())}",
        "",
        "a",
        "gone",
        "strange *[name]",
    ]
    assert source.git("diff", "--cached", "--name-only") == "b"


def test_a_hook_of_the_user_may_refuse_a_commit(source: Source) -> None:
    source.commit()
    hook = source.folder / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\necho not today >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    source.write("a", "a")
    author = ("Robin", "robin@northwind.example")
    with pytest.raises(PolicygenError, match="not today"):
        writing.commit(source.open(), ["a"], "x", author=author)


def test_init_makes_a_repository_once(tmp_path: Path) -> None:
    writing.init(tmp_path / "new")
    repository = open_repository(tmp_path / "new")
    assert repository is not None
    assert repository.branch() == "main"
    writing.init(tmp_path / "new" / "policies")
    assert not (tmp_path / "new" / "policies").exists()


def test_what_a_hook_exports_does_not_lead_reads_or_writes_astray(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.commit(**{"evidence/one": "1"})
    other = Source(tmp_path / "other")
    elsewhere = other.commit(x="x")
    git_dir = other.folder / ".git"
    monkeypatch.setenv("GIT_DIR", str(git_dir))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.folder))
    monkeypatch.setenv("GIT_INDEX_FILE", str(git_dir / "index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(git_dir / "objects"))
    repository = source.open()
    assert list(repository.appearances("evidence")) == ["evidence/one"]
    source.write("evidence/two", "2")
    author = ("Robin", "robin@northwind.example")
    made = writing.commit(repository, ["evidence/two"], "second", author=author)
    assert repository.blob(made, "evidence/two") == b"2"
    assert repository.head() == made
    assert other.open().head() == elsewhere
    writing.init(tmp_path / "third")
    assert open_repository(tmp_path / "third") is not None


MESSAGES = (
    "subject\n\nCo-authored-by: A <a@b.example>\n",
    "Co-authored-by: A <a@b.example>\n",
    "subject\n\nbody\n\nCo-authored-by: A <a@b.example>\n  folded\nother: x\n",
    "subject\n\ntext above\nCo-authored-by: A <a@b.example>\n",
    "subject\n\ntext above\nSigned-off-by: B <b@b.example>\nCo-authored-by: A <a@b.example>\n",
    "s\n\na\nb\nc\nd\nSigned-off-by: B <b@b.example>\n",
    "s\n\nCo-authored-by: A <a@b.example>\n\nlast words\n",
    "s\n\nbody\n---\nmore\n\nco-authored-BY :A <a@b.example>\n\n\n",
    "s\n\n(cherry picked from commit 123)\nCo-authored-by: A <a@b.example>\nx y z\n",
)


@pytest.mark.parametrize("message", MESSAGES)
def test_trailers_are_those_git_reads(source: Source, message: str) -> None:
    said = source.git("interpret-trailers", "--parse", "--no-divider", stdin=message)
    ours = "\n".join(f"{key}: {value}" for key, value in trailers(message))
    assert ours == said
