"""`policygen verify`: whether every record proves what it claims."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from policygen.cli import output
from policygen.cli.files import place_of
from policygen.cli.session import Session, session


def verify(
    context: typer.Context,
    target: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE.pdf|FILE.zip|DIR]",
            help="A sealed PDF, a package or a workspace; else this one.",
        ),
    ] = None,
    trust: Annotated[
        list[str] | None,
        typer.Option(
            "--trust",
            metavar="FINGERPRINT",
            help="Root of trust or seal certificate, received by another channel.",
        ),
    ] = None,
    require_trust: Annotated[
        bool, typer.Option("--require-trust", help="Exit 1 where identity is not checked.")
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build each sealed PDF again and compare.")
    ] = False,
    instructions: Annotated[
        bool, typer.Option("--instructions", help="Print how to do it with stock tools instead.")
    ] = False,
) -> int:
    """Re-derive every verdict from bytes; exit 1 on any failure."""
    from policygen.pipeline import verification
    from policygen.pipeline.package import verification as package_verification

    here = session(context)
    if instructions:
        return _instructions(here)
    now = here.now()
    given = frozenset(text.lower() for text in trust or ())
    if target is not None and target.suffix.lower() == ".pdf":
        found = verification.verify_pdf(target, trust=given, now=now)
    elif target is not None and target.suffix.lower() == ".zip":
        found = package_verification.verify_package(target, trust=given, now=now)
    elif target is not None and package_verification.is_package(here.root / target):
        found = package_verification.verify_package(here.root / target, trust=given, now=now)
    else:
        root = place_of(here.root / target) if target else here.root
        with output.progress("verifying", 0) as advance:
            found = verification.verify_workspace(
                root, trust=given, now=now, rebuild=rebuild, advance=advance
            )
    for line in found.lines:
        output.say(line)
    output.problems(found.problems)
    failed = bool(found.errors) or (require_trust and not found.identity_checked)
    if require_trust and not found.identity_checked and not found.errors:
        output.error("error: identity not checked: give --trust with the fingerprint you received")
    output.say(found.verdict)
    return 1 if failed else 0


def _instructions(here: Session) -> int:
    from policygen.pipeline.situation import situation
    from policygen.pipeline.stock_checking import instructions

    output.write(instructions(situation(here.root, now=here.now())).encode())
    return 0
