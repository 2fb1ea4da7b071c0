"""`policygen review`: what is due, opening reviews, checking and confirming them, the summary."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from policygen.cli import output
from policygen.cli.problem_formats import STYLES, Style, formatted
from policygen.cli.review_output import (
    as_json,
    put,
    refuse_file_of_table,
    review_values,
    show_due,
    show_summary,
    summary_values,
)
from policygen.cli.session import AsOf, Yes, parse_day, session

app = typer.Typer(
    help="The yearly review: what is due, opening, checking, confirming, closing it.",
    no_args_is_help=True,
)

_Cycle = Annotated[
    str | None,
    typer.Option("--cycle", metavar="CYCLE", help="E.g. 2027, 2027-h1, 2027-q3 or 2027-03."),
]
_Within = Annotated[
    int | None,
    typer.Option("--within", metavar="DAYS", min=0, help="Else the first reminder of the profile."),
]
_Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to write.")
]


@app.command("due")
def due(
    context: typer.Context,
    within: _Within = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every document, however far off its review is.")
    ] = False,
    as_of: AsOf = None,
    style: Annotated[
        Literal["table", "json", "ics", "md"],
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="table, json, md, or ics (a calendar with all reviews).",
        ),
    ] = "table",
    file: _Output = None,
) -> int:
    """List the reviews that are planned or due, who is to be told, and what is late."""
    from policygen.pipeline.review import rounds as reviewing
    from policygen.pipeline.situation import situation, sound
    from policygen.publish.reviews.lists import calendar_file, due_table

    if style == "table":
        refuse_file_of_table(file)
    here = session(context)
    found = sound(situation(here.root, now=here.now(), as_of=parse_day(as_of)))
    reviews = reviewing.next_reviews(found)
    today = found.register.as_of
    days = reviewing.first_reminder_days(found) if within is None else within
    whole = everything or (style == "ics" and within is None)
    chosen = reviews if whole else reviewing.due_within(reviews, days, today)
    match style:
        case "ics":
            name = found.survey.facts.profile.organization.short_name
            put(calendar_file(chosen, name), file)
        case "md":
            put(due_table(chosen, today).encode(), file)
        case "json":
            rows = {"as_of": today.isoformat(), "reviews": [review_values(row) for row in chosen]}
            put(as_json(rows), file)
        case "table":
            show_due(chosen, today, later=len(reviews) - len(chosen))
    return 0


@app.command("open")
def open_(
    context: typer.Context,
    documents: Annotated[
        list[str] | None,
        typer.Argument(metavar="[DOCUMENT]...", help="Ids; else every review that is due."),
    ] = None,
    cycle: _Cycle = None,
    within: _Within = None,
    group_by: Annotated[
        Literal["owner", "document", "all"],
        typer.Option("--group-by", metavar="GROUP", help="owner, document or all."),
    ] = "owner",
    here_only: Annotated[
        bool, typer.Option("--here", help="Put the checklists into this folder, on no branch.")
    ] = False,
) -> int:
    """Open reviews: a branch with checklists and a pull-request body each. Pushes nothing."""
    from policygen.pipeline.review import opening as review_opening
    from policygen.pipeline.review import rounds as reviewing
    from policygen.pipeline.situation import situation, sound

    here = session(context)
    found = sound(situation(here.root, now=here.now()))
    reviews = reviewing.next_reviews(found)
    today = found.register.as_of
    if documents:
        chosen = reviewing.named(reviews, documents)
    else:
        days = reviewing.first_reminder_days(found) if within is None else within
        chosen = reviewing.due_within(reviews, days, today)
    name = cycle or f"{today:%Y-%m}"
    groups = review_opening.open_reviews(
        found, chosen, name, group_by=group_by, here=here_only
    )  # fmt: skip
    opened = sum(review.opened is not None for review in chosen)
    if opened:
        output.say(f"{opened} review{'' if opened == 1 else 's'} of these open already")
    for group in groups:
        output.say(f"{group.title}")
        output.say(f"    body:  {group.body}")
        for path in () if group.branch else group.checklists:
            output.say(f"    {path}")
        if group.branch:
            output.say(f"    git push origin {group.branch}")
    if not groups:
        output.say("no review is to be opened; policygen review due --all shows when the next is")
    return 0


@app.command("check")
def check(
    context: typer.Context,
    cycle: _Cycle = None,
    style: Annotated[
        Style,
        typer.Option("--format", metavar="FORMAT", help=STYLES),
    ] = "text",
) -> int:
    """Check the checklists under reviews/: answered, and true of the text."""
    from policygen.pipeline.problem_codes import problem_codes, with_hint
    from policygen.pipeline.review.answers import check_answers
    from policygen.pipeline.situation import situation
    from policygen.problems import has_errors

    here = session(context)
    answers = check_answers(situation(here.root, now=here.now()), cycle)
    problems = [problem for row in answers for problem in row.problems]
    text = formatted(
        [with_hint(problem) for problem in problems],
        style,
        verb="review check",
        version=output.version(),
        checked=[row.path for row in answers],
        codes=problem_codes() if style == "sarif" else None,
    )
    if text:
        output.say(text)
    if style == "text":
        done = sum(row.done for row in answers)
        output.say(
            f"{len(answers)} checklists, {done} of finished reviews: {output.summary(problems)}"
        )
    return 1 if has_errors(problems) else 0


@app.command("confirm")
def confirm(
    context: typer.Context,
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="Your id in the profile.")],
    documents: Annotated[
        list[str] | None, typer.Argument(metavar="[DOCUMENT]...", help="Ids of documents.")
    ] = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Every answered review that waits for this person.")
    ] = False,
    cycle: _Cycle = None,
    remark: Annotated[
        str | None, typer.Option("--remark", metavar="T", help="What is to stand in the record.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="SSH key; else ~/.ssh/id_ed25519.")
    ] = None,
    yes: Yes = False,
) -> int:
    """Confirm texts that a review leaves as they are; binds the filled checklist by digest."""
    from policygen.pipeline.consent import approval
    from policygen.pipeline.review.confirming import plan_confirmations
    from policygen.pipeline.situation import situation

    here = session(context)
    now = here.now()
    found = situation(here.root, now=now)
    plan = plan_confirmations(
        found,
        person=person,
        documents=documents or (),
        waiting=waiting,
        cycle=cycle,
        remark=remark,
        tool=f"policygen {output.version()}",
        now=now,
    )
    for planned in plan.consents:
        consent = planned.consent
        output.say(f"{consent.document} {consent.version} (confirmed) as {consent.role}")
        output.say(f"    text sha256 {consent.text_sha256}")
        output.say(f"    {consent.reason}")
    count = len(plan.consents)
    if not here.confirm(f"Sign {count} review{'' if count == 1 else 's'} as {person}?", yes=yes):
        return 0
    for path in approval.sign(found, plan, key or approval.default_key()):
        output.say(f"evidence/{path}")
    return 0


@app.command("close")
def close(
    context: typer.Context,
    cycle: _Cycle = None,
    as_of: AsOf = None,
    style: Annotated[
        Literal["table", "json", "md"],
        typer.Option("--format", metavar="FORMAT", help="table, json or md."),
    ] = "table",
    file: _Output = None,
) -> int:
    """Say what a cycle came to: population, on time, late, open. Exit 1 while one is open."""
    from policygen.pipeline.review.rounds import summary_of
    from policygen.pipeline.situation import situation, sound
    from policygen.publish.reviews.lists import summary_page

    if style == "table":
        refuse_file_of_table(file)
    here = session(context)
    found = sound(situation(here.root, now=here.now(), as_of=parse_day(as_of)))
    summary = summary_of(found, cycle or str(found.register.as_of.year))
    match style:
        case "json":
            put(as_json(summary_values(summary)), file)
        case "md":
            name = found.survey.facts.profile.organization.legal_name
            put(summary_page(summary, name).encode(), file)
        case "table":
            show_summary(summary)
    return 1 if summary.open else 0
