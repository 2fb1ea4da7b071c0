"""The signature over a package: by a trusted person, for packages only."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from policygen.cli.main import main
from policygen.crypto import ssh
from policygen.pipeline.package.verification import verify_package
from tests.crypto.time_server import serving
from tests.moments import NOW
from tests.pipeline.authorities import DatedAuthority
from tests.pipeline.packages import codes, listed_again, made, on, packed, unpacked

if TYPE_CHECKING:
    from pathlib import Path

SIGNER = "yusuf-demir"
DAY = "2026-11-20"


def _key(root: Path, person: str = SIGNER) -> Path:
    return root / ".policygen" / "keys" / "people" / person


@pytest.fixture(scope="module")
def package(demonstration: Path) -> dict[str, bytes]:
    signed = made(demonstration, on("2026-09-01"), signer=(SIGNER, _key(demonstration)))
    return unpacked(signed.archive)


def _sign(files: dict[str, bytes], key: Path, folder: Path, namespace: str) -> bytes:
    file = folder / "sums"
    file.write_bytes(files["MANIFEST.sha256"])
    [signature] = ssh.sign([file], key=key, namespace=namespace)
    return signature


def test_a_signed_package_names_its_signer(package: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    path.write_bytes(packed(package))
    finding = verify_package(path, trust=frozenset(), now=NOW)
    assert finding.problems == ()
    assert f"manifest signed by: {SIGNER}" in finding.lines


def test_ssh_keygen_accepts_it_with_the_key_that_the_package_lists(
    package: dict[str, bytes], tmp_path: Path
) -> None:
    for name, data in package.items():
        if name.startswith("MANIFEST"):
            (tmp_path / name).write_bytes(data)
    command = ["ssh-keygen", "-Y", "verify", "-f", "MANIFEST.allowed_signers", "-I", SIGNER,
               "-n", "policy-package", "-s", "MANIFEST.sha256.sig"]  # fmt: skip
    done = subprocess.run(
        command, cwd=tmp_path, input=package["MANIFEST.sha256"], capture_output=True, check=True
    )
    assert b'Good "policy-package" signature' in done.stdout


def test_two_signed_exports_are_the_same_bytes(
    demonstration: Path, package: dict[str, bytes]
) -> None:
    again = made(demonstration, on("2026-09-01"), signer=(SIGNER, _key(demonstration)))
    assert unpacked(again.archive) == package


def test_a_signature_that_does_not_hold_is_found(
    demonstration: Path, package: dict[str, bytes], tmp_path: Path
) -> None:
    consent_key = _sign(package, _key(demonstration), tmp_path, "policy-approval")
    stranger = tmp_path / "stranger"
    ssh.make_key(stranger, "stranger")
    other = _sign(package, _key(demonstration, "dana-whitfield"), tmp_path, "policy-package")
    name = "MANIFEST.sha256.sig"
    found = {
        "for consents": codes(packed({**package, name: consent_key}), tmp_path),
        "by a stranger": codes(
            packed({**package, name: _sign(package, stranger, tmp_path, "policy-package")}),
            tmp_path,
        ),
        "by another person": codes(packed({**package, name: other}), tmp_path),
        "taken away": codes(
            packed({path: data for path, data in package.items() if path != name}), tmp_path
        ),
        "over another list": codes(
            packed(listed_again({**package, "METHOD.md": b"Nothing.\n"}) | {name: package[name]}),
            tmp_path,
        ),
    }
    assert found == {
        "for consents": {"package-signature-bad"},
        "by a stranger": {"package-signer-unknown"},
        "by another person": {"package-signer-unknown"},
        "taken away": {"package-unsigned"},
        "over another list": {"package-signature-bad"},
    }


@pytest.mark.parametrize("person", ["yusuf-demir", "nobody"])
def test_only_a_trusted_key_of_the_person_signs(
    demonstration: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], person: str
) -> None:
    ssh.make_key(tmp_path / "key", "another")
    command = ["-C", str(demonstration), "export", "--as-of", DAY, "--as", person]
    assert main([*command, "--key", str(tmp_path / "key")]) == 2
    assert "[export-signer]" in capsys.readouterr().err


def test_an_independent_time_is_put_over_the_manifest_where_an_authority_is_configured(
    example: Path, tmp_path: Path
) -> None:
    authority = DatedAuthority(NOW)
    profile = example / "organization.yml"
    with serving(authority) as (url, _):
        text = profile.read_text(encoding="utf-8")
        assert "\npublication:" in text
        changed = text.replace("\npublication:", f"\npublication:\n  timestamp_authority: {url}", 1)
        profile.write_text(changed, encoding="utf-8")
        files = unpacked(made(example, on(DAY)).archive)
    assert "MANIFEST.sha256.tsr" in files
    path = tmp_path / "package.zip"
    path.write_bytes(packed(files))
    finding = verify_package(path, trust=frozenset(), now=NOW)
    assert finding.errors == ()
    assert any(line.startswith("manifest time attested: 2026-11-20") for line in finding.lines)
    other = listed_again({**files, "METHOD.md": b"Nothing.\n"})
    assert "timestamp-other-data" in codes(packed(other), tmp_path)
