"""`policygen approve`: one person consents to exact texts, with a signature."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policygen.cli import output
from policygen.cli.session import Yes, parse_day, session

if TYPE_CHECKING:
    from policygen.history.plans import ApprovalPlan


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
    for path in approval.sign(found, plan, key or approval.default_key()):
        output.say(f"evidence/{path}")
    return 0


def _show(plan: ApprovalPlan) -> None:
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
