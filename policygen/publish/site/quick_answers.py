"""Quick answers: the sentences people look for most, found by the control they stand under."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policygen.publish.site.chrome import HOME, excerpt, link
from policygen.publish.site.governed import without_links
from policygen.text import dialect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policygen.model.document import Statement
    from policygen.model.publication import Edition
    from policygen.publish.site.content import SiteContent

QUESTIONS = (
    ("How do I report an incident?", "COM-01"),
    ("How do I get access to a system?", "ACC-01"),
    ("Where do I need a second factor?", "ACC-06"),
    ("What must a password be like?", "ACC-07"),
    ("How must my laptop be set up?", "EPT-01"),
    ("What software may I install?", "EPT-03"),
    ("How is information classified?", "CNF-01"),
    ("Who approves a change?", "CHG-01"),
    ("How may I use a new vendor?", "VEN-01"),
    ("How do I get an exception?", "POL-02"),
    ("What happens when someone leaves?", "ACC-05"),
)
"""Questions with the control whose first shown statement answers them."""


def quick_answers(content: SiteContent) -> list[str]:
    """The section of the home page; empty where no question has an answer."""
    cards = [
        _card(content, question, *found)
        for question, control in QUESTIONS
        if (found := _answer(content, control)) is not None
    ]
    if not cards:
        return []
    inner = "\n\n".join(cards)
    return ["## Quick answers", f'<div class="pg-answers" markdown="1">\n\n{inner}\n\n</div>']


def _answer(content: SiteContent, control: str) -> tuple[Edition, Statement] | None:
    return next(_answers(content, control), None)


def _answers(content: SiteContent, control: str) -> Iterator[tuple[Edition, Statement]]:
    # Policies come before procedures: an employee asks for the rule first.
    for kind in ("policy", "procedure"):
        for entry in content.entries(kind):
            edition = content.edition_of(entry)
            for statement in edition.record.statements if edition else ():
                if edition and statement.control == control and statement.applies:
                    yield edition, statement


def _card(content: SiteContent, question: str, edition: Edition, statement: Statement) -> str:
    header = edition.record.header
    answer = without_links(
        excerpt(statement.text),
        folder=header.kind.folder,
        absent=content.absent_pages,
    ).replace("\\|", "|")
    target = f"{header.path}#{dialect.slug(statement.id)}"
    return (
        '<div class="pg-answer" markdown="1">\n\n'
        f"**{question}**\n\n{answer.replace('|', '&#124;')}\n\n"
        f"{link(HOME, target, f'{header.title}, {statement.id}')}\n\n</div>"
    )
