"""Packs: what people without clone or key read and sign, and what of it is taken back."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pikepdf
import pytest

from policygen.cli.session import Session
from policygen.model.evidence import Method, Strength
from policygen.pipeline.publication import sealing
from policygen.pipeline.situation import situation
from policygen.pipeline.verification import verify_pdf, verify_workspace
from tests.command_line import key_of, run
from tests.pipeline.doors import edit
from tests.year import END, POLICY, PROCEDURE, Year

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from policygen.model.register import Verdict

RECORD = f"evidence/approvals/{POLICY}/3.0.tobias-lindqvist.json"


class Clock:
    """What the doors read."""

    def __init__(self) -> None:
        self.now = END

    def wait(self, **span: int) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(Session, "now", lambda _: made.now)
    return made


@pytest.fixture(scope="module")
def sent(year: Year, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a changed figure, and the pack of it for Tobias; read only."""
    folder = tmp_path_factory.mktemp("sent")
    root = folder / "year"
    shutil.copytree(year.root, root, symlinks=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "now", lambda _: END)
        edit(root / "organization.yml", "hours: 8", "hours: 4")
        assert run(root, "render") == 0
        assert run(root, "approve", POLICY, "--as", "tobias-lindqvist",
                    "--pack", str(folder / "pack")) == 0  # fmt: skip
    return folder


@pytest.fixture
def post(sent: Path, tmp_path: Path, clock: Clock) -> Path:
    """A copy of workspace and pack; the pack comes back two hours after it was sent."""
    for name in ("year", "pack"):
        shutil.copytree(sent / name, tmp_path / name, symlinks=True)
    clock.wait(hours=2)
    return tmp_path


def _sign(post: Path, person: str = "tobias-lindqvist", namespace: str = "policy-approval") -> None:
    command = ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace]
    file = post / "pack" / "pack.sha256"
    subprocess.run(
        [*command, "-f", key_of(post / "year", person), str(file)], check=True, capture_output=True
    )


def _import(post: Path, *more: str) -> int:
    return run(post / "year", "approve", "--import", str(post / "pack"), "--as", "yusuf-demir",
                "--key", key_of(post / "year", "yusuf-demir"), "--yes", *more)  # fmt: skip


def _minutes(post: Path) -> Path:
    path = post / "minutes.pdf"
    path.write_bytes(b"%PDF-1.7 minutes of the engineering board")
    return path


def _verdict(post: Path, now: datetime) -> Verdict:
    found = situation(post / "year", now=now)
    assert found.problems == ()
    [verdict] = [item for item in found.judgement.verdicts if item.path == RECORD]
    return verdict


def test_a_pack_holds_what_is_read_and_what_is_signed(sent: Path) -> None:
    pack = sent / "pack"
    names = sorted(path.relative_to(pack).as_posix() for path in pack.rglob("*") if path.is_file())
    assert names == [
        "READ-ME.txt",
        "changes/access-control-policy-3.0.pdf",
        "documents/access-control-policy-3.0.pdf",
        "evidence/approvals/access-control-policy/3.0.md",
        "evidence/approvals/access-control-policy/3.0.tobias-lindqvist.json",
        "pack.sha256",
        "resolution.txt",
    ]
    subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "pack.sha256"], cwd=pack, check=True
    )
    resolution = (pack / "resolution.txt").read_text()
    text = (pack / "evidence" / "approvals" / POLICY / "3.0.md").read_bytes()
    found = situation(sent / "year", now=END).survey.document(POLICY)
    assert found is not None
    assert text.decode() == found.text
    assert f"SHA-256 of the text: {found.digest}" in resolution
    assert "I, Tobias Lindqvist, deciding as Engineering lead" in resolution
    assert "version 3.0 (major, replaces 2.1)" in resolution
    for name in ("changes", "documents"):
        [pdf] = (pack / name).glob("*.pdf")
        with pikepdf.open(pdf) as opened:
            assert len(opened.pages) >= 1


def test_making_a_pack_writes_nothing_under_evidence(sent: Path, year: Year) -> None:
    assert not (sent / "year" / RECORD).exists()
    before, after = (
        sorted(path.name for path in (root / "evidence").rglob("*"))
        for root in (year.root, sent / "year")
    )
    assert before == after


def test_a_signature_over_the_list_is_the_approvers_own_consent(post: Path, clock: Clock) -> None:
    _sign(post)
    assert _import(post) == 0
    verdict = _verdict(post, clock.now)
    assert (verdict.consent.method, verdict.strength) == (Method.SSH, Strength.A3)
    assert verdict.consent.at == END
    finding = verify_workspace(
        post / "year", trust=frozenset(), now=clock.now, rebuild=False, advance=lambda _: None
    )
    assert finding.errors == ()


