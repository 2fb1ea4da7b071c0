"""Insurance answers: sentences that bind, what is not stated, and never a bare yes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from policygen.audit.interchange.insurance import (
    NOTE,
    Answer,
    Standing,
    answers_markdown,
    answers_table,
    insurance_answers,
    questions,
)
from tests.audit.matrices import matrix_in_force, matrix_of_drafts

if TYPE_CHECKING:
    from policygen.pipeline.sources.survey import Survey


@pytest.fixture(scope="module")
def answers(library: Survey) -> tuple[Answer, ...]:
    return insurance_answers(matrix_in_force(library), library.facts)


def answer_to(answers: tuple[Answer, ...], words: str) -> Answer:
    [found] = [answer for answer in answers if words in answer.question.asks]
    return found


def test_questions_name_statements_and_parameters_of_the_library(library: Survey) -> None:
    stated = {row.id for row in library.rendering.declared}
    kinds = {*library.facts.registries.system_kinds, "all"}
    for question in questions():
        assert set(question.statements) <= stated, question.asks
        assert set(question.parameters) <= set(library.facts.parameters), question.asks
        assert set(question.systems) <= kinds, question.asks
        assert question.asks.endswith("?")
        assert question.confirm


def test_an_answer_quotes_the_sentence_with_its_figure_and_document(
    answers: tuple[Answer, ...],
) -> None:
    leaver = answer_to(answers, "leaver lose access")
    assert leaver.standing is Standing.STATES
    assert leaver.sentences[0] == (
        "AC-17: IT SHALL disable a leaver's identity in the identity provider within 24 hours of "
        "the end of engagement."
    )
    assert "access revocation hours: 24 hours" in leaver.values
    assert "Access Control Policy 1.0" in leaver.documents


def test_no_answer_is_a_bare_yes_and_every_one_is_to_be_confirmed(
    answers: tuple[Answer, ...],
) -> None:
    for answer in answers:
        assert answer.sentences
        for sentence in answer.sentences:
            assert not re.match(r"(?i)yes|no\b", sentence)
        if answer.standing is not Standing.UNKNOWN:
            assert answer.statements


def test_what_no_statement_answers_is_left_to_the_organization(
    answers: tuple[Answer, ...],
) -> None:
    incidents = answer_to(answers, "incidents, claims or losses")
    assert incidents.standing is Standing.UNKNOWN
    assert incidents.sentences == ("Nothing in the set answers this; only the organization can.",)
    assert incidents.values == ()


def test_a_statement_that_does_not_apply_makes_the_answer_partial_with_its_reason(
    answers: tuple[Answer, ...],
) -> None:
    factor = answer_to(answers, "resistant to phishing")
    assert factor.standing is Standing.PARTLY
    assert any(sentence.startswith("AC-30 is not stated: ") for sentence in factor.sentences)


def test_what_is_not_in_force_answers_nothing(library: Survey) -> None:
    drafts = insurance_answers(matrix_of_drafts(library), library.facts)
    assert {answer.standing for answer in drafts} == {Standing.UNKNOWN}
    assert "AC-17 is written and not in force." in answer_to(drafts, "leaver lose").sentences
    assert all(answer.statements == () for answer in drafts)


def test_sheet_and_text_hold_every_question_and_room_for_the_signer(
    answers: tuple[Answer, ...],
) -> None:
    table = answers_table(answers)
    assert table.note == NOTE
    assert [column.title for column in table.columns if column.is_open] == [
        "Answer as confirmed", "Confirmed by", "On",
    ]  # fmt: skip
    text = answers_markdown(answers, organization="A *b*", as_of="2026-11-20").decode()
    assert "A \\*b\\*, as of 2026-11-20" in text
    assert text.count("\n### ") == len(table.rows) == len(questions())
    assert text.count("- Confirmed by, on:") == len(questions())


@pytest.mark.parametrize(
    "words",
    [
        "SPF, DKIM and DMARC",
        "Is mail filtered",
        "macros from the internet",
        "an employee's bank details",
        "credentials of the backups",
        "no longer supports",
        "local administrator rights",
        "service accounts",
        "enter into AI tools",
    ],
)
def test_what_insurers_find_missing_is_stated(answers: tuple[Answer, ...], words: str) -> None:
    answer = answer_to(answers, words)
    assert answer.standing is Standing.STATES
    assert answer.statements == answer.question.statements
