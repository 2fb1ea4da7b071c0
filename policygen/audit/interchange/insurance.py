"""Insurance answers: what the set says to an insurer's questions, for a person to confirm.

An application is a representation: what is not true of it can void the cover. So an answer is the
sentence that binds the organization, never a bare yes, and whoever signs confirms it first.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

from policygen.audit.data_rows import data_of, rows_of, text_of, texts_of
from policygen.model.matrix import Coverage
from policygen.tables import Column, Table, Tone
from policygen.text import dialect
from policygen.value_words import value_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from policygen.model.facts import Facts
    from policygen.model.matrix import Matrix, StatementRow
    from policygen.model.profile.systems import System

TITLE = "Cyber insurance answers"
NOTE = (
    "A draft for the person who signs the application. Each answer quotes what the policies in "
    "force say; whether it is done that way today is for that person to find out. Do not send it "
    "with an answer that nobody has confirmed: an application that is not true can void the cover."
)
_NOBODY_KNOWS = "Nothing in the set answers this; only the organization can."
_IN_FORCE = frozenset({Coverage.IN_FORCE, Coverage.CURRENT})


class Standing(Enum):
    """How far the set answers a question."""

    STATES = "policy states"
    """Statements in force answer; their operation is still to be confirmed."""

    PARTLY = "policy states in part"
    """Some of the statements that would answer are not in force, or do not apply."""

    UNKNOWN = "needs confirmation"
    """No statement in force answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question that insurers ask, and where its answer may stand."""

    group: str
    asks: str
    statements: tuple[str, ...]
    parameters: tuple[str, ...]
    systems: tuple[str, ...]
    """Kinds of systems whose sign-on answers; `all` for every system in scope."""

    confirm: str
    attach: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the set says to a question."""

    question: Question
    standing: Standing
    sentences: tuple[str, ...]
    """What is proposed, sentence by sentence."""

    statements: tuple[str, ...]
    """Ids of the statements in force that are quoted."""

    documents: tuple[str, ...]
    """Title and version of each document that states them."""

    values: tuple[str, ...]


@cache
def questions() -> tuple[Question, ...]:
    """Every question, in the order of the sheet."""
    return tuple(
        Question(
            group=text_of(group["group"]),
            asks=text_of(row["asks"]),
            statements=texts_of(row["statements"]),
            parameters=texts_of(row["parameters"]),
            systems=texts_of(row["systems"]),
            confirm=text_of(row["confirm"]),
            attach=text_of(row["attach"]),
        )
        for group in rows_of(data_of("insurance")["groups"])
        for row in rows_of(group["questions"])
    )


def insurance_answers(matrix: Matrix, facts: Facts) -> tuple[Answer, ...]:
    """An answer to each question, from statements in force.

    Args:
        matrix: As of the day of the answers.
        facts: The profile and the registries of that day.
    """
    rows = {row.statement.id: row for row in matrix.statements}
    return tuple(_answer(question, rows, facts) for question in questions())


def answers_table(answers: Sequence[Answer]) -> Table:
    """The sheet that is filled in and signed."""
    return Table(
        name="insurance-answers",
        title=TITLE,
        columns=(
            Column(title="No."),
            Column(title="Group", width=14),
            Column(title="Question", width=26),
            Column(
                title="Standing",
                width=13,
                tones={
                    Standing.STATES.value: Tone.GOOD,
                    Standing.PARTLY.value: Tone.ATTENTION,
                    Standing.UNKNOWN.value: Tone.ATTENTION,
                },
            ),
            Column(title="Proposed answer", width=48),
            Column(title="Statements", width=11),
            Column(title="Values", width=22),
            Column(title="Documents", width=18),
            Column(title="Confirm before signing", width=22),
            Column(title="Attach", width=20),
            Column(title="Answer as confirmed", width=22, is_open=True),
            Column(title="Confirmed by", width=13, is_open=True),
            Column(title="On", width=10, is_open=True),
        ),
        rows=tuple(
            (
                number,
                answer.question.group,
                answer.question.asks,
                answer.standing.value,
                "\n".join(answer.sentences),
                " ".join(answer.statements),
                "\n".join(answer.values),
                "\n".join(answer.documents),
                answer.question.confirm,
                answer.question.attach,
                None,
                None,
                None,
            )
            for number, answer in enumerate(answers, start=1)
        ),
        note=NOTE,
    )