def test_minutes_are_an_external_consent_with_attachment_and_attestation(
    post: Path, clock: Clock
) -> None:
    clock.wait(days=6)
    assert _import(post, "--proof", str(_minutes(post)), "--given", "2027-01-19") == 0
    verdict = _verdict(post, clock.now)
    consent = verdict.consent
    assert (consent.method, verdict.strength) == (Method.EXTERNAL, Strength.E)
    assert (consent.effective.isoformat(), consent.at.date().isoformat()) == (
        "2027-01-19", "2027-01-19",
    )  # fmt: skip
    assert consent.external is not None
    assert consent.external.attested_by == "yusuf-demir"
    kept = post / "year" / "evidence" / consent.external.file
    assert kept.read_bytes() == _minutes(post).read_bytes()


def test_an_envelope_may_lie_in_the_folder_that_comes_back(post: Path, clock: Clock) -> None:
    envelope = post / "pack" / "Envelope 4711.P7M"
    envelope.write_bytes(b"an e-signature envelope")
    assert _import(post, "--proof", str(envelope), "--given", "2027-01-15") == 0
    assert _verdict(post, clock.now).strength is Strength.E
    assert len(list((post / "year" / "evidence" / "external").glob("*.p7m"))) == 1


@pytest.mark.parametrize("way", ["list", "minutes"])
def test_a_sealed_pdf_carries_what_its_consents_rest_on(post: Path, clock: Clock, way: str) -> None:
    _sign(post)
    more = ("--proof", str(_minutes(post)), "--given", "2027-01-15") if way == "minutes" else ()
    assert _import(post, *more) == 0
    root = post / "year"
    sealing.make_identity(root, now=clock.now - timedelta(minutes=1), passphrase=None)
    found = situation(root, now=clock.now)
    [row] = [one for one in sealing.choose(found, (POLICY,)) if one.version.version == "3.0"]
    identity = sealing.load_identity(root, None, None)
    sealing.seal_versions(found, [row], identity, now=clock.now, advance=lambda _: None)
    finding = verify_pdf(
        root / "evidence" / "sealed" / POLICY / "3.0.pdf", trust=frozenset(), now=clock.now
    )
    assert finding.errors == ()
    strength = "E" if way == "minutes" else "A3"
    [line] = [line for line in finding.lines if line.startswith(f"{POLICY} 3.0: approved by")]
    assert line.endswith(f", {strength}, time unattested")


def _flip_pdf(pack: Path) -> None:
    _flip(pack / "documents" / f"{POLICY}-3.0.pdf")


def _flip_redline(pack: Path) -> None:
    _flip(pack / "changes" / f"{POLICY}-3.0.pdf")


def _flip_text(pack: Path) -> None:
    _flip(pack / "evidence" / "approvals" / POLICY / "3.0.md")


def _flip_resolution(pack: Path) -> None:
    _flip(pack / "resolution.txt")


def _flip_list(pack: Path) -> None:
    path = pack / "pack.sha256"
    path.write_bytes(path.read_bytes().replace(b"resolution", b"revolution"))


def _other_day(pack: Path) -> None:
    edit(pack / RECORD, '"effective": "2027-01-15"', '"effective": "2027-02-15"')


def _other_person(pack: Path) -> None:
    edit(pack / RECORD, '"person": "tobias', '"person": "tobiaz')
    data = (pack / RECORD).read_bytes()
    path = pack / "pack.sha256"
    lines = path.read_text().splitlines()
    digest = hashlib.sha256(data).hexdigest()
    path.write_text(
        "".join(f"{digest}  {RECORD}\n" if RECORD in line else f"{line}\n" for line in lines)
    )


def _left_out(pack: Path) -> None:
    (pack / "READ-ME.txt").unlink()


def _added(pack: Path) -> None:
    (pack / "documents" / "addendum.txt").write_text("and everything else")


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("attack", "place"),
    [
        pytest.param(_flip_pdf, "documents/access-control-policy-3.0.pdf", id="a PDF"),
        pytest.param(_flip_redline, "changes/access-control-policy-3.0.pdf", id="a redline"),
        pytest.param(_flip_text, "approvals/access-control-policy/3.0.md", id="the text"),
        pytest.param(_flip_resolution, "resolution.txt", id="the resolution"),
        pytest.param(_flip_list, "pack.sha256", id="the list"),
        pytest.param(_other_day, "3.0.tobias-lindqvist.json", id="another day of force"),
        pytest.param(_left_out, "READ-ME.txt", id="a file left out"),
        pytest.param(_added, "documents/addendum.txt", id="a file added"),
    ],
)
def test_one_changed_byte_is_refused_with_its_reason(
    post: Path, capsys: pytest.CaptureFixture[str], attack: Callable[[Path], None], place: str
) -> None:
    _sign(post)
    attack(post / "pack")
    assert _import(post) == 1
    told = capsys.readouterr().err
    assert "[pack-changed]" in told
    assert place in told
    assert not (post / "year" / RECORD).exists()


