"""Seals made by keys on tokens are those of keys in files; what is wrong with a token is said."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policygen.cli.main import main
from policygen.crypto.pdfcheck import check_sealed_pdf
from policygen.crypto.pdfseal import seal_pdf
from policygen.crypto.pkcs11 import TokenKey, open_token
from policygen.problems import PolicygenError
from tests.crypto.pdf_samples import identity, rsa_identity, unsigned
from tests.crypto.tokens import MODULE, PIN, make_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

AT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def _tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    before = os.environ.get("SOFTHSM2_CONF")
    tokens = {
        "elliptic": (identity(),),
        "rsa": (rsa_identity(),),
        "empty": (),
        "crowded": (identity(), rsa_identity()),
    }
    make_tokens(tmp_path_factory.mktemp("softhsm"), tokens)
    yield
    os.environ.pop("SOFTHSM2_CONF")
    if before is not None:
        os.environ["SOFTHSM2_CONF"] = before


def _key(token: str = "elliptic", label: str = "seal", module: Path = MODULE) -> TokenKey:
    return TokenKey(module=module, token=token, label=label)


def _codes(key: TokenKey, pin: str = PIN) -> list[str]:
    with pytest.raises(PolicygenError) as caught, open_token(key, pin):
        pass
    assert all(pin not in str(problem) for problem in caught.value.problems)
    return [problem.code for problem in caught.value.problems]


@pytest.mark.parametrize("token", ["elliptic", "rsa"])
def test_a_seal_by_a_token_is_as_good_as_one_by_a_file(tmp_path: Path, token: str) -> None:
    own = identity() if token == "elliptic" else rsa_identity()
    with open_token(_key(token), PIN) as on_token:
        sealed = seal_pdf(unsigned(), on_token, reason="Sealed as approved", location=None, at=AT)
    check = check_sealed_pdf(sealed, expected_fingerprint=own.fingerprint)
    assert check.problems == ()
    assert check.revision0 == unsigned()
    assert check.signed_at == AT
    path = tmp_path / "sealed.pdf"
    path.write_bytes(sealed)
    shown = subprocess.run(["pdfsig", "-nocert", path], check=True, capture_output=True).stdout
    assert b"Signature is Valid" in shown
    assert b"Total document signed" in shown


def test_a_wrong_pin_is_said_without_showing_it() -> None:
    assert _codes(_key(), "999999") == ["seal-token-pin"]


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(_key("nowhere"), id="no such token"),
        pytest.param(_key(label="other"), id="no such key"),
        pytest.param(_key("empty"), id="a token without keys"),
        pytest.param(_key("crowded"), id="two keys of one name"),
        pytest.param(_key(module=Path("/nonexistent/module.so")), id="no module"),
        pytest.param(_key(module=Path(__file__)), id="a module that is none"),
    ],
)
def test_what_is_missing_on_a_token_is_said(key: TokenKey) -> None:
    assert _codes(key) == ["seal-token"]


def test_seal_takes_the_key_of_a_token_and_its_pin_from_a_descriptor(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = ["git", "-C", str(example), "reset", "--quiet", "--hard", "HEAD~1"]
    subprocess.run(before, check=True)
    source, target = os.pipe()
    os.write(target, f"{PIN}\n".encode())
    os.close(target)
    place = ("--pkcs11-module", str(MODULE), "--token", "elliptic", "--key-label", "seal")
    command = ["seal", "access-control-policy", *place, "--pin-fd", str(source)]
    assert main(["-C", str(example), *command]) == 0
    os.close(source)
    assert main(["-C", str(example), "verify"]) == 0
    record = example / "evidence" / "sealed" / "access-control-policy" / "2.0.json"
    assert identity().fingerprint in record.read_text()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--token", "elliptic"), "usage-token"),
        (("--pkcs11-module", "m.so", "--token", "t", "--key-label", "l", "--key", "k"),
         "usage-token"),
    ],
)  # fmt: skip
def test_a_token_named_by_halves_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], code: str
) -> None:
    assert main(["-C", str(tmp_path), "seal", *options]) == 2
    assert f"[{code}]" in capsys.readouterr().err
