"""`policygen approve`: one person consents to exact texts, with a signature."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policygen.cli import output
from policygen.cli.session import Yes, parse_day, session
from policygen.problems import PolicygenError

if TYPE_CHECKING:
    from policygen.history.plans import ApprovalPlan
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
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be signed; sign nothing.")
    ] = False,
    yes: Yes = False,
) -> int:
    """Approve documents: shows what you sign, signs with ssh-keygen, writes the records."""
    from policygen.pipeline import approval
    from policygen.pipeline.situation import situation

    if major and minor:
        raise typer.BadParameter("--major and --minor exclude each other")
    here = session(context)
    now = here.now()
    found = situation(here.root, now=now)
    request = approval.Request(
        person=person,
        documents=tuple(documents or ()),
        waiting=waiting,
        role=role,
        significance="major" if major else "minor" if minor else None,
        reason=reason,
        effective=parse_day(effective),
        retire=retire,
        tool=f"policygen {output.version()}",
        now=now,
    )
    plan = approval.plan(found, request)
    _show(plan)
    if dry_run:
        return 0
    count = len(plan.consents)
    if not here.confirm(f"Sign {count} consent{'' if count == 1 else 's'} as {person}?", yes=yes):
        return 0
    written = approval.sign(found, plan, key or approval.default_key(), as_list=as_list)
    for path in written:
        output.say(f"evidence/{path}")
    _stamp(found, plan)
    return 0


def _stamp(found: Situation, plan: ApprovalPlan) -> None:
    """Have the time attested where an authority is configured; the consents hold without it."""
    from policygen.pipeline import stamping

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


def _show(plan: ApprovalPlan) -> None:
    count = len(plan.consents)
    words = sum(len(planned.text.split()) for planned in plan.consents)
    output.say(
        f"one sitting: {count} consent{'' if count == 1 else 's'} to texts of {words:,} words, "
        f"dated {plan.consents[0].consent.at.isoformat()}"
    )
    for planned in plan.consents:
        consent = planned.consent
        how = "joins" if planned.joins else consent.significance.value
        output.say(
            f"{consent.document} {consent.version} ({how}, {consent.decision.value}) as "
            f"{consent.role}, effective {consent.effective.isoformat()}"
        )
        output.say(f"    text sha256 {consent.text_sha256}")
        for reason in planned.reasons:
            output.say(f"    {reason}")
