"""Signing with stock ssh-keygen; private keys are never read here, only named."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from policygen.crypto.sshkeys import parse_public_line
from policygen.crypto.sshsig import verify
from policygen.crypto.sshwire import SignatureError
from policygen.problems import Location, PolicygenError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

NAMESPACE = "policy-approval"
"""The namespace of every consent; a signature made for another purpose is none."""

_PRINCIPAL = re.compile(r"[a-z0-9][a-z0-9_-]*")


def sign(files: Sequence[Path], *, key: Path, namespace: str) -> tuple[bytes, ...]:
    """Armored signatures over the files, in their order, after one prompt.

    The files are copied to a folder of their own first, so that no `.sig` is left beside them.
    Prompts for a passphrase, a PIN or a touch come from ssh-keygen, on the terminal.

    Args:
        files: What to sign; the bytes are read once, here.
        key: A private key, or a public key whose private part is in the agent or beside it.
        namespace: What the signature is meant for, e.g. `policy-approval`.

    Raises:
        PolicygenError: ssh-keygen is missing, the key is refused, or the user gave up.
    """
    if not files:
        return ()
    contents = [file.read_bytes() for file in files]
    with tempfile.TemporaryDirectory(prefix="policygen-sign-") as folder:
        copies = [Path(folder, f"{index}") for index in range(len(files))]
        for copy, data in zip(copies, contents, strict=True):
            copy.write_bytes(data)
        options = ["-q", "-Y", "sign", "-n", namespace, "-f", str(key.absolute())]
        _run([*options, *map(str, copies)], key)
        signatures = [_signature_of(copy, key) for copy in copies]
    _make_sure(signatures, contents, key, namespace)
    return tuple(signatures)


def public_key_of(key: Path) -> str:
    """`type base64` of a key, without comment, from its .pub file or from ssh-keygen.

    Raises:
        PolicygenError: There is no such key, or it is of a kind that does not count.
    """
    beside = key if key.suffix == ".pub" else key.with_name(f"{key.name}.pub")
    if beside.is_file():
        text = beside.read_text(encoding="utf-8", errors="replace")
    else:
        text = _run(["-y", "-f", str(key.absolute())], key)
    try:
        return parse_public_line(text.strip()).line
    except SignatureError as error:
        hint = "Give the .pub file that ssh-keygen made."
        raise _refused(key, error.reason, hint) from error


def fingerprint(public_key: str) -> str:
    """`SHA256:...` of a line `type base64`, as ssh-keygen prints it.

    Raises:
        SignatureError: The line is no public key that counts.
    """
    return parse_public_line(public_key).fingerprint


def is_in_token(key: Path) -> bool:
    """Whether the key is in a token that is touched for each signature.

    The request to touch it is shown only on a real stderr.
    """
    beside = key if key.suffix == ".pub" else key.with_name(f"{key.name}.pub")
    return beside.is_file() and beside.read_bytes().startswith(b"sk-")


def make_key(path: Path, comment: str, passphrase: str = "") -> str:
    """Make an ed25519 key pair at `path` and `path.pub`; gives the public key.

    Meant for the demonstration and for tests: the passphrase is seen in the process list.

    Raises:
        PolicygenError: A file of that name is already there, or ssh-keygen is missing.
    """
    if path.exists():
        hint = "Name another file; a key is never written over."
        raise _refused(path, "a file of that name is already there", hint)
    path.parent.mkdir(parents=True, exist_ok=True)
    target = str(path.absolute())
    _run(["-q", "-t", "ed25519", "-C", comment, "-N", passphrase, "-f", target], path)
    return public_key_of(path)


def allowed_signers(
    lines: Iterable[tuple[str, str, datetime, datetime | None]], *, namespace: str = NAMESPACE
) -> str:
    """An allowed_signers file for `ssh-keygen -Y verify`, a line a key, limited to one purpose.

    Args:
        lines: Person id, public key (`type base64`), and from when to when it counts; no end
            means still. Times are rounded down to seconds and written in UTC.
        namespace: What the keys may sign; consents where nothing is said.

    Raises:
        SignatureError: A key is none that counts.
        ValueError: A person id or a time would not mean the same to ssh-keygen.

    Source: ALLOWED SIGNERS in ssh-keygen(1); the Z behind a time needs OpenSSH 9.1.
    """
    return "".join(f"{_allowed(*line, namespace)}\n" for line in lines)


def _allowed(
    principal: str, public_key: str, start: datetime, end: datetime | None, namespace: str
) -> str:
    if not _PRINCIPAL.fullmatch(principal):
        raise ValueError(f'a principal must be a person id, not "{principal}"')
    options = [f'namespaces="{namespace}"', f'valid-after="{_stamp(start)}"']
    if end is not None:
        options.append(f'valid-before="{_stamp(end)}"')
    return f"{principal} {','.join(options)} {parse_public_line(public_key).line}"


def _stamp(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError(f"a time needs an offset, {at.isoformat()} has none")
    return at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ")


def _signature_of(copy: Path, key: Path) -> bytes:
    try:
        return copy.with_name(f"{copy.name}.sig").read_bytes()
    except FileNotFoundError as error:
        raise _refused(key, "ssh-keygen wrote no signature") from error


def _make_sure(
    signatures: Sequence[bytes], contents: Sequence[bytes], key: Path, namespace: str
) -> None:
    """Refuse a signature now that would be refused later, e.g. of a small RSA key."""
    try:
        for signature, data in zip(signatures, contents, strict=True):
            verify(data, signature, namespace=namespace)
    except SignatureError as error:
        raise _refused(key, error.reason) from error


def _run(arguments: Sequence[str], key: Path) -> str:
    """What ssh-keygen printed; its prompts use the terminal, not our streams."""
    program = shutil.which("ssh-keygen")
    if program is None:
        raise PolicygenError(
            Problem(
                code="ssh-keygen-missing",
                message="ssh-keygen is not on the path, and signing needs it",
                hint="Install OpenSSH (package openssh-client), then run the command again.",
            )
        )
    done = subprocess.run(
        [program, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=None if is_in_token(key) else subprocess.PIPE,
        check=False,
    )
    if done.returncode != 0:
        raise _refused(key, _last_words(done.stderr))
    return done.stdout.decode("utf-8", "replace")


def _last_words(output: bytes | None) -> str:
    text = (output or b"").decode("utf-8", "replace")
    lines = ["".join(filter(str.isprintable, line)).strip() for line in text.splitlines()]
    spoken = [line for line in lines if line and not line.startswith(("@", "Signing file"))]
    return spoken[-1].rstrip(".") if spoken else "ssh-keygen gave no signature and no reason"


def _refused(
    key: Path,
    reason: str,
    hint: str = "Check the path and the passphrase, or load the key with ssh-add.",
) -> PolicygenError:
    return PolicygenError(
        Problem(
            code="ssh-key-refused",
            location=Location(str(key)),
            message=f"the key cannot be used: {reason}",
            hint=hint,
        )
    )
