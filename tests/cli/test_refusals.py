"""What a command is asked in vain: a clear problem, the right exit, nothing written."""

from __future__ import annotations

import shutil
import socket
from typing import TYPE_CHECKING

import pytest

from policygen.adopt.examples import example_profile
from policygen.cli.main import main
from policygen.cli.session import Session
from policygen.crypto.roots import load_roots
from policygen.gitrepo.process import run
from policygen.gitrepo.repository import open_repository
from policygen.gitrepo.writing import commit, commit_aside, init
from policygen.pipeline.problem_codes import problem_codes
from policygen.problems import PolicygenError
from tests.crypto import pdf_samples
from tests.moments import NOW
from tests.small_workspace import SmallWorkspace, front

if TYPE_CHECKING:
    from pathlib import Path

POLICY = "access-control-policy"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Session, "now", lambda _: NOW)


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        ("explain no_such_thing", 2, "usage-unknown-name"),
        (f"diff {POLICY} --from 9.9", 2, "usage-unknown-version"),
        (f"approve {POLICY} --as dana-whitfield --retire --yes", 2, "usage-reason"),
        ("seal no-such-policy", 1, "seal-not-approved"),
        ("export --as-of 2031-01-01", 2, "usage-window"),
        ("export --period 2026-09-01..2026-08-01", 2, "usage-window"),
        ("export --as-of 2026-11-01 --with-history --people initials", 2, "usage-history-names"),
        ("export --as-of 2026-11-01 --system no-such-system", 2, "usage-unknown-system"),
        ("trust enroll yusuf-demir=JUNK --as dana-whitfield --key KEY", 1, "ssh-key-refused"),
    ],
)  # fmt: skip
def test_a_command_that_asks_for_what_is_not_there_says_so(
    demonstration: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: str,
    exit_code: int,
    code: str,
) -> None:
    monkeypatch.chdir(demonstration)
    before = sorted(demonstration.rglob("evidence/**/*"))
    junk = tmp_path / "junk.pub"
    junk.write_text("ssh-ed25519 this is no key\n")
    key = demonstration / ".policygen" / "keys" / "people" / "dana-whitfield"
    given = arguments.replace("JUNK", str(junk)).replace("KEY", str(key))
    assert main(given.split()) == exit_code
    assert f"[{code}]" in capsys.readouterr().err
    assert sorted(demonstration.rglob("evidence/**/*")) == before


def test_a_port_that_somebody_else_holds_is_named(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = str(held.getsockname()[1])
        assert main(["-C", str(example), "serve", "--port", port]) == 2
    err = capsys.readouterr().err
    assert "[usage-port]" in err
    assert port in err


def test_without_seal_key_and_history_each_verb_says_what_is_missing(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(example / ".git")
    shutil.rmtree(example / ".policygen" / "keys")
    for path in (example / "evidence" / "sealed" / POLICY).iterdir():
        path.unlink()
    assert main(["-C", str(example), "seal"]) == 1
    assert "[seal-key-missing]" in capsys.readouterr().err
    assert main(["-C", str(example), "build", "pdf"]) == 0
    told = capsys.readouterr()
    assert f"the PDF of {POLICY} carries no seal  [build-unsealed]" in told.out + told.err
    assert main(["-C", str(example), "verify"]) == 0
    told = capsys.readouterr()
    assert "[record-no-history]" in told.out + told.err


def test_a_file_inside_a_pdf_that_evidence_does_not_hold_is_told(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = example / "evidence" / "trust" / "1.allowed_signers"
    path.write_text(path.read_text() + "# one line more\n")
    assert main(["-C", str(example), "verify"]) == 1
    told = capsys.readouterr()
    assert "[seal-attachment-unknown]" in told.out + told.err


def test_a_sealed_pdf_without_an_approval_inside_proves_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pdf = tmp_path / "policy.pdf"
    pdf.write_bytes(pdf_samples.sealed())
    assert main(["verify", str(pdf)]) == 1
    told = capsys.readouterr()
    assert "[pdf-no-approval]" in told.out + told.err


def test_a_problem_without_a_hint_of_its_own_is_told_with_what_its_code_says_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pdf = tmp_path / "policy.pdf"
    pdf.write_bytes(pdf_samples.unsigned())
    assert main(["verify", str(pdf)]) == 1
    told = capsys.readouterr().err
    assert told.startswith("policy.pdf: error: ")
    assert told.count("error: ") == told.count("    hint: ") > 0
    assert problem_codes()["seal-missing"][1] in told


def _code_of(error: pytest.ExceptionInfo[PolicygenError]) -> str:
    [problem] = error.value.problems
    return problem.code


def test_a_file_of_roots_without_a_certificate_is_refused(tmp_path: Path) -> None:
    junk = tmp_path / "roots.pem"
    junk.write_text("-----BEGIN NOTHING-----\n")
    for path in (junk, tmp_path / "none.pem"):
        with pytest.raises(PolicygenError) as error:
            load_roots(path, name=path.name)
        assert _code_of(error) == "timestamp-roots"


def test_an_installation_without_its_library_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicygenError) as error:
        example_profile(tmp_path, "msp")
    assert _code_of(error) == "library-missing"


def test_nothing_to_commit_and_nothing_to_begin_at_are_refused(tmp_path: Path) -> None:
    init(tmp_path, of_its_own=True)
    repository = open_repository(tmp_path)
    assert repository is not None
    with pytest.raises(PolicygenError) as error:
        commit(repository, [], "Nothing")
    assert _code_of(error) == "git-commit-refused"
    with pytest.raises(PolicygenError) as error:
        commit_aside(repository, "review/2027-03/ceo", {"a": b"b"}, "Review")
    assert _code_of(error) == "git-commit-refused"


def test_a_git_that_hides_a_commit_is_noticed(
    example: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a damaged or dishonest object store would: the list ends before the first commit."""

    def hiding(arguments: list[str], **options: object) -> bytes:
        answer: bytes = run(arguments, **options)  # type: ignore[arg-type]
        return b"\n".join(answer.split()[:-1]) if arguments[0] == "rev-list" else answer

    monkeypatch.setattr("policygen.gitrepo.repository.run", hiding)
    repository = open_repository(example)
    assert repository is not None
    with pytest.raises(PolicygenError) as error:
        repository.rewrites("evidence")
    assert _code_of(error) == "git-history-incomplete"


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        (f"policies/{POLICY}.md", front() + "{% if %}\n", "template-syntax"),
        (f"policies/{POLICY}.md", front().replace("approver: ceo\n", ""), "template-no-approver"),
        ("procedures/registers/systems-register.md",
         front("systems-register", "register", "approver: ceo\n"), "template-register-approver"),
    ],
)  # fmt: skip
def test_a_template_that_cannot_be_read_or_names_the_wrong_approvers_is_placed(
    tmp_path: Path, path: str, text: str, code: str
) -> None:
    workspace = SmallWorkspace(tmp_path)
    workspace.write(path, text)
    _, _, problems = workspace.render()
    found = {problem.code: problem for problem in problems}
    assert code in found
    assert str(found[code].location).startswith(f"{path}:")
