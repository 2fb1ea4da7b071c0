"""`policygen status`: where every document stands, and the next step."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from policygen.cli import output
from policygen.cli.session import AsOf, parse_day, session

if TYPE_CHECKING:
    from policygen.model.register import Entry
    from policygen.pipeline.situation import Situation


def status(
    context: typer.Context,
    as_of: AsOf = None,
    style: Annotated[
        Literal["table", "json"],
        typer.Option("--format", metavar="FORMAT", help="table or json."),
    ] = "table",
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 1 if anything is unapproved or overdue.")
    ] = False,
) -> int:  # fmt: skip
    """Show versions, states and due dates, and end with the next step."""
    from policygen.pipeline.next_step import next_step
    from policygen.pipeline.situation import situation
    from policygen.pipeline.sources.surveying import surveyor_of
    from policygen.pipeline.standing import standing_of

    here = session(context)
    found = situation(
        here.root, now=here.now(), surveyor=surveyor_of(here.root), as_of=parse_day(as_of)
    )
    step = next_step(standing_of(found))
    if style == "json":
        output.say(json.dumps(_as_json(found, str(step)), indent=2, sort_keys=True))
    else:
        output.table(
            ("document", "version", "state", "effective", "next review", "strength"),
            [_row(entry) for entry in found.register.entries],
        )
        output.say()
        output.say(f"as of {found.register.as_of.isoformat()}, set head {found.register.set_head}")
        output.problems(found.problems)
        output.say(f"Next: {step}")
    return 1 if exit_code and _needs_attention(found) else 0


def _row(entry: Entry) -> tuple[str, ...]:
    version = entry.in_force or (entry.versions[-1] if entry.versions else None)
    flags = "".join(f", {flag.value}" for flag in sorted(entry.flags, key=lambda flag: flag.value))
    if entry.bound_into is not None:
        flags += f" (part of {entry.bound_into} now)"
    return (
        entry.id,
        version.version if version else "-",
        entry.state.value + flags,
        version.effective.isoformat() if version else "-",
        entry.next_review.isoformat() if entry.next_review else "-",
        version.strength.name if version else "-",
    )


def _as_json(found: Situation, step: str) -> dict[str, object]:
    return {
        "as_of": found.register.as_of.isoformat(),
        "set_head": found.register.set_head,
        "next": step,
        "documents": [
            {
                "id": entry.id,
                "title": entry.title,
                "kind": entry.kind,
                "state": entry.state.value,
                "flags": sorted(flag.value for flag in entry.flags),
                "version": entry.in_force.version if entry.in_force else None,
                "effective": entry.in_force.effective.isoformat() if entry.in_force else None,
                "next_review": entry.next_review.isoformat() if entry.next_review else None,
                "approver": entry.approver,
                "bound_into": entry.bound_into,
            }
            for entry in found.register.entries
        ],
    }


def _needs_attention(found: Situation) -> bool:
    from policygen.model.register import Flag, State

    return bool(found.problems) or any(
        entry.state in (State.DRAFT, State.IN_REVIEW)
        or entry.flags & {Flag.OVERDUE, Flag.DRIFTED, Flag.WITHDRAWN}
        for entry in found.register.entries
    )