def test_minutes_carry_no_changed_pack_either(
    post: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _flip_text(post / "pack")
    assert _import(post, "--proof", str(_minutes(post)), "--given", "2027-01-15") == 1
    assert "[pack-changed]" in capsys.readouterr().err
    assert not (post / "year" / RECORD).exists()


def _nobody(post: Path) -> None:
    _other_person(post / "pack")


def _unsigned(post: Path) -> None:
    assert not (post / "pack" / "pack.sha256.sig").exists()


def _signed_by_another(post: Path) -> None:
    _sign(post, "dana-whitfield")


def _signed_for_git(post: Path) -> None:
    _sign(post, namespace="git")


def _signed_before_a_change(post: Path) -> None:
    _sign(post)
    edit(post / "year" / "organization.yml", "hours: 4", "hours: 6")
    assert run(post / "year", "render") == 0


def _link(post: Path) -> None:
    _sign(post)
    path = post / "pack" / "READ-ME.txt"
    path.rename(post / "elsewhere.txt")
    path.symlink_to(post / "elsewhere.txt")


def _empty(post: Path) -> None:
    shutil.rmtree(post / "pack")
    (post / "pack").mkdir()


def _recorded(post: Path) -> None:
    _sign(post)
    assert _import(post) == 0


@pytest.mark.parametrize(
    ("attack", "code"),
    [
        pytest.param(_nobody, "usage-unknown-person", id="a person who is none"),
        pytest.param(_unsigned, "pack-unsigned", id="not signed"),
        pytest.param(_signed_by_another, "approval-key-unknown", id="signed by another"),
        pytest.param(_signed_for_git, "approval-signature-bad", id="signed for git"),
        pytest.param(_signed_before_a_change, "pack-text-stale", id="text changed since"),
        pytest.param(_link, "pack-unreadable", id="a link"),
        pytest.param(_empty, "pack-unreadable", id="an empty folder"),
        pytest.param(_recorded, "approve-nothing-changed", id="recorded already"),
    ],
)
def test_what_does_not_come_back_as_it_should_is_refused(
    post: Path, capsys: pytest.CaptureFixture[str], attack: Callable[[Path], None], code: str
) -> None:
    attack(post)
    assert _import(post) in (1, 2)
    assert f"[{code}]" in capsys.readouterr().err


def test_a_signature_that_comes_after_three_days_is_refused(
    post: Path, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    _sign(post)
    clock.wait(days=3)
    assert _import(post) == 1
    assert "[pack-late]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "code"),
    [
        pytest.param(("--given", "2027-01-14"), "pack-given", id="before the pack"),
        pytest.param(("--given", "2027-01-16"), "pack-given", id="tomorrow"),
        pytest.param(
            ("--given", "2027-01-15", "--as", "tobias-lindqvist"), "approval-attested-by-self",
            id="attested by the approver",
        ),
    ],
)  # fmt: skip
def test_minutes_that_do_not_fit_are_refused(
    post: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], code: str
) -> None:
    assert _import(post, "--proof", str(_minutes(post)), *more) == 1
    assert f"[{code}]" in capsys.readouterr().err
    assert not (post / "year" / RECORD).exists()


def test_proof_and_day_go_together(post: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _import(post, "--given", "2027-01-15") == 2
    assert "--proof FILE and --given DATE go together" in capsys.readouterr().err
    assert _import(post, "--proof", str(post / "none.pdf"), "--given", "2027-01-15") == 1
    assert "[proof-unreadable]" in capsys.readouterr().err


def test_a_pack_gets_a_folder_of_its_own(post: Path, capsys: pytest.CaptureFixture[str]) -> None:
    again = ("approve", POLICY, "--as", "tobias-lindqvist", "--pack", str(post / "pack"))
    assert run(post / "year", *again) == 2
    assert "[pack-occupied]" in capsys.readouterr().err


def test_a_retirement_is_sent_and_comes_back_like_an_approval(
    post: Path, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(post / "pack")
    edit(post / "year" / "organization.yml", "hours: 4", "hours: 8")
    assert run(post / "year", "render") == 0
    assert run(post / "year", "approve", PROCEDURE, "--retire", "--reason", "merged elsewhere",
                "--as", "dana-whitfield", "--pack", str(post / "pack")) == 0  # fmt: skip
    assert "is taken out of force on 2027-01-15" in (post / "pack" / "resolution.txt").read_text()
    _sign(post, "dana-whitfield")
    assert _import(post) == 0
    entry = situation(post / "year", now=clock.now).register.entry(PROCEDURE)
    assert entry is not None
    assert entry.state.value == "retired"
    assert f"{PROCEDURE} 3.0 (major, retired)" in capsys.readouterr().out


def test_a_pack_where_no_folder_can_be_is_wrong_usage(
    post: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (post / "letter.txt").write_text("Dear approver")
    where = ("--pack", str(post / "letter.txt" / "pack"))
    assert run(post / "year", "approve", POLICY, "--as", "tobias-lindqvist", *where) == 2
    assert (
        "letter.txt/pack: error: it cannot be written: not a directory" in capsys.readouterr().err
    )