def answers_markdown(answers: Sequence[Answer], *, organization: str, as_of: str) -> bytes:
    """The same as text, for a broker's form or a review."""
    lines = [f"# {TITLE}", "", f"{dialect.escape(organization)}, as of {as_of}", "", f"> {NOTE}"]
    group = ""
    for number, answer in enumerate(answers, start=1):
        question = answer.question
        if question.group != group:
            group = question.group
            lines += ["", f"## {dialect.escape(group)}"]
        lines += ["", f"### {number}. {dialect.escape(question.asks)}", ""]
        lines.append(f"**{answer.standing.value}**")
        lines += ["", *(f"- {dialect.escape(sentence)}" for sentence in answer.sentences), ""]
        for label, texts in (
            ("Values", answer.values),
            ("Documents", answer.documents),
            ("Confirm before signing", (question.confirm,)),
            ("Attach", (question.attach,)),
        ):
            if texts:
                lines.append(f"- {label}: {dialect.escape('; '.join(texts))}")
        lines.append("- Confirmed by, on:")
    return ("\n".join(lines) + "\n").encode()


def _answer(question: Question, rows: Mapping[str, StatementRow], facts: Facts) -> Answer:
    named = [rows[name] for name in question.statements if name in rows]
    in_force = [row for row in named if row.coverage in _IN_FORCE and row.statement.text]
    sentences = [f"{row.statement.id}: {dialect.plain(row.statement.text)}" for row in in_force]
    sentences += [said for row in named if (said := _said_of_others(row)) is not None]
    return Answer(
        question=question,
        standing=_standing(len(in_force), len(question.statements)),
        sentences=tuple(sentences or [_NOBODY_KNOWS]),
        statements=tuple(row.statement.id for row in in_force),
        documents=tuple(
            dict.fromkeys(f"{row.document_title} {row.version or ''}".strip() for row in in_force)
        ),
        values=(*_values(question, facts), *_sign_on(question, facts)),
    )


def _standing(in_force: int, asked: int) -> Standing:
    if in_force == 0:
        return Standing.UNKNOWN
    return Standing.STATES if in_force == asked else Standing.PARTLY


def _said_of_others(row: StatementRow) -> str | None:
    """What is said of a statement that does not answer; None where it does."""
    if row.coverage in _IN_FORCE:
        return None
    if row.statement.not_applicable is not None:
        return f"{row.statement.id} is not stated: {row.statement.not_applicable}."
    if row.coverage is Coverage.SET_ASIDE:
        return f"{row.statement.id} is set aside: {row.reason}."
    return f"{row.statement.id} is written and not in force."


def _values(question: Question, facts: Facts) -> list[str]:
    shown: list[str] = []
    for name in question.parameters:
        value = facts.parameters.get(name)
        if value is not None and value.value is not None:
            words = value_words(facts, value.parameter, value.value)
            shown.append(f"{name.replace('_', ' ')}: {words}")
    return shown


def _sign_on(question: Question, facts: Facts) -> list[str]:
    """How people sign in to the systems that are asked about, as the profile says."""
    systems = [
        system
        for system in facts.profile.systems
        if system.in_scope and (system.kind in question.systems or _is_exempt(system, question))
    ]
    return [f"{system.name}: {_ways_in(system)}" for system in systems]


def _is_exempt(system: System, question: Question) -> bool:
    return "all" in question.systems and not (system.mfa and system.sso)


def _ways_in(system: System) -> str:
    factor = "second factor enforced" if system.mfa else "no second factor in the profile"
    sign_on = "single sign-on" if system.sso else "own sign-in"
    instead = f", instead: {system.control_instead}" if system.control_instead else ""
    return f"{sign_on}, {factor}{instead}"
