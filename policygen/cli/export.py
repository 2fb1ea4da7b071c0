"""`policygen export`: the package for an auditor, of a day or of a period."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policygen.audit.lists.shown_names import People
from policygen.cli import output
from policygen.cli.files import put
from policygen.cli.session import parse_day, session
from policygen.model.window import Window
from policygen.problems import Problem, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from policygen.cli.session import Session

_LONGEST_NAME = 80


def export(
    context: typer.Context,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="One day (Type I).")
    ] = None,
    period: Annotated[
        str | None,
        typer.Option("--period", metavar="DATE..DATE", help="A period, both days in it (Type II)."),
    ] = None,
    target: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE.zip", help="Where; else build/.")
    ] = None,
    person: Annotated[
        str | None,
        typer.Option(
            "--as", metavar="PERSON", help="Who signs the manifest, by id in the profile."
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", help="SSH key of --as; else ~/.ssh/id_ed25519."),
    ] = None,
    people: Annotated[
        People, typer.Option("--people", help="Names in lists of reviews and acknowledgements.")
    ] = People.FULL,
    systems: Annotated[
        list[str] | None,
        typer.Option("--system", metavar="ID", help="Only this system and its vendors in lists."),
    ] = None,
    with_history: Annotated[
        bool, typer.Option("--with-history", help="The git history as well, as a bundle.")
    ] = False,
    customer: Annotated[
        str | None,
        typer.Option(
            "--customer",
            metavar="NAME",
            help="Instead: watermarked copies of shareable documents for this customer.",
        ),
    ] = None,
    with_problems: Annotated[
        bool,
        typer.Option(
            "--with-problems", help="Also where something does not verify; it says so in front."
        ),
    ] = False,
) -> int:
    """Make the package of what was in force, with everything that proves it."""
    from policygen.pipeline.consent import approval
    from policygen.pipeline.package import exporting

    if key is not None and person is None:
        raise typer.BadParameter("--key is the key of somebody: name them with --as")
    here = session(context)
    now = here.now()
    if customer is not None:
        if (
            period
            or person
            or systems
            or with_problems
            or with_history
            or people is not People.FULL
        ):
            raise typer.BadParameter("--customer goes with --as-of and -o alone")
        return _copy(here, customer, as_of, target, now)
    request = exporting.Request(
        window=window_of(as_of, period),
        with_problems=with_problems,
        tool=f"policygen {output.version()}",
        now=now,
        people=people,
        systems=frozenset(systems) if systems else None,
        with_history=with_history,
        signer=None if person is None else (person, key or approval.default_key()),
    )
    with output.progress("exporting", len(exporting.STEPS)) as advance:
        made = exporting.export(here.root, request, advance=advance)
    path = _place(here, target, made.name)
    put(path, made.archive)
    output.problems(made.problems)
    output.say(f"{path}: {made.documents} versions in force, {made.gaps} gaps")
    output.say("tell the auditor by another channel:")
    output.say(f"    sha256 of MANIFEST.sha256  {made.fingerprint}")
    output.say(f"    root of trust              {made.root_of_trust or 'none'}")
    for certificate in made.certificates:
        output.say(f"    seal certificate           {certificate}")
    output.say(f"    manifest signed by         {made.signer or 'nobody: --as PERSON signs it'}")
    return 1 if made.problems else 0


def _copy(
    here: Session, customer: str, as_of: str | None, target: Path | None, now: datetime
) -> int:
    from policygen.pipeline.package import customer_copy

    if not customer.strip() or not customer.isprintable() or len(customer) > _LONGEST_NAME:
        raise typer.BadParameter(f"--customer is a name of up to {_LONGEST_NAME} letters")
    request = customer_copy.Request(
        customer=customer.strip(),
        day=parse_day(as_of),
        tool=f"policygen {output.version()}",
        now=now,
    )
    with output.progress("copying", 0) as advance:
        made = customer_copy.copy_for(here.root, request, advance=advance)
    path = _place(here, target, made.name)
    put(path, made.archive)
    customer_copy.write_record(here.root, made)
    output.say(f"{path}: {', '.join(made.titles)}")
    output.say(f"noted in {made.record_path}; commit it")
    return 0


def _place(here: Session, target: Path | None, name: str) -> Path:
    """The file that was named, or one of this name in the folder that was named, or in build/."""
    if target is not None and not target.is_dir():
        return target
    return (target or here.root / "build") / f"{name}.zip"


def window_of(as_of: str | None, period: str | None) -> Window:
    """The window that the options name.

    Raises:
        UsageError: None, both, or one that ends before it begins.
        typer.BadParameter: A day that is none.
    """
    if (as_of is None) == (period is None):
        raise _usage("say --as-of DATE or --period DATE..DATE, one of the two")
    if period is None:
        day = _day(as_of)
        return Window(first=day, last=day, is_period=False)
    first, separator, last = period.partition("..")
    if not separator:
        raise _usage(f"a period is two days such as 2025-10-01..2026-09-30, not {period}")
    window = Window(first=_day(first), last=_day(last), is_period=True)
    if window.last < window.first:
        raise _usage(f"the period ends on {window.last} before it begins on {window.first}")
    return window


def _day(text: str | None) -> date:
    day = parse_day(text)
    assert day is not None
    return day


def _usage(message: str) -> UsageError:
    return UsageError(
        Problem(
            code="usage-window",
            message=message,
            hint="policygen export --as-of 2026-09-30, or --period 2025-10-01..2026-09-30.",
        )
    )
