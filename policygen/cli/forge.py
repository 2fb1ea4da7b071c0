"""`policygen forge`: what was approved by pull request, recorded and imported."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policygen.cli import output
from policygen.cli.session import parse_day, session
from policygen.problems import Problem, UsageError

if TYPE_CHECKING:
    from policygen.model.profile.forge import Forge
    from policygen.pipeline.forges.importing import ImportPlan

TOKENS = {
    "github": ("POLICYGEN_FORGE_TOKEN", "GITHUB_TOKEN"),
    "gitlab": ("POLICYGEN_FORGE_TOKEN", "GITLAB_TOKEN"),
}
"""Environment variables that may hold the token, the first one set counts."""

app = typer.Typer(help="Approvals by pull request: record and import them.", no_args_is_help=True)


@app.command("fetch")
def fetch(
    context: typer.Context,
    changes: Annotated[
        list[int] | None,
        typer.Argument(metavar="NUMBER...", help="Pull or merge requests; else all lately merged."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DATE", help="Merged since; else the last 31 days."),
    ] = None,
    api: Annotated[
        str | None, typer.Option("--api", metavar="URL", help="The interface, where unusual.")
    ] = None,
) -> int:
    """Record what the forge says (network).

    The token comes from the environment variable POLICYGEN_FORGE_TOKEN.
    """
    from policygen.pipeline.forges import fetching as forge_fetching

    here = session(context)
    day = parse_day(since)
    request = forge_fetching.FetchRequest(
        changes=tuple(changes or ()),
        since=None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC),
        api=api,
        token=_token(forge_fetching.forge_of(here.root)),
        tool=f"policygen {output.version()}",
        now=here.now,
        wait=time.sleep,
        tell=output.error,
    )
    for line in forge_fetching.fetch(here.root, request):
        output.say(line)
    return 0


@app.command("import")
def import_(
    context: typer.Context,
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="Your id in the profile.")],
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", help="Sign the import with your SSH key (A2)."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be written; write nothing.")
    ] = False,
) -> int:
    """Turn recorded reviews into consents (no network).

    What is imported already stays as it is.
    """
    from policygen.history.approving.importing import Importer
    from policygen.pipeline.forges import importing as forge_importing
    from policygen.pipeline.situation import situation
    from policygen.problems import has_errors

    here = session(context)
    now = here.now()
    found = situation(here.root, now=now)
    importer = Importer(person=person, at=now, tool=f"policygen {output.version()}")
    planned = forge_importing.plan(found, importer)
    _show(planned)
    if not dry_run:
        for path in forge_importing.write(found, planned, importer, key):
            output.say(f"evidence/{path}")
    output.problems(planned.problems)
    return 1 if has_errors(planned.problems) else 0


@app.command("setup")
def setup(
    context: typer.Context,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also replace files that policygen did not write.")
    ] = False,
) -> int:
    """Write workflows, code owners, request template and hook for the forge of the profile."""
    from policygen.pipeline.forges.fetching import forge_of
    from policygen.pipeline.forges.setup import set_up

    here = session(context)
    made = set_up(here.root, forge_of(here.root), now=here.now(), replace=replace)
    for path in made.written:
        output.say(path)
    output.say(f"{len(made.written)} files written, {made.same} were as they should be")
    for title in made.without_account:
        output.say(f"{title}: its holder has no account on the forge in organization.yml")
    return 0


def _show(planned: ImportPlan) -> None:
    for found in planned.consents:
        consent = found.planned.consent
        how = "joins" if found.planned.joins else consent.significance.value
        output.say(
            f"{consent.document} {consent.version} ({how}) by {consent.person} as {consent.role},"
            f" change {found.change}, effective {consent.effective.isoformat()}"
        )
    count = len(planned.consents)
    if not planned.changes:
        output.say("no change is recorded yet; policygen forge fetch records what was merged")
        return
    output.say(
        f"{planned.changes} recorded change{'' if planned.changes == 1 else 's'},"
        f" {count} new consent{'' if count == 1 else 's'}"
    )


def _token(forge: Forge) -> str:
    names = TOKENS[forge.kind]
    token = next((os.environ[name] for name in names if os.environ.get(name)), "")
    if not token:
        raise UsageError(
            Problem(
                code="usage-no-token",
                message=f"there is no token: none of {' and '.join(names)} is set",
                hint="Put a token that may read into POLICYGEN_FORGE_TOKEN; docs/forges.md names"
                " its scopes.",
            )
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError(
            Problem(
                code="usage-no-token",
                message="the token holds characters that no token has",
                hint="Set POLICYGEN_FORGE_TOKEN again, without spaces or line ends.",
            )
        )
    return token
