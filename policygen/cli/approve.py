"""`policygen approve`: one person consents to exact texts, with a signature."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policygen.cli import output
from policygen.cli.outside import Outside, record_earlier, send, show_plan, take_back
from policygen.cli.session import Yes, parse_day, session
from policygen.problems import PolicygenError

if TYPE_CHECKING:
    from policygen.history.approving.plans import ApprovalPlan
    from policygen.pipeline.situation import Situation


def approve(
    context: typer.Context,
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="Your id in the profile.")],
    documents: Annotated[
        list[str] | None, typer.Argument(metavar="DOCUMENT...", help="Ids of documents.")
    ] = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Every document that waits for this person.")
    ] = False,
    mechanical: Annotated[
        bool, typer.Option("--mechanical", help="Those of them in which only a name changed.")
    ] = False,
    role: Annotated[
        str | None, typer.Option("--role", metavar="R", help="The role to decide under.")
    ] = None,
    major: Annotated[bool, typer.Option("--major", help="Call the change major.")] = False,
    minor: Annotated[bool, typer.Option("--minor", help="Call the change minor.")] = False,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="T", help="Why; needed for --minor.")
    ] = None,
    effective: Annotated[
        str | None, typer.Option("--effective", metavar="DATE", help="First day in force.")
    ] = None,
    retire: Annotated[
        bool, typer.Option("--retire", help="Take the documents out of force.")
    ] = False,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="SSH key; else ~/.ssh/id_ed25519.")
    ] = None,
    as_list: Annotated[
        bool, typer.Option("--as-list", help="One signature over a list; keys in tokens do so.")
    ] = False,
    pack: Annotated[
        Path | None,
        typer.Option("--pack", metavar="DIR", help="What people without key or clone sign."),
    ] = None,
    came_back: Annotated[
        Path | None,
        typer.Option("--import", metavar="DIR", help="Record a pack that came back signed."),
    ] = None,
    proof: Annotated[
        Path | None,
        typer.Option("--proof", metavar="FILE", help="Minutes or envelope, with --import."),
    ] = None,
    legacy: Annotated[
        Path | None,
        typer.Option("--legacy", metavar="FILE", help="Record an approval of before."),
    ] = None,
    given: Annotated[
        str | None, typer.Option("--given", metavar="DATE", help="Day of a decision given outside.")
    ] = None,
    given_by: Annotated[
        str | None, typer.Option("--by", metavar="PERSON", help="Who gave it, with --legacy.")
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", metavar="V", help="Its number, with --legacy.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be signed; sign nothing.")
    ] = False,
    yes: Yes = False,
) -> int:
    """Approve documents: shows what you sign, signs with ssh-keygen, writes the records."""
    from policygen.pipeline.consent import approval
    from policygen.pipeline.situation import situation
    from policygen.pipeline.sources.surveying import surveyor_of

    if major and minor:
        raise typer.BadParameter("--major and --minor exclude each other")
    here = session(context)
    outside = Outside(
        person=person,
        documents=tuple(documents or ()),
        role=role,
        effective=parse_day(effective),
        given=parse_day(given),
        given_by=given_by,
        version=version,
        key=key or approval.default_key(),
        yes=yes,
    )
    if came_back is not None:
        return take_back(here, outside, came_back, proof)
    if legacy is not None:
        return record_earlier(here, outside, legacy)
    now = here.now()
    found = situation(here.root, now=now, surveyor=surveyor_of(here.root))
    request = approval.Request(
        person=person,
        documents=tuple(documents or ()),
        waiting=waiting,
        mechanical=mechanical,
        role=role,
        significance="major" if major else "minor" if minor else None,
        reason=reason,
        effective=parse_day(effective),
        retire=retire,
        tool=f"policygen {output.version()}",
        now=now,
    )
    plan = approval.plan(found, request)
    show_plan(plan)
    if dry_run:
        return 0
    if pack is not None:
        return send(found, plan, pack)
    count = len(plan.consents)
    if not here.confirm(f"Sign {count} consent{'' if count == 1 else 's'} as {person}?", yes=yes):
        return 0
    written = approval.sign(found, plan, key or approval.default_key(), as_list=as_list)
    for path in written:
        output.say(f"evidence/{path}")
    stamp_plan(found, plan)
    return 0


def stamp_plan(found: Situation, plan: ApprovalPlan) -> None:
    """Have the time attested where an authority is configured; the consents hold without it."""
    from policygen.pipeline.consent import stamping

    if not stamping.is_asked_for(found):
        return
    try:
        for path in stamping.stamp(found, [planned.path for planned in plan.consents]):
            output.say(f"evidence/{path}")
    except PolicygenError as error:
        output.problems(error.problems)
        output.error(
            "the consents are signed and hold; their time is unattested until policygen stamp"
        )
