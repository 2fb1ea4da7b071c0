"""The door: reads the command line, calls one verb, says what went wrong, gives the exit code."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Annotated

import typer

from policygen.cli import (
    acknowledgements,
    approve,
    build,
    check,
    demo,
    diff,
    duties,
    explain,
    export,
    forge,
    init,
    keys,
    output,
    render,
    review,
    schema,
    seal,
    serve,
    stamp,
    status,
    trust,
    verify,
)
from policygen.cli.files import place_of
from policygen.cli.session import Session
from policygen.problems import PolicygenError, UsageError

FINE, PROBLEMS, USAGE, BUG, INTERRUPTED = 0, 1, 2, 3, 130

COLLECTED_AFTER = 10_000
"""New values after which Python looks for those that nobody holds; by itself it is 700."""

app = typer.Typer(
    name="policygen",
    help="SOC 2 policies that are true of your organization, approved, published and provable.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(value: bool) -> None:
    if value:
        output.say(f"policygen {output.version()}")
        raise typer.Exit


@app.callback()
def _workspace(
    context: typer.Context,
    folder: Annotated[
        Path,
        typer.Option("-C", "--directory", metavar="DIR", help="The workspace; else this folder."),
    ] = Path(),
    version: Annotated[  # noqa: ARG001 - handled by its callback
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print and exit.")
    ] = False,
) -> None:
    context.obj = Session(root=place_of(folder))


app.command("init")(init.init)
app.command("render")(render.render)
app.command("check")(check.check)
app.command("explain")(explain.explain)
app.command("schema")(schema.schema)
app.command("status")(status.status)
app.command("diff")(diff.diff)
app.command("duties")(duties.duties)
app.command("approve")(approve.approve)
app.command("stamp")(stamp.stamp)
app.add_typer(trust.app, name="trust")
app.add_typer(keys.app, name="keys")
app.add_typer(forge.app, name="forge")
app.command("seal")(seal.seal)
app.add_typer(review.app, name="review")
app.command("acknowledgements")(acknowledgements.acknowledgements)
app.command("build")(build.build)
app.command("serve")(serve.serve)
app.command("export")(export.export)
app.command("verify")(verify.verify)
app.command("demo")(demo.demo)


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 fine, 1 problems found, 2 wrong usage, 3 a bug of ours, 130 interrupted.
    """
    # Profile and texts are many small values that live as long as the command; to look through them
    # time and again took a seventh of sealing.
    gc.set_threshold(COLLECTED_AFTER)
    try:
        result = app(args=arguments, standalone_mode=False)
    except typer.Exit as error:
        return error.exit_code
    except typer.TyperException as error:
        output.error(error.format_message())
        context = getattr(error, "ctx", None)
        if context is not None:
            output.error(f"    hint: {context.command_path} --help shows how it is called.")
        return USAGE
    except (typer.Abort, KeyboardInterrupt):
        output.error("interrupted")
        return INTERRUPTED
    except UsageError as error:
        output.problems(error.problems)
        return USAGE
    except PolicygenError as error:
        output.problems(error.problems)
        return PROBLEMS
    except BrokenPipeError:
        # Whoever read our output has gone; the rest of it is of no use to anybody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except Exception as error:
        return _bug(error)
    return result if isinstance(result, int) else FINE


def _bug(error: Exception) -> int:
    with tempfile.NamedTemporaryFile(
        "w", prefix="policygen-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        traceback.print_exc(file=log)
    output.error(f"policygen stopped because of a mistake of its own: {type(error).__name__}")
    output.error(f"    hint: nothing was left half done; please report it with {log.name}.")
    return BUG
