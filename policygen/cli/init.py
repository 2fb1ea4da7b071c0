"""`policygen init`: a workspace for an organization, rendered and ready for its first commit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from policygen.adopt.questions import QUESTIONS, Archetype, Question, fault_of, person_of
from policygen.cli import output
from policygen.cli.files import room_for
from policygen.cli.session import Session, session
from policygen.problems import Problem, UsageError


def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder, or .")],
    archetype: Annotated[
        Archetype,
        typer.Option("--archetype", help="What you are most like."),
    ] = "saas",
    answers: Annotated[
        Path | None,
        typer.Option("--answers", metavar="FILE", help="Answers as YAML, one key a question."),
    ] = None,
    no_input: Annotated[
        bool, typer.Option("--no-input", help="Ask nothing; defaults where there is no answer.")
    ] = False,
    example: Annotated[
        bool,
        typer.Option(
            "--example",
            help="The complete fictional organization of that kind instead of yours, to look at.",
        ),
    ] = False,
) -> int:
    """Make a workspace: profile, templates, rendered text, git repository. Commits nothing."""
    from policygen.pipeline.beginning import begin, begin_example, read_answers
    from policygen.pipeline.sources.surveying import surveyor_of
    from policygen.pipeline.standing import next_step_in

    here = session(context)
    root = room_for(here.root / folder)
    if example:
        _refuse_answers(answers)
        made = begin_example(root, archetype, version=output.version(), now=here.now())
    else:
        given = read_answers(answers) if answers else {}
        filled = _ask_all(here, archetype, given, ask=not no_input)
        made = begin(root, archetype, filled, version=output.version(), now=here.now())
    output.problems(made.problems)
    output.say(f"{made.documents} documents rendered in {root}")
    output.say(f"Next: {next_step_in(root, now=here.now(), surveyor=surveyor_of(root))}")
    return 0


def _refuse_answers(answers: Path | None) -> None:
    """An example has its own facts.

    Raises:
        UsageError: Answers were given as well.
    """
    if answers is not None:
        raise UsageError(
            Problem(
                code="init-answers",
                message="--example takes the facts of a fictional organization, so --answers has "
                "no place beside it",
                hint="Leave one of the two out.",
            )
        )


def _ask_all(
    here: Session, archetype: Archetype, given: dict[str, str], *, ask: bool
) -> dict[str, str]:
    """An answer for each question: given, asked, or the default.

    Raises:
        UsageError: An answer is missing and nobody can be asked, or cannot be taken.
    """
    answers: dict[str, str] = {}
    faults = []
    known: frozenset[str] = frozenset()
    for question in QUESTIONS:
        default = question.default_for(archetype)
        answer = given.get(question.key)
        if answer is None and ask and here.interactive:
            answer = _ask(question, default, known)
        if answer is None:
            answer = default if default is not None else ""
        fault = fault_of(question, answer, known)
        if fault:
            faults.append(_fault(question, fault))
        named = person_of(answer)
        known |= {named[0]} if named else frozenset()
        answers[question.key] = answer
    if faults:
        raise UsageError(*faults)
    return answers


def _ask(question: Question, default: str | None, known: frozenset[str]) -> str:
    while True:
        answer = str(typer.prompt(question.ask, default=default, show_default=bool(default)))
        fault = fault_of(question, answer, known)
        if fault is None:
            return answer
        output.error(f"{question.key} {fault}")


def _fault(question: Question, fault: str) -> Problem:
    return Problem(
        code="init-answer",
        message=f"{question.key} {fault}",
        hint=f"{question.ask}: put {question.key}: into the file given with --answers.",
    )
