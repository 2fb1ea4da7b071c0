"""`policygen trust`: who may approve what, with which key, from when to when."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policygen.cli import output
from policygen.cli.session import Yes, session

if TYPE_CHECKING:
    from policygen.cli.session import Session
    from policygen.pipeline.situation import Situation

app = typer.Typer(
    help="Who may approve what, with which key, from when to when.", no_args_is_help=True
)

_As = Annotated[str, typer.Option("--as", metavar="PERSON", help="Your id in the profile.")]
_Key = Annotated[
    Path | None, typer.Option("--key", metavar="FILE", help="Your SSH key; else ~/.ssh/id_ed25519.")
]


@app.command("show")
def show(context: typer.Context) -> int:
    """Print the newest trust snapshot and the fingerprint of the first."""
    from policygen.pipeline.consent.trusting import describe
    from policygen.pipeline.situation import situation
    from policygen.pipeline.sources.surveying import surveyor_of

    here = session(context)
    output.say(describe(situation(here.root, now=here.now(), surveyor=surveyor_of(here.root))))
    return 0


@app.command("update")
def update(context: typer.Context, person: _As, key: _Key = None, yes: Yes = False) -> int:
    """Take over people and roles from the profile; shows the change, then signs it."""
    return _snapshot(context, person, {}, "", key, yes=yes)


@app.command("enroll")
def enroll(
    context: typer.Context,
    pairs: Annotated[
        list[str],
        typer.Argument(metavar="PERSON=FILE.pub...", help="Whose key it is, and the public key."),
    ],
    person: _As,
    method: Annotated[
        str, typer.Option("--method", metavar="HOW", help="How you made sure whose key it is.")
    ] = "in person",
    key: _Key = None,
    yes: Yes = False,
) -> int:
    """Enroll public keys of other people: a key counts in full once somebody else enrolled it."""
    keys: dict[str, Path] = {}
    for pair in pairs:
        name, separator, file = pair.partition("=")
        if not separator or not file:
            raise typer.BadParameter(f"{pair} is not PERSON=FILE.pub")
        keys[name] = Path(file)
    return _snapshot(context, person, keys, method, key, yes=yes)


@app.command("countersign")
def countersign(context: typer.Context, person: _As, key: _Key = None, yes: Yes = False) -> int:
    """Sign the newest snapshot as a second person, without changing it."""
    from policygen.pipeline.consent import trusting
    from policygen.pipeline.consent.approval import default_key
    from policygen.pipeline.situation import situation

    here = session(context)
    found = situation(here.root, now=here.now())
    plan = trusting.plan_second_signature(
        found, person=person, tool=f"policygen {output.version()}"
    )
    output.say(trusting.describe(found))
    number = plan.snapshot.number
    if not here.confirm(f"Sign trust snapshot {number} too?", yes=yes):
        return 0
    trusting.sign(found, plan, key or default_key())
    output.say(f"evidence/trust/{number}.yml, signed by {person} too")
    return 0


def _snapshot(
    context: typer.Context,
    person: str,
    keys: dict[str, Path],
    method: str,
    key: Path | None,
    *,
    yes: bool,
) -> int:
    from policygen.pipeline.consent import trusting
    from policygen.pipeline.consent.approval import default_key

    here = session(context)
    found = _after_the_newest(here)
    signing_key = key or default_key()
    plan = trusting.plan(
        found, person=person, keys=keys, method=method, signing_key=signing_key, now=found.now
    )
    for line in plan.redline:
        output.say(line)
    number = plan.snapshot.number
    if not here.confirm(f"Sign this as trust snapshot {number}?", yes=yes):
        return 0
    trusting.sign(found, plan, signing_key)
    output.say(f"evidence/trust/{number}.yml, signed by {person}")
    if number == 1:
        output.say(f"root of trust: {hashlib.sha256(plan.files.snapshot).hexdigest()}")
        output.say("Hand this fingerprint to your auditor by another channel.")
    return 0


def _after_the_newest(here: Session) -> Situation:
    """The workspace at a moment after its newest snapshot: times are told in whole seconds."""
    from policygen.pipeline.situation import situation
    from policygen.pipeline.sources.surveying import surveyor_of

    found = situation(here.root, now=here.now(), surveyor=surveyor_of(here.root))
    newest = found.judgement.chain.newest
    if newest is not None and newest.snapshot.created_at == found.now:
        time.sleep(1)
        found = situation(here.root, now=here.now(), surveyor=surveyor_of(here.root))
    return found
